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

package io.github.tusspring.protocol.tus;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.tusspring.upload.ChecksumMismatchException;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.OffsetMismatchException;
import io.github.tusspring.upload.QuotaExceededException;
import io.github.tusspring.upload.TooManyAppendsException;
import io.github.tusspring.upload.TooManyDownloadsException;
import io.github.tusspring.upload.TooManyUploadsException;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadForbiddenException;
import io.github.tusspring.upload.UploadGoneException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link TusResponses}.
 */
class TusResponsesTests {

	private static final UploadId ID = UploadId.of("a");

	private static final Instant EXPIRES = Instant.parse("1994-11-06T08:49:37.900Z");

	private static final String EXPIRES_TEXT = "Sun, 06 Nov 1994 08:49:37 GMT";

	private static Upload.Builder upload(@Nullable Long length) {
		return Upload.builder(NewUpload.builder(ID).length(length).build(), Instant.EPOCH);
	}

	private static Upload.Builder finalUpload() {
		Concatenation concatenation = new Concatenation.Final(List.of(UploadId.of("b")), "/files/b");
		return Upload.builder(NewUpload.builder(ID).concatenation(concatenation).build(), Instant.EPOCH);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenAnOperationFailsThenItsStatusSaysWhy(UploadException failure, int status) {
		assertThat(TusResponses.status(failure)).isEqualTo(status);
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenItMayBeTriedAgainThenTheAnswerSaysWhen(UploadException failure, int status, @Nullable String seconds) {
		assertThat(TusResponses.headers(failure))
			.isEqualTo((seconds != null) ? Map.of("Retry-After", seconds) : Map.of());
	}

	static Stream<Object[]> failures() {
		IOException cause = new IOException();
		return Stream.of(new Object[][] { { new InvalidUploadException("what"), 400, null },
				{ new UploadForbiddenException("no"), 403, null }, { new UploadNotFoundException(ID), 404, null },
				{ new UploadExistsException(ID), 409, null }, { new UploadGoneException(ID), 410, null },
				{ new UploadTooLargeException("long"), 413, null },
				{ new UploadRejectedException(422, "no"), 422, null }, { new UploadLockedException(ID), 423, "1" },
				{ new TooManyAppendsException("limit"), 423, "1" }, { new TooManyUploadsException("many"), 429, "60" },
				{ new QuotaExceededException("limit"), 429, "60" },
				{ new TooManyDownloadsException("limit"), 429, "5" }, { new ChecksumMismatchException(), 460, null },
				{ new UploadStorageException("broken", cause), 500, null },
				{ new UploadDeliveryException(ID, cause), 500, null },
				{ new UploadUnavailableException("away", null), 503, "5" },
				{ new InsufficientStorageException("full"), 507, null } });
	}

	@Test
	void whenTheOffsetIsAnotherThenTheAnswerHasTheTrueOne() {
		OffsetMismatchException failure = new OffsetMismatchException(7, null);
		assertThat(TusResponses.status(failure)).isEqualTo(409);
		assertThat(TusResponses.headers(failure)).containsExactly(entry("Upload-Offset", "7"));
	}

	@Test
	void whenAnUploadAtAnotherOffsetExpiresThenTheAnswerSaysWhen() {
		assertThat(TusResponses.headers(new OffsetMismatchException(7, EXPIRES)))
			.containsExactly(entry("Upload-Offset", "7"), entry("Upload-Expires", EXPIRES_TEXT));
	}

	@Test
	void whenAnUploadIsCreatedThenTheAnswerSaysWhereAndHowFarItHasCome() {
		Upload upload = upload(5L).expires(EXPIRES).build();
		assertThat(TusResponses.created(upload, "/files/a")).containsExactly(entry("Upload-Offset", "0"),
				entry("Upload-Expires", EXPIRES_TEXT), entry("Location", "/files/a"));
	}

	@Test
	void whenTheApplicationSaysNothingThenAnAppendIs204() {
		assertThat(TusResponses.appendedStatus(upload(5L).build())).isEqualTo(204);
	}

	@ParameterizedTest
	@CsvSource({ "false, 0, 204", "true, 0, 200", "false, 202, 202", "true, 201, 201" })
	void whenTheApplicationAnswersThenItsStatusOrItsBodyDecides(boolean body, int chosen, int status) {
		UploadAnswer.Builder answer = UploadAnswer.builder().header("X-Id", "7");
		if (body) {
			answer.body("text/plain", "taken");
		}
		if (chosen != 0) {
			answer.status(chosen);
		}
		assertThat(TusResponses.appendedStatus(upload(5L).answer(answer.build()).build())).isEqualTo(status);
	}

	@Test
	void whenTheApplicationAnswersThenItsHeadersAreThereButForTheProtocols() {
		UploadAnswer answer = UploadAnswer.builder().header("X-Id", "7").header("Upload-Offset", "99").build();
		assertThat(TusResponses.appended(upload(5L).offset(5).answer(answer).build()))
			.containsExactly(entry("X-Id", "7"), entry("Upload-Offset", "5"));
	}

	@Test
	void whenAnUploadIsLookedAtThenTheAnswerHasAllThatItsClientSaid() {
		UploadMetadata metadata = UploadMetadata.parse("filename YQ==");
		Upload upload = Upload.builder(
				NewUpload.builder(ID).length(5L).metadata(metadata).concatenation(new Concatenation.Partial()).build(),
				Instant.EPOCH)
			.offset(3)
			.expires(EXPIRES)
			.build();
		assertThat(TusResponses.inspected(upload)).containsExactly(entry("Upload-Offset", "3"),
				entry("Upload-Length", "5"), entry("Upload-Metadata", "filename YQ=="),
				entry("Upload-Concat", "partial"), entry("Upload-Expires", EXPIRES_TEXT));
	}

	@Test
	void whenTheLengthIsNotKnownThenALookSaysThatItFollows() {
		assertThat(TusResponses.inspected(upload(null).build())).containsExactly(entry("Upload-Offset", "0"),
				entry("Upload-Defer-Length", "1"));
	}

	@Test
	void whenAFinalUploadIsNotFinishedThenALookTellsNoOffset() {
		assertThat(TusResponses.inspected(finalUpload().build()))
			.containsExactly(entry("Upload-Concat", "final;/files/b"));
	}

	@Test
	void whenAFinalUploadIsFinishedThenALookTellsItsOffset() {
		Upload upload = finalUpload().length(5L).offset(5).state(UploadState.COMPLETED).build();
		assertThat(TusResponses.inspected(upload)).containsExactly(entry("Upload-Offset", "5"),
				entry("Upload-Length", "5"), entry("Upload-Concat", "final;/files/b"));
	}

	@Test
	void whenManyDatesAreToldThenEachIsItsOwn() {
		for (int round = 0; round < 2; round++) {
			assertExpires(EXPIRES, EXPIRES_TEXT);
			assertExpires(EXPIRES.plusSeconds(256), "Sun, 06 Nov 1994 08:53:53 GMT");
			assertExpires(EXPIRES.plusSeconds(1), "Sun, 06 Nov 1994 08:49:38 GMT");
			assertExpires(Instant.ofEpochSecond(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
		}
	}

	private static void assertExpires(Instant expires, String text) {
		assertThat(TusResponses.appended(upload(5L).expires(expires).build())).containsEntry("Upload-Expires", text);
	}

}
