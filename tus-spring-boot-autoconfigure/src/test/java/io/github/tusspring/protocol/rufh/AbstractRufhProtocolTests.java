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

package io.github.tusspring.protocol.rufh;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.Wire;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What Resumable Uploads for HTTP asks of a server, byte by byte. Each nested class is a
 * section of draft -12 (version 9), and each name of a test begins with the word of the
 * rule, or with the version of the draft that has it.
 */
@ExtendWith(QuietLog.class)
public abstract class AbstractRufhProtocolTests {

	private static final String PARTIAL = "Content-Type: application/partial-upload";

	/**
	 * Returns the server to be tested, which takes uploads at {@code /files}.
	 */
	protected abstract TusTarget target();

	/**
	 * Returns the way to it.
	 */
	protected abstract Wire wire();

	private long count() {
		return target().count();
	}

	private RawRequest tus(String method, String path) {
		return RawRequest.of(method, target().creation().resolve(path)).over(wire());
	}

	private RawRequest to(int version, String method, String path) {
		return tus(method, path).without("Tus-Resumable").with("Upload-Draft-Interop-Version: " + version);
	}

	private RawRequest post(int version, boolean complete) {
		return to(version, "POST", "/files").with(completeness(version, complete));
	}

	private RawRequest patch(int version, String location, long offset, boolean complete) {
		RawRequest request = to(version, "PATCH", location).with(completeness(version, complete))
			.with("Upload-Offset: " + offset);
		return (version >= 6) ? request.with(PARTIAL) : request;
	}

	private static String completeness(int version, boolean complete) {
		return (version == 3) ? "Upload-Incomplete: " + (complete ? "?0" : "?1")
				: "Upload-Complete: " + (complete ? "?1" : "?0");
	}

	private static RawResponse expect(int status, RawResponse response) {
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		return response;
	}

	protected String create(int version, String... headers) {
		RawRequest request = post(version, false).with("Content-Length: 0");
		for (String header : headers) {
			request.with(header);
		}
		return location(expect(201, request.send()));
	}

	private static String location(RawResponse response) {
		String location = response.header("Location");
		assertThat(location).as("%s", response).startsWith("/files/");
		return location;
	}

	private RawResponse head(int version, String location) {
		return to(version, "HEAD", location).send();
	}

	private void assertOffset(String location, long offset) {
		assertThat(head(9, location).header("Upload-Offset")).isEqualTo(Long.toString(offset));
	}

	private String stored(String location) {
		byte[] bytes = target().stored(location.substring("/files/".length()));
		assertThat(bytes).as(location).isNotNull();
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static String sha256(String text) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertProblem(RawResponse response, String type) {
		assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
		assertThat(response.text()).contains("\"https://iana.org/assignments/http-problem-types#" + type + "\"");
		assertThat(response.header("Upload-Complete")).as("it is no answer of the target's").isEqualTo("?0");
	}

	private static final String INCONSISTENT = "inconsistent-upload-length";

	/**
	 * Section 4.1.1: the offset.
	 */
	@Nested
	class Offset {

		@ParameterizedTest
		@ValueSource(strings = { "abc", "-1", "5.0", "\"5\"", "1000000000000000", "5,5", "?1", "+5", "0x5", "" })
		void mustBeIgnoredIfItIsNoNonNegativeInteger(String value) {
			String location = create(9);
			RawRequest request = to(9, "PATCH", location).with(PARTIAL)
				.with("Upload-Complete: ?0")
				.with("Upload-Offset: " + value)
				.body("hello");
			expect(400, request.send());
			assertOffset(location, 0);
		}

		@Test
		void mustBeIgnoredIfItComesTwice() {
			String location = create(9);
			expect(400, patch(9, location, 0, false).with("Upload-Offset: 0").body("hello").send());
			expect(400, patch(9, location, 0, false).with("Upload-Complete: ?0").body("hello").send());
			assertOffset(location, 0);
			assertThat(head(9, create(9, "Upload-Length: 5", "Upload-Length: 5")).header("Upload-Length")).isNull();
		}

		@Test
		void mayBeOfFifteenDigits() {
			RawResponse response = patch(9, create(9), 999_999_999_999_999L, false).body("hello").send();
			assertThat(expect(409, response).text()).contains("\"provided-offset\":999999999999999");
		}

		@Test
		void mayHaveParametersAndSpaces() {
			String location = create(9);
			RawRequest request = to(9, "PATCH", location).with(PARTIAL)
				.with("Upload-Complete:  ?0;x=\"y\"")
				.with("Upload-Offset: 0;a;b=1 ")
				.body("hello");
			expect(204, request.send());
		}

		@Test
		void mustNotDecrease() {
			String location = location(expect(201, post(9, false).body("hello").send()));
			expect(409, patch(9, location, 2, false).body("x").send());
			assertOffset(location, 5);
		}

	}

	/**
	 * Section 4.1.2: completeness.
	 */
	@Nested
	class Completeness {

		@ParameterizedTest
		@ValueSource(strings = { "1", "true", "?2", "?", "\"?1\"", "?1,?1", "?1 x" })
		void mustBeIgnoredIfItIsNoBoolean(String value) {
			RawResponse response = to(9, "POST", "/files").with("Upload-Complete: " + value).body("hello").send();
			assertThat(response.status()).as("it is a request of tus without its version").isEqualTo(412);
			assertThat(response.interim()).isEmpty();
		}

		@Test
		void doesNotFollowFromOffsetAndLength() throws Exception {
			String location = location(expect(201, post(9, false).with("Upload-Length: 5").body("hello").send()));
			RawResponse head = expect(204, head(9, location));
			assertThat(head.header("Upload-Complete")).isEqualTo("?0");
			assertThat(head.header("Upload-Offset")).isEqualTo("5");
			assertThat(head.header("Upload-Length")).isEqualTo("5");
			RawResponse completed = expect(204, patch(9, location, 5, true).body("").send());
			assertThat(completed.header("Upload-Complete")).isEqualTo("?1");
			assertThat(head(9, location).header("Upload-Complete")).isEqualTo("?1");
		}

		@Test
		void mustNotBeTrueAfterAnInterruption() {
			String location;
			try (OpenRequest creation = post(9, true).with("Content-Length: 10").open()) {
				location = location(creation.readInterim());
				creation.send("hello");
				await().untilAsserted(() -> assertThat(stored(location)).isEqualTo("hello"));
			}
			RawResponse head = expect(204, head(9, location));
			assertThat(head.header("Upload-Complete")).isEqualTo("?0");
			assertThat(head.header("Upload-Offset")).isEqualTo("5");
			assertThat(head.header("Upload-Length")).isEqualTo("10");
		}

	}

	/**
	 * Section 4.1.3: the length.
	 */
	@Nested
	class Length {

		@Test
		void mustMatchTheContentOfACompleteRequest() {
			long count = count();
			RawResponse response = expect(400, post(9, true).with("Upload-Length: 6").body("hello").send());
			assertProblem(response, INCONSISTENT);
			assertThat(count()).as("nothing is stored").isEqualTo(count);
		}

		@Test
		void mustNotBeLessThanTheContentOfAnIncompleteRequest() {
			long count = count();
			assertProblem(expect(400, post(9, false).with("Upload-Length: 4").body("hello").send()), INCONSISTENT);
			assertThat(count()).isEqualTo(count);
		}

		@Test
		void mustStayConsistentAcrossRequests() {
			String location = create(9, "Upload-Length: 11");
			RawRequest request = patch(9, location, 0, false).with("Upload-Length: 12").body("hello");
			assertProblem(expect(400, request.send()), INCONSISTENT);
			assertOffset(location, 0);
		}

		@Test
		void mustMatchTheContentOfTheLastAppend() {
			String location = create(9, "Upload-Length: 11");
			assertProblem(expect(400, patch(9, location, 0, true).body("hello").send()), INCONSISTENT);
			assertOffset(location, 0);
			expect(204, patch(9, location, 0, true).body("hello world").send());
		}

		@Test
		void mustBeRecordedFromAnAppend() {
			String location = create(9);
			expect(204, patch(9, location, 0, false).with("Upload-Length: 11").body("hello").send());
			assertThat(head(9, location).header("Upload-Length")).isEqualTo("11");
		}

		@Test
		void mustMatchWhereAChunkedBodyEnds() {
			String location = create(9, "Upload-Length: 11");
			assertProblem(expect(400, patch(9, location, 0, true).chunked("hello").send()), INCONSISTENT);
			RawResponse head = head(9, location);
			assertThat(head.header("Upload-Complete")).isEqualTo("?0");
			expect(204,
					patch(9, location, Long.parseLong(head.header("Upload-Offset")), true).chunked(" world").send());
		}

		@Test
		void isKnownAtTheEndOfAChunkedBody() throws Exception {
			RawResponse response = expect(204, post(9, true).chunked("hello", " world").send());
			assertThat(response.header("Upload-Length")).isEqualTo("11");
			assertThat(stored(location(response.interim().get(0)))).isEqualTo("hello world");
		}

		@ParameterizedTest
		@ValueSource(strings = { "abc", "-1", "1000000000000000" })
		void mustBeIgnoredIfItIsNoNonNegativeInteger(String value) {
			String location = create(9, "Upload-Length: " + value);
			assertThat(head(9, location).header("Upload-Length")).isNull();
		}

		@Test
		void mustPreventTheOffsetFromExceedingItAndInvalidateTheUpload() {
			String location = create(9, "Upload-Length: 5");
			assertProblem(expect(400, patch(9, location, 0, false).chunked("hello", " world").send()), INCONSISTENT);
			expect(410, head(9, location));
			expect(410, patch(9, location, 0, false).body("hello").send());
		}

		@Test
		void mustPreventTheOffsetFromExceedingItWhereTheContentIsAnnounced() {
			String location = create(9, "Upload-Length: 5");
			assertProblem(expect(400, patch(9, location, 0, false).body("hello world").send()), INCONSISTENT);
			expect(410, head(9, location));
		}

		@Test
		void version6KeepsWhatFits() {
			int version = 6;
			String location = create(version, "Upload-Length: 5");
			RawResponse response = expect(400, patch(version, location, 0, false).body("hello world").send());
			assertThat(response.header("Upload-Complete")).isEqualTo("?0");
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(head(version, location).header("Upload-Offset")).isEqualTo("5");
			expect(204, patch(version, location, 5, true).body("").send());
		}

		@Test
		void version6SaysHowFarAnAppendHasComeThatEndsTooEarly() {
			String location = create(6, "Upload-Length: 11");
			RawResponse response = expect(400, patch(6, location, 0, true).chunked("hello").send());
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(head(6, location).header("Upload-Offset")).isEqualTo("5");
		}

		@Test
		void version6SaysThatAnAppendHasComeNoFurtherWhoseDigestIsWrong() {
			String location = create(6, "Upload-Length: 11");
			RawResponse response = expect(400,
					patch(6, location, 0, false).with("Content-Digest: " + sha256("hallo")).body("hello").send());
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			assertThat(head(6, location).header("Upload-Offset")).isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(ints = { 5, 6 })
		void versions5And6RefuseAnotherFinalSizeThanTheRecordedOne(int version) {
			String location;
			try (OpenRequest creation = post(version, true).with("Content-Length: 10").open()) {
				location = location(creation.readInterim());
				creation.send("hello");
				await().untilAsserted(() -> assertThat(stored(location)).isEqualTo("hello"));
			}
			expect(204, head(version, location));
			RawResponse response = expect(400, patch(version, location, 5, true).body("x").send());
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			expect(204, patch(version, location, 5, true).body("world").send());
		}

		@Test
		void version6IgnoresItInAppends() {
			String location = create(6);
			expect(201, patch(6, location, 0, false).with("Upload-Length: 2").body("hello").send());
			assertThat(head(6, location).header("Upload-Length")).isNull();
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5 })
		void versions3And5DoNotKnowIt(int version) {
			String location = create(version, "Upload-Length: 2");
			expect(201, patch(version, location, 0, false).body("hello").send());
			assertThat(head(version, location).header("Upload-Length")).isNull();
		}

	}

	/**
	 * Section 4.1.4: limits.
	 */
	@Nested
	class Limits {

		@Test
		void mustBeInAnAnswerToOptions() {
			RawResponse response = expect(204, to(9, "OPTIONS", "/files").send());
			assertThat(response.header("Upload-Limit")).isEqualTo("max-age=86400");
			assertThat(response.header("Accept-Patch")).isEqualTo("application/partial-upload");
			assertThat(response.header("Tus-Version")).as("one answer for both protocols").isEqualTo("1.0.0");
		}

		@Test
		void version6SaysExpires() {
			assertThat(expect(204, to(6, "OPTIONS", "/files").send()).header("Upload-Limit"))
				.isEqualTo("expires=86400");
			String location = create(6);
			assertThat(head(6, location).header("Upload-Limit")).matches("expires=863\\d\\d|expires=86400");
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5 })
		void versions3And5HaveNone(int version) {
			RawResponse response = post(version, false).body("hello").send();
			assertThat(response.header("Upload-Limit")).isNull();
			assertThat(response.interim().get(0).header("Upload-Limit")).isNull();
		}

	}

	/**
	 * Section 4.2: creation.
	 */
	@Nested
	class Creation {

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9, 10 })
		void shouldBeAnnouncedBy104WithLocation(int version) {
			RawResponse response = post(version, true).body("hello").send();
			assertThat(response.interim()).hasSize(1);
			RawResponse interim = response.interim().get(0);
			assertThat(interim.status()).isEqualTo(104);
			assertThat(interim.header("Location")).startsWith("/files/");
			assertThat(interim.header("Upload-Draft-Interop-Version")).isEqualTo(Integer.toString(version));
			assertThat(interim.header("Upload-Offset")).isNull();
			expect(204, response);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header((version == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((version == 3) ? "?0" : "?1");
			assertThat(response.header("Cache-Control")).isEqualTo("no-store");
		}

		@Test
		void mustBeAnnouncedWithItsLimits() {
			RawResponse response = post(9, true).body("hello").send();
			assertThat(response.interim().get(0).header("Upload-Limit")).matches("max-age=\\d+");
		}

		@Test
		void mustHaveTheSameLocationInEachAnswer() {
			RawResponse response = expect(201, post(9, false).body("hello").send());
			assertThat(response.header("Location")).isEqualTo(response.interim().get(0).header("Location"));
		}

		@Test
		void mustBeAnsweredWithLocationAndLimitsIfItIsIncomplete() throws Exception {
			RawResponse response = expect(201, post(9, false).with("Upload-Length: 11").body("hello").send());
			assertThat(response.header("Upload-Complete")).isEqualTo("?0");
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header("Upload-Length")).isEqualTo("11");
			assertThat(response.header("Upload-Limit")).matches("max-age=\\d+");
			assertThat(stored(location(response))).isEqualTo("hello");
		}

		@ParameterizedTest
		@ValueSource(strings = { "POST", "PUT", "PATCH" })
		void mayUseAnyMethodWithContent(String method) {
			expect(204, to(9, method, "/files").with("Upload-Complete: ?1").body("hello").send());
		}

		@Test
		void mayBeEmpty() throws Exception {
			RawResponse response = expect(204, post(9, true).body("").send());
			assertThat(response.header("Upload-Complete")).isEqualTo("?1");
			assertThat(stored(location(response.interim().get(0)))).isEmpty();
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6 })
		void versions3To6HaveALocationInTheFinalAnswerToo(int version) {
			RawResponse response = expect(204, post(version, true).body("hello").send());
			assertThat(response.header("Location")).isEqualTo(response.interim().get(0).header("Location"));
		}

		@Test
		void shouldKeepWhatCameBeforeAnInterruption() throws Exception {
			String location;
			try (OpenRequest creation = post(9, true).chunked().open()) {
				location = location(creation.readInterim());
				creation.send("hello");
				await().untilAsserted(() -> assertThat(stored(location)).isEqualTo("hello"));
			}
			assertThat(expect(204, head(9, location)).header("Upload-Offset")).isEqualTo("5");
			expect(204, patch(9, location, 5, true).body(" world").send());
			assertThat(stored(location)).isEqualTo("hello world");
		}

		@Test
		void neverAnnouncesAnythingUnasked() {
			RawResponse tus = tus("POST", "/files").with("Upload-Length: 5")
				.with("Content-Type: application/offset+octet-stream")
				.body("hello")
				.send();
			assertThat(expect(201, tus).interim()).isEmpty();
		}

		@Test
		void neverAnnouncesAnythingOverHttp10() {
			assumeTrue(wire().isHttp11());
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				connection.request("POST /files HTTP/1.0", "Host: localhost", "Upload-Draft-Interop-Version: 9",
						"Upload-Complete: ?0", "Content-Length: 5");
				RawResponse response = connection.send("hello").read();
				assertThat(expect(201, response).interim()).isEmpty();
			}
		}

		@Test
		void ofTwoAtOnceAreTwoUploads() {
			RawRequest creation = post(9, true).with("Content-Length: 5");
			try (OpenRequest one = creation.open(); OpenRequest other = creation.open()) {
				String first = location(one.readInterim());
				String second = location(other.readInterim());
				assertThat(second).isNotEqualTo(first);
				expect(204, other.send("world").end().read());
				assertThat(expect(204, one.send("hello").end().read()).header("Upload-Complete")).isEqualTo("?1");
				assertOffset(first, 5);
				assertOffset(second, 5);
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "4", "7", "11", "x", "?1", "" })
		void ofAnUnknownVersionIsAnOrdinaryUpload(String version) {
			RawResponse response = to(9, "POST", "/files").without("Upload-Draft-Interop-Version")
				.with("Upload-Draft-Interop-Version: " + version)
				.with("Upload-Complete: ?1")
				.body("hello")
				.send();
			assertThat(expect(204, response).interim()).isEmpty();
			assertThat(response.header("Location")).isNull();
		}

		@Test
		void ofAnUnknownVersionIsRefusedIfItIsIncomplete() {
			long count = count();
			RawResponse response = to(11, "POST", "/files").with("Upload-Complete: ?0").body("hello").send();
			assertThat(expect(400, response).text()).contains("3, 5, 6, 8, 9, 10");
			assertThat(count()).isEqualTo(count);
		}

		@Test
		void withoutAVersionIsAnOrdinaryUpload() {
			RawResponse response = to(9, "POST", "/files").without("Upload-Draft-Interop-Version")
				.with("Upload-Complete: ?1")
				.body("hello")
				.send();
			assertThat(expect(204, response).interim()).isEmpty();
		}

		@Test
		void thatNamesTusIsOneOfTus() {
			RawResponse response = tus("POST", "/files").with("Upload-Draft-Interop-Version: 6")
				.with("Upload-Complete: ?1")
				.with("Upload-Length: 5")
				.with("Content-Length: 0")
				.send();
			assertThat(expect(201, response).interim()).isEmpty();
			String location = location(response);
			assertThat(tus("HEAD", location).send().header("Upload-Length")).isEqualTo("5");
			assertThat(head(6, location).status()).as("its URL belongs to tus").isEqualTo(404);
		}

		@Test
		void isShieldedFromWhatReadsForms() throws Exception {
			RawResponse response = post(6, true).with("Content-Type: application/x-www-form-urlencoded")
				.body("a=b&c=d")
				.send();
			assertThat(stored(location(expect(204, response)))).isEqualTo("a=b&c=d");
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5 })
		void appendsAreShieldedFromWhatReadsForms(int version) throws Exception {
			String location = create(version);
			expect(204,
					patch(version, location, 0, true).with("Content-Type: application/x-www-form-urlencoded")
						.body("a=b")
						.send());
			assertThat(stored(location)).isEqualTo("a=b");
		}

		@Test
		void mustNotOmit100() {
			try (OpenRequest creation = post(9, true).with("Content-Length: 5").with("Expect: 100-continue").open()) {
				List<Integer> interim = List.of(creation.readInterim().status(), creation.readInterim().status());
				assertThat(interim).containsExactlyInAnyOrder(100, 104);
				expect(204, creation.send("hello").end().read());
			}
		}

	}

	/**
	 * Section 4.3: offset retrieval.
	 */
	@Nested
	class OffsetRetrieval {

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9, 10 })
		void mustSayOffsetAndCompleteness(int version) {
			String location = location(expect(201, post(version, false).body("hello").send()));
			RawResponse response = expect(204, head(version, location));
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header((version == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((version == 3) ? "?1" : "?0");
			assertThat(response.header("Cache-Control")).isEqualTo("no-store");
			assertThat(response.header("Upload-Limit") != null).isEqualTo(version >= 6);
		}

		@Test
		void mustSayTheLengthIfItIsKnown() {
			assertThat(head(9, create(9, "Upload-Length: 7")).header("Upload-Length")).isEqualTo("7");
			assertThat(head(9, create(9)).header("Upload-Length")).isNull();
		}

		@Test
		void mayUseGet() {
			RawResponse response = expect(204, to(9, "GET", create(9)).send());
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6 })
		void versions3To6RefuseItWithHeadersOfAnAppend(int version) {
			String location = create(version);
			expect(400, to(version, "HEAD", location).with("Upload-Offset: 0").send());
			expect(400, to(version, "HEAD", location).with(completeness(version, true)).send());
			expect(400, to(version, "DELETE", location).with("Upload-Offset: 0").send());
			expect(400, to(version, "DELETE", location).with(completeness(version, false)).send());
			expect((version == 6) ? 400 : 204, to(version, "HEAD", location).with("Upload-Length: 5").send());
			expect(204, head(version, location));
		}

		@Test
		void version9AllowsHeadersOfAnAppend() {
			expect(204, to(9, "HEAD", create(9)).with("Upload-Offset: 0").with("Upload-Complete: ?1").send());
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9 })
		void ofWhatIsGoneIs404(int version) {
			String location = create(version);
			expect(204, to(version, "DELETE", location).send());
			RawResponse response = expect(404, head(version, location));
			assertThat(response.header("Upload-Offset")).isNull();
		}

		@Test
		void mustSayAnOffsetAtWhichTheNextAppendIsTaken() throws Exception {
			String location = create(9, "Upload-Length: 11");
			try (OpenRequest append = patch(9, location, 0, true).with("Content-Length: 11").open()) {
				append.send("hello");
				await().untilAsserted(() -> assertThat(stored(location)).isEqualTo("hello"));
				assertThat(expect(204, head(9, location)).header("Upload-Offset")).isEqualTo("5");
				assertThat(append.isEndedByPeer()).as("its client has given it up").isTrue();
			}
			expect(204, patch(9, location, 5, true).body(" world").send());
			assertThat(stored(location)).isEqualTo("hello world");
		}

	}

	/**
	 * Section 4.4: appending.
	 */
	@Nested
	class Append {

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9, 10 })
		void goesOnAndCompletes(int version) throws Exception {
			String location = create(version);
			RawResponse appended = patch(version, location, 0, false).body("hello ").send();
			expect((version <= 6) ? 201 : 204, appended);
			assertThat(appended.header("Upload-Offset")).isEqualTo("6");
			assertThat(appended.header("Location")).isNull();
			RawResponse completed = expect(204, patch(version, location, 6, true).body("world").send());
			assertThat(completed.header((version == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((version == 3) ? "?0" : "?1");
			assertThat(completed.header("Upload-Offset")).isEqualTo("11");
			assertThat(stored(location)).isEqualTo("hello world");
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9, 10 })
		void mustBeRefusedWith409AtAnotherOffset(int version) {
			String location = create(version);
			RawResponse response = expect(409, patch(version, location, 5, false).body("hello").send());
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			assertThat(response.header((version == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((version == 3) ? "?1" : "?0");
			if (version >= 6) {
				assertProblem(response, "mismatching-upload-offset");
				assertThat(response.text()).contains("\"expected-offset\":0", "\"provided-offset\":5");
			}
		}

		@ParameterizedTest
		@ValueSource(ints = { 6, 8, 9, 10 })
		void mustBeLabelledAsPartialUpload(int version) {
			String location = create(version);
			RawRequest request = to(version, "PATCH", location).with("Upload-Offset: 0").with("Upload-Complete: ?0");
			expect(415, request.with("Content-Type: application/octet-stream").body("hello").send());
			assertThat(head(version, location).header("Upload-Offset")).isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(ints = { 8, 9, 10 })
		void mustSayWhetherItCompletesTheUpload(int version) {
			String location = create(version);
			expect(400, to(version, "PATCH", location).with("Upload-Offset: 0").with(PARTIAL).body("hello").send());
			assertThat(head(version, location).header("Upload-Offset")).isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6 })
		void versions3To6CompleteIfItDoesNotSay(int version) throws Exception {
			String location = create(version);
			RawResponse response = to(version, "PATCH", location).with("Upload-Offset: 0")
				.with(PARTIAL)
				.body("hello")
				.send();
			expect(204, response);
			assertThat(stored(location)).isEqualTo("hello");
			assertThat(head(version, location).header((version == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((version == 3) ? "?0" : "?1");
		}

		@ParameterizedTest
		@ValueSource(ints = { 9, 10 })
		void canBeRepeatedIfItsLastAnswerWasLost(int version) {
			String location = create(version);
			expect(204, patch(version, location, 0, true).body("hello").send());
			RawResponse again = expect(204, patch(version, location, 5, true).body("").send());
			assertThat(again.header("Upload-Complete")).isEqualTo("?1");
			assertThat(again.header("Upload-Offset")).isEqualTo("5");
		}

		@ParameterizedTest
		@ValueSource(ints = { 6, 8 })
		void versions6And8RefuseItOnACompleteUpload(int version) {
			String location = create(version);
			expect(204, patch(version, location, 0, true).body("hello").send());
			RawResponse response = expect(400, patch(version, location, 5, true).body("").send());
			assertProblem(response, "completed-upload");
			assertThat(response.header("Upload-Offset")).as("there is nothing to go on with").isNull();
			RawResponse elsewhere = patch(version, location, 0, true).body("hello").send();
			assertProblem(expect((version == 6) ? 400 : 409, elsewhere),
					(version == 6) ? "completed-upload" : "mismatching-upload-offset");
		}

		@Test
		void ofVersion6ThatABrowserRepeatsByItselfHearsOfTheOffset() {
			String location = create(6);
			expect(204, patch(6, location, 0, true).body("hello").send());
			RawResponse repeated = patch(6, location, 0, true).with("Origin: http://localhost").body("hello").send();
			assertThat(expect(409, repeated).header("Upload-Offset")).isEqualTo("5");
			expect(400, patch(6, location, 5, true).with("Origin: http://localhost").body("").send());
		}

		@Test
		void isRefusedOnACompleteUploadWithoutSayingThatItIsTheTargetsAnswer() {
			String location = create(9);
			expect(204, patch(9, location, 0, true).body("hello").send());
			assertThat(expect(409, patch(9, location, 0, true).body("hello").send()).header("Upload-Complete"))
				.isEqualTo("?0");
			assertThat(expect(400, patch(9, location, 5, false).body("x").send()).header("Upload-Complete"))
				.isEqualTo("?0");
		}

		@Test
		void shouldKeepWhatCameBeforeAnInterruption() throws Exception {
			String location = create(9);
			RawRequest request = patch(9, location, 0, true).with("Content-Digest: " + sha256("hello world"));
			try (OpenRequest append = request.with("Content-Length: 11").open()) {
				append.send("hello");
				await().untilAsserted(() -> assertThat(stored(location)).isEqualTo("hello"));
			}
			await().untilAsserted(() -> assertOffset(location, 5));
			assertThat(head(9, location).header("Upload-Complete")).isEqualTo("?0");
		}

		@Test
		void doesNotMixWithTus() {
			String location = create(9);
			expect(404, tus("HEAD", location).send());
			expect(404,
					tus("PATCH", location).with("Upload-Offset: 0")
						.with("Content-Type: application/offset+octet-stream")
						.body("hello")
						.send());
			expect(404, tus("DELETE", location).send());
			assertOffset(location, 0);
		}

		@Test
		void isTakenByTheURLsOwnProtocolWithoutItsVersion() {
			String location = create(6);
			RawResponse response = to(6, "PATCH", location).without("Upload-Draft-Interop-Version")
				.with("Upload-Offset: 0")
				.with("Upload-Complete: ?0")
				.with(PARTIAL)
				.body("hello")
				.send();
			expect(201, response);
		}

		@ParameterizedTest
		@CsvSource({ "3, 9, 201", "5, 3, 201", "6, 9, 201", "9, 6, 204", "10, 3, 204", "8, 99, 204" })
		void isSpokenOfInTheVersionOfItsCreation(int created, int appended, int status) {
			String location = create(created);
			RawResponse response = patch(created, location, 0, false).without("Upload-Draft-Interop-Version")
				.with("Upload-Draft-Interop-Version: " + appended)
				.body("hello")
				.send();
			expect(status, response);
			RawResponse head = head(appended, location);
			assertThat(head.header((created == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((created == 3) ? "?1" : "?0");
			assertThat(head.header("Upload-Offset")).isEqualTo("5");
			assertThat(String.valueOf(head.header("Upload-Limit")))
				.startsWith((created == 6) ? "expires=" : (created > 6) ? "max-age=" : "null");
		}

		@Test
		void ofAnUploadOfTusIsRefused() {
			RawRequest creation = tus("POST", "/files").with("Upload-Length: 5").with("Content-Length: 0");
			String location = location(expect(201, creation.send()));
			expect(404, patch(9, location, 0, true).body("hello").send());
			expect(404, to(9, "DELETE", location).send());
			assertThat(expect(200, tus("HEAD", location).send()).header("Upload-Offset")).isEqualTo("0");
		}

		@Test
		void neverTellsOfItsStateInARedirection() {
			String location = create(9);
			List<RawResponse> all = List.of(head(9, location), patch(9, location, 0, false).body("x").send(),
					patch(9, location, 7, false).body("x").send(), patch(9, location, 1, true).body("").send(),
					to(9, "DELETE", location).send());
			assertThat(all).extracting(RawResponse::status).noneMatch((status) -> status >= 300 && status < 400);
		}

		@Test
		void byAnotherMethodIsRefused() {
			String location = create(9);
			assertThat(expect(405, to(9, "PUT", location).with("Upload-Complete: ?1").body("x").send()).header("Allow"))
				.contains("PATCH");
		}

	}

	/**
	 * Section 4.5: cancellation.
	 */
	@Nested
	class Cancellation {

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9, 10 })
		void shouldDeactivateTheUpload(int version) {
			String location = location(expect(201, post(version, false).body("hello").send()));
			expect(204, to(version, "DELETE", location).send());
			expect(404, head(version, location));
			expect(404, patch(version, location, 5, true).body("").send());
		}

		@Test
		void shouldTerminateARunningRequest() {
			String location = create(9);
			try (OpenRequest append = patch(9, location, 0, true).with("Content-Length: 11").open()) {
				append.send("hello");
				await().untilAsserted(() -> assertThat(stored(location)).isEqualTo("hello"));
				expect(204, to(9, "DELETE", location).send());
				assertThat(append.isEndedByPeer()).isTrue();
			}
		}

	}

	/**
	 * RFC 9530: digests.
	 */
	@Nested
	class Digests {

		@Test
		void contentThatDoesNotHaveItsDigestIsDiscarded() {
			String location = create(9);
			RawRequest request = patch(9, location, 0, false).with("Content-Digest: " + sha256("hallo")).body("hello");
			assertThat(expect(400, request.send()).header("Upload-Complete")).isEqualTo("?0");
			assertOffset(location, 0);
			expect(204, patch(9, location, 0, false).with("Content-Digest: " + sha256("hello")).body("hello").send());
		}

		@Test
		void creationThatDoesNotHaveItsDigestStoresNoByte() {
			RawResponse response = expect(400,
					post(9, false).with("Content-Digest: " + sha256("hallo")).body("hello").send());
			assertOffset(location(response.interim().get(0)), 0);
		}

		@ParameterizedTest
		@ValueSource(strings = { "md5=:AAAA:", "unixsum=:AAAA:" })
		void unknownAlgorithmsAreIgnored(String digest) {
			expect(204, post(9, true).with("Content-Digest: " + digest).body("hello").send());
		}

		@ParameterizedTest
		@ValueSource(strings = { "sha-256=abc", "sha-256=:AAAA:", "sha-256", "=:AAAA:", "sha-256=:A*A:" })
		void malformedOnesAreRefused(String digest) {
			expect(400, post(9, true).with("Content-Digest: " + digest).body("hello").send());
		}

		@Test
		void wholeUploadMustHaveItsDigest() {
			String location = create(9, "Repr-Digest: " + sha256("hello world"));
			expect(204, patch(9, location, 0, false).body("hello").send());
			assertThat(expect(400, patch(9, location, 5, true).body(" earth").send()).header("Upload-Complete"))
				.isEqualTo("?0");
			expect(410, head(9, location));
		}

		@Test
		void wholeUploadThatHasItsDigestIsTaken() {
			String location = create(9);
			expect(204, patch(9, location, 0, false).body("hello").send());
			expect(204,
					patch(9, location, 5, true).with("Repr-Digest: " + sha256("hello world")).body(" world").send());
		}

		@Test
		void wantedOneIsGivenIfItWasVerified() {
			RawResponse created = expect(204,
					post(9, true).with("Repr-Digest: " + sha256("hello")).body("hello").send());
			String location = location(created.interim().get(0));
			assertThat(wanted(location, "sha-512=10, sha-256=5, md5=9")).isEqualTo(sha256("hello"));
			assertThat(wanted(location, "sha-256")).isNull();
		}

		@Test
		void wantedOneIsCalculatedOfAShortContentOnly() {
			String location = location(expect(204, post(9, true).body("hello").send()).interim().get(0));
			assertThat(wanted(location, "sha-256=5, md5=9")).isEqualTo(sha256("hello"));
			assertThat(wanted(location, "sha-256=5, sha-512=9")).startsWith("sha-512=:");
			assertThat(wanted(location, "sha-256=0, md5=9")).isNull();
			String mebibyte = "x".repeat(1024 * 1024);
			location = location(expect(204, post(9, true).body(mebibyte).send()).interim().get(0));
			assertThat(wanted(location, "sha-256=5")).isEqualTo(sha256(mebibyte));
			location = location(expect(204, post(9, true).body(mebibyte + "x").send()).interim().get(0));
			assertThat(wanted(location, "sha-256=5")).isNull();
		}

		@Test
		void wantedOneIsNotGivenBeforeItIsVerified() {
			assertThat(wanted(create(9, "Repr-Digest: " + sha256("hello")), "sha-256=5")).isNull();
		}

		private String wanted(String location, String digests) {
			return expect(204, to(9, "HEAD", location).with("Want-Repr-Digest: " + digests).send())
				.header("Repr-Digest");
		}

	}

}
