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
 * When an upload is complete, and what that says of the bytes that may come: by its
 * length in tus, by the word of its client in Resumable Uploads for HTTP.
 */
sealed interface Completion permits CompletionByLength, CompletionByWord {

	/**
	 * Returns the completion that a client asks for.
	 * @param said what the client says of the end, or {@code null} if it follows from the
	 * length
	 */
	static Completion of(@Nullable ExplicitCompletion said) {
		return (said != null) ? new CompletionByWord(said) : CompletionByLength.INSTANCE;
	}

	/**
	 * Returns the given upload as the bytes are to be appended to it: with the length
	 * that the client declares, or the upload itself if that is nothing new.
	 * @throws InvalidUploadException if the client contradicts what is known
	 * @throws UploadTooLargeException if more bytes are announced than may come
	 */
	Upload applyTo(Upload found, AppendRequest request, UploadPolicy policy);

	/**
	 * Returns the offset beyond which no byte is taken.
	 */
	long limit(Upload upload, AppendRequest request, UploadPolicy policy);

	/**
	 * Returns what a client is told that sends bytes beyond the limit.
	 */
	UploadException excess(Upload upload, long position);

	/**
	 * Whether an upload is lost that gets more bytes than it may.
	 */
	boolean isInvalidatedByExcess();

	/**
	 * Whether bytes with a checksum are kept though their request was interrupted, so
	 * that it can't be compared.
	 */
	boolean keepsUnverified();

	/**
	 * Returns the upload after all bytes of the request, or as it is if there is more to
	 * come.
	 * @throws InconsistentLengthException if it has another length than was said
	 */
	Upload complete(Upload upload);

}
