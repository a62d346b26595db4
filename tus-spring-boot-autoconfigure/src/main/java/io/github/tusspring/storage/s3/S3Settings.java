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

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How a storage uses its bucket.
 *
 * @param bucket the bucket's name
 * @param prefix what the keys of all objects begin with
 * @param partSize the number of bytes in a part of a multipart upload, from 5 MiB
 * @param maxParts the largest number of parts that an object can have
 * @param concurrentParts how many parts of one upload are sent at a time
 * @param memory the number of bytes that the parts of all uploads may take in memory
 * @param equalParts whether all parts but the last must have the same size
 * @param conditionalWrites whether manifests are written conditionally
 * @param abandonedAfter the age from which what belongs to no upload is removed, or
 * {@link Duration#ZERO} for never
 */
public record S3Settings(String bucket, String prefix, long partSize, int maxParts, int concurrentParts, long memory,
		boolean equalParts, ConditionalWrites conditionalWrites, Duration abandonedAfter) {

	/**
	 * The smallest size of a part that isn't the last: 5 MiB.
	 */
	public static final long MIN_PART_SIZE = 5 * 1024 * 1024;

	/**
	 * The largest size of a part: 5 GiB.
	 */
	public static final long MAX_PART_SIZE = 5L * 1024 * 1024 * 1024;

	public S3Settings {
		Assert.hasText(bucket, "'bucket' must not be empty");
		Assert.isTrue(partSize >= MIN_PART_SIZE, "'partSize' must not be smaller than 5 MiB");
		Assert.isTrue(maxParts >= 10, "'maxParts' must not be smaller than 10");
		Assert.isTrue(concurrentParts >= 1, "'concurrentParts' must not be smaller than 1");
		Assert.isTrue(memory >= 2 * partSize, "'memory' must have room for two parts");
	}

}
