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
 * What a client says of the bytes that it wants to append.
 *
 * @param offset the offset at which the bytes belong
 * @param contentLength the number of bytes to come, or -1 if that is not known
 * @param uploadLength the length of the whole upload where the client declares it, or
 * {@code null}
 * @param checksum the checksum of the bytes to come, or {@code null}
 * @param checksumFollows whether the checksum is going to follow the bytes
 * @param completion what is said of the upload's end where that doesn't follow from its
 * length, or {@code null}
 */
public record AppendRequest(long offset, long contentLength, @Nullable Long uploadLength, @Nullable Checksum checksum,
		boolean checksumFollows, @Nullable ExplicitCompletion completion) {

	/**
	 * Creates a request for an upload whose end follows from its length.
	 * @param offset the offset at which the bytes belong
	 * @param contentLength the number of bytes to come, or -1 if that is not known
	 * @param uploadLength the length of the whole upload where the client declares it, or
	 * {@code null}
	 * @param checksum the checksum of the bytes to come, or {@code null}
	 * @param checksumFollows whether the checksum is going to follow the bytes
	 */
	public AppendRequest(long offset, long contentLength, @Nullable Long uploadLength, @Nullable Checksum checksum,
			boolean checksumFollows) {
		this(offset, contentLength, uploadLength, checksum, checksumFollows, null);
	}

	boolean isHeld() {
		return this.checksum != null || this.checksumFollows;
	}

	/**
	 * Returns by what the upload is complete, never {@code null}.
	 */
	Completion rule() {
		return Completion.of(this.completion);
	}

	/**
	 * Returns the given upload as the bytes are to be appended to it.
	 */
	Upload applyTo(Upload found, UploadPolicy policy) {
		if (found.isFinal()) {
			throw new UploadForbiddenException("A final upload can't be changed");
		}
		checkOffset(found);
		return rule().applyTo(found, this, policy);
	}

	/**
	 * Checks that the bytes belong at the end of the given upload. One whose delivery has
	 * failed may be told of as lacking its last byte.
	 * @throws OffsetMismatchException if they don't
	 */
	void checkOffset(Upload upload) {
		boolean finishing = upload.state() == UploadState.FINISHING;
		long expected = finishing ? upload.withoutLastByte().offset() : upload.offset();
		if (this.offset != expected && !(finishing && this.offset == upload.offset())) {
			throw new OffsetMismatchException(expected, upload.expires());
		}
	}

}
