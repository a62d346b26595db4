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

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Limits of unfinished uploads hold over a restart, and no start lists the bucket for
 * that.
 */
class S3LimitsTests {

	private static S3Server store;

	private static final List<String> listed = new CopyOnWriteArrayList<>();

	private static final List<String> read = new CopyOnWriteArrayList<>();

	private final HttpClient http = HttpClient.newHttpClient();

	@BeforeEach
	void open() {
		store = S3Server.start();
		S3Bucket.create(store.client(), "uploads");
	}

	@AfterEach
	void close() {
		store.close();
	}

	@ParameterizedTest
	@CsvSource({ "tus.limits.max-uploads, 2", "tus.limits.max-unfinished-size, 10B" })
	void whenTheApplicationStartsThenItCountsWhatIsUnfinishedWithoutListingTheBucket(String limit, String value)
			throws Exception {
		String finished;
		try (TestServer server = start(limit, value)) {
			finished = location(create(server, 5));
			assertThat(append(server, finished, 5)).isEqualTo(204);
			await().untilAsserted(() -> assertThat(create(server, 5).statusCode()).isEqualTo(201));
			await().untilAsserted(() -> assertThat(create(server, 5).statusCode()).isEqualTo(201));
			assertThat(create(server, 5).statusCode()).isEqualTo(429);
		}
		listed.clear();
		read.clear();
		try (TestServer server = start(limit, value)) {
			await().untilAsserted(() -> assertThat(listed).contains("some/.due/", "some/.open/"));
			assertThat(listed).containsOnly("some/.due/", "some/.open/");
			await().untilAsserted(() -> assertThat(create(server, 5).statusCode()).isEqualTo(429));
			assertThat(read).doesNotContain("some/" + finished.substring(finished.lastIndexOf('/') + 1) + ".info");
		}
	}

	private static TestServer start(String limit, String value) {
		return store.configure(TestServer.tomcat(), "uploads")
			.property(limit, value)
			.with(ClientConfiguration.class)
			.start();
	}

	private HttpResponse<Void> create(TestServer server, int length) throws Exception {
		return send(HttpRequest.newBuilder(server.uri("/files"))
			.header("Upload-Length", String.valueOf(length))
			.POST(HttpRequest.BodyPublishers.noBody()));
	}

	private static String location(HttpResponse<Void> created) {
		return created.headers().firstValue("Location").orElseThrow();
	}

	private int append(TestServer server, String location, int length) throws Exception {
		return send(HttpRequest.newBuilder(server.uri("/files").resolve(location))
			.header("Upload-Offset", "0")
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(new byte[length]))).statusCode();
	}

	private HttpResponse<Void> send(HttpRequest.Builder request) throws Exception {
		return this.http.send(request.header("Tus-Resumable", "1.0.0").build(), HttpResponse.BodyHandlers.discarding());
	}

	@Configuration(proxyBeanMethods = false)
	static class ClientConfiguration {

		@Bean
		S3AsyncClient client() {
			return S3Server.clientBuilder(store.endpoint())
				.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new Requests()))
				.build();
		}

	}

	/**
	 * Notes what is listed, and what is read.
	 */
	private static final class Requests implements ExecutionInterceptor {

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			if (context.request() instanceof ListObjectsV2Request request) {
				listed.add(request.prefix());
			}
			else if (context.request() instanceof GetObjectRequest request) {
				read.add(request.key());
			}
		}

	}

}
