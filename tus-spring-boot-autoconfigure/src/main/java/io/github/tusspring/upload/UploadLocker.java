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

/**
 * Gives each upload to one holder at a time. A holder can be asked to let go, and does so
 * at once unless it is in the middle of something that must not be interrupted: a
 * newcomer never waits for a dead connection. Locks are not bound to a thread.
 * Implementations are thread-safe, and throw an {@link UploadUnavailableException} if
 * what keeps the locks can't be reached.
 */
public interface UploadLocker {

	/**
	 * Takes the lock of an upload, from its holder if need be.
	 * @param id the upload's id
	 * @param request what the lock is wanted for, which its holder hears
	 * @param holder hears of others who want the lock, perhaps before this method returns
	 * @param timeout how long to wait for a holder that is going to let go
	 * @return the lock
	 * @throws UploadLockedException if the lock can't be had, or not in time
	 */
	UploadLock lock(UploadId id, LockRequest request, LockHolder holder, Duration timeout);

	/**
	 * Takes the lock of an upload that nobody holds, without disturbing a holder. Who
	 * asks for this lock later is refused.
	 * @param id the upload's id
	 * @return the lock
	 * @throws UploadLockedException if it is held
	 */
	default UploadLock tryLock(UploadId id) {
		return tryLock(id, LockHolder.UNINTERRUPTIBLE);
	}

	/**
	 * Takes the lock of an upload that nobody holds, without disturbing a holder.
	 * @param id the upload's id
	 * @param holder hears of others who want the lock, perhaps before this method returns
	 * @return the lock
	 * @throws UploadLockedException if it is held
	 */
	UploadLock tryLock(UploadId id, LockHolder holder);

	/**
	 * Asks the holder of an upload's lock to let go, and waits until it has. Doesn't take
	 * the lock.
	 * @param id the upload's id
	 * @param request what for
	 * @param timeout how long to wait for a holder that is going to let go
	 * @return whether there was a holder that has let go; {@code false} if there was
	 * none, or one that goes on
	 * @throws UploadLockedException if the holder is going to let go, but doesn't in time
	 */
	boolean ask(UploadId id, LockRequest request, Duration timeout);

}
