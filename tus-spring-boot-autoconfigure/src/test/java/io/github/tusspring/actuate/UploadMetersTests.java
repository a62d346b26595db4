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

import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.upload.RefusalReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UploadMeters}.
 */
class UploadMetersTests {

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final UploadMeters meters = new UploadMeters(this.registry);

	@Test
	void whenThereAreValuesThenTheyAreThoseOfTheMetersTagsInTheirOrder() {
		Counter counter = this.meters.counter(TusMeter.REFUSALS, new MeterSource("/documents", MeterSource.RUFH), 404,
				RefusalReason.NOT_FOUND);
		assertThat(counter.getId().getTags()).containsExactlyElementsOf(
				Tags.of("endpoint", "/documents", "protocol", "rufh", "status", "404", "reason", "not-found"));
	}

	@Test
	void whenAskedAgainThenTheRegistryIsNot() {
		Counter counter = this.meters.counter(TusMeter.TAKEOVERS, MeterSource.ANY);
		List<Meter.Id> asked = new ArrayList<>();
		this.registry.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				asked.add(id);
				return id;
			}

		});
		assertThat(this.meters.counter(TusMeter.TAKEOVERS, new MeterSource("default", "any"))).isSameAs(counter);
		assertThat(asked).isEmpty();
	}

	@Test
	void whenAMeterThatSeveralShareIsRemovedThenEachIsRegisteredAgain() {
		this.registry.config().meterFilter(MeterFilter.ignoreTags("endpoint"));
		List<MeterSource> sources = List.of(new MeterSource("/a", MeterSource.TUS),
				new MeterSource("/b", MeterSource.TUS));
		sources.forEach((source) -> this.meters.counter(TusMeter.TAKEOVERS, source).increment());
		this.registry.clear();
		sources.forEach((source) -> this.meters.counter(TusMeter.TAKEOVERS, source).increment());
		assertThat(this.registry.get("tus.takeovers").counter().count()).isEqualTo(2);
	}

	@Test
	void whenTheRegistryForgetsThenAMeterIsRegisteredAgain() {
		this.meters.timer(TusMeter.LOCK_WAIT, MeterSource.ANY, "success");
		this.meters.counter(TusMeter.TAKEOVERS, MeterSource.ANY).increment();
		this.registry.clear();
		this.meters.counter(TusMeter.TAKEOVERS, MeterSource.ANY).increment();
		assertThat(this.registry.get("tus.takeovers").counter().count()).isOne();
	}

}
