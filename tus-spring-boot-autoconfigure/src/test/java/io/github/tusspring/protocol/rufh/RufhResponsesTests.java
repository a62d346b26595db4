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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.ChecksumMismatchException;
import io.github.tusspring.upload.DeliverySchedule;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.ExplicitCompletion;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.OffsetMismatchException;
import io.github.tusspring.upload.QuotaExceededException;
import io.github.tusspring.upload.TooManyAppendsException;
import io.github.tusspring.upload.TooManyUploadsException;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadDelivery;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadEvents;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadForbiddenException;
import io.github.tusspring.upload.UploadGoneException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadPolicy;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link RufhResponses}: what the server answers, version by version.
 */
class RufhResponsesTests {

	private static final UploadId ID = UploadId.of("a");

	private static final RufhLimits LIMITS = new RufhLimits(null, 100L, null, null, Duration.ofHours(1));

	private static RufhResponses responses(InteropVersion version) {
		return new RufhResponses(version, LIMITS);
	}

	private static Upload.Builder upload() {
		return Upload.builder(NewUpload.builder(ID).length(8L).draft(9).build(), Instant.EPOCH).offset(5);
	}

	private static Upload completed(UploadAnswer.@Nullable Builder answer) {
		return upload().offset(8).state(UploadState.COMPLETED).answer((answer != null) ? answer.build() : null).build();
	}

	private static String text(RufhResponse response) {
		return new String(response.body(), StandardCharsets.UTF_8);
	}

	@ParameterizedTest
	@EnumSource(InteropVersion.class)
	void whenClientsWouldTakeAFullUploadForCompleteThenTheyAreNotToldThatItIsFull(InteropVersion version) {
		RufhResponse full = responses(version).inspected(upload().offset(8).build(), null);
		assertThat(full.headers()).containsEntry("Upload-Offset", "8");
		assertThat(full.headers().containsKey("Upload-Length"))
			.isEqualTo(version.hasLength() && version != InteropVersion.V6);
		assertThat(responses(version).inspected(completed(null), null).headers().containsKey("Upload-Length"))
			.isEqualTo(version.hasLength());
		assertThat(responses(version).inspected(upload().build(), null).headers().containsKey("Upload-Length"))
			.isEqualTo(version.hasLength());
	}

	@Test
	void whenTheTypeOfAnAppendIsWrongThenTheAnswerNamesTheRightOne() {
		assertThat(responses(InteropVersion.V9).failed(new RufhException(415, "x"), null, null).headers())
			.containsEntry("Accept-Patch", "application/partial-upload");
	}

	@Nested
	class Interim {

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" })
		void whenAnOldVersionHearsOfAnUploadThenItHearsOfNoLimits(InteropVersion version) {
			assertThat(responses(version).announced(upload().build(), "/files/a")).containsOnly(
					entry("Location", "/files/a"),
					entry("Upload-Draft-Interop-Version", Integer.toString(version.number())));
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" }, mode = Mode.EXCLUDE)
		void whenANewVersionHearsOfAnUploadThenItHearsOfTheLimits(InteropVersion version) {
			assertThat(responses(version).announced(upload().build(), "/files/a")).containsOnly(
					entry("Location", "/files/a"), entry("Upload-Limit", "max-size=100"),
					entry("Upload-Draft-Interop-Version", Integer.toString(version.number())));
		}

		@Test
		void whenBytesAreDurableThenTheOffsetIsToldWithoutALocation() {
			assertThat(responses(InteropVersion.V9).progressed(7)).containsOnly(entry("Upload-Offset", "7"),
					entry("Upload-Draft-Interop-Version", "9"));
		}

		@ParameterizedTest
		@CsvSource({ "V3, false", "V5, true", "V6, true", "V8, true", "V9, true", "V10, true" })
		void whenEachInterimAnswerMustHaveALocationThenThereIsNoProgress(InteropVersion version, boolean progress) {
			assertThat(version.hasProgress()).isEqualTo(progress);
		}

	}

	@Nested
	class Continued {

		@ParameterizedTest
		@EnumSource
		void whenACreationIsIncompleteThen201WithItsLocation(InteropVersion version) {
			RufhResponse response = responses(version).continued(upload().build(), "/files/a");
			assertThat(response.status()).isEqualTo(201);
			assertThat(response.headers()).containsEntry("Location", "/files/a").containsEntry("Upload-Offset", "5");
			assertThat(response.body()).isEmpty();
		}

		@ParameterizedTest
		@CsvSource({ "V3, 201", "V5, 201", "V6, 201", "V8, 204", "V9, 204", "V10, 204" })
		void whenAnAppendIsIncompleteThenItsStatusIsThatOfTheVersion(InteropVersion version, int status) {
			RufhResponse response = responses(version).continued(upload().build(), null);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.headers()).doesNotContainKey("Location");
		}

		@ParameterizedTest
		@CsvSource({ "V3, Upload-Incomplete, ?1", "V5, Upload-Complete, ?0", "V6, Upload-Complete, ?0",
				"V8, Upload-Complete, ?0", "V9, Upload-Complete, ?0", "V10, Upload-Complete, ?0" })
		void whenMoreIsToComeThenTheAnswerSaysSo(InteropVersion version, String name, String value) {
			assertThat(responses(version).continued(upload().build(), null).headers()).containsEntry(name, value);
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" })
		void whenTheVersionHasNeitherLengthNorLimitsThenNeitherIsTold(InteropVersion version) {
			assertThat(responses(version).continued(upload().build(), null).headers())
				.doesNotContainKeys("Upload-Length", "Upload-Limit");
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" }, mode = Mode.EXCLUDE)
		void whenTheVersionHasLengthAndLimitsThenBothAreTold(InteropVersion version) {
			assertThat(responses(version).continued(upload().build(), null).headers())
				.containsEntry("Upload-Length", "8")
				.containsEntry("Upload-Limit", "max-size=100");
		}

		@Test
		void whenTheLengthIsNotKnownThenItIsNotTold() {
			assertThat(responses(InteropVersion.V9).continued(upload().length(null).build(), null).headers())
				.doesNotContainKey("Upload-Length");
		}

		@Test
		void whenTheUploadExpiresThenItsAgeIsTold() {
			Upload upload = upload().expires(Instant.now().plusSeconds(500)).build();
			assertThat(responses(InteropVersion.V9).continued(upload, null).headers().get("Upload-Limit"))
				.matches("max-size=100, max-age=(49\\d|500)");
		}

		@Test
		void whenTheUploadHasExpiredThenItsAgeIsZero() {
			Upload upload = upload().expires(Instant.now().minusSeconds(500)).build();
			assertThat(responses(InteropVersion.V6).continued(upload, null).headers()).containsEntry("Upload-Limit",
					"max-size=100, expires=0");
		}

	}

	@Nested
	class Completed {

		@ParameterizedTest
		@CsvSource({ "V3, Upload-Incomplete, ?0", "V5, Upload-Complete, ?1", "V6, Upload-Complete, ?1",
				"V8, Upload-Complete, ?1", "V9, Upload-Complete, ?1", "V10, Upload-Complete, ?1" })
		void whenTheTargetSaysNothingThen204AndTheUploadIsComplete(InteropVersion version, String name, String value) {
			RufhResponse response = responses(version).completed(completed(null), null);
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.headers()).containsEntry(name, value)
				.containsEntry("Upload-Offset", "8")
				.doesNotContainKey("Location");
			assertThat(response.body()).isEmpty();
		}

		@ParameterizedTest
		@EnumSource
		void whenOneRequestWasAllThenTheAnswerHasTheLocation(InteropVersion version) {
			assertThat(responses(version).completed(completed(null), "/files/a").headers()).containsEntry("Location",
					"/files/a");
		}

		@ParameterizedTest
		@CsvSource({ "V3, /files/a", "V5, /files/a", "V6, /files/a", "V8, /documents/7", "V9, /documents/7",
				"V10, /documents/7" })
		void whenTheTargetNamesALocationThenTheVersionDecidesWhoseCounts(InteropVersion version, String location) {
			Upload upload = completed(UploadAnswer.builder().header("Location", "/documents/7"));
			assertThat(responses(version).completed(upload, "/files/a").headers()).containsEntry("Location", location);
		}

		@Test
		void whenTheTargetWritesALocationInAnotherCaseThenItIsOneStill() {
			Upload upload = completed(UploadAnswer.builder().header("location", "/documents/7"));
			assertThat(responses(InteropVersion.V9).completed(upload, "/files/a").headers())
				.containsEntry("location", "/documents/7")
				.doesNotContainEntry("Location", "/files/a");
		}

		@Test
		void whenTheTargetAnswersThenItsAnswerIsTheAnswer() {
			Upload upload = completed(UploadAnswer.builder().header("X-Id", "7").body("text/plain", "taken"));
			RufhResponse response = responses(InteropVersion.V9).completed(upload, null);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.headers()).containsEntry("X-Id", "7").containsEntry("Content-Type", "text/plain");
			assertThat(text(response)).isEqualTo("taken");
		}

		@ParameterizedTest
		@CsvSource({ "V3, 200", "V5, 200", "V6, 200", "V8, 201", "V9, 201", "V10, 201" })
		void whenTheTargetHasCreatedSomethingThen201IsSaidOnlyWhereItDoesNotMeanMore(InteropVersion version,
				int status) {
			Upload upload = completed(UploadAnswer.builder().status(201));
			assertThat(responses(version).completed(upload, null).status()).isEqualTo(status);
		}

		@Test
		void whenTheTargetChoosesAnotherStatusThenItIsSaidInEachVersion() {
			Upload upload = completed(UploadAnswer.builder().status(202).body("text/plain", "later"));
			assertThat(responses(InteropVersion.V3).completed(upload, null).status()).isEqualTo(202);
			assertThat(text(responses(InteropVersion.V3).completed(upload, null))).isEqualTo("later");
		}

		@ParameterizedTest
		@ValueSource(ints = { 204, 205 })
		void whenTheStatusHasNoContentThenTheAnswerHasNone(int status) {
			Upload upload = completed(UploadAnswer.builder().status(status).body("text/plain", "taken"));
			RufhResponse response = responses(InteropVersion.V9).completed(upload, null);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.headers()).doesNotContainKey("Content-Type");
			assertThat(response.body()).isEmpty();
		}

		@Test
		void whenTheTargetSpeaksOfTheUploadThenTheProtocolsWordCounts() {
			Upload upload = completed(
					UploadAnswer.builder().header("Upload-Offset", "1").header("Upload-Complete", "?0"));
			assertThat(responses(InteropVersion.V9).completed(upload, null).headers())
				.containsEntry("Upload-Offset", "8")
				.containsEntry("Upload-Complete", "?1");
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5", "V6" })
		void whenAnOldVersionHearsTheTargetThenNothingMarksIt(InteropVersion version) {
			assertThat(responses(version).marked()).isEmpty();
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5", "V6" }, mode = Mode.EXCLUDE)
		void whenANewVersionHearsTheTargetThenItIsMarked(InteropVersion version) {
			assertThat(responses(version).marked()).containsOnly(entry("Upload-Complete", "?1"));
		}

	}

	@Nested
	class Looks {

		private final Checksum digest = new Checksum(ChecksumAlgorithm.SHA256, new byte[32]);

		@Test
		void whenAnUploadIsFullThenItIsNotCompleteForThat() {
			RufhResponse response = responses(InteropVersion.V9)
				.inspected(upload().offset(8).state(UploadState.FINISHING).build(), null);
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.headers()).containsOnly(entry("Upload-Complete", "?0"), entry("Upload-Offset", "8"),
					entry("Upload-Length", "8"), entry("Upload-Limit", "max-size=100"));
			assertThat(response.body()).isEmpty();
		}

		@Test
		void whenTheTargetHasTakenAnUploadThenItIsComplete() {
			assertThat(responses(InteropVersion.V9).inspected(completed(null), null).headers())
				.containsEntry("Upload-Complete", "?1");
		}

		@Test
		void whenADigestIsKnownThenItIsTold() {
			assertThat(responses(InteropVersion.V9).inspected(completed(null), this.digest).headers())
				.containsEntry("Repr-Digest", "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:");
		}

		@Test
		void whenALongDigestIsKnownThenItIsToldByItsName() {
			Checksum sha512 = new Checksum(ChecksumAlgorithm.SHA512, new byte[64]);
			assertThat(responses(InteropVersion.V9).inspected(completed(null), sha512).headers().get("Repr-Digest"))
				.startsWith("sha-512=:AAAA");
		}

		@Test
		void whenAnUploadIsCancelledThen204() {
			RufhResponse response = responses(InteropVersion.V9).cancelled();
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.headers()).isEmpty();
		}

	}

	@Nested
	class CompletedBefore {

		@ParameterizedTest
		@CsvSource({ "V3, 8, false, false", "V5, 8, false, false", "V6, 8, false, true", "V6, 5, false, true",
				"V6, 5, true, false", "V6, 8, true, true", "V8, 8, false, true", "V8, 5, false, false",
				"V8, 5, true, false", "V9, 8, false, false", "V10, 8, false, false" })
		void whenAnUploadIsCompleteThenTheVersionDecidesWhetherAnAppendIsLookedAt(InteropVersion version, long offset,
				boolean page, boolean refused) {
			RufhResponse response = responses(version).completedBefore(completed(null), offset, page);
			assertThat(response != null).isEqualTo(refused);
		}

		@Test
		void whenAnAppendToACompleteUploadIsRefusedThenTheProblemSaysSo() {
			RufhResponse response = responses(InteropVersion.V6).completedBefore(completed(null), 8, false);
			assertThat(response.status()).isEqualTo(400);
			assertThat(text(response))
				.isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#completed-upload\","
						+ "\"title\":\"upload is already completed\",\"status\":400}");
		}

		@Test
		void whenAnUploadIsNotCompleteThenAnAppendIsLookedAt() {
			Upload finishing = upload().offset(8).state(UploadState.FINISHING).build();
			assertThat(responses(InteropVersion.V6).completedBefore(finishing, 8, false)).isNull();
		}

	}

	@Nested
	class Failed {

		@ParameterizedTest
		@MethodSource("io.github.tusspring.protocol.rufh.RufhResponsesTests#failures")
		void whenAnOperationFailsThenItsStatusSaysWhy(RuntimeException failure, int status) {
			RufhResponse response = responses(InteropVersion.V9).failed(failure, null, null);
			assertThat(response.status()).isEqualTo(status);
			assertThat(response.headers()).containsEntry("Upload-Complete", "?0")
				.containsEntry("Content-Type", "application/problem+json");
		}

		@ParameterizedTest
		@MethodSource("io.github.tusspring.protocol.rufh.RufhResponsesTests#failures")
		void whenItMayBeTriedAgainThenTheAnswerSaysWhen(RuntimeException failure, int status,
				@Nullable String seconds) {
			assertThat(responses(InteropVersion.V9).failed(failure, null, null).headers().get("Retry-After"))
				.isEqualTo(seconds);
		}

		@Test
		void whenAnUploadIsTooLargeThenTheAnswerHasTheLimits() {
			assertThat(responses(InteropVersion.V9).failed(new UploadTooLargeException("long"), null, null).headers())
				.containsEntry("Upload-Limit", "max-size=100, max-age=3600");
		}

		@Test
		void whenARequestIsRefusedThenTheAnswerHasTheLimitsOfItsUpload() {
			RufhException refusal = new RufhException(400, "what");
			RufhResponse response = responses(InteropVersion.V9).failed(refusal, upload().build(), null);
			assertThat(response.status()).isEqualTo(400);
			assertThat(response.headers()).containsEntry("Upload-Limit", "max-size=100");
			assertThat(text(response)).isEqualTo("{\"title\":\"what\",\"status\":400}");
		}

		@Test
		void whenAFailureHasNothingToDoWithLimitsThenTheAnswerHasNone() {
			assertThat(responses(InteropVersion.V9).failed(new UploadLockedException(ID), null, null).headers())
				.doesNotContainKey("Upload-Limit");
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" })
		void whenTheVersionHasNeitherProblemsNorLimitsThenTheAnswerIsPlain(InteropVersion version) {
			RufhResponse response = responses(version).failed(new UploadTooLargeException("too long"), null, null);
			assertThat(response.headers()).containsEntry("Content-Type", "text/plain;charset=UTF-8")
				.doesNotContainKey("Upload-Limit");
			assertThat(text(response)).isEqualTo("too long");
		}

		@ParameterizedTest
		@EnumSource(names = { "V3", "V5" }, mode = Mode.EXCLUDE)
		void whenTheVersionHasProblemsThenTheAnswerIsOne(InteropVersion version) {
			RufhResponse response = responses(version).failed(new UploadTooLargeException("too long"), null, null);
			assertThat(response.headers()).containsEntry("Content-Type", "application/problem+json")
				.containsKey("Upload-Limit");
			assertThat(text(response)).isEqualTo("{\"title\":\"too long\",\"status\":413}");
		}

		@Test
		void whenTheMethodIsNotAllowedThenTheAnswerSaysWhichAre() {
			assertThat(responses(InteropVersion.V9).failed(new RufhException(405, "no"), null, null).headers())
				.containsEntry("Allow", "OPTIONS, HEAD, GET, PATCH, DELETE");
		}

		@Test
		void whenSomethingElseIsNotAllowedThenTheMethodIs() {
			assertThat(responses(InteropVersion.V9).failed(new RufhException(415, "no"), null, null).headers())
				.doesNotContainKey("Allow");
		}

		@ParameterizedTest
		@CsvSource({ "V3, 5", "V5, 5", "V6, 5", "V8, ", "V9, ", "V10, " })
		void whenAnUploadGoesOnThenOldVersionsHearHowFarItHasCome(InteropVersion version, String offset) {
			RufhResponse response = responses(version).failed(new RufhException(400, "no"), upload().build(), null);
			assertThat(response.headers().get("Upload-Offset")).isEqualTo(offset);
		}

		@Test
		void whenAnUploadIsCompleteThenNothingTellsItsOffset() {
			RufhResponse response = responses(InteropVersion.V6).failed(new RufhException(400, "no"), completed(null),
					null);
			assertThat(response.headers()).doesNotContainKey("Upload-Offset");
		}

		@ParameterizedTest
		@CsvSource({ "V3, 404", "V5, 404", "V6, 404", "V8, 410", "V9, 410", "V10, 410" })
		void whenAnUploadIsGoneThenOldVersionsNeverKnewIt(InteropVersion version, int status) {
			assertThat(responses(version).failed(new UploadGoneException(ID), null, null).status()).isEqualTo(status);
			assertThat(responses(version).failed(new UploadNotFoundException(), null, null).status()).isEqualTo(404);
		}

		@Test
		void whenAnUploadIsGoneThenNothingIsToldOfIt() {
			assertThat(responses(InteropVersion.V6).failed(new UploadGoneException(ID), upload().build(), 5L).headers())
				.containsOnly(entry("Upload-Complete", "?0"), entry("Content-Type", "application/problem+json"));
		}

		@Test
		void whenTheOffsetIsAnotherThenTheAnswerHasBoth() {
			RufhResponse response = responses(InteropVersion.V9).failed(new OffsetMismatchException(4, null),
					upload().build(), 7L);
			assertThat(response.status()).isEqualTo(409);
			assertThat(response.headers()).containsOnly(entry("Upload-Complete", "?0"), entry("Upload-Offset", "4"),
					entry("Upload-Length", "8"), entry("Upload-Limit", "max-size=100"),
					entry("Content-Type", "application/problem+json"));
			assertThat(text(response))
				.isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#mismatching-upload-offset\","
						+ "\"title\":\"offset from request does not match offset of resource\",\"status\":409,"
						+ "\"expected-offset\":4,\"provided-offset\":7}");
		}

		@Test
		void whenNoOffsetWasNamedThenTheAnswerHasTheTrueOneOnly() {
			RufhResponse response = responses(InteropVersion.V9).failed(new OffsetMismatchException(4, null), null,
					null);
			assertThat(response.headers()).containsEntry("Upload-Offset", "4").doesNotContainKey("Upload-Length");
			assertThat(text(response)).endsWith("\"status\":409,\"expected-offset\":4}");
		}

		@ParameterizedTest
		@EnumSource
		void whenTheTargetRefusesAnUploadThenItsWordsAreTheAnswer(InteropVersion version) {
			RufhResponse response = responses(version).failed(new UploadRejectedException(422, "a virus \u00fc"), null,
					null);
			assertThat(response.status()).isEqualTo(422);
			assertThat(response.headers()).containsEntry("Content-Type", "text/plain;charset=UTF-8")
				.containsAllEntriesOf(responses(version).marked());
			assertThat(text(response)).isEqualTo("a virus \u00fc");
		}

		@Test
		void whenTheStorageFailsThenItsPathsStayInTheLog() {
			UploadStorageException failure = new UploadStorageException("/var/tus", new IOException("/var/tus/a"));
			assertThat(text(responses(InteropVersion.V9).failed(failure, null, null)))
				.isEqualTo("{\"title\":\"The storage can't be used now\",\"status\":503}");
		}

		@Test
		void whenTheStorageIsAwayThenItsAddressStaysInTheLog() {
			UploadUnavailableException failure = new UploadUnavailableException("s3.internal", null);
			assertThat(text(responses(InteropVersion.V9).failed(failure, null, null)))
				.isEqualTo("{\"title\":\"The storage can't be used now\",\"status\":503}");
		}

		@Test
		void whenTheServerFailsThenTheReasonStaysInTheLog() {
			assertThat(text(responses(InteropVersion.V9).failed(new IllegalStateException("secret"), null, null)))
				.isEqualTo("{\"title\":\"The server failed to do that\",\"status\":503}");
		}

		@Test
		void whenAMessageHasControlCharactersThenTheProblemIsJson() {
			RufhException failure = new RufhException(400, "a \"b\" \\ \t \u001f ~ \u00fc");
			assertThat(text(responses(InteropVersion.V9).failed(failure, null, null)))
				.isEqualTo("{\"title\":\"a \\\"b\\\" \\\\ \\u0009 \\u001f ~ \u00fc\",\"status\":400}");
		}

	}

	/**
	 * What only the engine says.
	 */
	@Nested
	class FailedInTheEngine {

		@TempDir
		private Path directory;

		private RufhResponse complete(@Nullable Long length, @Nullable Checksum digest) throws IOException {
			try (DiskUploadStorage storage = new DiskUploadStorage(this.directory, Durability.NONE, 0)) {
				UploadService service = service(storage);
				service.create(NewUpload.builder(ID).length(length).digest(digest).draft(9).build(),
						UploadClient.ANONYMOUS.withDraft());
				AppendSession session = service.append(ID,
						new AppendRequest(0, -1, null, null, false, new ExplicitCompletion(true, null, null, true)),
						UploadClient.ANONYMOUS.withDraft(), (reason) -> {
						});
				session.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
				session.complete(() -> null);
			}
			catch (UploadException ex) {
				return responses(InteropVersion.V9).failed(ex, upload().build(), 0L);
			}
			throw new AssertionError("It was taken");
		}

		private static UploadService service(UploadStorage storage) {
			ExpirationPolicy expiration = new ExpirationPolicy(Duration.ZERO, true, null, EndpointRules.NONE);
			UploadLocker locker = new LocalUploadLocker();
			DeliverySchedule schedule = new DeliverySchedule(new SimpleAsyncTaskScheduler(), Duration.ofSeconds(1),
					Duration.ofSeconds(1));
			UploadDelivery delivery = new UploadDelivery(storage, locker, new TusUploads(storage, locker, expiration),
					(event) -> {
					}, schedule, expiration);
			UploadPolicy policy = new UploadPolicy(null, expiration, true, Duration.ofSeconds(1), Duration.ofSeconds(1),
					EndpointRules.NONE);
			return new UploadService(storage, locker, policy, List.of(), new UploadEvents((event) -> {
			}), delivery);
		}

		@Test
		void whenAnUploadEndsElsewhereThanDeclaredThenItsLengthIsInconsistent() throws IOException {
			RufhResponse response = complete(7L, null);
			assertThat(response.headers()).containsEntry("Upload-Complete", "?0").doesNotContainKey("Upload-Limit");
			assertThat(text(response))
				.isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#inconsistent-upload-length\","
						+ "\"title\":\"inconsistent length values for upload\",\"status\":400}");
		}

		@Test
		void whenAnUploadDoesNotHaveItsDigestThenThatIsNoAnswerOfTheTargets() throws IOException {
			RufhResponse response = complete(null, new Checksum(ChecksumAlgorithm.SHA256, new byte[32]));
			assertThat(response.headers()).containsEntry("Upload-Complete", "?0");
			assertThat(text(response)).isEqualTo("{\"title\":\"The content does not have its digest\",\"status\":400}");
		}

	}

	static Stream<Object[]> failures() {
		IOException cause = new IOException();
		UploadUnavailableException away = new UploadUnavailableException("away", null);
		return Stream.of(new Object[][] { { new InvalidUploadException("what"), 400, null },
				{ new ChecksumMismatchException(), 400, null }, { new UploadForbiddenException("no"), 403, null },
				{ new UploadNotFoundException(ID), 404, null }, { new UploadExistsException(ID), 409, null },
				{ new UploadGoneException(ID), 410, null }, { new UploadTooLargeException("long"), 413, null },
				{ new UploadLockedException(ID), 423, "1" }, { new TooManyAppendsException("limit"), 423, "1" },
				{ new TooManyUploadsException("many"), 429, "60" }, { new QuotaExceededException("limit"), 429, "60" },
				{ new UploadDeliveryException(ID, cause), 500, null },
				{ new UploadDeliveryException(ID, away), 503, "1" }, { away, 503, "1" },
				{ new UploadStorageException("broken", cause), 503, "1" }, { new IllegalStateException(), 503, "1" },
				{ new InsufficientStorageException("full"), 507, null } });
	}

}
