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

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * Counts the appends that are open against their limits. Thread-safe.
 */
final class OpenAppends {

	private final boolean limited;

	private final ClientCounts counts;

	OpenAppends(UploadLimits limits) {
		this.limited = limits.areAppendsLimited();
		this.counts = new ClientCounts(limits.maxAppends(), limits.maxAppendsPerClient());
	}

	/**
	 * Counts an append that begins.
	 * @param lock the upload's lock
	 * @param client who appends
	 * @return the lock, which ends the append when it is closed
	 * @throws TooManyAppendsException if there are as many as there may be
	 */
	UploadLock open(UploadLock lock, UploadClient client) {
		if (!this.limited) {
			return lock;
		}
		if (!this.counts.tryAdd(client.key())) {
			throw new TooManyAppendsException(this.counts.exceeded("tus.limits.max-appends"));
		}
		return new CountedLock(lock, client.key());
	}

	private final class CountedLock implements UploadLock {

		private final AtomicBoolean closed = new AtomicBoolean();

		private final UploadLock lock;

		private final @Nullable String client;

		private CountedLock(UploadLock lock, @Nullable String client) {
			this.lock = lock;
			this.client = client;
		}

		@Override
		public long generation() {
			return this.lock.generation();
		}

		@Override
		public boolean isHeld() {
			return this.lock.isHeld();
		}

		@Override
		public void close() {
			// First, since whoever waits for the lock counts in place of this one.
			if (this.closed.compareAndSet(false, true)) {
				OpenAppends.this.counts.remove(this.client);
			}
			this.lock.close();
		}

	}

}
