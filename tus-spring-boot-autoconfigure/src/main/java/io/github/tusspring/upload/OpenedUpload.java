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

import org.jspecify.annotations.Nullable;

/**
 * An upload to which bytes are going to be appended.
 *
 * @param lock the upload's lock, which is closed when the append ends
 * @param before the upload as it was found under the lock
 * @param upload the upload with the length that the request declares
 * @param writer writes the bytes, or {@code null} where they are stored already
 */
record OpenedUpload(UploadLock lock, Upload before, Upload upload, @Nullable UploadWriter writer) {

	/**
	 * Whether the request declares a length that isn't stored yet.
	 */
	boolean isUndeclared() {
		return this.upload != this.before;
	}

}
