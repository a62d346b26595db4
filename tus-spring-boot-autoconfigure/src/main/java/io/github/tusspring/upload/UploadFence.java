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

import java.io.IOException;

/**
 * Keeps a holder that has lost its {@link UploadLock} without knowing, since its process
 * was frozen for a while, from changing the upload when it goes on. A storage that can't
 * tell by itself who has overtaken whom has one; a locker whose locks can get lost calls
 * it. Thread-safe.
 */
public interface UploadFence {

	/**
	 * The fence of a storage that needs none.
	 */
	UploadFence NONE = new UploadFence() {

		@Override
		public void enter(UploadId id) {
		}

		@Override
		public boolean raise(UploadId id) {
			return true;
		}

		@Override
		public void leave(UploadId id) {
		}

	};

	/**
	 * Called before each attempt to take an upload's lock.
	 * @param id the upload's id
	 * @throws IOException if the storage fails
	 */
	void enter(UploadId id) throws IOException;

	/**
	 * Called when the lock was taken, perhaps from a holder that doesn't know of it: when
	 * this method returns, no other instance of the application changes the upload until
	 * it has taken the lock itself.
	 * @param id the upload's id
	 * @return {@code false} if another one has raised the fence since this one has
	 * {@link #enter entered}: the lock is not had, and may be tried again
	 * @throws UploadLockedException if the last holder is frozen in the middle of a
	 * change, or has something of the upload that must not be taken from it
	 * @throws IOException if the storage fails
	 */
	boolean raise(UploadId id) throws IOException;

	/**
	 * Called when the lock was let go of, or could not be had.
	 * @param id the upload's id
	 */
	void leave(UploadId id);

}
