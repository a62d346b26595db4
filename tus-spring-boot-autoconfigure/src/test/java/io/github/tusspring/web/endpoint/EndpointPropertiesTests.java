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

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.webmvc.autoconfigure.DispatcherServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the properties below {@code tus.endpoints}.
 */
class EndpointPropertiesTests {

	private static final byte[] NOTHING = new byte[0];

	private static TestServer server;

	private static TusClient client;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat()
			.with(Handlers.class)
			.property("server.servlet.context-path", "/app")
			.property("spring.mvc.servlet.path", "/api")
			.property("tus.max-size", "1KB")
			.property("tus.endpoints[0].path", "/by-path")
			.property("tus.endpoints[0].deliver", "path")
			.property("tus.endpoints[1].path", "/kept")
			.property("tus.endpoints[1].keep", "true")
			.property("tus.endpoints[1].method", "put")
			.property("tus.endpoints[2].path", "/images")
			.property("tus.endpoints[2].max-size", "2KB")
			.property("tus.endpoints[2].expiration.after", "0")
			.property("tus.endpoints[2].metadata.required", "filename,title")
			.property("tus.endpoints[2].metadata.filetypes", "image/*")
			.property("tus.endpoints[3].path", "/any-method")
			.property("tus.endpoints[3].deliver", "path")
			.property("tus.endpoints[4].path", "/held")
			.property("tus.endpoints[5].path", "/übungen/{id}")
			.property("tus.endpoints[5].max-size", "4B")
			.property("tus.endpoints[5].metadata.required", "title")
			.property("tus.append.idle-timeout", "1s")
			.property("tus.progress.enabled", true)
			.property("spring.mvc.problemdetails.enabled", true)
			.start();
		client = new TusClient(server.port());
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void deliveryByPathNamesTheFile() {
		RawResponse answer = client.upload("/app/api/by-path", "hello", Map.of("filetype", "image/png"));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("text/plain;charset=UTF-8 hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/api/by-path", "/app/api/by-path;x=1", "/app/api/by%2Dpath", "/app/api/by-path?a=b" })
	void ordinaryRequestIsNeverTakenForADeliveryByPath(String path) {
		RawResponse answer = client.send("POST", path, "/etc/passwd".getBytes(StandardCharsets.UTF_8),
				"Content-Type: text/plain;charset=UTF-8");
		assertThat(answer.status()).isEqualTo(415);
		assertThat(answer.text()).contains("resumable uploads only");
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH" })
	void ordinaryRequestOfNoMethodIsTakenForADeliveryByPath(String method) {
		for (String path : List.of("/app/api/any-method", "/app/api/by-path")) {
			RawResponse answer = client.send(method, path, "/etc/passwd".getBytes(StandardCharsets.UTF_8),
					"Content-Type: text/plain;charset=UTF-8");
			assertThat(answer.status()).isEqualTo(415);
			assertThat(answer.text()).contains("resumable uploads only");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "DELETE", "HEAD" })
	void contentOfARequestThatNeedsNoneIsNotTakenForADeliveryByPath(String method) {
		byte[] path = "/etc/passwd".getBytes(StandardCharsets.UTF_8);
		assertThat(client.send(method, "/app/api/any-method", path, "Content-Type: text/plain").status())
			.isEqualTo(415);
		try (RawConnection connection = RawConnection.to(server.port())) {
			RawResponse answer = connection
				.request(method + " /app/api/any-method HTTP/1.1", "Host: localhost", "Content-Type: text/plain",
						"Transfer-Encoding: chunked")
				.send("b\r\n/etc/passwd\r\n0\r\n\r\n")
				.read();
			assertThat(answer.status()).isEqualTo(415);
		}
	}

	@Test
	void requestsWithoutContentReachAHandlerThatGetsPaths() {
		assertThat(client.send("GET", "/app/api/any-method", NOTHING).text()).isEqualTo("GET without a file");
		assertThat(client.send("DELETE", "/app/api/any-method", NOTHING).text()).isEqualTo("DELETE without a file");
		assertThat(client.upload("/app/api/any-method", "hello", Map.of()).text()).isEqualTo("POST with a file");
	}

	@Test
	void optionsAreAnsweredWhereTheApplicationMakesAPageOfWhatItLacks() {
		RawResponse answer = client.send("OPTIONS", "/app/api/kept/abc", NOTHING);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(204);
		assertThat(answer.header("Allow")).contains("PATCH");
		assertThat(answer.header("Tus-Version")).isEqualTo("1.0.0");
		assertThat(client.send("OPTIONS", "/app/api/kept", NOTHING).status()).isEqualTo(200);
	}

	@Test
	void appendThatLooksLikeAFormIsRefusedBeforeAnybodyReadsIt() {
		String location = client.create("/app/api/kept", 5, Map.of()).header("Location");
		try (RawConnection connection = RawConnection.to(server.port())) {
			RawResponse answer = connection
				.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 5")
				.read();
			assertThat(answer.status()).as("with no byte of the body sent").isEqualTo(415);
		}
		assertThat(client
			.tus("PATCH", location, "a=b&c".getBytes(StandardCharsets.UTF_8), "Upload-Offset: 0",
					"Content-Type: application/x-www-form-urlencoded")
			.status()).isEqualTo(415);
		assertThat(client.head(location).header("Upload-Offset")).isEqualTo("0");
		assertThat(client.append(location, 0, "a=b&c").text()).isEqualTo("kept a=b&c");
	}

	@Test
	void handlerMayTakeLongerThanAClientMayBeSilent() throws Exception {
		Handlers handlers = server.bean(Handlers.class);
		String location = client.create("/app/api/held", 5, Map.of()).header("Location");
		CompletableFuture<RawResponse> answer = CompletableFuture
			.supplyAsync(() -> client.append(location, 0, "hello"));
		assertThat(handlers.started.await(20, TimeUnit.SECONDS)).isTrue();
		await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(20)).until(() -> !answer.isDone());
		handlers.goOn.countDown();
		assertThat(answer.get(20, TimeUnit.SECONDS).text()).isEqualTo("held hello");
		assertThat(client.head(location).header("Upload-Offset")).isEqualTo("5");
	}

	@Test
	void keptContentStaysAndTheMethodMayBePut() {
		String location = client.create("/app/api/kept", 5, Map.of()).header("Location");
		assertThat(location).startsWith("/app/api/kept/");
		RawResponse answer = client.append(location, 0, "hello");
		assertThat(answer.text()).isEqualTo("kept hello");
		assertThat(server.directory().resolve(location.substring("/app/api/kept/".length()))).hasContent("hello");
	}

	@Test
	void endpointMayHaveALargestSizeOfItsOwn() {
		Map<String, String> metadata = Map.of("filename", "a", "title", "b", "filetype", "image/png");
		assertThat(client.create("/app/api/images", 2048, metadata).status()).isEqualTo(201);
		assertThat(client.create("/app/api/images", 2049, metadata).status()).isEqualTo(413);
		assertThat(client.create("/app/api/kept", 1025, Map.of()).status()).isEqualTo(413);
		assertThat(client.tus("OPTIONS", "/app/api/images", NOTHING).header("Tus-Max-Size")).isEqualTo("2048");
		assertThat(client.tus("OPTIONS", "/app/api/kept", NOTHING).header("Tus-Max-Size")).isEqualTo("1024");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/api/%C3%BCbungen/a%20b", "/app/api/%c3%bcbungen/%C3%BC" })
	void progressIsThereHoweverThePathIsEncoded(String path) {
		String location = client.create(path, 3, Map.of("title", "x")).header("Location");
		String id = location.substring(location.lastIndexOf('/'));
		try (RawConnection events = RawConnection.to(server.port())
			.request("GET " + path + id + "/events HTTP/1.1", "Host: localhost", "Connection: close")) {
			assertThat(events.readHead().status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/app/api/%C3%BCbungen/a%20b", "/app/api/%c3%bcbungen/%C3%BC" })
	void whatIsConfiguredHoldsWherePathsAreEncoded(String path) {
		assertThat(client.create(path, 4, Map.of()).status()).as("without a title").isEqualTo(400);
		assertThat(client.create(path, 5, Map.of("title", "a")).status()).isEqualTo(413);
		String deferred = client
			.tus("POST", path, NOTHING, "Upload-Defer-Length: 1",
					"Upload-Metadata: " + TusClient.encode(Map.of("title", "a")))
			.header("Location");
		assertThat(client.append(deferred, 0, "hello").status()).isEqualTo(413);
		assertThat(client.append(deferred, 0, "hell").status()).isEqualTo(204);
		assertThat(client.append(deferred, 4, NOTHING, "Upload-Length: 4").text()).endsWith(" hell");
		assertThat(server.directory().resolve(deferred.replaceAll(".*/", ""))).doesNotExist();
	}

	@Test
	void whatIsConfiguredHoldsBelowAServletThatARegistrationMaps() {
		try (TestServer mapped = TestServer.tomcat()
			.with(Handlers.class, MappedServlet.class)
			.property("tus.endpoints[0].path", "/kept")
			.property("tus.endpoints[0].method", "put")
			.property("tus.endpoints[0].max-size", "5B")
			.start()) {
			TusClient client = new TusClient(mapped.port());
			assertThat(client.create("/mapped/kept", 6, Map.of()).status()).isEqualTo(413);
			RawResponse created = client.create("/mapped/kept", 5, Map.of());
			String location = created.header("Location");
			assertThat(location).startsWith("/mapped/kept/");
			assertThat(client.append(location, 0, "hello").text()).isEqualTo("kept hello");
			assertThat(mapped.directory().resolve(location.replaceAll(".*/", ""))).doesNotExist();
		}
	}

	@Test
	void endpointMayHaveAnExpirationOfItsOwn() {
		Map<String, String> metadata = Map.of("filename", "a", "title", "b", "filetype", "image/png");
		assertThat(client.create("/app/api/images", 9, metadata).header("Upload-Expires")).isNull();
		assertThat(client.create("/app/api/kept", 9, Map.of()).header("Upload-Expires")).isNotNull();
		assertThat(client.tus("OPTIONS", "/app/api/images", NOTHING).header("Tus-Extension"))
			.doesNotContain("expiration");
	}

	@Test
	void endpointMayAskForMetadata() {
		RawResponse missing = client.create("/app/api/images", 9, Map.of("filename", "a", "filetype", "image/png"));
		assertThat(missing.status()).isEqualTo(400);
		assertThat(missing.text()).contains("'title'");
		RawResponse wrong = client.create("/app/api/images", 9,
				Map.of("filename", "a", "title", "b", "filetype", "text/html"));
		assertThat(wrong.status()).isEqualTo(415);
		assertThat(wrong.text()).contains("image/*");
	}

	@Configuration(proxyBeanMethods = false)
	static class MappedServlet {

		@Bean
		DispatcherServletRegistrationBean dispatcherServletRegistration(DispatcherServlet servlet) {
			return new DispatcherServletRegistrationBean(servlet, "/mapped/*");
		}

	}

	@RestController
	static class Handlers {

		final CountDownLatch started = new CountDownLatch(1);

		final CountDownLatch goOn = new CountDownLatch(1);

		@RequestMapping("/any-method")
		String anyMethod(HttpServletRequest request) {
			boolean file = request.getAttribute(TusAttributes.LOCATION) != null;
			return request.getMethod() + (file ? " with" : " without") + " a file";
		}

		@PostMapping("/übungen/{id}")
		String exercise(@PathVariable String id, @RequestBody String body) {
			return id + " " + body;
		}

		@PostMapping("/held")
		String held(@RequestBody String body) throws InterruptedException {
			this.started.countDown();
			if (!this.goOn.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException();
			}
			return "held " + body;
		}

		@PostMapping("/by-path")
		String byPath(@RequestBody String body, @RequestAttribute(TusAttributes.LOCATION) Path location,
				HttpServletRequest request) throws IOException {
			assertThat(location).hasToString(body);
			return request.getContentType() + " " + Files.readString(location);
		}

		@PutMapping("/kept")
		String kept(InputStream body) throws IOException {
			return "kept " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping("/images")
		URI image() {
			return URI.create("/images/1");
		}

	}

}
