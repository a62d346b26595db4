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

package io.github.tusspring.web;

import java.net.URI;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAuthorizer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadInterceptor;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadQuota;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bean of the application throws what no signature tells of: the client hears of a
 * failure, and nothing stays that no client knows.
 */
class ThrowingBeanWebTests {

	private static volatile String point = "";

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat()
			.property("tus.rufh.enabled", true)
			.property("tus.limits.max-appends", 1)
			.property("tus.endpoints[0].path", "/imports")
			.with(Application.class)
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@AfterEach
	void removeAll() {
		point = "";
		TusUploads uploads = server.bean(TusUploads.class);
		try (Stream<Upload> all = uploads.list()) {
			all.map(Upload::id).forEach(uploads::delete);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner", "id", "interceptor", "quota", "CREATE", "APPEND" })
	void whenACreationWithItsBytesFailsThenNothingStays(String bean) {
		point = bean;
		assertThat(creation("hello").send().status()).isEqualTo(500);
		try (Stream<Upload> all = server.bean(TusUploads.class).list()) {
			assertThat(all).isEmpty();
		}
		assertThat(draft("hello").send().status()).isEqualTo(500);
		point = "";
		assertThat(creation("hello").send().status()).isEqualTo(201);
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner", "quota", "APPEND", "DELIVER" })
	void whenAnAppendFailsThenItsClientGoesOnWhenTheBeanWorksAgain(String bean) {
		RawResponse created = creation("he").send();
		URI upload = server.uri("/files").resolve(created.header("Location"));
		point = bean;
		assertThat(append(upload, 2, "llo").status()).isEqualTo(500);
		point = "";
		server.bean(UploadLocker.class).tryLock(id(created)).close();
		int offset = Integer.parseInt(RawRequest.of("HEAD", upload).send().header("Upload-Offset"));
		assertThat(append(upload, offset, "hello".substring(offset)).status()).isEqualTo(204);
		assertThat(server.bean(TusUploads.class).find(id(created)).map(Upload::isFull)).contains(true);
	}

	@ParameterizedTest
	@ValueSource(strings = { "owner", "INSPECT", "TERMINATE" })
	void whenAnyOtherRequestFailsThenTheUploadStaysAsItIs(String bean) {
		RawResponse created = creation("he").send();
		URI upload = server.uri("/files").resolve(created.header("Location"));
		point = bean;
		if (bean.equals("TERMINATE")) {
			assertThat(RawRequest.of("DELETE", upload).send().status()).isEqualTo(500);
		}
		else {
			// A client would take a 500 for an upload that is lost.
			assertThat(RawRequest.of("HEAD", upload).send().status()).isIn(423, 500);
		}
		point = "";
		assertThat(RawRequest.of("HEAD", upload).send().header("Upload-Offset")).isEqualTo("2");
	}

	@Test
	void whenTheOwnerIsNotToBeHadAtTheEndOfTheBodyThenTheUploadIsHandedOver() {
		RawResponse created = RawRequest.of("POST", server.uri("/imports")).with("Upload-Length: 5").send();
		URI upload = server.uri("/imports").resolve(created.header("Location"));
		point = "owner again";
		assertThat(append(upload, 0, "hello").text()).isEqualTo("took hello");
		assertThat(RawRequest.of("HEAD", upload).send().header("Upload-Offset")).isEqualTo("5");
	}

	private static RawRequest creation(String body) {
		return RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: 5")
			.with("Content-Type: application/offset+octet-stream")
			.body(body);
	}

	private static RawRequest draft(String body) {
		return RawRequest.of("POST", server.uri("/files"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 8")
			.with("Upload-Complete: ?1")
			.body(body);
	}

	private static RawResponse append(URI upload, long offset, String body) {
		return RawRequest.of("PATCH", upload)
			.with("Upload-Offset: " + offset)
			.with("Content-Type: application/offset+octet-stream")
			.body(body)
			.send();
	}

	private static UploadId id(RawResponse created) {
		String location = created.header("Location");
		return UploadId.of(location.substring(location.lastIndexOf('/') + 1));
	}

	private static void pass(String name) {
		if (name.equals(point)) {
			sneakyThrow(new TimeoutException("The bean is away"));
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable ex) throws T {
		throw (T) ex;
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@RestController
		static class Handlers {

			@PostMapping("/imports")
			String take(@RequestBody String text) {
				return "took " + text;
			}

		}

		@Bean
		UploadAuthorizer authorizer() {
			return (access) -> pass(access.intent().name());
		}

		@Bean
		UploadInterceptor interceptor() {
			return (upload) -> {
				pass("interceptor");
				return upload;
			};
		}

		@Bean
		UploadQuota quota() {
			return (demand) -> pass("quota");
		}

		@Bean
		UploadOwnerResolver owners() {
			return (request) -> {
				pass("owner");
				if (request.getAttribute("asked") != null) {
					pass("owner again");
				}
				request.setAttribute("asked", true);
				return null;
			};
		}

		@Bean
		UploadIdGenerator ids() {
			UploadIdGenerator random = UploadIdGenerator.random();
			return () -> {
				pass("id");
				return random.generate();
			};
		}

	}

}
