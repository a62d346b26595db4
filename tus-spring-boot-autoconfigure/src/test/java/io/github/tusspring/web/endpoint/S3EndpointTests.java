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

package io.github.tusspring.web.endpoint;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.context.annotation.Configuration;
import org.springframework.util.DigestUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Endpoints of an application whose uploads are kept in a bucket.
 */
class S3EndpointTests {

	private static S3Server store;

	private static S3AsyncClient storeClient;

	private static S3Bucket bucket;

	private static TestServer server;

	private static TusClient client;

	@BeforeAll
	static void start() {
		store = S3Server.start();
		storeClient = store.client();
		bucket = S3Bucket.create(storeClient, "uploads");
		server = S3Server.configure(TestServer.tomcat(), store.endpoint(), "uploads")
			.with(Application.class)
			.property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "20MB")
			.property("tus.endpoints[0].path", "/contents")
			.property("tus.endpoints[1].path", "/paths")
			.property("tus.endpoints[1].deliver", "path")
			.start();
		client = new TusClient(server.port());
	}

	@AfterAll
	static void stop() {
		server.close();
		storeClient.close();
		store.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 5, 6 * 1024 * 1024 })
	void handlerGetsTheBytes(int size) {
		String content = "x".repeat(size);
		RawResponse answer = client.upload("/contents", content, Map.of());
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text())
			.isEqualTo("took " + size + " " + DigestUtils.md5DigestAsHex(content.getBytes(StandardCharsets.US_ASCII)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 5, 6 * 1024 * 1024 })
	void handlerThatGetsPathsGetsWhereTheObjectLies(int size) {
		RawResponse answer = client.upload("/paths", "x".repeat(size), Map.of());
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).matches("took s3://uploads/some/[0-9a-f]{32} with " + size);
	}

	@RestController
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@PostMapping("/contents")
		String takeContent(@RequestBody(required = false) byte[] content) {
			byte[] bytes = (content != null) ? content : new byte[0];
			return "took " + bytes.length + " " + DigestUtils.md5DigestAsHex(bytes);
		}

		@PostMapping("/paths")
		String takePath(@RequestBody String path) {
			URI uri = URI.create(path.strip());
			// It is removed when the handler has returned.
			byte[] content = bucket.get(uri.getPath().substring(1));
			return "took " + uri + " with " + ((content != null) ? content.length : "nothing");
		}

	}

}
