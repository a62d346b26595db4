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

	/**
	 * How often their deliveries have failed, as far as this instance knows.
	 */
	private final Map<UploadId, Integer> failures = new ConcurrentHashMap<>();

	/**
	 * Returns how many there are.
	 * @return the number
	 */
	public int size() {
		return this.failures.size();
	}

	/**
	 * Returns how many have failed that often at least.
	 * @param failures the number of deliveries that have failed
	 * @return the number of uploads
	 */
	public int failing(int failures) {
		return (int) this.failures.values().stream().filter((failed) -> failed >= failures).count();
	}

	@Override
	public void waiting(Upload upload) {
		this.failures.putIfAbsent(upload.id(), failures(upload, upload.attempts()));
	}

	@Override
	public void settled(UploadId id) {
		this.failures.remove(id);
	}

	@Override
	public void rejected(Upload upload) {
		settled(upload.id());
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		this.failures.merge(upload.id(), failures(upload, upload.attempts() - 1), Math::max);
		return new DeliveryObserver() {

			@Override
			public void ended(Upload upload, @Nullable Throwable failure) {
				if (upload.state() != UploadState.FINISHING) {
					FinishingUploads.this.failures.remove(upload.id());
				}
				else if (!(failure instanceof ClientDeniedException)) {
					FinishingUploads.this.failures.computeIfPresent(upload.id(), (id, before) -> before + 1);
				}
			}

		};
	}

	/**
	 * Returns how many of an upload's attempts have failed. What belongs to an endpoint
	 * of the application's own may have been denied to its client as often.
	 */
	private static int failures(Upload upload, int attempts) {
		return (upload.endpoint() == null) ? attempts : 0;
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		if (operation != StorageOperation.DELETE || id == null || !this.failures.containsKey(id)) {
			return StorageCallObserver.NONE;
		}
		return (failure) -> {
			if (failure == null) {
				this.failures.remove(id);
			}
		};
	}

}
