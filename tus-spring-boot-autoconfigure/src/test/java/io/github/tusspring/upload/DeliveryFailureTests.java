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

import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of a delivery that fails, and who hears of it.
 */
class DeliveryFailureTests {

	private static final UploadId ID = UploadId.of("a");

	private final FailingUploadStorage storage;

	private final TestEngine engine;

	DeliveryFailureTests(@TempDir Path directory) {
		this.storage = new FailingUploadStorage(TestEngine.disk(directory));
		this.engine = new TestEngine(this.storage);
	}

	@BeforeEach
	void create() {
		this.engine.create("a", 3L);
	}

	private void fail(RuntimeException failure) {
		this.engine.listener = (event) -> {
			throw failure;
		};
	}

	private void failOnce() {
		fail(new IllegalStateException("not now"));
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		this.engine.listener = (event) -> {
		};
	}

	@Test
	void whenAProxyWrapsTheRefusalOfAListenerThenItIsOne() {
		fail(new UndeclaredThrowableException(new UploadRejectedException(422, "No cats")));
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(422));
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void whenAProxyWrapsNothingThenThatIsTheFailure() {
		UndeclaredThrowableException failure = new UndeclaredThrowableException(null);
		fail(failure);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"))
			.havingCause()
			.isSameAs(failure);
	}

	@Test
	void whenItCanNotBeStoredThatADeliveryBeginsThenTheUploadIsSeenToWait() {
		this.storage.failAtUpdate(1);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.observer.seen).contains("waiting a");
	}

	@Test
	void whenAClientIsCutOffAfterItsLastByteThenTheUploadIsSeenToWait() {
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		session.interrupt();
		assertThat(this.engine.observer.seen).contains("waiting a");
	}

	@Test
	void whenAnUploadStillWaitsThenItIsNotForgotten() {
		failOnce();
		this.engine.service.forgetRemoved();
		assertThat(this.engine.observer.seen).doesNotContain("settled a");
	}

	@Test
	void whenTheClientComesBackAndIsRefusedThenTheDeliveryIsNotMadeAgain() {
		failOnce();
		fail(new UploadRejectedException(422, "No cats"));
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 2, "c"));
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void whenTheUploadIsInUseThenItsDeliveryIsMadeAgainLater() {
		failOnce();
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			this.engine.scheduler.run();
		}
		assertThat(this.engine.attempts("a")).containsExactly(1);
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenTheStorageIsAwayThenTheListenerIsNotBlamedAndTheDeliveryMadeAgain(CapturedOutput output) {
		fail(new IllegalStateException(new UploadUnavailableException("away", null)));
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"))
			.matches((ex) -> ex.isStorageAway());
		assertThat(output).contains("can't read upload 'a'").doesNotContain("ERROR");
		this.engine.listener = (event) -> {
		};
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
	}

}
