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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class PaceTests {

	private static final Duration WINDOW = Duration.ofMillis(100);

	private final Pace pace = new Pace();

	private static void sleep(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() - end >= 0);
	}

	@Test
	void rateIsThatSinceTheBegin() {
		sleep(WINDOW);
		this.pace.begin();
		this.pace.end(1_000_000);
		assertThat(this.pace.rate()).isBetween(100_000L, 10_000_000L);
	}

	@Test
	void silenceIsMeasuredFromTheLastBytes() {
		sleep(WINDOW);
		assertThat(this.pace.isSilentFor(WINDOW)).isTrue();
		assertThat(this.pace.isSilentFor(Duration.ofMinutes(1))).isFalse();
		this.pace.begin();
		this.pace.end(1);
		assertThat(this.pace.isSilentFor(WINDOW)).isFalse();
	}

	@Test
	void storageThatTakesItsTimeIsNoSilence() {
		this.pace.begin();
		sleep(WINDOW);
		assertThat(this.pace.isSilentFor(WINDOW)).isFalse();
		assertThat(this.pace.isBelow(new MinimumRate(1_000_000, WINDOW))).isFalse();
	}

	@Test
	void tooFewBytesInAWindowAreNoticedOnce() {
		MinimumRate rate = new MinimumRate(1000, WINDOW);
		assertThat(this.pace.isBelow(rate)).as("before the window's end").isFalse();
		assertThat(this.pace.isBelow(null)).isFalse();
		this.pace.begin();
		this.pace.end(10);
		sleep(WINDOW);
		assertThat(this.pace.isBelow(rate)).isTrue();
		assertThat(this.pace.isBelow(rate)).as("the next window").isFalse();
	}

	@Test
	void enoughBytesInOneWindowAreNoneInTheNext() {
		MinimumRate rate = new MinimumRate(1000, WINDOW);
		this.pace.begin();
		this.pace.end(1_000_000);
		sleep(WINDOW);
		assertThat(this.pace.isBelow(rate)).isFalse();
		sleep(WINDOW);
		assertThat(this.pace.isBelow(rate)).isTrue();
	}

	@Test
	void timeOfTheStorageIsNotTheClients() {
		MinimumRate rate = new MinimumRate(10_000, WINDOW);
		this.pace.begin();
		sleep(Duration.ofSeconds(1));
		this.pace.end(8_000);
		// That is less than 10,000 bytes in a second, but the second was the storage's.
		assertThat(this.pace.isBelow(rate)).isFalse();
	}

	@Test
	void rateCountsBytesInTime() {
		assertThat(new MinimumRate(1000, WINDOW).bytesIn(500_000_000)).isEqualTo(500);
		assertThatIllegalArgumentException().isThrownBy(() -> new MinimumRate(0, WINDOW));
		assertThatIllegalArgumentException().isThrownBy(() -> new MinimumRate(1, Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> new MinimumRate(1, Duration.ofSeconds(-1)));
	}

}
