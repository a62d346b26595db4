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

package io.github.tusspring.autoconfigure;

import java.net.URI;
import java.time.Duration;

import io.github.tusspring.storage.s3.ConditionalWrites;
import io.github.tusspring.storage.s3.S3Settings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Properties of a storage in a bucket, where 'tus.storage.type' is 's3'.
 *
 * @param bucket Name of the bucket, which must exist.
 * @param prefix What the keys of all objects begin with, such as 'uploads/'. Nothing
 * outside is ever listed or touched. Empty if not set.
 * @param partSize Size of the parts in which an upload is sent, from 5MB. They are larger
 * where an upload's length asks for it.
 * @param maxParts Largest number of parts that the store allows for an object.
 * @param concurrentParts How many parts of one upload are sent at a time.
 * @param memory Memory that the parts of all uploads may take in this process.
 * @param equalParts Whether all parts but the last must have the same size, as Cloudflare
 * R2 wants it.
 * @param conditionalWrites Whether records are written under the condition that nobody
 * else has changed them: as the store shows that it can, always, or never.
 * @param failFast Whether the application does not start if the bucket can't be used.
 * @param endpoint URL of the store, if it is not the region's at AWS. For the client that
 * is made if the application has none.
 * @param region Region of the bucket, if it is not what the SDK finds; 'us-east-1' where
 * it finds none and there is an endpoint. For the client that is made if the application
 * has none.
 * @param pathStyleAccess Whether the bucket's name is in the path rather than the host
 * name of requests, as MinIO and others want it. For the client that is made if the
 * application has none.
 */
@ConfigurationProperties("tus.storage.s3")
public record TusS3Properties(@Nullable String bucket, @Nullable String prefix, @DefaultValue("16MB") DataSize partSize,
		@DefaultValue("10000") int maxParts, @DefaultValue("4") int concurrentParts,
		@DefaultValue("256MB") DataSize memory, @DefaultValue("false") boolean equalParts,
		@DefaultValue("auto") ConditionalWrites conditionalWrites, @DefaultValue("false") boolean failFast,
		@Nullable URI endpoint, @Nullable String region, @DefaultValue("false") boolean pathStyleAccess) {

	private static final int MAX_PREFIX = 300;

	public TusS3Properties {
		Assert.isTrue(StringUtils.hasText(bucket),
				"'tus.storage.s3.bucket' must be set where 'tus.storage.type' is 's3'");
		Assert.isTrue(prefix == null || (!prefix.startsWith("/") && prefix.length() <= MAX_PREFIX),
				"'tus.storage.s3.prefix' must not begin with a slash or be longer than " + MAX_PREFIX + " characters");
		Assert.isTrue(partSize.toBytes() >= S3Settings.MIN_PART_SIZE && partSize.toBytes() <= S3Settings.MAX_PART_SIZE,
				"'tus.storage.s3.part-size' must be between 5MB and 5GB, as S3 has it");
		Assert.isTrue(maxParts >= 100 && maxParts <= 10_000,
				"'tus.storage.s3.max-parts' must be between 100 and 10000");
		Assert.isTrue(concurrentParts >= 1 && concurrentParts <= 100,
				"'tus.storage.s3.concurrent-parts' must be between 1 and 100");
		Assert.isTrue(memory.toBytes() >= 2 * partSize.toBytes(),
				"'tus.storage.s3.memory' must have room for two parts of 'tus.storage.s3.part-size'");
	}

	S3Settings toSettings(Duration abandonedAfter) {
		return new S3Settings(String.valueOf(this.bucket), (this.prefix != null) ? this.prefix : "",
				this.partSize.toBytes(), this.maxParts, this.concurrentParts, this.memory.toBytes(), this.equalParts,
				this.conditionalWrites, abandonedAfter);
	}

}
