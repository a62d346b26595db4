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

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Where the content of an upload lies.
 *
 * @param bucket the bucket's name, or {@code null} for the storage's own
 * @param key the object's key below the storage's prefix, together with which it has 1 to
 * {@value #MAX_LENGTH} bytes in UTF-8; without control characters and segments that are
 * {@code .} or {@code ..}
 */
public record S3Location(@Nullable String bucket, String key) {

	/**
	 * The longest key that S3 takes, in bytes.
	 */
	public static final int MAX_LENGTH = 1024;

	/**
	 * What a list of the bucket could not say, since it is XML, and what gateways and
	 * browsers take for another key.
	 */
	private static final Pattern IMPOSSIBLE = Pattern
		.compile("(?s).*[\\p{Cc}\\p{Cs}\\ufffe\\uffff].*|(?:.*/)?\\.\\.?(?:/.*)?");

	public S3Location {
		Assert.hasText(key, "'key' must not be empty");
		Assert.isTrue(key.getBytes(StandardCharsets.UTF_8).length <= MAX_LENGTH,
				() -> "'key' must not be longer than " + MAX_LENGTH + " bytes");
		Assert.isTrue(!IMPOSSIBLE.matcher(key).matches(),
				"'key' must not have control characters, or segments that are '.' or '..'");
		Assert.isTrue(
				!key.endsWith(".info") && !key.contains(".info.") && !key.startsWith(UnsettledUploads.NAME)
						&& !key.startsWith(OpenUploads.NAME) && !key.startsWith(WaitingUploads.NAME)
						&& !key.equals(LastPass.NAME) && !key.startsWith(UsedIds.NAME)
						&& !key.startsWith(FirstContact.PROBE) && SentTail.upload(key) == null,
				() -> "'key' must not be that of something else in the bucket than a content: " + key);
	}

	/**
	 * Returns a location in the storage's own bucket.
	 * @param key the object's key below the storage's prefix
	 * @return the location
	 */
	public static S3Location of(String key) {
		return new S3Location(null, key);
	}

}
