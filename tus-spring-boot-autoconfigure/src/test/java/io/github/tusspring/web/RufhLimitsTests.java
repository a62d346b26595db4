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

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Resumable Uploads for HTTP, section Limits, where there are some, and the interim
 * answers that tell of the progress.
 */
@ParameterizedClass
@CsvSource({ "TOMCAT, HTTP_1_1", "TOMCAT, HTTP_2", "JETTY, HTTP_1_1", "JETTY, HTTP_2" })
@ExtendWith(QuietLog.class)
class RufhLimitsTests {

	private static final String LIMITS = "min-size=5, max-size=100, min-append-size=3, max-append-size=20";

	private static TestServer server;

	private static Wire wire;

	@Parameter(0)
	Container container;

	@Parameter(1)
	Wire.Version version;

	@BeforeParameterizedClassInvocation
	static void start(Container container, Wire.Version version) {
		server = version.prepare(container.server())
			.property("tus.max-size", "100B")
			.property("tus.expiration.after", "0")
			.property("tus.storage.disk.durability", "append")
			.property("tus.rufh.limits.min-size", "5B")
			.property("tus.rufh.limits.min-append-size", "3B")
			.property("tus.rufh.limits.max-append-size", "20B")
			.property("tus.rufh.progress-interval", "1ms")
			.property("tus.rufh.require-interop-version", "false")
			.start();
		wire = version.to(server);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		wire.close();
		server.close();
	}

	private static RawRequest to(int version, String method, String path) {
		return RawRequest.of(method, server.uri(path))
			.over(wire)
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: " + version);
	}

	private static RawRequest post(boolean complete) {
		return to(9, "POST", "/files").with("Upload-Complete: " + (complete ? "?1" : "?0"));
	}

	private static RawRequest patch(String location, long offset, boolean complete) {
		return to(9, "PATCH", location).with("Content-Type: application/partial-upload")
			.with("Upload-Offset: " + offset)
			.with("Upload-Complete: " + (complete ? "?1" : "?0"));
	}

	private static String create(long length) {
		RawResponse response = post(false).with("Upload-Length: " + length).body("").send();
		assertThat(response.status()).as("%s", response).isEqualTo(201);
		return String.valueOf(response.header("Location"));
	}

	private static void assertRefused(int status, RawResponse response) {
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		assertThat(response.header("Upload-Limit")).isEqualTo(LIMITS);
		assertThat(response.header("Upload-Complete")).isEqualTo("?0");
	}

	@Test
	void allAreInAnswersToOptionsCreationsAndLooks() {
		assertThat(to(9, "OPTIONS", "/files").send().header("Upload-Limit")).isEqualTo(LIMITS);
		RawResponse created = post(false).with("Upload-Length: 10").body("").send();
		assertThat(created.header("Upload-Limit")).isEqualTo(LIMITS);
		assertThat(created.interim().get(0).header("Upload-Limit")).isEqualTo(LIMITS);
		String location = String.valueOf(created.header("Location"));
		assertThat(to(9, "HEAD", location).send().header("Upload-Limit")).isEqualTo(LIMITS);
	}

	@Test
	void maxSize() {
		assertRefused(413, post(false).with("Upload-Length: 101").body("").send());
		assertThat(post(false).with("Upload-Length: 100").body("").send().status()).isEqualTo(201);
	}

	@Test
	void minSizeOfAnIncompleteCreation() {
		assertRefused(400, post(false).with("Upload-Length: 4").body("").send());
		assertRefused(400, post(false).body("").send());
	}

	@Test
	void minSizeOfACompleteCreationIsTakenWithoutResumability() {
		RawResponse response = post(true).body("1234").send();
		assertThat(response.status()).isEqualTo(204);
		assertThat(response.interim()).isEmpty();
		assertThat(response.header("Upload-Complete")).isEqualTo("?1");
	}

	@Test
	void maxAppendSize() {
		assertRefused(413, post(true).body("x".repeat(21)).send());
		String location = create(30);
		assertRefused(413, patch(location, 0, false).body("x".repeat(21)).send());
		assertThat(patch(location, 0, false).body("x".repeat(20)).send().status()).isEqualTo(204);
	}

	@Test
	void maxAppendSizeOfAChunkedBody() {
		String location = create(30);
		assertRefused(413, patch(location, 0, false).chunked("x".repeat(15), "x".repeat(15)).send());
		RawResponse head = to(9, "HEAD", location).send();
		assertThat(head.status()).as("it goes on").isEqualTo(204);
		assertThat(head.header("Upload-Offset")).isEqualTo("20");
	}

	@Test
	void minAppendSize() {
		String location = create(30);
		assertRefused(400, patch(location, 0, false).body("xx").send());
		assertThat(patch(location, 0, false).body("xxx").send().status()).isEqualTo(204);
	}

	@Test
	void minAppendSizeIsNotForTheLastRequest() {
		String location = create(5);
		assertThat(patch(location, 0, false).body("xxxx").send().status()).isEqualTo(204);
		assertThat(patch(location, 4, true).body("x").send().status()).isEqualTo(204);
	}

	@Test
	void versionThatIsNotRequiredIsTheNewestOne() {
		RawResponse response = post(true).without("Upload-Draft-Interop-Version").body("hello").send();
		assertThat(response.interim()).isNotEmpty();
		assertThat(response.interim().get(0).header("Upload-Draft-Interop-Version")).isEqualTo("10");
	}

	@Test
	void shouldTellOfTheProgressWithoutLocation() {
		String location = create(10);
		try (OpenRequest append = patch(location, 0, true).chunked().open()) {
			append.send("01234");
			Path stored = server.directory().resolve(location.substring("/files/".length()));
			await().until(() -> Files.size(stored) == 5);
			RawResponse progress = tellingAgain(append);
			assertThat(progress.status()).isEqualTo(104);
			assertThat(progress.header("Upload-Draft-Interop-Version")).isEqualTo("9");
			assertThat(progress.header("Location")).isNull();
			assertThat(progress.header("Upload-Offset")).isIn("5", "7");
			RawResponse response = append.send("789").end().read();
			assertThat(response.status()).as("%s", response).isEqualTo(204);
		}
	}

	/**
	 * Sends more when the time between two tellings has certainly passed.
	 */
	private static RawResponse tellingAgain(OpenRequest append) {
		long end = System.nanoTime() + 5_000_000;
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
		return append.send("56").readInterim();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Upload-Draft-Interop-Version: 6", "Upload-Draft-Interop-Version: 99", "X-Nothing: yes" })
	void clientOfAnotherVersionHearsOfNoProgress(String line) {
		String location = create(10);
		RawRequest request = patch(location, 0, true).without("Upload-Draft-Interop-Version").with(line);
		try (OpenRequest append = request.chunked().open()) {
			append.send("01234");
			Path stored = server.directory().resolve(location.substring("/files/".length()));
			await().until(() -> Files.size(stored) == 5);
			long end = System.nanoTime() + 5_000_000;
			while (System.nanoTime() < end) {
				Thread.onSpinWait();
			}
			RawResponse response = append.send("56789").end().read();
			assertThat(response.status()).as("%s", response).isEqualTo(204);
			assertThat(response.interim()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5 })
	void minSizeIsNotForVersionsThatDoNotTellOfIt(int version) {
		String completeness = (version == 3) ? "Upload-Incomplete: ?1" : "Upload-Complete: ?0";
		RawResponse created = to(version, "POST", "/files").with(completeness).body("").send();
		assertThat(created.status()).isEqualTo(201);
		assertThat(created.interim()).isNotEmpty();
		String location = String.valueOf(created.header("Location"));
		assertThat(to(version, "HEAD", location).send().header("Upload-Offset")).isEqualTo("0");
	}

	@ParameterizedTest
	@ValueSource(ints = { 3, 5, 6 })
	void oldVersionsHearHowFarAnAppendHasComeThatIsTooLong(int version) {
		String incomplete = (version == 3) ? "Upload-Incomplete: ?1" : "Upload-Complete: ?0";
		RawResponse created = to(version, "POST", "/files").with(incomplete).with("Upload-Length: 100").body("").send();
		String location = String.valueOf(created.header("Location"));
		RawResponse response = to(version, "PATCH", location).with("Content-Type: application/partial-upload")
			.with("Upload-Offset: 0")
			.with(incomplete)
			.chunked("x".repeat(90), "x".repeat(90))
			.send();
		String kept = (version == 6) ? "20" : "100";
		assertThat(response.status()).as("%s", response).isEqualTo(413);
		assertThat(response.header("Upload-Offset")).isEqualTo(kept);
		assertThat(to(version, "HEAD", location).send().header("Upload-Offset")).isEqualTo(kept);
	}

	@Test
	void version3HearsOfNoProgress() {
		RawResponse created = to(3, "POST", "/files").with("Upload-Incomplete: ?1").body("hello").send();
		assertThat(created.interim()).allSatisfy((interim) -> assertThat(interim.header("Location")).isNotNull());
	}

}
