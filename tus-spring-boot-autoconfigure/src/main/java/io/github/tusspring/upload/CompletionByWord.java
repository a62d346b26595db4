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
 * An upload is complete when its client says so, whatever its length (Resumable Uploads
 * for HTTP, section Completeness).
 *
 * @param said what the client says
 */
record CompletionByWord(ExplicitCompletion said) implements Completion {

	@Override
	public Upload applyTo(Upload found, AppendRequest request, UploadPolicy policy) {
		if (found.state() != UploadState.RECEIVING && !(this.said.last() && request.contentLength() <= 0)) {
			throw new InvalidUploadException("The upload is complete");
		}
		long contentLength = request.contentLength();
		Long maxLength = this.said.maxLength();
		if ((maxLength != null && contentLength > maxLength) || contentLength > Long.MAX_VALUE - request.offset()) {
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
		if (contentLength > room && this.said.strict()) {
			throw new InconsistentLengthException(true);
		}
		return upload;
	}

	private @Nullable Long length(Upload upload, AppendRequest request) {
		Long length = join(upload.length(), request.uploadLength());
		if (this.said.last() && request.contentLength() >= 0) {
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

	@Override
	public long limit(Upload upload, AppendRequest request, UploadPolicy policy) {
		long limit = policy.limit(upload);
		Long maxLength = this.said.maxLength();
		return (maxLength != null && maxLength < limit - request.offset()) ? request.offset() + maxLength : limit;
	}

	@Override
	public UploadException excess(Upload upload, long position) {
		return (upload.length() != null && upload.length() == position) ? new InconsistentLengthException(true)
				: new UploadTooLargeException("The body is longer than it may be");
	}

	@Override
	public boolean isInvalidatedByExcess() {
		return this.said.strict();
	}

	@Override
	public boolean keepsUnverified() {
		return true;
	}

	@Override
	public Upload complete(Upload upload) {
		if (!this.said.last() || upload.state() != UploadState.RECEIVING) {
			return upload;
		}
		if (upload.length() != null && upload.length() != upload.offset()) {
			throw new InconsistentLengthException(false);
		}
		NewUpload.Builder asked = upload.asked().mutate().length(upload.offset());
		if (this.said.digest() != null) {
			asked.digest(this.said.digest());
		}
		return upload.mutate().asked(asked.build()).state(UploadState.FINISHING).build();
	}

}
