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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.protocol.rufh.InteropVersion;
import io.github.tusspring.protocol.rufh.RufhLimits;
import io.github.tusspring.protocol.rufh.RufhResponses;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadForbiddenException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadUnavailableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which answers of the draft are seen as refusals: those that a client gets.
 */
class RufhAnswersTests {

	private final List<String> seen = new ArrayList<>();

	private final RufhAnswers answers = new RufhAnswers(
			new RufhResponses(InteropVersion.of(6), new RufhLimits(null, null, null, null, Duration.ZERO)), null, null,
			null, new Refusals(new UploadObserver() {

				@Override
				public void refused(UploadClient client, int status, RefusalReason reason) {
					RufhAnswersTests.this.seen.add(status + " " + reason);
				}

			}, UploadClient.ANONYMOUS,
					(ex) -> (ex instanceof SecurityException) ? new UploadForbiddenException("no") : null));

	@Test
	void lookWhileTheStorageIsAwayIsRefusedAndSoSeen() {
		UploadUnavailableException away = new UploadUnavailableException("away", null);
		assertThat(this.answers.inspectionFailed(away).status()).isEqualTo(423);
		assertThat(this.seen).containsExactly("423 STORAGE");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void bodyThatEndsSinceTheStorageIsAwayIsNoFaultOfItsOwn(CapturedOutput output) {
		UploadUnavailableException away = new UploadUnavailableException("away", null);
		assertThat(this.answers.bodyFailed(away)).isSameAs(ExchangeAnswer.CLOSE);
		assertThat(output).doesNotContain("away");
		this.answers.bodyFailed(new IllegalStateException("broken"));
		assertThat(output).contains("broken");
	}

	@Test
	void denialOfTheApplicationsInTheMiddleOfABodyIsARefusal() {
		assertThat(this.answers.bodyFailed(new SecurityException()).status()).isEqualTo(403);
		assertThat(this.seen).containsExactly("403 FORBIDDEN");
	}

	@Test
	void connectionThatIsClosedIsNoRefusal() {
		assertThat(this.answers.bodyFailed(new UploadLockedException(UploadId.of("a")))).isSameAs(ExchangeAnswer.CLOSE);
		assertThat(this.seen).isEmpty();
		assertThat(this.answers.bodyFailed(new UploadNotFoundException()).status()).isEqualTo(404);
		assertThat(this.seen).containsExactly("404 NOT_FOUND");
	}

}
