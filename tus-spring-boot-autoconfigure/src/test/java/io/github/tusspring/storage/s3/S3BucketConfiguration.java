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

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Has an application keep its uploads in a bucket of a server in this process.
 */
@Configuration(proxyBeanMethods = false)
public class S3BucketConfiguration {

	@Bean
	S3ProxyServer s3() {
		S3ProxyServer server = new S3ProxyServer();
		S3Bucket.create(server.client(), "uploads");
		return server;
	}

	@Bean
	S3UploadStorage storage(S3ProxyServer server) {
		return new S3UploadStorage(server.client(), S3Server.settings("uploads", ""),
				(upload) -> S3Location.of(upload.id().toString()));
	}

}
