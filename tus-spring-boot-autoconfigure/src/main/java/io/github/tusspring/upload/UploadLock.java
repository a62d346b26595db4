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
 * The right to change an upload. Can be closed by any thread, once or more.
 */
public interface UploadLock extends AutoCloseable {

	/**
	 * Returns the number of this lock: higher than that of any lock that was given out
	 * for the same upload before.
	 * @return the generation
	 */
	long generation();

	/**
	 * Whether nobody else can have the lock now. One that is kept by a lease is not held
	 * any more when the lease has run out. Costs next to nothing.
	 * @return {@code false} if the holder must not change the upload any more
	 */
	default boolean isHeld() {
		return true;
	}

	/**
	 * Lets go of the upload.
	 */
	@Override
	void close();

}
