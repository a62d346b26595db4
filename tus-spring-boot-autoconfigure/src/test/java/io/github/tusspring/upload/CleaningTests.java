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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What the cleaner does beside removing uploads.
 */
class CleaningTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage disk;

	private final AtomicInteger tidied = new AtomicInteger();

	private IOException failure;

	private RuntimeException unavailable;

	private TestEngine engine;

	CleaningTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public void tidy() throws IOException {
				CleaningTests.this.tidied.incrementAndGet();
				if (CleaningTests.this.failure != null) {
					throw CleaningTests.this.failure;
				}
				if (CleaningTests.this.unavailable != null) {
					throw CleaningTests.this.unavailable;
				}
			}

		});
	}

	private UploadCleaner cleaner(Duration later) {
		return this.engine.cleaner(Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC));
	}

	@Test
	void whenAllUploadsWereLookedAtThenTheStorageIsTidied() {
		UploadCleaner cleaner = cleaner(Duration.ZERO);
		cleaner.clean();
		assertThat(this.tidied).hasValue(1);
		cleaner.stop();
		cleaner.clean();
		assertThat(this.tidied).as("the application is stopping").hasValue(1);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenTheStorageCanNotBeTidiedThenOnlyTheLogSaysIt(CapturedOutput output) {
		this.failure = new IOException("broken");
		assertThatNoException().isThrownBy(() -> cleaner(Duration.ZERO).clean());
		assertThat(output).contains("The storage can't be tidied");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenTheStorageIsAwayThenThatIsNoErrorOfTheCleaners(CapturedOutput output) {
		this.unavailable = new UploadUnavailableException("away", null);
		assertThatNoException().isThrownBy(() -> cleaner(Duration.ZERO).clean());
		assertThat(output).doesNotContain("ERROR");
	}

	@Test
	void whenAnUploadIsInUseThenItStaysThoughItsTimeHasCome() {
		this.engine.create("a", 3L);
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			cleaner(Duration.ofHours(25)).clean();
		}
		assertThat(this.engine.stored("a")).isNotNull();
		cleaner(Duration.ofHours(25)).clean();
		assertThat(this.engine.stored("a")).isNull();
		this.engine.locker.tryLock(ID).close();
	}

	@Test
	void whenAnExpiredUploadIsHeardOfThenWithTheTimeOfItsExpiry() {
		this.engine.create("a", 3L);
		cleaner(Duration.ofHours(25)).clean();
		assertThat(this.engine.events).last()
			.isInstanceOfSatisfying(TusUploadExpiredEvent.class,
					(event) -> assertThat(event.upload().expires()).isNotNull());
	}

}
