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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.tusspring.upload.UploadId;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Remembers which ids were used. Each of them has an object
 * {@code <prefix>.used/<id>.<second>}, which is removed with what is left behind when
 * that second is long over. Thread-safe.
 */
final class UsedIds {

	static final String NAME = ".used/";

	private static final Pattern PATTERN = Pattern.compile("\\.used/[^/.]+\\.(\\d{1,12})");

	/**
	 * The clocks of instances may differ.
	 */
	private static final Duration AGE = Duration.ofHours(1);

	private final S3UploadStorage storage;

	UsedIds(S3UploadStorage storage) {
		this.storage = storage;
	}

	private String key(UploadId id, Instant until) {
		return this.storage.key(NAME + id + "." + until.getEpochSecond());
	}

	/**
	 * Remembers an id.
	 * @return {@code false} if it was used before
	 */
	boolean add(UploadId id, Instant until) throws IOException {
		String key = key(id, until);
		boolean conditional = this.storage.isConditional();
		String bucket = this.storage.settings().bucket();
		if (!conditional && this.storage.objects().awaitIfPresent(this.storage.objects().head(bucket, key)) != null) {
			return false;
		}
		String mark = UUID.randomUUID().toString();
		try {
			this.storage.objects()
				.await(this.storage.objects().create(bucket, key, AsyncRequestBody.fromString(mark), conditional));
			return true;
		}
		catch (PreconditionFailedException ex) {
			// Perhaps the first of two tries was done and only its answer lost.
			ResponseBytes<GetObjectResponse> found = this.storage.objects()
				.awaitIfPresent(this.storage.objects().get(bucket, key));
			return found != null && found.asUtf8String().equals(mark);
		}
	}

	void remove(UploadId id, Instant until) throws IOException {
		this.storage.objects()
			.awaitIfPresent(this.storage.objects().delete(this.storage.settings().bucket(), key(id, until)));
	}

	/**
	 * Whether an object is that of an id whose use need not be remembered any more.
	 * @param name its key below the prefix
	 */
	static boolean isOver(String name) {
		Matcher used = PATTERN.matcher(name);
		return used.matches()
				&& Instant.ofEpochSecond(Long.parseLong(used.group(1))).isBefore(Instant.now().minus(AGE));
	}

}
