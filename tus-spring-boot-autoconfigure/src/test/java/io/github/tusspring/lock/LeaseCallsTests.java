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

package io.github.tusspring.lock;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.tusspring.upload.UploadUnavailableException;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for calls whose callers wait for a limited time.
 */
class LeaseCallsTests {

	@Test
	void callThatWasLeftBeforeItBeganIsNotMadeAndSaysNothingOfTheServer() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger logger = (Logger) LoggerFactory.getLogger(LeaseCalls.class);
		logger.addAppender(log);
		AtomicBoolean made = new AtomicBoolean();
		CountDownLatch silent = new CountDownLatch(1);
		try (LeaseCalls calls = new LeaseCalls()) {
			for (int i = 0; i < 32; i++) {
				calls.run(() -> await(silent));
			}
			assertThatExceptionOfType(UploadUnavailableException.class)
				.isThrownBy(() -> calls.call(() -> made.getAndSet(true), Duration.ofMillis(50), (late) -> {
				}));
			silent.countDown();
		}
		logger.detachAppender(log);
		assertThat(made).isFalse();
		assertThat(log.list).filteredOn((event) -> event.getLevel() == Level.ERROR).hasSize(1);
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
