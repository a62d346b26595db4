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

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.tusspring.lock.LeaseStore.Wish;
import io.github.tusspring.upload.AbstractUploadLockerTests;
import io.github.tusspring.upload.LockHolder;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What a locker promises to several instances of an application, on a real server.
 */
public abstract class AbstractClusterUploadLockerTests extends AbstractUploadLockerTests {

	private static final UploadId ID = UploadId.of("Upload-1_2");

	private static final Duration LEASE = Duration.ofSeconds(1);

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final RecordingFence fence = new RecordingFence();

	private final AwayLeaseStore store = new AwayLeaseStore(createStore());

	private final ClusterUploadLocker here = new ClusterUploadLocker(this.store, LEASE, UploadFence.NONE,
			TIMEOUT.dividedBy(5));

	private final ClusterUploadLocker there = new ClusterUploadLocker(createStore(), LEASE, this.fence);

	/**
	 * Returns a new store, as another instance of the application has it.
	 */
	protected abstract LeaseStore createStore();

	@Override
	protected UploadLocker locker() {
		return this.here;
	}

	@AfterEach
	void close() {
		this.store.goOn();
		this.here.close();
		this.there.close();
	}

	@Test
	void uploadHasOneHolderInAllInstances() {
		UploadLock lock = this.here.tryLock(ID);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.tryLock(ID));
		lock.close();
		UploadLock next = awaitLock(this.there);
		assertThat(next.generation()).isGreaterThan(lock.generation());
		next.close();
	}

	@Test
	void upperAndLowerCaseAreDifferentUploads() {
		try (UploadLock first = this.here.tryLock(ID);
				UploadLock second = this.there.tryLock(UploadId.of("uPLOAD-1_2"))) {
			assertThat(first.isHeld()).isTrue();
			assertThat(second.isHeld()).isTrue();
		}
	}

	@Test
	void holderInAnotherInstanceIsAskedAndLetsGoInLessThanASecond() {
		List<LockRequest> heard = new CopyOnWriteArrayList<>();
		AtomicReference<UploadLock> held = new AtomicReference<>();
		held.set(this.here.lock(ID, LockRequest.append(0), (request) -> {
			heard.add(request);
			held.get().close();
			return true;
		}, TIMEOUT));
		long start = System.nanoTime();
		try (UploadLock lock = this.there.lock(ID, LockRequest.append(7), LockHolder.UNINTERRUPTIBLE, TIMEOUT)) {
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
			assertThat(lock.generation()).isGreaterThan(held.get().generation());
		}
		assertThat(heard).contains(LockRequest.append(7));
	}

	@Test
	void holderInAnotherInstanceThatCanNotLetGoSaysSoAtOnce() {
		try (UploadLock held = this.here.tryLock(ID)) {
			long start = System.nanoTime();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.lock(ID,
					LockRequest.append(7), LockHolder.UNINTERRUPTIBLE, Duration.ofMinutes(1)));
			assertThat(this.there.ask(ID, LockRequest.inspect(), Duration.ofMinutes(1))).isFalse();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
			assertThat(held.isHeld()).isTrue();
		}
	}

	@Test
	void whoAsksInAnotherInstanceHearsThatTheHolderHasLetGo() {
		AtomicReference<UploadLock> held = new AtomicReference<>();
		held.set(this.here.lock(ID, LockRequest.append(0), (request) -> {
			held.get().close();
			return true;
		}, TIMEOUT));
		assertThat(this.there.ask(ID, LockRequest.inspect(), TIMEOUT)).isTrue();
		assertThat(this.there.ask(ID, LockRequest.inspect(), TIMEOUT)).isFalse();
	}

	@Test
	void leaseIsRenewedAsLongAsTheLockIsHeld() {
		try (UploadLock lock = this.here.tryLock(ID)) {
			await().during(LEASE.multipliedBy(2)).atMost(LEASE.multipliedBy(4)).until(lock::isHeld);
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.tryLock(ID));
		}
	}

	@Test
	void holderHearsBeforeItsLeaseRunsOutWhenTheServerIsAway() {
		CompletableFuture<Boolean> lost = new CompletableFuture<>();
		AtomicReference<UploadLock> held = new AtomicReference<>();
		held.set(this.here.lock(ID, LockRequest.append(0), new LosingHolder(() -> lost.complete(held.get().isHeld())),
				TIMEOUT));
		this.store.goAway();
		assertThat(lost).succeedsWithin(LEASE).isEqualTo(true);
		await().atMost(LEASE).until(() -> !held.get().isHeld());
	}

	@Test
	void whoTakesALockFencesOffAllOthersWhateverTheServerRemembers() {
		this.there.tryLock(ID).close();
		assertThat(this.fence.raised).containsExactly(ID);
	}

	@Test
	void fenceIsEnteredBeforeEachAttempt() {
		AtomicReference<UploadLock> held = new AtomicReference<>();
		held.set(this.here.lock(ID, LockRequest.append(0), (request) -> {
			int entered = this.fence.entered.get();
			CompletableFuture.runAsync(() -> {
				await().until(() -> this.fence.entered.get() > entered);
				held.get().close();
			});
			return true;
		}, TIMEOUT));
		this.there.lock(ID, LockRequest.append(7), LockHolder.UNINTERRUPTIBLE, TIMEOUT).close();
	}

	@Test
	void whoWasOvertakenBeforeItRaisedTheFenceTriesAgain() {
		this.fence.overtaken.set(1);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.tryLock(ID));
		this.fence.overtaken.set(1);
		this.there.lock(ID, LockRequest.append(7), LockHolder.UNINTERRUPTIBLE, TIMEOUT).close();
		assertThat(this.fence.raised).containsExactly(ID);
	}

	@Test
	void lockThatItsInstanceCouldNotLetGoOfCanBeHadByItAgain() {
		UploadLock lost = this.here.tryLock(ID);
		this.store.goAway();
		lost.close();
		await().until(() -> this.store.refused() > 0);
		this.store.goOn();
		UploadLock lock = awaitLock(this.here, Duration.ofMillis(300));
		assertThat(lock.generation()).isGreaterThan(lost.generation());
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.tryLock(ID));
		lock.close();
	}

	@Test
	void leaseOfAHolderThatDiedIsSeizedAndItsHolderFencedOff() {
		AtomicReference<UploadLock> held = new AtomicReference<>();
		CountDownLatch lost = new CountDownLatch(1);
		held.set(this.here.lock(ID, LockRequest.append(0), new LosingHolder(lost::countDown), TIMEOUT));
		this.store.goAway();
		UploadLock next = awaitLock(this.there);
		assertThat(held.get().isHeld()).isFalse();
		assertThat(next.generation()).isGreaterThan(held.get().generation());
		assertThat(this.fence.raised).containsExactly(ID);
		assertThat(lost.getCount()).isZero();
		this.store.goOn();
		held.get().close();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.tryLock(ID));
		assertThat(next.isHeld()).isTrue();
		next.close();
	}

	@Test
	void leaseThatCouldNotBeFencedOffIsLetGoOf() {
		this.here.tryLock(ID);
		this.store.goAway();
		this.fence.broken = true;
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThatExceptionOfType(UploadUnavailableException.class)
				.isThrownBy(() -> this.there.tryLock(ID)));
		this.fence.broken = false;
		awaitLock(this.there).close();
		assertThat(this.fence.raised).containsExactly(ID);
	}

	@Test
	void nothingCanBeLockedOrAskedForWhileTheServerIsAway() {
		this.store.goAway();
		assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> this.here.tryLock(ID));
		assertThatExceptionOfType(UploadUnavailableException.class)
			.isThrownBy(() -> this.here.ask(ID, LockRequest.inspect(), TIMEOUT));
		this.store.goOn();
		this.here.tryLock(ID).close();
	}

	@Test
	void lockThatComesTooLateIsGivenBack() {
		this.store.holdUp();
		long start = System.nanoTime();
		assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> this.here.tryLock(ID));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIMEOUT);
		this.store.goOn();
		awaitLock(this.there).close();
	}

	@Test
	void leaseThatHasRunOutIsNotRenewed() {
		LeaseStore store = createStore();
		assertThat(store.acquire(ID, "one", Duration.ofMillis(1), null).acquired()).isTrue();
		Wish wish = new Wish(ID, "wish", LockRequest.append(0));
		await().until(() -> !store.tell(wish).held());
		assertThat(store.renew(List.of(ID), "one", LEASE)).isEmpty();
		assertThat(store.tell(wish).held()).isFalse();
	}

	@Test
	void lateEndOfALeaseDoesNotEndTheNextOneOfItsOwner() {
		LeaseStore store = createStore();
		long late = store.acquire(ID, "one", LEASE, null).generation();
		long next = store.acquire(ID, "one", LEASE, null).generation();
		store.release(ID, "one", late);
		assertThat(store.acquire(ID, "other", LEASE, null).acquired()).isFalse();
		store.release(ID, "one", next);
		assertThat(store.acquire(ID, "other", LEASE, null).acquired()).isTrue();
	}

	private static UploadLock awaitLock(UploadLocker locker) {
		return awaitLock(locker, TIMEOUT);
	}

	private static UploadLock awaitLock(UploadLocker locker, Duration time) {
		return await().atMost(time)
			.pollInterval(Duration.ofMillis(10))
			.ignoreExceptions()
			.until(() -> locker.tryLock(ID), (lock) -> true);
	}

	private static final class RecordingFence implements UploadFence {

		private final List<UploadId> raised = new CopyOnWriteArrayList<>();

		private final AtomicInteger entered = new AtomicInteger();

		private final AtomicInteger overtaken = new AtomicInteger();

		private volatile boolean broken;

		@Override
		public void enter(UploadId id) {
			this.entered.incrementAndGet();
		}

		@Override
		public boolean raise(UploadId id) throws IOException {
			if (this.broken) {
				throw new IOException("stands still");
			}
			if (this.overtaken.getAndDecrement() > 0) {
				return false;
			}
			this.raised.add(id);
			return true;
		}

		@Override
		public void leave(UploadId id) {
		}

	}

}
