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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class TransferTurnsTests {

	private final TransferTurns turns = new TransferTurns();

	private final AtomicInteger now = new AtomicInteger();

	private final AtomicInteger later = new AtomicInteger();

	@AfterEach
	void close() {
		this.turns.close();
	}

	@Test
	void placeIsGivenBackAfterATurn() {
		for (int i = 0; i < 1000; i++) {
			this.turns.take(this.now::incrementAndGet, this.later::incrementAndGet);
		}
		assertThat(this.now).hasValue(1000);
		assertThat(this.later).hasValue(0);
	}

	@Test
	void placeIsGivenBackAfterATurnThatFails() {
		for (int i = 0; i < 1000; i++) {
			assertThatIllegalStateException().isThrownBy(() -> this.turns.take(() -> {
				throw new IllegalStateException("broken");
			}, this.later::incrementAndGet));
		}
		assertThat(this.later).hasValue(0);
	}

	@Test
	void whoFindsNoPlaceComesLater() {
		takeAll(0);
		assertThat(this.later).hasValue(1);
		assertThat(this.now).hasValueGreaterThanOrEqualTo(8);
	}

	private void takeAll(int depth) {
		assertThat(depth).isLessThan(1000);
		this.turns.take(() -> {
			this.now.incrementAndGet();
			takeAll(depth + 1);
		}, this.later::incrementAndGet);
	}

	@Test
	void waitingIsSeen() throws InterruptedException {
		CountDownLatch end = new CountDownLatch(1);
		AtomicInteger running = new AtomicInteger();
		assertThat(this.turns.isAwaited()).isFalse();
		for (int i = 0; i < 1000; i++) {
			this.turns.queue(() -> {
				running.incrementAndGet();
				try {
					end.await(20, TimeUnit.SECONDS);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
		}
		assertThat(this.turns.isAwaited()).isTrue();
		assertThat(running).hasValueLessThan(1000);
		end.countDown();
		await().until(() -> running.get() == 1000 && !this.turns.isAwaited());
	}

}
