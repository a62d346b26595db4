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

package io.github.tusspring.upload;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The full uploads that this instance is delivering, or that wait for it to deliver them
 * again. Thread-safe.
 */
public final class FinishingUploads implements UploadObserver {

	private final Map<UploadId, Integer> attempts = new ConcurrentHashMap<>();

	/**
	 * Returns how many there are.
	 * @return the number
	 */
	public int size() {
		return this.attempts.size();
	}

	/**
	 * Returns how many have failed that often at least.
	 * @param failures the number of deliveries that have failed
	 * @return the number of uploads
	 */
	public int failing(int failures) {
		return (int) this.attempts.values().stream().filter((failed) -> failed >= failures).count();
	}

	@Override
	public void waiting(Upload upload) {
		this.attempts.putIfAbsent(upload.id(), upload.attempts());
	}

	@Override
	public void settled(UploadId id) {
		this.attempts.remove(id);
	}

	@Override
	public void rejected(Upload upload) {
		settled(upload.id());
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		this.attempts.put(upload.id(), upload.attempts() - 1);
		return new DeliveryObserver() {

			@Override
			public void ended(Upload upload, @Nullable Throwable failure) {
				if (upload.state() == UploadState.FINISHING) {
					FinishingUploads.this.attempts.replace(upload.id(), upload.attempts());
				}
				else {
					FinishingUploads.this.attempts.remove(upload.id());
				}
			}

		};
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		if (operation != StorageOperation.DELETE || id == null || !this.attempts.containsKey(id)) {
			return StorageCallObserver.NONE;
		}
		return (failure) -> {
			if (failure == null) {
				this.attempts.remove(id);
			}
		};
	}

}
