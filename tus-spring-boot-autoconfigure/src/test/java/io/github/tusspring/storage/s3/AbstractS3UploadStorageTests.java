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

import io.github.tusspring.upload.AbstractUploadStorageTests;
import io.github.tusspring.upload.UploadStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * What every storage promises, kept by a bucket.
 */
abstract class AbstractS3UploadStorageTests extends AbstractUploadStorageTests {

	private static int buckets;

	private final String bucket = "uploads-" + ++buckets;

	protected S3UploadStorage storage;

	/**
	 * Returns a client of the server.
	 */
	protected abstract S3AsyncClient client();

	@BeforeEach
	void createBucket() {
		S3Bucket.create(client(), this.bucket);
		this.storage = open();
	}

	@AfterEach
	void closeStorage() {
		this.storage.close();
	}

	protected final S3UploadStorage open() {
		return new S3UploadStorage(client(), S3Server.settings(this.bucket, "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@Override
	protected UploadStorage storage() {
		return this.storage;
	}

	@Override
	protected UploadStorage reopen() {
		return open();
	}

}
