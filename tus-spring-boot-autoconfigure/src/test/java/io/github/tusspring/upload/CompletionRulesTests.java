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

package io.github.tusspring.upload;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What a request may say of an upload of which its client says when it is complete.
 */
class CompletionRulesTests {

	private static final ExplicitCompletion MORE = new ExplicitCompletion(false, null, null, true);

	private static final ExplicitCompletion LAST = new ExplicitCompletion(true, null, null, true);

	private static Upload.Builder upload(Long length, long offset) {
		NewUpload asked = NewUpload.builder(UploadId.of("a")).length(length).draft(9).build();
		return Upload.builder(asked, Instant.EPOCH).offset(offset);
	}

	private static AppendRequest request(long offset, long contentLength, Long uploadLength,
			ExplicitCompletion completion) {
		return new AppendRequest(offset, contentLength, uploadLength, null, false, completion);
	}

	private static UploadPolicy policy(Long maxSize) {
		return new UploadPolicy(maxSize, new ExpirationPolicy(Duration.ofHours(1), true, null, EndpointRules.NONE),
				true, Duration.ofSeconds(1), Duration.ofSeconds(1), EndpointRules.NONE);
	}

	private static Completion rule(ExplicitCompletion said) {
		return Completion.of(said);
	}

	private static Upload apply(Upload upload, AppendRequest request) {
		return request.applyTo(upload, policy(null));
	}

	@Test
	void whenTheLastBodyHasALengthThenTheUploadHasOne() {
		assertThat(apply(upload(null, 3).build(), request(3, 2, null, LAST)).length()).isEqualTo(5);
		assertThat(apply(upload(null, 3).build(), request(3, 0, null, LAST)).length()).isEqualTo(3);
		assertThat(apply(upload(null, 3).build(), request(3, -1, null, LAST)).length()).isNull();
		assertThat(apply(upload(null, 3).build(), request(3, 2, null, MORE)).length()).isNull();
		assertThat(apply(upload(null, 3).build(), request(3, 2, 9L, MORE)).length()).isEqualTo(9);
	}

	@Test
	void whenNothingNewIsSaidThenTheUploadIsTheSame() {
		Upload upload = upload(5L, 3).build();
		assertThat(apply(upload, request(3, 2, 5L, LAST))).isSameAs(upload);
	}

	@Test
	void whenALengthIsTheOffsetThenItIsTaken() {
		assertThat(apply(upload(null, 3).build(), request(3, 0, 3L, MORE)).length()).isEqualTo(3);
		assertThatExceptionOfType(InconsistentLengthException.class)
			.isThrownBy(() -> apply(upload(null, 3).build(), request(3, 0, 2L, MORE)));
	}

	@Test
	void whenALengthThatIsSaidIsMoreThanTheLimitThenItIsRefused() {
		Upload upload = upload(null, 3).build();
		assertThatNoException().isThrownBy(() -> request(3, 1, 5L, MORE).applyTo(upload, policy(5L)));
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> request(3, 1, 6L, MORE).applyTo(upload, policy(5L)));
	}

	@Test
	void whenABodyFillsTheUploadThenItIsTaken() {
		assertThatNoException().isThrownBy(() -> apply(upload(5L, 3).build(), request(3, 2, null, MORE)));
		assertThatExceptionOfType(InconsistentLengthException.class)
			.isThrownBy(() -> apply(upload(5L, 3).build(), request(3, 3, null, MORE)))
			.matches(InconsistentLengthException::isExcess);
		assertThatNoException().as("where what fits is kept")
			.isThrownBy(() -> apply(upload(5L, 3).build(),
					request(3, 3, null, new ExplicitCompletion(false, null, null, false))));
	}

	@Test
	void whenABodyFillsTheRoomOfAnUploadWithoutALengthThenItIsTaken() {
		Upload upload = upload(null, 3).build();
		assertThatNoException().isThrownBy(() -> request(3, 2, null, MORE).applyTo(upload, policy(5L)));
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> request(3, 3, null, MORE).applyTo(upload, policy(5L)));
	}

	@Test
	void whenARequestMayHaveSoManyBytesThenItIsLimitedToThem() {
		ExplicitCompletion limited = new ExplicitCompletion(false, null, 4L, true);
		Upload upload = upload(null, 3).build();
		assertThatNoException().isThrownBy(() -> apply(upload, request(3, 4, null, limited)));
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> apply(upload, request(3, 5, null, limited)));
		assertThat(rule(limited).limit(upload, request(3, -1, null, limited), policy(null))).isEqualTo(7);
		assertThat(rule(limited).limit(upload, request(3, -1, null, limited), policy(5L))).isEqualTo(5);
		assertThat(rule(MORE).limit(upload, request(3, -1, null, MORE), policy(5L))).isEqualTo(5);
	}

	@Test
	void whenABodyIsAsLongAsAnOffsetCanCountThenItIsTaken() {
		Upload upload = upload(null, 5).build();
		assertThatNoException().isThrownBy(() -> apply(upload, request(5, Long.MAX_VALUE - 5, null, MORE)));
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> apply(upload, request(5, Long.MAX_VALUE - 4, null, MORE)));
	}

	@Test
	void whenTheUploadIsCompleteThenOnlyItsEndMayBeSaidAgain() {
		Upload completed = upload(3L, 3).state(UploadState.COMPLETED).build();
		assertThatNoException().isThrownBy(() -> apply(completed, request(3, 0, null, LAST)));
		assertThatNoException().isThrownBy(() -> apply(completed, request(3, -1, null, LAST)));
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> apply(completed, request(3, 1, null, LAST)));
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> apply(completed, request(3, 0, null, MORE)));
	}

	@Test
	void whenBytesComeBeyondTheLengthThenTheyContradictItElseTheyAreTooMany() {
		assertThat(rule(MORE).excess(upload(5L, 0).build(), 5)).isInstanceOf(InconsistentLengthException.class);
		assertThat(rule(MORE).excess(upload(5L, 0).build(), 4)).isInstanceOf(UploadTooLargeException.class);
		assertThat(rule(MORE).excess(upload(null, 0).build(), 5)).isInstanceOf(UploadTooLargeException.class);
	}

	@Test
	void whenTheLastBodyHasEndedThenTheUploadIsFinishing() {
		Upload finishing = rule(LAST).complete(upload(null, 5).build());
		assertThat(finishing.state()).isEqualTo(UploadState.FINISHING);
		assertThat(finishing.length()).isEqualTo(5);
		assertThat(rule(MORE).complete(upload(5L, 5).build()).state()).isEqualTo(UploadState.RECEIVING);
		assertThatExceptionOfType(InconsistentLengthException.class)
			.isThrownBy(() -> rule(LAST).complete(upload(6L, 5).build()));
		Upload completed = upload(5L, 5).state(UploadState.COMPLETED).build();
		assertThat(rule(LAST).complete(completed)).isSameAs(completed);
	}

	@Test
	void whenADigestIsSaidAtTheEndThenItReplacesTheOneBefore() {
		Checksum digest = new Checksum(ChecksumAlgorithm.CRC32, new byte[4]);
		ExplicitCompletion digested = new ExplicitCompletion(true, digest, null, true);
		assertThat(rule(digested).complete(upload(null, 5).build()).asked().digest()).isEqualTo(digest);
		NewUpload asked = NewUpload.builder(UploadId.of("a")).digest(digest).draft(9).build();
		Upload before = Upload.builder(asked, Instant.EPOCH).offset(5).build();
		assertThat(rule(LAST).complete(before).asked().digest()).isEqualTo(digest);
	}

}
