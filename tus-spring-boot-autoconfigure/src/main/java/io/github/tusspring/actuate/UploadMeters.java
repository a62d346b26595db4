/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.actuate;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * Counters and timers, as many as there are values of their tags. They are remembered: a
 * registry makes an id of names and sorted tags to find one, which costs more than to
 * count. Thread-safe.
 */
final class UploadMeters {

	private final Map<Key, Meter> meters = new ConcurrentHashMap<>();

	private final MeterRegistry registry;

	UploadMeters(MeterRegistry registry) {
		this.registry = registry;
		// A filter may have made one meter of several.
		registry.config().onMeterRemoved((removed) -> this.meters.values().removeIf(removed::equals));
	}

	/**
	 * Returns a counter.
	 * @param values what the tags say that only this meter has, in their order:
	 * constants, words or numbers, of which there are few
	 */
	Counter counter(TusMeter meter, MeterSource source, Object... values) {
		Key key = new Key(meter, source, List.of(values));
		return (Counter) find(key,
				() -> Counter.builder(meter.meterName())
					.tags(key.tags())
					.baseUnit(meter.baseUnit())
					.register(this.registry));
	}

	/**
	 * Returns a timer.
	 * @param values what the tags say that only this meter has, as those of a counter
	 */
	Timer timer(TusMeter meter, MeterSource source, Object... values) {
		Key key = new Key(meter, source, List.of(values));
		return (Timer) find(key, () -> Timer.builder(meter.meterName()).tags(key.tags()).register(this.registry));
	}

	private Meter find(Key key, Supplier<Meter> registration) {
		Meter meter = this.meters.get(key);
		if (meter == null) {
			// Not while the map is locked: a registry is locked itself while it tells of
			// what is removed.
			meter = registration.get();
			this.meters.put(key, meter);
		}
		return meter;
	}

	private record Key(TusMeter meter, MeterSource source, List<Object> values) {

		Tags tags() {
			Tags tags = this.source.tags();
			for (int i = 0; i < this.values.size(); i++) {
				tags = tags.and(this.meter.ownTags().get(i).key(), TusMeterTag.value(this.values.get(i)));
			}
			return tags;
		}

	}

}
