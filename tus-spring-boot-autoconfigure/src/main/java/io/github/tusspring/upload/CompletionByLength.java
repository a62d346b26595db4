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
 * An upload is complete when it has as many bytes as its length says.
 */
enum CompletionByLength implements Completion {

	/**
	 * The only instance.
	 */
	INSTANCE;

	@Override
	public Upload applyTo(Upload found, AppendRequest request, UploadPolicy policy) {
		Upload upload = declareLength(found, request.uploadLength());
		if (upload != found) {
			policy.checkLength(upload.length(), upload.endpointPattern());
		}
		if (request.contentLength() > policy.limit(upload) - request.offset()) {
			throw new UploadTooLargeException("The body goes beyond the end of the upload");
		}
		return upload;
	}

	/**
	 * Returns the given upload with the length that the client declares, or the upload
	 * itself if that is nothing new.
	 * @throws InvalidUploadException if the length contradicts what is known
	 */
	private static Upload declareLength(Upload upload, @Nullable Long length) {
		if (length == null || length.equals(upload.length())) {
			return upload;
		}
		if (upload.length() != null) {
			throw new InvalidUploadException("The upload's length is known and can't be changed");
		}
		if (length < upload.offset()) {
			throw new InvalidUploadException("The upload is longer than that already");
		}
		return upload.withLength(length);
	}

	@Override
	public long limit(Upload upload, AppendRequest request, UploadPolicy policy) {
		return policy.limit(upload);
	}

	@Override
	public UploadException excess(Upload upload, long position) {
		return new UploadTooLargeException("The body goes beyond the end of the upload");
	}

	@Override
	public boolean isInvalidatedByExcess() {
		return false;
	}

	@Override
	public boolean keepsUnverified() {
		return false;
	}

	@Override
	public Upload complete(Upload upload) {
		return upload;
	}

}
