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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;

import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DeliverySchedule} on the scheduler that there is with virtual threads.
 */
class DeliveryScheduleTests {

	@Test
	void regularTaskWaitsForNoOtherThatTakesLong() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch runs = new CountDownLatch(3);
		try (SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler()) {
			scheduler.scheduleWithFixedDelay(() -> {
				begun.countDown();
				awaitQuietly(held);
			}, Duration.ofMinutes(1));
			assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
			DeliverySchedule schedule = schedule(scheduler);
			schedule.every(Duration.ofMillis(5), () -> awaitQuietly(held));
			schedule.every(Duration.ofMillis(5), runs::countDown);
			assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
			held.countDown();
		}
	}

	@Test
	void regularTaskDoesNotRunTwiceAtATime() {
		AtomicReference<Runnable> task = new AtomicReference<>();
		try (SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler() {

			@Override
			public ScheduledFuture<?> scheduleAtFixedRate(Runnable run, Instant startTime, Duration period) {
				task.set(run);
				return super.scheduleAtFixedRate(run, startTime, period);
			}

		}) {
			AtomicInteger runs = new AtomicInteger();
			schedule(scheduler).every(Duration.ofMinutes(1), () -> {
				runs.incrementAndGet();
				// As another thread would.
				task.get().run();
			});
			task.get().run();
			assertThat(runs).hasValue(1);
			task.get().run();
			assertThat(runs).hasValue(2);
		}
	}

	@Test
	void whenADeliveryRunsBeforeItIsRememberedThenTheNextIsMadeAllTheSame() throws Exception {
		CountDownLatch runs = new CountDownLatch(2);
		try (SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler() {

			@Override
			public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
				long before = runs.getCount();
				ScheduledFuture<?> scheduled = super.schedule(task, Instant.now());
				// Time enough for it to run, if it doesn't wait.
				await(() -> runs.getCount() < before, Duration.ofMillis(100));
				return scheduled;
			}

		}) {
			DeliverySchedule schedule = schedule(scheduler);
			UploadId id = UploadId.of("a");
			schedule.repeat(id, Duration.ZERO, runs::countDown);
			await(() -> runs.getCount() < 2, Duration.ofSeconds(10));
			schedule.retry(id, runs::countDown);
			assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	private static void await(BooleanSupplier condition, Duration patience) {
		long end = System.nanoTime() + patience.toNanos();
		while (!condition.getAsBoolean() && System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

	private static DeliverySchedule schedule(SimpleAsyncTaskScheduler scheduler) {
		return new DeliverySchedule(scheduler, Duration.ofSeconds(10), Duration.ofMinutes(10));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
