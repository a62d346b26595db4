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

/**
 * Hears what others want while it holds an {@link UploadLock}. Called by any thread.
 */
@FunctionalInterface
public interface LockHolder {

	/**
	 * Holds a lock for a short while, and can't be interrupted meanwhile.
	 */
	LockHolder UNINTERRUPTIBLE = (request) -> false;

	/**
	 * Called, any number of times, when another request wants the lock.
	 * @param request what it is wanted for
	 * @return {@code true} if the lock is going to be closed soon, {@code false} if that
	 * will not happen
	 */
	boolean asked(LockRequest request);

	/**
	 * Called when the lock can't be kept much longer, since what keeps it can't be
	 * reached: the holder has to end soon. What it stores after the lock is no longer
	 * {@link UploadLock#isHeld() held} is refused.
	 */
	default void lost() {
	}

}
