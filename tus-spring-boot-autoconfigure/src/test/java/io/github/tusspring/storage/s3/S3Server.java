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

import java.net.URI;
import java.time.Duration;

import io.github.tusspring.test.TestServer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;

/**
 * A server that speaks S3, for tests.
 */
public interface S3Server extends AutoCloseable {

	String ACCESS_KEY = System.getProperty("s3.access-key", "tester");

	String SECRET_KEY = System.getProperty("s3.secret-key", "secret-of-the-tester");

	/**
	 * Starts S3Proxy, unless {@code -Ds3.endpoint} says where another store listens.
	 */
	static S3Server start() {
		return isGiven() ? new GivenServer(URI.create(System.getProperty("s3.endpoint"))) : new S3ProxyServer();
	}

	/**
	 * Whether the store is one that was started before.
	 */
	static boolean isGiven() {
		return System.getProperty("s3.endpoint") != null;
	}

	/**
	 * Returns where the server listens.
	 */
	URI endpoint();

	/**
	 * Returns a client of the server.
	 */
	default S3AsyncClient client() {
		return client(endpoint());
	}

	/**
	 * Returns a client of the server, or of a proxy before it.
	 */
	static S3AsyncClient client(URI endpoint) {
		return clientBuilder(endpoint).build();
	}

	/**
	 * Begins a client of the server, or of a proxy before it, that differs from others.
	 */
	static S3AsyncClientBuilder clientBuilder(URI endpoint) {
		return S3AsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.forcePathStyle(true)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)));
	}

	/**
	 * Has an application keep its uploads here.
	 */
	default TestServer.Builder configure(TestServer.Builder builder, String bucket) {
		return configure(builder, endpoint(), bucket);
	}

	/**
	 * Has an application keep its uploads at an endpoint.
	 */
	static TestServer.Builder configure(TestServer.Builder builder, URI endpoint, String bucket) {
		System.setProperty("aws.accessKeyId", ACCESS_KEY);
		System.setProperty("aws.secretAccessKey", SECRET_KEY);
		return builder.property("tus.storage.type", "s3")
			.property("tus.storage.s3.bucket", bucket)
			.property("tus.storage.s3.prefix", "some/")
			.property("tus.storage.s3.endpoint", endpoint)
			.property("tus.storage.s3.region", "us-east-1")
			.property("tus.storage.s3.path-style-access", true);
	}

	/**
	 * Returns settings of small parts.
	 */
	static S3Settings settings(String bucket, String prefix) {
		return new S3Settings(bucket, prefix, S3Settings.MIN_PART_SIZE, 10_000, 4, 64 * 1024 * 1024, false,
				ConditionalWrites.REQUIRED, Duration.ofDays(1));
	}

	@Override
	void close();

	/**
	 * A store that was started before, and runs on.
	 *
	 * @param endpoint where it listens
	 */
	record GivenServer(URI endpoint) implements S3Server {

		@Override
		public void close() {
		}

	}

}
