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

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Tests of {@link S3UploadStorage} with S3Proxy, or with another store.
 */
class S3UploadStorageTests extends AbstractS3UploadStorageTests {

	private static S3Server server;

	private static S3AsyncClient client;

	@BeforeAll
	static void start() {
		server = S3Server.start();
		client = server.client();
	}

	@AfterAll
	static void stop() {
		client.close();
		server.close();
	}

	@Override
	protected S3AsyncClient client() {
		return client;
	}

}
