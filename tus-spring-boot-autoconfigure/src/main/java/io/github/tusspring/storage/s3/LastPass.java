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

package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import io.github.tusspring.upload.UploadUnavailableException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/**
 * Says when an instance has begun to go through all uploads: by the time of the object
 * {@code <prefix>.cleaned}. Whoever wants to begin replaces it on the condition that
 * nobody else has, as far as the store knows conditions. Thread-safe.
 */
final class LastPass {

	static final String NAME = ".cleaned";

	private final S3UploadStorage storage;

	LastPass(S3UploadStorage storage) {
		this.storage = storage;
	}

	/**
	 * Begins a pass.
	 * @param interval the time between two passes
	 * @return {@code false} if another one has begun within that time
	 */
	boolean begin(Duration interval) throws IOException {
		String bucket = this.storage.settings().bucket();
		String key = this.storage.key(NAME);
		HeadObjectResponse last = this.storage.objects().awaitIfPresent(this.storage.objects().head(bucket, key));
		if (last != null && isRecent(last.lastModified(), interval)) {
			return false;
		}
		AsyncRequestBody mark = AsyncRequestBody.fromString(UUID.randomUUID().toString());
		boolean conditional = this.storage.isConditional();
		try {
			this.storage.objects()
				.await((last != null)
						? this.storage.objects().replace(bucket, key, mark, conditional ? last.eTag() : null)
						: this.storage.objects().create(bucket, key, mark, conditional));
			return true;
		}
		catch (PreconditionFailedException ex) {
			return false;
		}
		catch (UploadUnavailableException ex) {
			if (ex.getCause() instanceof AwsServiceException) {
				// The store answers, but takes nothing: it may be full.
				return true;
			}
			throw ex;
		}
	}

	private static boolean isRecent(Instant begun, Duration interval) {
		// A time to come is that of a clock which was wrong.
		Duration age = Duration.between(begun, Instant.now()).abs();
		// Whoever has made the last one comes a little early or late.
		return age.compareTo(interval.multipliedBy(9).dividedBy(10)) < 0;
	}

}
