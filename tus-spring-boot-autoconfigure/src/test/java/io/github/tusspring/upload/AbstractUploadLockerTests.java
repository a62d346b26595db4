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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What every locker promises. An implementation's tests extend this class.
 */
public abstract class AbstractUploadLockerTests {

	private static final UploadId ID = UploadId.of("upload");

	private static final LockRequest REQUEST = LockRequest.append(0);

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Returns the locker to test, always the same one.
	 */
	protected abstract UploadLocker locker();

	@Test
	void uploadHasOneHolder() {
		UploadLock lock = locker().tryLock(ID);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> locker().tryLock(ID));
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> locker().lock(ID, REQUEST, (request) -> true, TIMEOUT));
		lock.close();
		locker().tryLock(ID).close();
	}

	@Test
	void uploadsDoNotDisturbEachOther() {
		try (UploadLock first = locker().tryLock(ID); UploadLock second = locker().tryLock(UploadId.of("other"))) {
			assertThat(first.isHeld()).isTrue();
			assertThat(second.isHeld()).isTrue();
		}
	}

	@Test
	void generationsGrow() {
		long last = Long.MIN_VALUE;
		for (int i = 0; i < 10; i++) {
			try (UploadLock lock = (i % 2 == 0) ? locker().tryLock(ID)
					: locker().lock(ID, REQUEST, (request) -> true, TIMEOUT)) {
				assertThat(lock.generation()).isGreaterThan(last);
				last = lock.generation();
			}
		}
	}

	@Test
	void newcomerGetsTheLockOfAHolderThatLetsGo() {
		AtomicReference<UploadLock> held = new AtomicReference<>();
		held.set(locker().lock(ID, REQUEST, (request) -> {
			held.get().close();
			return true;
		}, TIMEOUT));
		try (UploadLock lock = locker().lock(ID, REQUEST, (request) -> true, TIMEOUT)) {
			assertThat(lock.generation()).isGreaterThan(held.get().generation());
		}
	}

	@Test
	void newcomerWaitsForAHolderThatIsGoingToLetGo() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		UploadLock held = locker().lock(ID, REQUEST, (request) -> {
			asked.countDown();
			return true;
		}, TIMEOUT);
		CompletableFuture<UploadLock> newcomer = CompletableFuture
			.supplyAsync(() -> locker().lock(ID, REQUEST, (request) -> true, TIMEOUT));
		assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(newcomer).isNotDone();
		held.close();
		newcomer.get(10, TimeUnit.SECONDS).close();
	}

	@Test
	void newcomerGivesUpWhenAHolderDoesNotLetGoInTime() {
		try (UploadLock held = locker().lock(ID, REQUEST, (request) -> true, TIMEOUT)) {
			long start = System.nanoTime();
			assertThatExceptionOfType(UploadLockedException.class)
				.isThrownBy(() -> locker().lock(ID, REQUEST, (request) -> true, Duration.ofMillis(50)));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(45),
					Duration.ofSeconds(8));
			assertThat(held.generation()).isNotNull();
		}
	}

	@Test
	void newcomerIsRefusedAtOnceWhenTheHolderCanNotBeInterrupted() {
		try (UploadLock held = locker().lock(ID, REQUEST, LockHolder.UNINTERRUPTIBLE, TIMEOUT)) {
			long start = System.nanoTime();
			assertThatExceptionOfType(UploadLockedException.class)
				.isThrownBy(() -> locker().lock(ID, REQUEST, (request) -> true, Duration.ofMinutes(1)));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
			assertThat(held.generation()).isNotNull();
		}
	}

	@Test
	void attemptThatMustNotDisturbDoesNotAskTheHolder() {
		AtomicInteger asked = new AtomicInteger();
		try (UploadLock held = locker().lock(ID, REQUEST, (request) -> asked.incrementAndGet() > 0, TIMEOUT)) {
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> locker().tryLock(ID));
			assertThat(asked).hasValue(0);
			assertThat(held.generation()).isNotNull();
		}
	}

	@Test
	void holderHearsWhatTheLockIsWantedFor() {
		List<LockRequest> heard = new CopyOnWriteArrayList<>();
		try (UploadLock held = locker().lock(ID, REQUEST, (request) -> !heard.add(request), TIMEOUT)) {
			assertThatExceptionOfType(UploadLockedException.class)
				.isThrownBy(() -> locker().lock(ID, LockRequest.append(42), LockHolder.UNINTERRUPTIBLE, TIMEOUT));
			assertThat(locker().ask(ID, LockRequest.inspect(), TIMEOUT)).isFalse();
			assertThat(held.isHeld()).isTrue();
		}
		assertThat(heard).contains(LockRequest.append(42), LockRequest.inspect());
	}

	@Test
	void whoAsksHearsThatTheHolderHasLetGo() {
		AtomicReference<UploadLock> held = new AtomicReference<>();
		held.set(locker().lock(ID, REQUEST, (request) -> {
			held.get().close();
			return true;
		}, TIMEOUT));
		assertThat(locker().ask(ID, LockRequest.inspect(), TIMEOUT)).isTrue();
		locker().tryLock(ID).close();
	}

	@Test
	void whoAsksForWhatNobodyHoldsIsToldSo() {
		assertThat(locker().ask(ID, LockRequest.inspect(), TIMEOUT)).isFalse();
	}

	@Test
	void whoAsksGivesUpWhenAHolderDoesNotLetGoInTime() {
		try (UploadLock held = locker().lock(ID, REQUEST, (request) -> true, TIMEOUT)) {
			assertThatExceptionOfType(UploadLockedException.class)
				.isThrownBy(() -> locker().ask(ID, LockRequest.inspect(), Duration.ofMillis(50)));
			assertThat(held.isHeld()).isTrue();
		}
	}

	@Test
	void anyThreadMayLetGoAndMoreThanOnce() throws Exception {
		UploadLock lock = locker().tryLock(ID);
		CompletableFuture.runAsync(lock::close).get(10, TimeUnit.SECONDS);
		try (UploadLock next = locker().tryLock(ID)) {
			lock.close();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> locker().tryLock(ID));
			assertThat(next.generation()).isGreaterThan(lock.generation());
		}
	}

	@Test
	void thereIsNeverMoreThanOneHolder() throws Exception {
		AtomicInteger holders = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger taken = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Future<?>> results = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				results.add(threads.submit(() -> {
					for (int round = 0; round < 200; round++) {
						take(holders, most, taken);
					}
				}));
			}
			for (Future<?> result : results) {
				result.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(most).hasValue(1);
		assertThat(taken).hasPositiveValue();
		locker().tryLock(ID).close();
	}

	private void take(AtomicInteger holders, AtomicInteger most, AtomicInteger taken) {
		try (UploadLock lock = locker().lock(ID, REQUEST, (request) -> true, TIMEOUT)) {
			most.accumulateAndGet(holders.incrementAndGet(), Math::max);
			Thread.yield();
			holders.decrementAndGet();
			taken.incrementAndGet();
		}
		catch (UploadLockedException ex) {
			// Another one was quicker, again and again.
		}
	}

}
