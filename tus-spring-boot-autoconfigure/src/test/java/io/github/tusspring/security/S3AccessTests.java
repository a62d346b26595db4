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

package io.github.tusspring.security;

import java.util.stream.Stream;

import io.github.tusspring.storage.s3.S3Location;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.storage.s3.S3UploadStorage;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Who may do what with uploads in a bucket.
 */
@Tag("long")
class S3AccessTests extends AccessTests {

	@Override
	protected TestServer.Builder builder() {
		return super.builder().with(Bucket.class);
	}

	/**
	 * The same table for tus.
	 */
	static Stream<Arguments> table() {
		return AccessTests.table().filter((arguments) -> arguments.get()[0] == Protocol.TUS);
	}

	@Configuration(proxyBeanMethods = false)
	static class Bucket {

		@Bean
		S3ProxyServer s3() {
			S3ProxyServer server = new S3ProxyServer();
			server.client().createBucket((request) -> request.bucket("uploads")).join();
			return server;
		}

		@Bean
		S3UploadStorage storage(S3ProxyServer server) {
			return new S3UploadStorage(server.client(), S3Server.settings("uploads", ""),
					(upload) -> S3Location.of(upload.id().toString()));
		}

	}

}
