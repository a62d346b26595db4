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

package io.github.tusspring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.ClientDeniedException;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadUnavailableException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class UploadMetricsTests {

	private static final UploadId ID = UploadId.of("a");

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final UploadMetrics metrics = new UploadMetrics(this.registry, EndpointRules.NONE, false);

	@Test
	void callForWhichThereIsNoRoomOrNoStoreIsAnErrorOfTheStorages() {
		end(new InsufficientStorageException("full"));
		assertThat(calls("error")).isOne();
		end(new UploadUnavailableException("The bucket is away", new IllegalStateException()));
		assertThat(calls("error")).isEqualTo(2);
		end(new UploadLockedException(ID));
		assertThat(calls("refused")).isOne();
		end(null);
		assertThat(calls("success")).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "COMPLETED, completed,", "REFUSED, refused,", "CHECKSUM_MISMATCH, refused,",
			"CLIENT_GONE, interrupted, client", "IDLE, interrupted, idle", "TOO_SLOW, interrupted, rate",
			"TAKEN_OVER, interrupted, takeover", "SHUTDOWN, interrupted, shutdown", "FAILED, error, error" })
	void appendCountsByItsOutcomeAndByWhatHasInterruptedIt(AppendOutcome outcome, String counted, String reason) {
		this.metrics.appendBegan(upload(0)).ended(outcome);
		assertThat(this.registry.get("tus.append").tag("outcome", counted).timer().count()).isOne();
		assertThat(this.registry.get("tus.append").timers()).hasSize(1);
		for (Counter interrupted : this.registry.get("tus.appends.interrupted").counters()) {
			assertThat(interrupted.count()).isEqualTo(interrupted.getId().getTag("reason").equals(reason) ? 1 : 0);
		}
		assertThat(count("tus.takeovers")).isEqualTo((outcome == AppendOutcome.TAKEN_OVER) ? 1 : 0);
		assertThat(count("tus.checksum.mismatches")).isEqualTo((outcome == AppendOutcome.CHECKSUM_MISMATCH) ? 1 : 0);
	}

	@Test
	void bytesCountWhileTheyCome() {
		UploadObserver.AppendObserver append = this.metrics.appendBegan(upload(0));
		append.received(7);
		assertThat(count("tus.bytes.received")).isEqualTo(7);
		append.received(3);
		assertThat(count("tus.bytes.received")).isEqualTo(10);
		assertThat(this.registry.get("tus.appends.active").gauge().value()).isOne();
		append.ended(AppendOutcome.COMPLETED);
		assertThat(count("tus.bytes.received")).isEqualTo(10);
		assertThat(this.registry.get("tus.appends.active").gauge().value()).isZero();
	}

	@Test
	void appendThatGoesOnWhereAnotherInstanceWasIsResumed() {
		this.metrics.appendBegan(upload(0)).ended(AppendOutcome.COMPLETED);
		this.metrics.appendBegan(upload(5));
		assertThat(count("tus.uploads.resumed")).as("the instance remembers the one before").isZero();
		new UploadMetrics(this.registry, EndpointRules.NONE, false).appendBegan(upload(5));
		assertThat(count("tus.uploads.resumed")).isOne();
	}

	@Test
	void uploadThatHasExpiredCounts() {
		this.metrics.expired(upload(0));
		assertThat(count("tus.uploads.expired")).isOne();
		assertThat(count("tus.uploads.terminated")).isZero();
	}

	@Test
	void waitForALockCountsByWhetherItWasHad() {
		this.metrics.lockAwaited(ID, Duration.ofMillis(30), true);
		this.metrics.lockAwaited(ID, Duration.ofMillis(50), false);
		this.metrics.lockAwaited(ID, Duration.ofMillis(50), false);
		assertThat(
				this.registry.get("tus.lock.wait").tag("outcome", "success").timer().totalTime(TimeUnit.MILLISECONDS))
			.isEqualTo(30);
		assertThat(this.registry.get("tus.lock.wait").tag("outcome", "locked").timer().count()).isEqualTo(2);
	}

	@Test
	void deliveryCountsByItsOutcome() {
		Upload upload = upload(10);
		this.metrics.deliveryBegan(upload).ended(upload, new IllegalStateException());
		this.metrics.deliveryBegan(upload).ended(upload, new ClientDeniedException("Status 403"));
		this.metrics.deliveryBegan(upload).ended(upload.withState(UploadState.REJECTED), null);
		this.metrics.deliveryBegan(upload).ended(upload.withState(UploadState.COMPLETED), null);
		for (String outcome : List.of("failed", "denied", "rejected", "completed")) {
			assertThat(this.registry.get("tus.delivery").tag("outcome", outcome).timer().count()).as(outcome).isOne();
		}
		assertThat(count("tus.uploads.completed")).isOne();
		assertThat(count("tus.uploads.rejected")).isOne();
		assertThat(this.registry.get("tus.upload").timer().count()).isOne();
	}

	private static Upload upload(long offset) {
		return Upload.builder(NewUpload.builder(ID).length(10L).build(), Instant.now())
			.offset(offset)
			.state((offset == 10) ? UploadState.FINISHING : UploadState.RECEIVING)
			.build();
	}

	private double count(String counter) {
		return this.registry.get(counter).counter().count();
	}

	private void end(Throwable failure) {
		this.metrics.storageCalled(StorageOperation.UPDATE, ID).ended(failure);
	}

	private long calls(String outcome) {
		return this.registry.get("tus.storage").tag("outcome", outcome).timer().count();
	}

}
