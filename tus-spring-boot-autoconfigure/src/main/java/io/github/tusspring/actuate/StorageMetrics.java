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

import java.io.IOException;
import java.util.function.ToDoubleFunction;

import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.UploadStorage;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters that ask what there is: what waits for its delivery, and how much room the
 * storage has.
 */
public final class StorageMetrics implements MeterBinder {

	private final UploadStorage storage;

	private final FinishingUploads finishing;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param finishing knows what waits for its delivery
	 */
	public StorageMetrics(UploadStorage storage, FinishingUploads finishing) {
		this.storage = storage;
		this.finishing = finishing;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Gauge.builder(TusMeter.UPLOADS_FINISHING.meterName(), this.finishing, FinishingUploads::size)
			.tags(MeterSource.ANY.tags())
			.register(registry);
		if (freeSpace(this.storage) >= 0) {
			bytes(TusMeter.STORAGE_FREE, StorageMetrics::freeSpace).register(registry);
		}
		if (this.storage.memoryUsed() >= 0) {
			bytes(TusMeter.STORAGE_MEMORY_USED, UploadStorage::memoryUsed).register(registry);
		}
	}

	private Gauge.Builder<UploadStorage> bytes(TusMeter meter, ToDoubleFunction<UploadStorage> value) {
		return Gauge.builder(meter.meterName(), this.storage, value)
			.tags(MeterSource.ANY.tags())
			.baseUnit(meter.baseUnit());
	}

	private static double freeSpace(UploadStorage storage) {
		try {
			return storage.freeSpace();
		}
		catch (IOException ex) {
			return Double.NaN;
		}
	}

}
