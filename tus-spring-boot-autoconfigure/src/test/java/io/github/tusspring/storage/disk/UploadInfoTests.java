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

package io.github.tusspring.storage.disk;

import java.time.Instant;

import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UploadInfo}.
 */
class UploadInfoTests {

	private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

	private final UploadInfo info = UploadInfo.of(NewUpload.builder(UploadId.of("a")).length(6L).build(), NOW);

	private Upload upload() {
		return this.info.toUpload(6, NOW);
	}

	@Test
	void whenOnlyStateAndAttemptsChangeThenOnlyTheMarkDoes() {
		UploadInfo changed = this.info.with(upload().withNextAttempt());
		assertThat(changed.isSameButForMark(this.info)).isTrue();
		assertThat(changed.mark()).isEqualTo(new UploadInfo.Mark(UploadState.FINISHING, 1, -1));
	}

	@Test
	void whenLengthChangesThenMoreThanTheMarkDoes() {
		assertThat(this.info.with(upload().withLength(7)).isSameButForMark(this.info)).isFalse();
	}

	@Test
	void whenLengthWasLateThenMoreThanTheMarkChanges() {
		UploadInfo late = new UploadInfo(this.info.asked(), NOW, true, null, this.info.mark());
		assertThat(late.isSameButForMark(this.info)).isFalse();
	}

	@Test
	void whenDigestIsSaidThenMoreThanTheMarkChanges() {
		Checksum digest = new Checksum(ChecksumAlgorithm.SHA256, new byte[32]);
		UploadInfo changed = new UploadInfo(this.info.asked().mutate().digest(digest).build(), NOW, false, null,
				this.info.mark());
		assertThat(changed.isSameButForMark(this.info)).isFalse();
	}

	@Test
	void whenThereIsAnAnswerThenMoreThanTheMarkChanges() {
		UploadAnswer answer = UploadAnswer.builder().body("text/plain", "thanks").build();
		assertThat(this.info.with(upload().withAnswer(answer)).isSameButForMark(this.info)).isFalse();
	}

	@Test
	void whenRecordHasNoMarkThenAllOfItHasToBeWritten() {
		UploadInfo unmarked = this.info.withMark(null);
		assertThat(this.info.isSameButForMark(unmarked)).isFalse();
		assertThat(unmarked.isSameButForMark(this.info)).isFalse();
	}

	@Test
	void whenBytesAreToBeCutOffThenTheyDoNotCount() {
		UploadInfo cut = this.info.withMark(UploadInfo.Mark.INITIAL.withCut(0));
		assertThat(cut.offset(4)).isZero();
		assertThat(this.info.withMark(UploadInfo.Mark.INITIAL.withCut(3)).offset(2)).isEqualTo(2);
	}

	@Test
	void whenUploadIsCompletedWithoutItsLengthThenItHasTheBytesOfItsFile() {
		UploadInfo deferred = UploadInfo.of(NewUpload.builder(UploadId.of("a")).build(), NOW)
			.withMark(UploadInfo.Mark.INITIAL.withState(UploadState.COMPLETED));
		assertThat(deferred.toUpload(4, NOW).offset()).isEqualTo(4);
	}

	@Test
	void whenUploadIsNotCompletedThenItsFileSaysHowMuchThereIs() {
		UploadInfo finishing = this.info.withMark(UploadInfo.Mark.INITIAL.withState(UploadState.FINISHING));
		assertThat(finishing.toUpload(4, NOW).offset()).isEqualTo(4);
		assertThat(finishing.toUpload(4, NOW).state()).isEqualTo(UploadState.RECEIVING);
	}

}
