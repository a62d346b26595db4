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

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import io.github.tusspring.web.tomcat.TomcatInterimResponses;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Resumable Uploads for HTTP, as it is configured and where it meets other parts.
 */
class RufhConfigurationTests {

	private static RawRequest post(TestServer server, int version, boolean complete) {
		return RawRequest.of("POST", server.uri("/files"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: " + version)
			.with("Upload-Complete: " + (complete ? "?1" : "?0"));
	}

	@Test
	void canBeSwitchedOff() {
		try (TestServer server = TestServer.tomcat().property("tus.rufh.enabled", "false").start()) {
			RawResponse response = post(server, 9, true).body("hello").send();
			assertThat(response.status()).as("it speaks tus alone").isEqualTo(412);
			assertThat(response.interim()).isEmpty();
			RawResponse options = RawRequest.of("OPTIONS", server.uri("/files")).send();
			assertThat(options.header("Upload-Limit")).isNull();
		}
	}

	@Test
	void versionThatIsNotNamedIsNotSpoken() {
		try (TestServer server = TestServer.tomcat().property("tus.rufh.interop-versions", "6").start()) {
			assertThat(post(server, 9, true).body("hello").send().interim()).isEmpty();
			assertThat(post(server, 9, false).body("hello").send().status()).isEqualTo(400);
			assertThat(post(server, 6, true).body("hello").send().interim()).hasSize(1);
		}
	}

	@Test
	void optionsSaysSoWhereThereIsNoLimit() {
		try (TestServer server = TestServer.tomcat().property("tus.expiration.after", "0").start()) {
			RawResponse options = RawRequest.of("OPTIONS", server.uri("/files")).without("Tus-Resumable").send();
			assertThat(options.header("Upload-Limit")).isEqualTo("min-size=0");
		}
	}

	@Test
	void uploadOfWhichNobodyKnowsIsNotKeptWhenItIsCutOff() {
		try (TestServer server = TestServer.tomcat().property("tus.rufh.interim-responses", "false").start()) {
			try (RawConnection connection = RawConnection.to(server.port())) {
				connection.request("POST /files HTTP/1.1", "Host: localhost", "Upload-Draft-Interop-Version: 9",
						"Upload-Complete: ?1", "Content-Length: 11");
				connection.send("hello".getBytes(StandardCharsets.UTF_8));
				await().until(() -> count(server) == 2);
			}
			await().until(() -> count(server) == 0);
			RawResponse wrong = post(server, 9, true)
				.with("Content-Digest: sha-256=:" + Base64.getEncoder().encodeToString(new byte[32]) + ":")
				.body("hello")
				.send();
			assertThat(wrong.status()).isEqualTo(400);
			assertThat(count(server)).isZero();
			RawResponse created = post(server, 9, false).body("hello").send();
			assertThat(created.interim()).isEmpty();
			assertThat(created.status()).isEqualTo(201);
			RawRequest rest = RawRequest.of("PATCH", server.uri(String.valueOf(created.header("Location"))))
				.without("Tus-Resumable")
				.with("Upload-Offset: 5")
				.with("Upload-Complete: ?1")
				.with("Content-Type: application/partial-upload");
			assertThat(rest.body(" world").send().status()).isEqualTo(204);
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void serverThatCanSendNoInterimAnswersIsWarnedOfOnce(CapturedOutput output) {
		try (TestServer server = TestServer.tomcat().with(UnableServer.class).start()) {
			for (int i = 0; i < 2; i++) {
				RawResponse response = post(server, 9, true).body("hello").send();
				assertThat(response.status()).isEqualTo(204);
				assertThat(response.interim()).isEmpty();
			}
			assertThat(output.toString().split("sends no interim responses", -1)).hasSize(2);
		}
	}

	@Test
	void strangerHearsOfNoUpload() {
		try (TestServer server = TestServer.tomcat().security().start()) {
			RawResponse response = post(server, 9, true).body("hello").send();
			assertThat(response.status()).isIn(401, 403);
			assertThat(response.interim()).isEmpty();
			assertThat(count(server)).isZero();
		}
	}

	@Test
	void contentOfACompleteUploadCanBeDownloaded() {
		try (TestServer server = TestServer.tomcat().property("tus.download.enabled", "true").start()) {
			RawResponse created = post(server, 9, true).with("Content-Type: text/plain").body("hello").send();
			String location = String.valueOf(created.interim().get(0).header("Location"));
			RawResponse content = RawRequest.of("GET", server.uri(location)).without("Tus-Resumable").send();
			assertThat(content.status()).isEqualTo(200);
			assertThat(content.text()).isEqualTo("hello");
		}
	}

	@Test
	void controllerThatReceivesUploadsGetsThoseOfTheDraft() {
		try (TestServer server = TestServer.tomcat().with(Videos.class).start()) {
			RawRequest creation = RawRequest.of("POST", server.uri("/videos"))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 9")
				.with("Upload-Complete: ?0");
			RawResponse created = creation.body("hello").send();
			assertThat(created.status()).as("%s", created).isEqualTo(201);
			RawResponse answer = RawRequest.of("PATCH", server.uri(String.valueOf(created.header("Location"))))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 9")
				.with("Upload-Offset: 5")
				.with("Upload-Complete: ?1")
				.with("Content-Type: application/partial-upload")
				.body("!")
				.send();
			assertThat(answer.status()).as("%s", answer).isEqualTo(200);
			assertThat(answer.text()).isEqualTo("Thank you for 6 bytes");
			assertThat(answer.header("Upload-Complete")).isEqualTo("?1");
		}
	}

	@Test
	void failureOfTheStorageWhileBytesComeClosesTheConnection() {
		try (TestServer server = TestServer.tomcat().with(BrokenDisk.class).start();
				RawConnection connection = RawConnection.to(server.port())) {
			connection.request("POST /files HTTP/1.1", "Host: localhost", "Upload-Draft-Interop-Version: 9",
					"Upload-Complete: ?1", "Content-Length: 11");
			assertThat(connection.readInterim().status()).isEqualTo(104);
			connection.send("hello".getBytes(StandardCharsets.UTF_8));
			assertThat(connection.isClosedByPeer()).as("clients go on after this, and after no status").isTrue();
		}
	}

	private static long count(TestServer server) {
		try (Stream<Path> files = Files.list(server.directory())) {
			return files.count();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@RestController
	static class Videos {

		private final TusRequests tus;

		Videos(TusRequests tus) {
			this.tus = tus;
		}

		@RequestMapping({ "/videos", "/videos/{id}" })
		void videos(HttpServletRequest request, HttpServletResponse response) {
			assertThat(this.tus.matches(request)).isTrue();
			this.tus.handle(request, response, "/videos", (upload) -> upload.answer()
				.body("text/plain", "Thank you for " + upload.upload().offset() + " bytes"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenDisk {

		@Bean
		static BeanPostProcessor brokenDisk() {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof UploadStorage storage) ? proxy(UploadStorage.class, storage, "append",
							(writer) -> proxy(UploadWriter.class, (UploadWriter) writer, "write", (none) -> {
								throw new IOException("The disk is broken");
							})) : bean;
				}
			};
		}

		private static <T> T proxy(Class<T> type, T target, String method, Change change) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
					(proxy, called, arguments) -> {
						try {
							Object result = called.invoke(target, arguments);
							return called.getName().equals(method) ? change.apply(result) : result;
						}
						catch (InvocationTargetException ex) {
							throw ex.getTargetException();
						}
					}));
		}

		private interface Change {

			Object apply(Object result) throws IOException;

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class UnableServer {

		@Bean
		static BeanPostProcessor withoutInterimResponses() {
			return new BeanPostProcessor() {
				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					InterimResponses none = (request, status, headers) -> false;
					return (bean instanceof TomcatInterimResponses) ? none : bean;
				}
			};
		}

	}

}
