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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Resumable Uploads for HTTP at the application's own endpoints: a request that survives
 * a cut, and the answer of the endpoint's own handler.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractRufhEndpointTests {

	private static final String PARTIAL = "Content-Type: application/partial-upload";

	private final Container container;

	private final Wire.Version version;

	private TestServer server;

	private Wire wire;

	AbstractRufhEndpointTests(Container container, Wire.Version version) {
		this.container = container;
		this.version = version;
	}

	@BeforeAll
	void start() {
		TestServer.Builder builder = this.version.prepare(this.container.server())
			.with(EndpointApplication.class, Ruled.class, FailingStorage.class);
		for (int i = 0; i < EndpointApplication.PATHS.length; i++) {
			builder.property("tus.endpoints[" + i + "].path", EndpointApplication.PATHS[i]);
		}
		String ruled = "tus.endpoints[" + EndpointApplication.PATHS.length + "].";
		this.server = builder.property(ruled + "path", "/ruled")
			.property(ruled + "max-size", "8B")
			.property(ruled + "expiration.after", "1h")
			.property(ruled + "metadata.required", "filename")
			.property(ruled + "metadata.filetypes", "image/*")
			.start();
		this.wire = this.version.to(this.server);
	}

	@AfterAll
	void stop() {
		this.wire.close();
		this.server.close();
	}

	private RawRequest plain(String method, String path) {
		return RawRequest.of(method, this.server.uri(path)).over(this.wire).without("Tus-Resumable");
	}

	private RawRequest to(int version, String method, String path) {
		return plain(method, path).with("Upload-Draft-Interop-Version: " + version);
	}

	private RawRequest patch(int version, String location, long offset, boolean complete) {
		return to(version, "PATCH", location).with(PARTIAL)
			.with("Upload-Offset: " + offset)
			.with("Upload-Complete: " + (complete ? "?1" : "?0"));
	}

	private String create(int version, String path, String content) {
		RawResponse created = to(version, "POST", path).with("Upload-Complete: ?0").body(content).send();
		assertThat(created.status()).as("%s", created).isEqualTo(201);
		return String.valueOf(created.header("Location"));
	}

	@Test
	void handlersOwnAnswerGoesToTheClient() {
		RawResponse response = to(9, "POST", "/documents").with("Upload-Complete: ?1")
			.with("Content-Type: text/markdown")
			.with("Content-Disposition: inline; filename=\"x.md\"")
			.body("hello world")
			.send();
		assertThat(response.status()).as("%s", response).isEqualTo(200);
		assertThat(response.interim()).hasSize(1);
		assertThat(response.interim().get(0).header("Location")).matches("/documents/[^/]+");
		assertThat(response.header("Content-Type")).isEqualTo("application/json");
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
		assertThat(response.header("Upload-Offset")).isEqualTo("11");
		assertThat(response.header("Cache-Control")).isEqualTo("no-store");
		assertThat(response.header("Tus-Resumable")).isNull();
		assertThat(response.text()).contains("\"method\":\"POST\"", "\"uri\":\"/documents\"",
				"\"content\":\"hello world\"", "\"length\":11", "\"type\":\"text/markdown\"",
				"\"disposition\":\"inline; filename=\\\"x.md\\\"\"", "\"metadata\":\"null\"", "\"filename\":\"x.md\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
			inline; filename="../x.md"; filename*=UTF-8''good.md | inline; filename="good.md"
			inline; filename="../../x.md"                        | inline; filename=".._.._x.md"
			attachment; filename=a.md; x="; filename=../evil"    | attachment; filename="a.md"
			inline                                               | inline
			in line; filename=x.md                               | null
			""")
	void nothingOfADispositionComesToTheHandlerButItsTypeAndASafeName(String sent, String seen) {
		RawResponse response = to(9, "POST", "/documents").with("Upload-Complete: ?1")
			.with("Content-Disposition: " + sent)
			.body("hello")
			.send();
		assertThat(response.text())
			.contains("\"disposition\":" + (seen.equals("null") ? "" : "\"" + seen.replace("\"", "\\\"") + "\""));
		assertThat(response.text()).doesNotContain("../");
	}

	@ParameterizedTest
	@CsvSource({ "text/html<script>, application/octet-stream", "'text/plain, text/html', application/octet-stream",
			"*/*, application/octet-stream", "text/plain, text/plain" })
	void typeThatIsNoneComesToTheHandlerAsBytes(String sent, String seen) {
		RawResponse response = to(9, "POST", "/documents").with("Upload-Complete: ?1")
			.with("Content-Type: " + sent)
			.body("hello")
			.send();
		assertThat(response.text()).as("%s", response).contains("\"type\":\"" + seen + "\"");
	}

	@Test
	void requestSurvivesACut() {
		String location;
		RawRequest request = to(9, "POST", "/documents?folder=7").with("Upload-Complete: ?1")
			.with("Content-Type: text/plain")
			.with("Content-Length: 11");
		try (OpenRequest creation = request.open()) {
			location = String.valueOf(creation.readInterim().header("Location"));
			creation.send("hello");
			String id = location.replaceAll(".*/|\\?.*", "");
			await().untilAsserted(
					() -> assertThat(Files.readString(this.server.directory().resolve(id))).isEqualTo("hello"));
		}
		RawResponse head = to(9, "HEAD", location).send();
		assertThat(head.status()).as("%s", head).isEqualTo(204);
		assertThat(head.header("Upload-Offset")).isEqualTo("5");
		RawResponse response = patch(9, location, 5, true).body(" world").send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
		assertThat(response.text()).contains("\"content\":\"hello world\"", "\"type\":\"text/plain\"",
				"\"query\":\"folder=7\"");
	}

	@Test
	void lostAnswerIsReplayed() {
		String location = create(9, "/text", "hello");
		RawResponse first = patch(9, location, 5, true).body("").send();
		assertThat(first.text()).isEqualTo("text hello");
		RawResponse again = patch(9, location, 5, true).body("").send();
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.text()).isEqualTo("text hello");
		assertThat(again.header("Upload-Complete")).isEqualTo("?1");
	}

	@Test
	void handlersRefusalIsMarkedAsItsOwn() {
		RawResponse response = to(9, "POST", "/refusing").with("Upload-Complete: ?1").body("hello").send();
		assertThat(response.status()).isEqualTo(422);
		assertThat(response.text()).isEqualTo("not hello");
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
		assertThat(to(9, "HEAD", String.valueOf(response.interim().get(0).header("Location"))).send().status())
			.isEqualTo(410);
	}

	@Test
	void handlersFailureIsMarkedAsItsOwnAndCanBeTriedAgain() {
		this.server.bean(EndpointApplication.Documents.class).attempts.set(0);
		String location = create(9, "/flaky", "hello");
		RawResponse failed = patch(9, location, 5, true).body("").send();
		assertThat(failed.status()).isEqualTo(500);
		assertThat(failed.header("Upload-Complete")).isEqualTo("?1");
		RawResponse head = to(9, "HEAD", location).send();
		assertThat(head.header("Upload-Complete")).isEqualTo("?0");
		assertThat(head.header("Upload-Offset")).isEqualTo("5");
		assertThat(patch(9, location, 5, true).body("").send().status()).isEqualTo(503);
		assertThat(patch(9, location, 5, true).body("").send().text()).isEqualTo("attempt 3 got hello");
	}

	@ParameterizedTest
	@CsvSource({ "3, Upload-Incomplete, ?1", "5, Upload-Complete, ?0", "6, Upload-Complete, ?0" })
	void handlersFailureSaysHowFarTheUploadHasComeWhereEveryAnswerHasTo(int version, String name, String value) {
		this.server.bean(EndpointApplication.Documents.class).attempts.set(0);
		String location = String.valueOf(
				to(version, "POST", "/flaky").with((version == 3) ? "Upload-Incomplete: ?1" : "Upload-Complete: ?0")
					.body("hello")
					.send()
					.header("Location"));
		for (int status : new int[] { 500, 503 }) {
			RawResponse failed = patch(version, location, 5, true).body("").send();
			assertThat(failed.status()).isEqualTo(status);
			assertThat(failed.header("Upload-Offset")).as("%s", failed).isEqualTo("5");
			assertThat(failed.header(name)).isEqualTo(value);
			RawResponse head = to(version, "HEAD", location).send();
			assertThat(head.header("Upload-Offset")).isEqualTo("5");
			assertThat(head.header("Upload-Length")).as("a client takes as many bytes for success").isNull();
		}
		assertThat(patch(version, location, 5, true).body("").send().text()).isEqualTo("attempt 3 got hello");
	}

	@Test
	void rejectionThatTheHandlerThrowsIsMarkedAsItsOwn() {
		RawResponse response = to(9, "POST", "/throwing").with("Upload-Complete: ?1").body("hello").send();
		assertThat(response.status()).isEqualTo(409);
		assertThat(response.text()).isEqualTo("no room for hello");
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
	}

	@Test
	void redirectionGoesToTheClient() {
		RawResponse response = to(9, "POST", "/redirecting").with("Upload-Complete: ?1").body("hello").send();
		assertThat(response.status()).isEqualTo(303);
		assertThat(response.header("Location")).endsWith("/documents/42");
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
		String location = String.valueOf(response.interim().get(0).header("Location"));
		RawResponse again = patch(9, location, 5, true).body("").send();
		assertThat(again.status()).isEqualTo(303);
		assertThat(again.header("Location")).isEqualTo(response.header("Location"));
		assertThat(again.header("Upload-Complete")).isEqualTo("?1");
	}

	@Test
	void version6HasItsOwnLocationAndNo201() {
		RawResponse response = to(6, "POST", "/redirecting").with("Upload-Complete: ?1").body("hello").send();
		assertThat(response.status()).isBetween(200, 204).isNotEqualTo(201);
		assertThat(response.header("Location")).isEqualTo(response.interim().get(0).header("Location"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/bytes", "/callable", "/deferred", "/streaming", "/function", "/servlet",
			"/async-servlet", "/form", "/forms" })
	void handlersOfEveryKindGetTheWholeContent(String path) {
		String location = create(9, path, "hello ").replace("?upload=x", "");
		RawResponse response = patch(9, location, 6, true).body("world").send();
		assertThat(response.status()).as("%s", response).isBetween(200, 299);
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
		assertThat(response.text()).containsAnyOf("hello world", "11 bytes");
	}

	@Test
	void formIsShieldedAndReachesTheHandlerAsABody() {
		RawResponse response = to(6, "POST", "/text").with("Upload-Complete: ?1")
			.with("Content-Type: application/x-www-form-urlencoded")
			.body("a=b")
			.send();
		assertThat(response.text()).isEqualTo("text a=b");
	}

	@Test
	void requestOfAnUnknownVersionIsTheApplicationsOwn() {
		RawResponse response = to(99, "POST", "/text").with("Upload-Complete: ?1")
			.with("Content-Type: text/plain")
			.body("hello")
			.send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.interim()).isEmpty();
		assertThat(response.text()).isEqualTo("text hello");
		assertThat(response.header("Upload-Complete")).isNull();
	}

	@Test
	void incompleteRequestOfAnUnknownVersionIsRefused() {
		assertThat(to(99, "POST", "/text").with("Upload-Complete: ?0").body("hello").send().status()).isEqualTo(400);
	}

	@Test
	void requestsBelowTheEndpointThatAreForNoUploadAreTheApplicationsOwn() {
		assertThat(to(9, "GET", "/documents/42").send().text()).isEqualTo("document 42");
		assertThat(to(9, "PUT", "/documents/42").with("Content-Type: text/plain").body("x").send().text())
			.isEqualTo("put 42 x");
		RawRequest patch = to(9, "PATCH", "/documents/42").with("Upload-Complete: ?1").with("Content-Type: text/plain");
		assertThat(patch.body("x").send().status()).as("the application has no handler").isEqualTo(405);
	}

	@Test
	void uploadIsReachableAtItsEndpointOnly() {
		String location = create(9, "/text", "hello");
		String id = location.substring("/text/".length());
		assertThat(to(9, "HEAD", "/files/" + id).send().status()).isEqualTo(404);
		assertThat(to(9, "HEAD", "/bytes/" + id).send().status()).isEqualTo(404);
		assertThat(to(9, "HEAD", location).send().status()).isEqualTo(204);
	}

	@Test
	void requestsOfTheApplicationsOwnDoNotDependOnTheStorage() {
		FailingStorage storage = this.server.bean(FailingStorage.class);
		int before = storage.looks.get();
		storage.failure = new IOException("The storage is away");
		try {
			RawRequest get = plain("GET", "/documents/42");
			assertThat(get.send().text()).isEqualTo("document 42");
			RawRequest put = plain("PUT", "/documents/42");
			assertThat(put.with("Content-Type: text/plain").body("x").send().text()).isEqualTo("put 42 x");
			assertThat(storage.looks).as("not even looked at").hasValue(before);
			RawRequest head = plain("HEAD", "/documents/42");
			assertThat(head.send().status()).isEqualTo(200);
		}
		finally {
			storage.failure = null;
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void clientsAreAskedToComeAgainWhileTheStorageIsAway(boolean known) {
		String location = create(9, "/text", "hello");
		RawRequest append = tus("PATCH", "/text/42").with("Upload-Offset: 0")
			.with("Content-Type: application/offset+octet-stream");
		FailingStorage storage = this.server.bean(FailingStorage.class);
		storage.failure = known ? new UploadUnavailableException("The storage is away", null)
				: new IOException("The storage is away");
		try {
			assertAway(423, to(9, "HEAD", location).send());
			assertAway(423, to(6, "HEAD", "/text/unknown").send());
			RawResponse draft = patch(9, location, 5, true).body("").send();
			assertAway(503, draft);
			assertThat(draft.header("Upload-Complete")).isEqualTo("?0");
			assertThat(draft.header("Tus-Resumable")).isNull();
			assertAway(503, to(9, "DELETE", location).send());
			assertAway(423, tus("HEAD", "/text/42").send());
			assertAway(503, append.body("hello").send());
			assertAway(503, tus("DELETE", "/text/42").send());
		}
		finally {
			storage.failure = null;
		}
		assertThat(patch(9, location, 5, true).body("").send().text()).isEqualTo("text hello");
	}

	private static void assertAway(int status, RawResponse response) {
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		assertThat(response.header("Retry-After")).isIn("1", "5");
	}

	private RawRequest tus(String method, String path) {
		return RawRequest.of(method, this.server.uri(path)).over(this.wire);
	}

	@Test
	void storageIsAskedOnceWhoseUploadItIsAndOnceWhatToDo() {
		String location = create(9, "/text", "hello");
		FailingStorage storage = this.server.bean(FailingStorage.class);
		int before = storage.looks.get();
		assertThat(to(9, "HEAD", location).send().status()).isEqualTo(204);
		assertThat(storage.looks.get() - before).isLessThanOrEqualTo(2);
	}

	@Test
	void matchersOfRequestsLookAtNoUpload() {
		String location = create(9, "/documents", "hello");
		FailingStorage storage = this.server.bean(FailingStorage.class);
		int before = storage.looks.get();
		MockHttpServletRequest head = new MockHttpServletRequest("HEAD", location);
		EndpointRoutes endpoints = this.server.bean(EndpointRoutes.class);
		assertThat(endpoints.take(head)).isFalse();
		head.addHeader("Upload-Draft-Interop-Version", "9");
		assertThat(endpoints.take(head)).isTrue();
		assertThat(storage.looks).hasValue(before);
	}

	private RawRequest image(String complete, String content) {
		return to(9, "POST", "/ruled").with("Upload-Complete: " + complete)
			.with("Content-Type: image/png")
			.with("Content-Disposition: attachment; filename=\"a.png\"")
			.body(content);
	}

	@Test
	void endpointsRulesForMetadataHold() {
		RawRequest page = to(9, "POST", "/ruled").with("Upload-Complete: ?0")
			.with("Content-Disposition: attachment; filename=\"a.html\"")
			.with("Content-Type: text/html");
		assertThat(page.body("hello").send().status()).isEqualTo(415);
		RawRequest nameless = to(9, "POST", "/ruled").with("Upload-Complete: ?0").with("Content-Type: image/png");
		assertThat(nameless.body("hello").send().status()).isEqualTo(400);
		assertThat(image("?0", "hello").send().status()).isEqualTo(201);
	}

	@Test
	void endpointsLargestSizeHoldsForAnUploadWhoseLengthIsNotKnown() {
		String location = image("?0", "hello").send().header("Location");
		assertThat(patch(9, location, 5, false).body("more").send().status()).isEqualTo(413);
	}

	@Test
	void endpointsExpirationHolds() {
		RawResponse created = image("?0", "hello").send();
		assertThat(created.header("Upload-Limit")).contains("max-age=3");
		Upload upload = this.server.bean(TusUploads.class)
			.find(UploadId.of(created.header("Location").replaceAll(".*/", "")))
			.orElseThrow();
		assertThat(upload.expires()).isBefore(Instant.now().plus(Duration.ofHours(2)));
	}

	@Test
	void contentGoesOnceTheHandlerHasTakenIt() {
		RawResponse answer = image("?1", "hello").send();
		assertThat(answer.text()).isEqualTo("ruled hello");
		String id = String.valueOf(answer.interim().get(0).header("Location")).replaceAll(".*/", "");
		assertThat(this.server.directory().resolve(id)).doesNotExist();
	}

	@Test
	void idIsTheApplicationsChoice() {
		assertThat(image("?0", "hello").send().header("Location")).matches("/ruled/chosen-[0-9a-f]+");
	}

	@Test
	void uploadCanBeBoundByAPathVariable() {
		String location = create(9, "/cases/7/documents", "hello");
		String id = location.replaceAll(".*/", "");
		assertThat(to(9, "GET", "/cases/" + id + "/title").send().status()).isEqualTo(200);
	}

	@Test
	void uploadCanBeCancelled() {
		String location = create(9, "/text", "hello");
		assertThat(to(9, "DELETE", location).send().status()).isEqualTo(204);
		assertThat(to(9, "HEAD", location).send().status()).isEqualTo(404);
	}

	@Test
	void optionsNamesTheLimits() {
		RawResponse response = to(9, "OPTIONS", "/documents").send();
		assertThat(response.header("Upload-Limit")).isEqualTo("max-age=86400");
		assertThat(response.header("Tus-Version")).isEqualTo("1.0.0");
		assertThat(response.headers("Accept-Patch")).containsExactly("application/partial-upload");
	}

	@Test
	void longAnswerPasses() {
		String location = create(9, "/long-answer", "x".repeat(10));
		RawResponse response = patch(9, location, 10, true).body("").send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body().length).isGreaterThan(64 * 1024);
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
	}

	@Test
	void bytesThatAreNoTextArriveAsTheyAre() {
		byte[] bytes = "\0\u00ff\r\n".getBytes(StandardCharsets.ISO_8859_1);
		RawResponse response = to(9, "POST", "/bytes").with("Upload-Complete: ?1").body(bytes).send();
		assertThat(response.text()).isEqualTo("4 bytes");
	}

	@RestController
	static class Ruled {

		@PostMapping("/ruled")
		String ruled(@RequestBody byte[] body) {
			return "ruled " + new String(body, StandardCharsets.UTF_8);
		}

		@Bean
		static UploadIdGenerator ids() {
			UploadIdGenerator random = UploadIdGenerator.random();
			return new UploadIdGenerator() {

				@Override
				public UploadId generate() {
					return random.generate();
				}

				@Override
				public UploadId generate(NewUpload upload) {
					boolean ruled = "/ruled".equals(upload.endpointPattern());
					return ruled ? UploadId.of("chosen-" + upload.id()) : upload.id();
				}

			};
		}

	}

	/**
	 * Counts how often a storage is looked at, and may have it fail.
	 */
	static class FailingStorage implements BeanPostProcessor {

		final AtomicInteger looks = new AtomicInteger();

		volatile @Nullable Exception failure;

		@Override
		public Object postProcessAfterInitialization(Object bean, String name) {
			if (!(bean instanceof UploadStorage storage)) {
				return bean;
			}
			return Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { UploadStorage.class },
					(proxy, method, arguments) -> {
						if (method.getName().equals("find") || method.getName().equals("recall")) {
							this.looks.incrementAndGet();
							if (this.failure != null) {
								throw this.failure;
							}
						}
						try {
							return method.invoke(storage, arguments);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

	}

}
