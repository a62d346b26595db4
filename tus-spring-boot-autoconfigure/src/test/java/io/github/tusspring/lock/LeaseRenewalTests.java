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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.tusspring.lock.jdbc.JdbcLeaseStore;
import io.github.tusspring.upload.LockHolder;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How leases are kept while the server is slow or away for a moment.
 */
class LeaseRenewalTests {

	private static final UploadId ID = UploadId.of("upload");

	private static final Duration LEASE = Duration.ofMillis(1500);

	private final JdbcConnectionPool connections = JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID(), "sa",
			"");

	private final AwayLeaseStore store = new AwayLeaseStore(new JdbcLeaseStore(this.connections));

	private final ClusterUploadLocker here = new ClusterUploadLocker(this.store, LEASE, UploadFence.NONE);

	private final ClusterUploadLocker there = new ClusterUploadLocker(new JdbcLeaseStore(this.connections), LEASE,
			UploadFence.NONE);

	@BeforeEach
	void createTable() {
		new ResourceDatabasePopulator(new ClassPathResource("schema-h2.sql", JdbcLeaseStore.class))
			.execute(this.connections);
	}

	@AfterEach
	void close() {
		this.store.goOn();
		this.here.close();
		this.there.close();
		this.connections.dispose();
	}

	@Test
	void holderThatWasToldToEndAndGoesOnKeepsItsLeaseWhenTheServerIsBack() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		UploadLock lock = this.here.lock(ID, LockRequest.append(0), new LosingHolder(told::countDown), LEASE);
		this.store.goAway();
		assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
		this.store.goOn();
		await().during(LEASE.dividedBy(2)).atMost(LEASE.multipliedBy(4)).until(lock::isHeld);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.tryLock(ID));
	}

	@Test
	void renewalThatIsNotAnsweredIsTriedAgainBeforeItsHolderIsToldToEnd() {
		CountDownLatch told = new CountDownLatch(1);
		UploadLock lock = this.here.lock(ID, LockRequest.append(0), new LosingHolder(told::countDown), LEASE);
		CountDownLatch answer = this.store.holdUpNextRenewal();
		await().until(this.store::isRenewalHeldUp);
		await().during(LEASE.dividedBy(2)).atMost(LEASE.multipliedBy(4)).until(lock::isHeld);
		assertThat(told.getCount()).isOne();
		answer.countDown();
	}

	@Test
	void olderRenewalThatIsHeardOfLastMakesALeaseNoOlder() {
		LeasedLock lock = new LeasedLock(this.here, ID, LockHolder.UNINTERRUPTIBLE, LEASE);
		long now = System.nanoTime();
		lock.acquired(1, now - LEASE.toNanos() / 2);
		lock.renewed(now);
		lock.renewed(now - LEASE.toNanos());
		assertThat(lock.isHeld()).isTrue();
	}

	@Test
	void errorOfOneHolderLeavesTheLeasesOfOthersAlive() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		this.here.lock(UploadId.of("other"), LockRequest.append(0), new LosingHolder(() -> {
			told.countDown();
			throw new NoClassDefFoundError("unloaded");
		}), LEASE);
		UploadLock lock = this.here.tryLock(ID);
		this.store.goAway();
		assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
		this.store.goOn();
		await().during(LEASE.dividedBy(2)).atMost(LEASE.multipliedBy(4)).until(lock::isHeld);
	}

	@Test
	void leaseIsNotTrustedToItsLastMoment() {
		LeasedLock lock = new LeasedLock(this.here, ID, LockHolder.UNINTERRUPTIBLE, Duration.ofHours(1));
		lock.acquired(1, System.nanoTime() - Duration.ofMinutes(56).toNanos());
		assertThat(lock.isHeld()).isTrue();
		lock.acquired(1, System.nanoTime() - Duration.ofMinutes(58).toNanos());
		assertThat(lock.isHeld()).isFalse();
	}

	@Test
	void whoLetsGoWhileItsLeaseIsRenewedIsNotToldThatItIsLost() throws Exception {
		CountDownLatch told = new CountDownLatch(1);
		UploadLock lock = this.here.lock(ID, LockRequest.append(0), new LosingHolder(told::countDown), LEASE);
		new JdbcTemplate(this.connections).update("delete from TUS_LOCK");
		CountDownLatch answer = this.store.holdUpNextRenewal();
		await().until(this.store::isRenewalHeldUp);
		lock.close();
		answer.countDown();
		this.here.lock(UploadId.of("other"), LockRequest.append(0), LockHolder.UNINTERRUPTIBLE, LEASE);
		CountDownLatch next = this.store.holdUpNextRenewal();
		await().until(this.store::isRenewalHeldUp);
		next.countDown();
		assertThat(told.getCount()).isOne();
	}

	@Test
	void leaseThatComesTooLateIsLeftToWhoHasItInThisInstanceMeanwhile() {
		try (ClusterUploadLocker hasty = new ClusterUploadLocker(this.store, Duration.ofSeconds(1), UploadFence.NONE,
				Duration.ofMillis(200))) {
			CountDownLatch acquisition = this.store.holdUpNextAcquisition();
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> hasty.tryLock(ID));
			UploadLock lock = hasty.tryLock(ID);
			long generation = lock.generation();
			acquisition.countDown();
			await().until(() -> lock.generation() > generation);
			await().during(Duration.ofMillis(600))
				.untilAsserted(() -> assertThatExceptionOfType(UploadLockedException.class)
					.isThrownBy(() -> this.there.tryLock(ID)));
			assertThat(lock.isHeld()).isTrue();
			lock.close();
			await().atMost(Duration.ofMillis(500)).ignoreExceptions().until(() -> this.there.tryLock(ID).isHeld());
		}
	}

	@Test
	void leaseThatComesWhileItsTakerIsGivingUpIsGivenBack() {
		CountDownLatch acquisition = this.store.holdUpNextAcquisition();
		Entries fence = new Entries() {

			@Override
			public void leave(UploadId id) {
				acquisition.countDown();
				super.leave(id);
			}

		};
		try (ClusterUploadLocker hasty = new ClusterUploadLocker(this.store, Duration.ofMinutes(1), fence,
				Duration.ofMillis(200))) {
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> hasty.tryLock(ID));
			await().ignoreExceptions().until(() -> this.there.tryLock(ID).isHeld());
		}
	}

	@Test
	void olderLeaseThatIsHeardOfLastIsNotTheOneToBeGivenBack() {
		LeasedLock lock = new LeasedLock(this.here, ID, LockHolder.UNINTERRUPTIBLE, LEASE);
		lock.acquired(5, System.nanoTime());
		lock.retaken(7);
		lock.retaken(6);
		assertThat(lock.generation()).isEqualTo(7);
	}

	@Test
	void onlyWhoHasTheLockIsWithinTheFence() {
		Entries fence = new Entries();
		try (ClusterUploadLocker fenced = new ClusterUploadLocker(new JdbcLeaseStore(this.connections), LEASE, fence)) {
			UploadLock lock = this.there.tryLock(ID);
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> fenced.tryLock(ID));
			assertThat(fence.entered).isEmpty();
			lock.close();
			UploadLock first = await().ignoreExceptions().until(() -> fenced.tryLock(ID), (taken) -> true);
			first.close();
			UploadLock next = fenced.tryLock(ID);
			await().during(Duration.ofMillis(150)).until(() -> fence.entered.contains(ID));
			next.close();
			await().until(fence.entered::isEmpty);
		}
	}

	/**
	 * Takes its time when somebody leaves.
	 */
	private static class Entries implements UploadFence {

		private final Set<UploadId> entered = ConcurrentHashMap.newKeySet();

		@Override
		public void enter(UploadId id) {
			this.entered.add(id);
		}

		@Override
		public boolean raise(UploadId id) {
			return true;
		}

		@Override
		public void leave(UploadId id) {
			LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
			this.entered.remove(id);
		}

	}

}
