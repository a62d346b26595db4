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

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Tells an observer how long requests wait for locks.
 */
public final class ObservedUploadLocker implements UploadLocker {

	private final UploadLocker locker;

	private final UploadObserver observer;

	private ObservedUploadLocker(UploadLocker locker, UploadObserver observer) {
		this.locker = locker;
		this.observer = observer;
	}

	/**
	 * Returns a locker that is observed.
	 * @param locker the locker
	 * @param observer what sees it
	 * @return the locker itself if the observer doesn't observe calls
	 */
	public static UploadLocker of(UploadLocker locker, UploadObserver observer) {
		return observer.observesCalls() ? new ObservedUploadLocker(locker, observer) : locker;
	}

	@Override
	public UploadLock lock(UploadId id, LockRequest request, LockHolder holder, Duration timeout) {
		return await(id, () -> this.locker.lock(id, request, holder, timeout));
	}

	@Override
	public UploadLock tryLock(UploadId id) {
		return this.locker.tryLock(id);
	}

	/**
	 * A request that doesn't get the lock this way has not waited for it.
	 */
	@Override
	public UploadLock tryLock(UploadId id, LockHolder holder) {
		long begin = System.nanoTime();
		UploadLock lock = this.locker.tryLock(id, holder);
		this.observer.lockAwaited(id, Duration.ofNanos(System.nanoTime() - begin), true);
		return lock;
	}

	@Override
	public boolean ask(UploadId id, LockRequest request, Duration timeout) {
		return await(id, () -> this.locker.ask(id, request, timeout));
	}

	private <T> T await(UploadId id, Supplier<T> call) {
		long begin = System.nanoTime();
		boolean locked = false;
		try {
			T result = call.get();
			locked = true;
			return result;
		}
		finally {
			this.observer.lockAwaited(id, Duration.ofNanos(System.nanoTime() - begin), locked);
		}
	}

	@Override
	public String toString() {
		return this.locker.toString();
	}

}
