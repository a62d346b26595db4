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

package io.github.tusspring.lock;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.tusspring.upload.LockHolder;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadLocker;

/**
 * Locks uploads within one application instance. Holds nothing for an upload that is not
 * locked.
 */
public final class LocalUploadLocker implements UploadLocker {

	private final ConcurrentMap<UploadId, Holder> holders = new ConcurrentHashMap<>();

	private final AtomicLong generations = new AtomicLong();

	@Override
	public UploadLock lock(UploadId id, LockRequest request, LockHolder holder, Duration timeout) {
		Holder newcomer = new Holder(id, holder);
		long deadline = System.nanoTime() + timeout.toNanos();
		Holder current;
		while ((current = this.holders.putIfAbsent(id, newcomer)) != null) {
			if (!current.letsGo(request, deadline)) {
				throw new UploadLockedException(id);
			}
		}
		return admit(newcomer);
	}

	@Override
	public UploadLock tryLock(UploadId id, LockHolder holder) {
		Holder newcomer = new Holder(id, holder);
		if (this.holders.putIfAbsent(id, newcomer) != null) {
			throw new UploadLockedException(id);
		}
		return admit(newcomer);
	}

	@Override
	public boolean ask(UploadId id, LockRequest request, Duration timeout) {
		Holder current = this.holders.get(id);
		return current != null && current.letsGo(request, System.nanoTime() + timeout.toNanos());
	}

	private UploadLock admit(Holder holder) {
		// Only now, so that the order of generations is that of the holders.
		holder.generation = this.generations.incrementAndGet();
		return holder;
	}

	private final class Holder implements UploadLock {

		private final UploadId id;

		private final LockHolder holder;

		private final CountDownLatch released = new CountDownLatch(1);

		private volatile long generation;

		private Holder(UploadId id, LockHolder holder) {
			this.id = id;
			this.holder = holder;
		}

		@Override
		public long generation() {
			return this.generation;
		}

		/**
		 * Asks for the lock.
		 * @return whether it was closed
		 * @throws UploadLockedException if it was not closed in time
		 */
		private boolean letsGo(LockRequest request, long deadline) {
			if (!this.holder.asked(request)) {
				return false;
			}
			try {
				if (this.released.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
					return true;
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			throw new UploadLockedException(this.id);
		}

		@Override
		public void close() {
			if (LocalUploadLocker.this.holders.remove(this.id, this)) {
				this.released.countDown();
			}
		}

	}

}
