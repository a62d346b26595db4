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
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.UploadStorage;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Says whether uploads can be taken: {@code DOWN} if the storage can't be reached or
 * written to, {@code OUT_OF_SERVICE} if there is no room. Answers within a second,
 * whatever the storage does: one that doesn't is {@code DOWN} and is not asked again
 * before it has.
 */
public final class StorageHealthIndicator implements HealthIndicator {

	private static final Duration TIMEOUT = Duration.ofMillis(800);

	private final UploadStorage storage;

	private final long minFreeSpace;

	private @Nullable FutureTask<Health> check;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param minFreeSpace the number of free bytes below which no more are taken, or 0
	 */
	public StorageHealthIndicator(UploadStorage storage, long minFreeSpace) {
		this.storage = storage;
		this.minFreeSpace = minFreeSpace;
	}

	@Override
	public Health health() {
		try {
			return begin().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			return Health.down().withDetail("error", "The storage has not answered for " + TIMEOUT).build();
		}
		catch (ExecutionException ex) {
			return Health.down(ex.getCause()).build();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return Health.unknown().build();
		}
	}

	private synchronized FutureTask<Health> begin() {
		if (this.check == null || this.check.isDone()) {
			this.check = new FutureTask<>(this::check);
			Thread thread = new Thread(this.check, "tus-health");
			thread.setDaemon(true);
			thread.start();
		}
		return this.check;
	}

	private Health check() throws IOException {
		Health.Builder health = Health.up();
		long free = this.storage.freeSpace();
		if (free >= 0) {
			health.withDetail("free", free).withDetail("threshold", this.minFreeSpace);
		}
		if (free == 0) {
			health.outOfService();
		}
		try {
			this.storage.check();
		}
		catch (InsufficientStorageException ex) {
			health.outOfService().withException(ex);
		}
		return health.build();
	}

}
