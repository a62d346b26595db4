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

import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.ExplicitCompletion;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link RufhProtocol}: what requests ask for, version by version.
 */
class RufhProtocolTests {

	private static final RufhLimits NO_LIMITS = new RufhLimits(null, null, null, null, Duration.ZERO);

	private static final String PARTIAL = "Content-Type: application/partial-upload";

	private static final String SHA256 = Base64.getEncoder().encodeToString(new byte[32]);

	private static final String SHA512 = Base64.getEncoder().encodeToString(new byte[64]);

	private final RufhProtocol protocol = protocol(NO_LIMITS);

	private static RufhProtocol protocol(RufhLimits limits) {
		return new RufhProtocol(EnumSet.allOf(InteropVersion.class), true, limits);
	}

	private static UnaryOperator<String> headers(String... lines) {
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String line : lines) {
			int colon = line.indexOf(':');
			headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
		}
		return headers::get;
	}

	private static UnaryOperator<String> headers(String[] lines, String... others) {
		return headers(StringUtils.concatenateStringArrays(others, lines));
	}

	private static String complete(InteropVersion version, boolean complete) {
		return (version == InteropVersion.V3) ? "Upload-Incomplete: " + (complete ? "?0" : "?1")
				: "Upload-Complete: " + (complete ? "?1" : "?0");
	}

	private static String interop(InteropVersion version) {
		return "Upload-Draft-Interop-Version: " + version.number();
	}

	private static RufhOperation.Create create(RufhProtocol protocol, InteropVersion version, boolean complete,
			long contentLength, String... lines) {
		return protocol.create(contentLength, headers(lines, interop(version), complete(version, complete)));
	}

	private static AppendRequest append(RufhProtocol protocol, InteropVersion version, long contentLength,
			String... lines) {
		RufhOperation operation = protocol.read(version, "PATCH", contentLength,
				headers(lines, PARTIAL, "Upload-Offset: 3"));
		return ((RufhOperation.Append) operation).request();
	}

	private static RufhException assertRefused(int status, ThrowingCallable request) {
		RufhException[] refusal = new RufhException[1];
		assertThatExceptionOfType(RufhException.class).isThrownBy(request).satisfies((ex) -> {
			assertThat(ex.status()).isEqualTo(status);
			refusal[0] = ex;
		});
		return refusal[0];
	}

	private static void assertInconsistent(ThrowingCallable request) {
		assertThat(assertRefused(400, request).problem()).isEqualTo(Problem.inconsistentLength());
	}

	@Nested
	class Versions {

		@Test
		void whenNoneIsSpokenThenThereIsNoProtocol() {
			assertThatIllegalArgumentException().isThrownBy(() -> new RufhProtocol(Set.of(), true, NO_LIMITS))
				.withMessage("'versions' must not be empty");
		}

		@ParameterizedTest
		@EnumSource
		void whenAVersionIsNamedThenItIsSpoken(InteropVersion version) {
			UnaryOperator<String> headers = headers(interop(version));
			assertThat(RufhProtocolTests.this.protocol.version(headers)).isEqualTo(version);
			assertThat(RufhProtocolTests.this.protocol.isSpoken(headers)).isTrue();
			assertThat(RufhProtocolTests.this.protocol.isSpoken(version, headers)).isTrue();
		}

		@ParameterizedTest
		@ValueSource(strings = { "0", "1", "4", "7", "11", "6.0", "abc", "" })
		void whenAnUnknownVersionIsNamedThenTheAnswerIsInTheNewest(String number) {
			UnaryOperator<String> headers = headers("Upload-Draft-Interop-Version: " + number);
			assertThat(RufhProtocolTests.this.protocol.version(headers)).isEqualTo(InteropVersion.V10);
			assertThat(RufhProtocolTests.this.protocol.isSpoken(headers)).isFalse();
			assertThat(RufhProtocolTests.this.protocol.isSpoken(InteropVersion.V10, headers)).isFalse();
		}

		@Test
		void whenAVersionIsTurnedOffThenItIsNotSpoken() {
			RufhProtocol some = new RufhProtocol(EnumSet.of(InteropVersion.V6, InteropVersion.V8), true, NO_LIMITS);
			assertThat(some.isSpoken(headers(interop(InteropVersion.V9)))).isFalse();
			assertThat(some.version(headers(interop(InteropVersion.V9)))).isEqualTo(InteropVersion.V8);
		}

		@Test
		void whenAVersionIsRequiredThenSilenceNamesNone() {
			assertThat(RufhProtocolTests.this.protocol.isSpoken(headers())).isFalse();
		}

		@Test
		void whenNoVersionIsRequiredThenSilenceNamesTheNewest() {
			RufhProtocol lenient = new RufhProtocol(EnumSet.of(InteropVersion.V5, InteropVersion.V9), false, NO_LIMITS);
			assertThat(lenient.isSpoken(InteropVersion.V9, headers())).isTrue();
			assertThat(lenient.isSpoken(InteropVersion.V5, headers())).isFalse();
		}

	}

	@Nested
	class Naming {

		@ParameterizedTest
		@ValueSource(strings = { "Upload-Draft-Interop-Version: x", "Upload-Complete: x", "Upload-Incomplete: x",
				PARTIAL, "Content-Type: Application/Partial-Upload ; x=y" })
		void whenARequestHasWhatNoOtherProtocolHasThenItNamesThisOne(String line) {
			assertThat(RufhProtocolTests.this.protocol.isNamed(headers(line))).isTrue();
		}

		@ParameterizedTest
		@ValueSource(strings = { "Upload-Offset: 0", "Upload-Length: 1", "Content-Type: text/plain",
				"Content-Type: application/partial-uploads" })
		void whenARequestHasWhatOthersHaveThenItDoesNotNameThisOne(String line) {
			assertThat(RufhProtocolTests.this.protocol.isNamed(headers(line))).isFalse();
		}

		@ParameterizedTest
		@ValueSource(strings = { "Upload-Offset: 0", PARTIAL })
		void whenARequestSaysWhereBytesBelongThenItAppends(String line) {
			assertThat(RufhProtocolTests.this.protocol.isAppend(headers(line))).isTrue();
		}

		@ParameterizedTest
		@ValueSource(strings = { "Upload-Complete: ?1", "Content-Type: text/plain" })
		void whenARequestDoesNotSayWhereBytesBelongThenItDoesNotAppend(String line) {
			assertThat(RufhProtocolTests.this.protocol.isAppend(headers(line))).isFalse();
		}

		@ParameterizedTest
		@CsvSource({ "POST, true", "PUT, true", "PATCH, true", "GET, false", "HEAD, false", "DELETE, false",
				"OPTIONS, false", "TRACE, false", "CONNECT, false" })
		void whenAMethodHasNoContentThenItCreatesNothing(String method, boolean creation) {
			UnaryOperator<String> headers = headers(interop(InteropVersion.V9), "Upload-Complete: ?0");
			assertThat(RufhProtocolTests.this.protocol.isCreation(method, headers)).isEqualTo(creation);
		}

		@ParameterizedTest
		@CsvSource({ "V3, Upload-Incomplete, true", "V3, Upload-Complete, false", "V5, Upload-Complete, true",
				"V5, Upload-Incomplete, false", "V10, Upload-Complete, true", "V10, Upload-Incomplete, false" })
		void whenCompletenessIsSaidInTheWordsOfTheVersionThenItCreates(InteropVersion version, String name,
				boolean creation) {
			UnaryOperator<String> headers = headers(interop(version), name + ": ?1");
			assertThat(RufhProtocolTests.this.protocol.isCreation("POST", headers)).isEqualTo(creation);
		}

		@ParameterizedTest
		@EnumSource
		void whenARequestIsCompleteThenItIsWhole(InteropVersion version) {
			RufhProtocol protocol = RufhProtocolTests.this.protocol;
			assertThat(protocol.isWhole(headers(interop(version), complete(version, true)))).isTrue();
			assertThat(protocol.isWhole(headers(interop(version), complete(version, false)))).isFalse();
			assertThat(protocol.isWhole(headers(interop(version)))).isFalse();
		}

	}

	@Nested
	class Creation {

		private final RufhProtocol protocol = RufhProtocolTests.this.protocol;

		@ParameterizedTest
		@EnumSource
		void whenMoreFollowsThenTheBodyIsTheFirstPart(InteropVersion version) {
			RufhOperation.Create create = create(this.protocol, version, false, 5);
			boolean strict = version.number() >= 8;
			assertThat(create.version()).isEqualTo(version);
			assertThat(create.resumable()).isTrue();
			assertThat(create.length()).isNull();
			assertThat(create.body()).isEqualTo(
					new AppendRequest(0, 5, null, null, false, new ExplicitCompletion(false, null, null, strict)));
		}

		@ParameterizedTest
		@EnumSource
		void whenAllComesAtOnceThenTheLengthIsThatOfTheBody(InteropVersion version) {
			RufhOperation.Create create = create(this.protocol, version, true, 5);
			assertThat(create.length()).isEqualTo(5);
			assertThat(create.body().completion().last()).isTrue();
		}

		@Test
		void whenMoreFollowsAndNothingComesThenThereIsNoBody() {
			assertThat(create(this.protocol, InteropVersion.V9, false, 0).body()).isNull();
		}

		@Test
		void whenAllIsNothingThenItIsComplete() {
			RufhOperation.Create create = create(this.protocol, InteropVersion.V9, true, 0);
			assertThat(create.length()).isZero();
			assertThat(create.body().completion().last()).isTrue();
		}

		@Test
		void whenTheBodyEndsNobodyKnowsWhereThenTheLengthIsNotKnown() {
			RufhOperation.Create create = create(this.protocol, InteropVersion.V9, true, -1);
			assertThat(create.length()).isNull();
			assertThat(create.body().contentLength()).isEqualTo(-1);
		}

		@Test
		void whenTheLengthOfAChunkedBodyIsDeclaredThenItIsKnown() {
			assertThat(create(this.protocol, InteropVersion.V9, true, -1, "Upload-Length: 7").length()).isEqualTo(7);
		}

		@ParameterizedTest
		@CsvSource({ "V3, ", "V5, ", "V6, 7", "V8, 7", "V9, 7", "V10, 7" })
		void whenTheLengthIsDeclaredThenItCountsInVersionsThatHaveIt(InteropVersion version, Long length) {
			assertThat(create(this.protocol, version, false, 5, "Upload-Length: 7").length()).isEqualTo(length);
		}

		@Test
		void whenTheBodyIsAllThatWasDeclaredThenMoreMayFollowYet() {
			assertThat(create(this.protocol, InteropVersion.V9, false, 7, "Upload-Length: 7").length()).isEqualTo(7);
		}

		@Test
		void whenTheBodyIsLongerThanDeclaredThenTheLengthIsInconsistent() {
			assertInconsistent(() -> create(this.protocol, InteropVersion.V9, false, 8, "Upload-Length: 7"));
		}

		@Test
		void whenTheWholeBodyIsOfAnotherLengthThanDeclaredThenItIsInconsistent() {
			assertInconsistent(() -> create(this.protocol, InteropVersion.V9, true, 6, "Upload-Length: 7"));
		}

		@Test
		void whenAnUnknownVersionBringsAllThenItIsTakenButNotResumable() {
			RufhOperation.Create create = this.protocol.create(5,
					headers("Upload-Draft-Interop-Version: 99", "Upload-Complete: ?1"));
			assertThat(create.resumable()).isFalse();
			assertThat(create.version()).isEqualTo(InteropVersion.V10);
			assertThat(create.length()).isEqualTo(5);
		}

		@Test
		void whenAnUnknownVersionWouldBringMoreThenItHearsWhichAreKnown() {
			RufhException refusal = assertRefused(400,
					() -> this.protocol.create(5, headers("Upload-Draft-Interop-Version: 99", "Upload-Complete: ?0")));
			assertThat(refusal).hasMessageEndingWith("must be one of 3, 5, 6, 8, 9, 10");
		}

		@Test
		void whenTheContentIsDescribedThenTheTargetHears() {
			RufhOperation.Create create = create(this.protocol, InteropVersion.V9, true, 5, "Content-Type: text/plain",
					"Content-Encoding: gzip");
			assertThat(create.metadata().asMap()).containsExactly(entry("filetype", "text/plain"),
					entry("content-encoding", "gzip"));
		}

		@Test
		void whenDigestsAreSentThenTheOneIsTheBodysAndTheOtherTheUploads() {
			RufhOperation.Create create = create(this.protocol, InteropVersion.V9, false, 5,
					"Content-Digest: sha-256=:" + SHA256 + ":", "Repr-Digest: sha-512=:" + SHA512 + ":");
			assertThat(create.body().checksum().algorithm()).isEqualTo(ChecksumAlgorithm.SHA256);
			assertThat(create.digest().algorithm()).isEqualTo(ChecksumAlgorithm.SHA512);
		}

	}

	@Nested
	class Limits {

		private final RufhProtocol limited = protocol(new RufhLimits(5L, 100L, 3L, 20L, Duration.ofHours(1)));

		@Test
		void whenThereAreNoneThenTheAnswerSaysSo() {
			assertThat(RufhProtocolTests.this.protocol.capabilities(headers()))
				.containsOnly(entry("Upload-Limit", "min-size=0"), entry("Accept-Patch", "application/partial-upload"));
		}

		@ParameterizedTest
		@CsvSource({ "V3, max-age", "V5, max-age", "V6, expires", "V8, max-age", "V9, max-age", "V10, max-age" })
		void whenTheVersionHasLimitsThenTheyAreInItsWords(InteropVersion version, String age) {
			assertThat(this.limited.capabilities(headers(interop(version)))).containsEntry("Upload-Limit",
					"min-size=5, max-size=100, min-append-size=3, max-append-size=20, " + age + "=3600");
		}

		@Test
		void whenTheVersionIsUnknownThenLimitsAreInTheWordsOfTheNewest() {
			assertThat(this.limited.capabilities(headers("Upload-Draft-Interop-Version: 99")))
				.hasEntrySatisfying("Upload-Limit", (limit) -> assertThat(limit).endsWith("max-age=3600"));
		}

		@Test
		void whenNobodySaysHowLongUploadsLiveThenThereAreNoLimits() {
			assertThatIllegalArgumentException().isThrownBy(() -> new RufhLimits(null, null, null, null, null))
				.withMessage("'lifetime' must not be null");
		}

		@Test
		void whenANumberIsTooLongForAFieldThenTheLongestStandsForIt() {
			RufhLimits limits = new RufhLimits(null, Long.MAX_VALUE, null, 999_999_999_999_999L, Duration.ZERO);
			assertThat(protocol(limits).capabilities(headers())).containsEntry("Upload-Limit",
					"max-size=999999999999999, max-append-size=999999999999999");
		}

		@Test
		void whenAnEndpointHasItsOwnThenTheyStandForTheOthers() {
			RufhProtocol endpoint = this.limited.forHandOver(50L, Duration.ofMinutes(1));
			assertThat(endpoint.limits()).isEqualTo(new RufhLimits(5L, 50L, 3L, 20L, Duration.ofMinutes(1)));
			assertThat(endpoint.isSpoken(headers())).as("the version is required there, too").isFalse();
			assertThat(endpoint.isSpoken(headers(interop(InteropVersion.V3)))).isTrue();
		}

		@Test
		void whenAnUploadIsLongerThanAllowedThen413() {
			assertThat(create(this.limited, InteropVersion.V9, false, 0, "Upload-Length: 100").length()).isEqualTo(100);
			assertRefused(413, () -> create(this.limited, InteropVersion.V9, false, 0, "Upload-Length: 101"));
		}

		@Test
		void whenMoreFollowsOfAnUploadThatIsTooShortThen400() {
			assertThat(create(this.limited, InteropVersion.V9, false, 0, "Upload-Length: 5").resumable()).isTrue();
			assertRefused(400, () -> create(this.limited, InteropVersion.V9, false, 0, "Upload-Length: 4"));
			assertRefused(400, () -> create(this.limited, InteropVersion.V9, false, 0));
		}

		@Test
		void whenAnUploadThatIsTooShortComesAtOnceThenItIsNotResumable() {
			assertThat(create(this.limited, InteropVersion.V9, true, 4).resumable()).isFalse();
			assertThat(create(this.limited, InteropVersion.V9, true, 5).resumable()).isTrue();
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" })
		void whenTheVersionHasNoLimitsThenNoUploadIsTooShortToFollow(InteropVersion version) {
			assertThat(create(this.limited, version, false, 0).resumable()).isTrue();
			assertThat(create(this.limited, version, true, 4).resumable()).isFalse();
		}

		@Test
		void whenARequestIsLongerThanAllowedThen413() {
			assertThat(append(this.limited, InteropVersion.V9, 20, "Upload-Complete: ?0").completion().maxLength())
				.isEqualTo(20);
			assertRefused(413, () -> append(this.limited, InteropVersion.V9, 21, "Upload-Complete: ?0"));
			assertRefused(413, () -> create(this.limited, InteropVersion.V9, true, 21));
		}

		@Test
		void whenARequestIsShorterThanAllowedThen400() {
			assertThat(append(this.limited, InteropVersion.V9, 3, "Upload-Complete: ?0").contentLength()).isEqualTo(3);
			assertRefused(400, () -> append(this.limited, InteropVersion.V9, 2, "Upload-Complete: ?0"));
			assertRefused(400, () -> append(this.limited, InteropVersion.V9, 0, "Upload-Complete: ?0"));
			assertRefused(400, () -> create(this.limited, InteropVersion.V9, false, 2, "Upload-Length: 9"));
		}

		@Test
		void whenTheLastRequestIsShortThenItIsTaken() {
			assertThat(append(this.limited, InteropVersion.V9, 2, "Upload-Complete: ?1").contentLength()).isEqualTo(2);
		}

		@Test
		void whenTheLengthOfARequestIsNotKnownThenItIsTaken() {
			assertThat(append(this.limited, InteropVersion.V9, -1, "Upload-Complete: ?0").completion().maxLength())
				.isEqualTo(20);
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" })
		void whenTheVersionHasNoLimitsThenRequestsHaveNone(InteropVersion version) {
			for (long length : new long[] { 1, 21 }) {
				AppendRequest request = append(this.limited, version, length, complete(version, false));
				assertThat(request.completion().maxLength()).isNull();
			}
		}

	}

	@Nested
	class Append {

		private final RufhProtocol protocol = RufhProtocolTests.this.protocol;

		@ParameterizedTest
		@EnumSource
		void whenAnAppendIsCompleteThenItIsTheLast(InteropVersion version) {
			assertThat(append(this.protocol, version, 5, complete(version, true)).completion().last()).isTrue();
			assertThat(append(this.protocol, version, 5, complete(version, false)).completion().last()).isFalse();
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5", "V6" })
		void whenAnAppendOfAnOldVersionDoesNotSayThenItIsTheLast(InteropVersion version) {
			assertThat(append(this.protocol, version, 5).completion().last()).isTrue();
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5", "V6" }, mode = Mode.EXCLUDE)
		void whenAnAppendOfANewVersionDoesNotSayThen400(InteropVersion version) {
			assertRefused(400, () -> append(this.protocol, version, 5));
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" })
		void whenTheVersionHasNoContentTypeThenAnyIsTaken(InteropVersion version) {
			RufhOperation operation = this.protocol.read(version, "PATCH", 5, headers("Upload-Offset: 0"));
			assertThat(((RufhOperation.Append) operation).request().offset()).isZero();
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" }, mode = Mode.EXCLUDE)
		void whenTheContentTypeIsAnotherThen415(InteropVersion version) {
			for (String type : List.of("text/plain", "application/partial-uploads", "application")) {
				assertRefused(415, () -> this.protocol.read(version, "PATCH", 5,
						headers("Upload-Offset: 0", "Upload-Complete: ?1", "Content-Type: " + type)));
			}
			assertRefused(415,
					() -> this.protocol.read(version, "PATCH", 5, headers("Upload-Offset: 0", "Upload-Complete: ?1")));
		}

		@Test
		void whenTheOffsetIsMissingThen400() {
			assertRefused(400,
					() -> this.protocol.read(InteropVersion.V9, "PATCH", 5, headers(PARTIAL, "Upload-Complete: ?1")));
		}

		@ParameterizedTest
		@CsvSource({ "V3, , false", "V5, , false", "V6, , false", "V8, 9, true", "V9, 9, true", "V10, 9, true" })
		void whenAnAppendDeclaresTheLengthThenItCountsInVersionsThatHaveIt(InteropVersion version, Long length,
				boolean strict) {
			AppendRequest request = append(this.protocol, version, 5, complete(version, true), "Upload-Length: 9");
			assertThat(request).isEqualTo(
					new AppendRequest(3, 5, length, null, false, new ExplicitCompletion(true, null, null, strict)));
		}

		@Test
		void whenDigestsAreSentThenTheOneIsTheBodysAndTheOtherTheUploads() {
			AppendRequest request = append(this.protocol, InteropVersion.V9, 5, "Upload-Complete: ?1",
					"Content-Digest: sha-256=:" + SHA256 + ":", "Repr-Digest: sha-512=:" + SHA512 + ":");
			assertThat(request.checksum().algorithm()).isEqualTo(ChecksumAlgorithm.SHA256);
			assertThat(request.completion().digest().algorithm()).isEqualTo(ChecksumAlgorithm.SHA512);
		}

		@Test
		void whenSeveralDigestsAreSentThenTheStrongestCounts() {
			AppendRequest request = append(this.protocol, InteropVersion.V9, 5, "Upload-Complete: ?1",
					"Content-Digest: sha-256=:" + SHA256 + ":, md5=:AAAA:, sha-512=:" + SHA512 + ":");
			assertThat(request.checksum().algorithm()).isEqualTo(ChecksumAlgorithm.SHA512);
			assertThat(request.checksum().value()).hasSize(64);
		}

		@Test
		void whenNoDigestOfAKnownAlgorithmIsSentThenThereIsNone() {
			AppendRequest request = append(this.protocol, InteropVersion.V9, 5, "Upload-Complete: ?1",
					"Content-Digest: md5=:AAAA:");
			assertThat(request.checksum()).isNull();
		}

		@ParameterizedTest
		@ValueSource(strings = { "sha-256=:AAAA:", "sha-256", "sha-256=x", "sha-256=:A", "," })
		void whenADigestIsMalformedThen400(String digest) {
			assertRefused(400, () -> append(this.protocol, InteropVersion.V9, 5, "Upload-Complete: ?1",
					"Content-Digest: " + digest));
		}

	}

	@Nested
	class Others {

		private final RufhProtocol protocol = RufhProtocolTests.this.protocol;

		@ParameterizedTest
		@ValueSource(strings = { "HEAD", "GET" })
		void whenAnUploadIsLookedAtThenNothingElseHasToBeSaid(String method) {
			assertThat(this.protocol.read(InteropVersion.V9, method, 0, headers()))
				.isEqualTo(new RufhOperation.Inspect(List.of()));
		}

		@Test
		void whenAnUploadIsDeletedThenItIsCancelled() {
			assertThat(this.protocol.read(InteropVersion.V9, "DELETE", 0, headers()))
				.isEqualTo(new RufhOperation.Cancel());
		}

		@ParameterizedTest
		@ValueSource(strings = { "POST", "PUT", "OPTIONS" })
		void whenTheMethodIsAnotherThen405(String method) {
			assertRefused(405, () -> this.protocol.read(InteropVersion.V9, method, 0, headers()));
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5", "V6" })
		void whenARequestOfAnOldVersionSaysWhereItWouldAppendThen400(InteropVersion version) {
			for (String method : List.of("HEAD", "GET", "DELETE")) {
				assertRefused(400, () -> this.protocol.read(version, method, 0, headers("Upload-Offset: 0")));
				assertRefused(400, () -> this.protocol.read(version, method, 0, headers(complete(version, true))));
			}
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5", "V6" }, mode = Mode.EXCLUDE)
		void whenARequestOfANewVersionSaysWhereItWouldAppendThenThatIsIgnored(InteropVersion version) {
			UnaryOperator<String> headers = headers("Upload-Offset: 0", complete(version, true), "Upload-Length: 1");
			assertThat(this.protocol.read(version, "HEAD", 0, headers)).isInstanceOf(RufhOperation.Inspect.class);
			assertThat(this.protocol.read(version, "DELETE", 0, headers)).isInstanceOf(RufhOperation.Cancel.class);
		}

		@Test
		void whenALookOfVersion6HasTheLengthThen400() {
			UnaryOperator<String> headers = headers("Upload-Length: 1");
			assertRefused(400, () -> this.protocol.read(InteropVersion.V6, "HEAD", 0, headers));
			assertThat(this.protocol.read(InteropVersion.V6, "DELETE", 0, headers))
				.isEqualTo(new RufhOperation.Cancel());
			assertThat(this.protocol.read(InteropVersion.V5, "HEAD", 0, headers))
				.isInstanceOf(RufhOperation.Inspect.class);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', nullValues = "null", textBlock = """
				sha-256=5, sha-512=3, md5=9 | SHA256, SHA512
				sha-256=3, sha-512=5        | SHA512, SHA256
				sha-256=0, sha-512=1        | SHA512
				sha-256, sha-512=1.5        | null
				sha-256=:                   | null
				""")
		void whenDigestsAreWantedThenThePreferredOneComesFirst(String field, String algorithms) {
			RufhOperation operation = this.protocol.read(InteropVersion.V9, "HEAD", 0,
					headers("Want-Repr-Digest: " + field));
			assertThat(((RufhOperation.Inspect) operation).digests()).map(ChecksumAlgorithm::name)
				.isEqualTo((algorithms != null) ? List.of(algorithms.split(", ")) : List.of());
		}

		@ParameterizedTest
		@CsvSource({ "0, 0", "7, 7", "-1, ", "x, ", " , " })
		void whenAnOffsetIsNamedThenItIsANumberOrNone(String field, Long offset) {
			assertThat(this.protocol.offset((name) -> field)).isEqualTo(offset);
		}

	}

}
