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
 * The client contradicts itself on the upload's length, or sends another number of bytes.
 */
public class InconsistentLengthException extends InvalidUploadException {

	private final boolean excess;

	/**
	 * Creates an exception.
	 * @param excess whether there are more bytes than the upload has
	 */
	InconsistentLengthException(boolean excess) {
		super(excess ? "The body goes beyond the end of the upload" : "The upload has another length");
		this.excess = excess;
	}

	/**
	 * Returns whether there are more bytes than the upload has.
	 * @return {@code true} if there are
	 */
	boolean isExcess() {
		return this.excess;
	}

}
