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

import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;

/**
 * Changes the HTTP client below the S3 client that is made if the application has none:
 * its proxy, its certificates, its timeouts and connections. All beans of this type are
 * called in their order, once.
 */
@FunctionalInterface
public interface S3HttpClientCustomizer {

	/**
	 * Changes the builder of the HTTP client.
	 * @param builder the builder
	 */
	void customize(NettyNioAsyncHttpClient.Builder builder);

}
