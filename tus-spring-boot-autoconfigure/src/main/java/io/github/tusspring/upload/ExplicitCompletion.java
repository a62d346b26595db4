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
 * What a client says of the end of an upload that is complete by its word, whatever its
 * length (Resumable Uploads for HTTP, section Completeness).
 *
 * @param last whether the upload is complete with the bytes of this request
 * @param digest the checksum that all of the content is then expected to have, or
 * {@code null}
 * @param maxLength how many bytes the request may bring, or {@code null} for any number
 * @param strict whether an upload is lost that gets more bytes than its length
 */
public record ExplicitCompletion(boolean last, @Nullable Checksum digest, @Nullable Long maxLength, boolean strict) {

	/**
	 * Returns the given upload as the bytes are to be appended to it.
	 * @throws InconsistentLengthException if the client contradicts itself on the length
	 */
	Upload applyTo(Upload found, AppendRequest request, UploadPolicy policy) {
		if (found.state() != UploadState.RECEIVING && !(this.last && request.contentLength() <= 0)) {
			throw new InvalidUploadException("The upload is complete");
		}
		long contentLength = request.contentLength();
		if ((this.maxLength != null && contentLength > this.maxLength)
				|| contentLength > Long.MAX_VALUE - request.offset()) {
			throw new UploadTooLargeException("The body is longer than a request may be");
		}
		Long length = length(found, request);
		Upload upload = found;
		if (length != null && !length.equals(found.length())) {
			policy.checkLength(length, found.endpointPattern());
			upload = found.mutate().length(length).build();
		}
		long room = policy.limit(upload) - request.offset();
		if (contentLength > room && upload.length() == null) {
			throw new UploadTooLargeException("The body goes beyond the end of the upload");
		}
		if (contentLength > room && this.strict) {
			throw new InconsistentLengthException(true);
		}
		return upload;
	}

	private @Nullable Long length(Upload upload, AppendRequest request) {
		Long length = join(upload.length(), request.uploadLength());
		if (this.last && request.contentLength() >= 0) {
			length = join(length, request.offset() + request.contentLength());
		}
		if (length != null && length < request.offset()) {
			throw new InconsistentLengthException(false);
		}
		return length;
	}

	private static @Nullable Long join(@Nullable Long one, @Nullable Long other) {
		if (one != null && other != null && !one.equals(other)) {
			throw new InconsistentLengthException(false);
		}
		return (one != null) ? one : other;
	}

	/**
	 * Returns the offset beyond which no byte is taken.
	 */
	long limit(Upload upload, AppendRequest request, UploadPolicy policy) {
		long limit = policy.limit(upload);
		return (this.maxLength != null && this.maxLength < limit - request.offset()) ? request.offset() + this.maxLength
				: limit;
	}

	/**
	 * Returns what a client is told that sends bytes beyond the limit.
	 */
	UploadException excess(Upload upload, long position) {
		return (upload.length() != null && upload.length() == position) ? new InconsistentLengthException(true)
				: new UploadTooLargeException("The body is longer than it may be");
	}

	/**
	 * Returns the upload with all its bytes as its client has completed it, or as it is
	 * if there is more to come.
	 * @throws InconsistentLengthException if it has another length than was said
	 */
	Upload complete(Upload upload) {
		if (!this.last || upload.state() != UploadState.RECEIVING) {
			return upload;
		}
		if (upload.length() != null && upload.length() != upload.offset()) {
			throw new InconsistentLengthException(false);
		}
		NewUpload.Builder asked = upload.asked().mutate().length(upload.offset());
		if (this.digest != null) {
			asked.digest(this.digest);
		}
		return upload.mutate().asked(asked.build()).state(UploadState.FINISHING).build();
	}

}
