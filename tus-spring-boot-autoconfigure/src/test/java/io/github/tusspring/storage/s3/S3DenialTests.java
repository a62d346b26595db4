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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.web.UploadOwnerResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the store is asked before a client hears that there is no such upload: the same,
 * whether there is none or it is somebody else's, for else the time would tell.
 */
class S3DenialTests {

	private static S3ProxyServer store;

	private static TestServer server;

	@BeforeAll
	static void start() {
		store = new S3ProxyServer();
		S3Bucket.create(store.client(), "uploads");
		server = S3Server.configure(TestServer.tomcat(), store.endpoint(), "uploads")
			.with(Application.class)
			.property("tus.download.enabled", "true")
			.property("tus.expiration.cleanup-interval", -1)
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
		store.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "GET", "PATCH", "DELETE" })
	void foreignUploadCostsWhatAMissingOneCosts(String method) {
		String foreign = RawRequest.of("POST", server.uri("/files"))
			.with("X-User: anna")
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send()
			.header("Location");
		List<String> forMissing = requests(method, "/files/00000000000000000000000000000000");
		assertThat(forMissing).isNotEmpty();
		assertThat(requests(method, foreign)).isEqualTo(forMissing);
		// As above, after this instance has remembered or forgotten something of it.
		assertThat(requests(method, foreign)).isEqualTo(forMissing);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "GET", "PATCH", "DELETE" })
	void foreignUploadOfTheDraftCostsWhatAMissingOneCosts(String method) {
		String foreign = draft(RawRequest.of("POST", server.uri("/files"))).with("X-User: anna")
			.with("Upload-Complete: ?0")
			.with("Content-Length: 0")
			.send()
			.header("Location");
		List<String> forMissing = requests(draft(method, "/files/00000000000000000000000000000000"));
		assertThat(forMissing).isNotEmpty();
		assertThat(requests(draft(method, foreign))).isEqualTo(forMissing);
	}

	private static RawRequest draft(RawRequest request) {
		return request.without("Tus-Resumable").with("Upload-Draft-Interop-Version: 9");
	}

	private static RawRequest draft(String method, String path) {
		RawRequest request = draft(RawRequest.of(method, server.uri(path)));
		return method.equals("PATCH") ? request.with("Upload-Offset: 0")
			.with("Upload-Complete: ?1")
			.with("Content-Type: application/partial-upload")
			.body("hello") : request;
	}

	private static List<String> requests(String method, String path) {
		RawRequest request = RawRequest.of(method, server.uri(path));
		if (method.equals("PATCH")) {
			request.with("Upload-Offset: 0").with("Content-Type: application/offset+octet-stream").body("hello");
		}
		return requests(request);
	}

	private static List<String> requests(RawRequest request) {
		Requests.all.clear();
		assertThat(request.with("X-User: eve").send().status()).isEqualTo(404);
		// Lists are made by what looks for due work meanwhile, never for a request.
		return Requests.all.stream().filter((name) -> !name.startsWith("ListObjects")).toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		UploadOwnerResolver owner() {
			return (request) -> request.getHeader("X-User");
		}

		@Bean
		S3AsyncClient client() {
			return S3Server.clientBuilder(store.endpoint())
				.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new Requests()))
				.build();
		}

	}

	static class Requests implements ExecutionInterceptor {

		static final List<String> all = new CopyOnWriteArrayList<>();

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			all.add(context.request().getClass().getSimpleName());
		}

	}

}
