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

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What is allowed, and how long things may take.
 *
 * @param maxSize the length in bytes that an upload may have, or {@code null} for any
 * @param expiration when uploads expire
 * @param terminateFinished whether a client may remove a finished upload
 * @param takeOverAfter the silence after which a look at an upload ends an append to it
 * @param lockTimeout how long a request waits for an append that is asked to end
 * @param endpoints the application's own endpoints, for which some of this may differ
 * @param minRate how quickly the bytes of an append have to come, or {@code null} for any
 * rate
 * @param limits how many uploads and appends there may be
 */
public record UploadPolicy(@Nullable Long maxSize, ExpirationPolicy expiration, boolean terminateFinished,
		Duration takeOverAfter, Duration lockTimeout, EndpointRules endpoints, @Nullable MinimumRate minRate,
		UploadLimits limits) {

	/**
	 * Creates a policy without a minimum rate and without limits.
	 * @param maxSize the length in bytes that an upload may have, or {@code null} for any
	 * @param expiration when uploads expire
	 * @param terminateFinished whether a client may remove a finished upload
	 * @param takeOverAfter the silence after which a look at an upload ends an append to
	 * it
	 * @param lockTimeout how long a request waits for an append that is asked to end
	 * @param endpoints the application's own endpoints, for which some of this may differ
	 */
	public UploadPolicy(@Nullable Long maxSize, ExpirationPolicy expiration, boolean terminateFinished,
			Duration takeOverAfter, Duration lockTimeout, EndpointRules endpoints) {
		this(maxSize, expiration, terminateFinished, takeOverAfter, lockTimeout, endpoints, null, UploadLimits.NONE);
	}

	/**
	 * Checks an upload that a client asks for.
	 */
	void check(NewUpload upload) {
		checkLength(upload.length(), upload.endpointPattern());
		EndpointRule endpoint = this.endpoints.find(upload.endpointPattern());
		if (endpoint != null) {
			endpoint.check(upload);
		}
	}

	void checkLength(@Nullable Long length, @Nullable String pattern) {
		Long limit = maxSize(pattern);
		if (length != null && limit != null && length > limit) {
			throw new UploadTooLargeException("An upload may have " + limit + " bytes at most");
		}
	}

	private @Nullable Long maxSize(@Nullable String pattern) {
		EndpointRule endpoint = this.endpoints.find(pattern);
		return (endpoint != null && endpoint.maxSize() != null) ? endpoint.maxSize() : this.maxSize;
	}

	/**
	 * Returns the offset beyond which no byte is taken.
	 */
	long limit(Upload upload) {
		if (upload.length() != null) {
			return upload.length();
		}
		Long limit = maxSize(upload.endpointPattern());
		return (limit != null) ? limit : Long.MAX_VALUE;
	}

}
