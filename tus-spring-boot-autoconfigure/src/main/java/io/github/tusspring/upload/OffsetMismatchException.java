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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The client wants to append at another offset than the upload's.
 */
public class OffsetMismatchException extends UploadException {

	private final long offset;

	private final @Nullable Instant expires;

	/**
	 * Creates an instance.
	 * @param offset the offset at which the upload can be continued, in bytes
	 * @param expires when the upload expires, or {@code null} if it does not
	 */
	public OffsetMismatchException(long offset, @Nullable Instant expires) {
		super(RefusalReason.OFFSET, "The upload's offset is " + offset);
		this.offset = offset;
		this.expires = expires;
	}

	/**
	 * Returns the offset at which the upload can be continued.
	 * @return the offset in bytes
	 */
	public long offset() {
		return this.offset;
	}

	/**
	 * Returns when the upload expires.
	 * @return the time, or {@code null} if it does not
	 */
	public @Nullable Instant expires() {
		return this.expires;
	}

}
