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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.lock.LeaseStore.Wish;
import io.github.tusspring.upload.UnboundThreadFactory;
import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Keeps the leases of one instance alive, and tells their holders what others want and
 * when a lease can't be kept. One thread keeps the time and waits for nothing; what is to
 * be asked of the store is asked by others, one at a time. Thread-safe.
 */
final class LeaseKeeper implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(LeaseKeeper.class);

	private static final long TIDY_INTERVAL = Duration.ofHours(1).toNanos();

	private final Map<UploadId, LeasedLock> locks = new ConcurrentHashMap<>();

	private final LeaseCalls calls = new LeaseCalls();

	private final LeaseStore store;

	private final String owner;

	private final Duration lease;

	private final ScheduledExecutorService clock;

	private @Nullable ScheduledFuture<?> ticks;

	private volatile Call renewal = new Call(CompletableFuture.completedFuture(null), System.nanoTime());

	private volatile Call look = new Call(CompletableFuture.completedFuture(null), System.nanoTime());

	/**
	 * When the store was tidied up. Used by the clock alone.
	 */
	private long tidied = System.nanoTime() - TIDY_INTERVAL;

	LeaseKeeper(LeaseStore store, String owner, Duration lease) {
		this.store = store;
		this.owner = owner;
		this.lease = lease;
		this.clock = Executors.newSingleThreadScheduledExecutor(new UnboundThreadFactory("tus-lease-"));
	}

	void add(LeasedLock lock) {
		this.locks.put(lock.id(), lock);
		synchronized (this) {
			if (this.ticks == null) {
				long interval = this.store.interval().toNanos();
				this.ticks = this.clock.scheduleWithFixedDelay(this::tick, interval, interval, TimeUnit.NANOSECONDS);
			}
		}
	}

	void remove(LeasedLock lock) {
		this.locks.remove(lock.id(), lock);
	}

	/**
	 * Whether this instance has the lock of an upload now.
	 */
	boolean holds(UploadId id) {
		LeasedLock lock = this.locks.get(id);
		return lock != null && lock.isHeld();
	}

	/**
	 * Notes that the lease of an upload, which this instance has, was taken by it again.
	 * @return {@code false} if this instance hasn't got it
	 */
	boolean retaken(UploadId id, long generation) {
		LeasedLock lock = this.locks.get(id);
		if (lock != null) {
			lock.retaken(generation);
		}
		return lock != null;
	}

	/**
	 * Does something later that waits for nothing.
	 */
	void later(Runnable task, Duration delay) {
		this.clock.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void tick() {
		try {
			this.locks.values().forEach(LeasedLock::checkAge);
			long now = System.nanoTime();
			// So that there is time for a second try before holders are told to end.
			if (this.renewal.isOver(now, this.lease.toNanos() / 6) && isRenewalDue(now)) {
				this.renewal = new Call(this.calls.run(this::renew), now);
			}
			if (this.look.isOver(now, this.lease.toNanos() / 3)) {
				this.look = new Call(this.calls.run(this::look), now);
			}
			if (now - this.tidied >= TIDY_INTERVAL) {
				this.tidied = now;
				this.calls.run(this.store::tidy);
			}
			rest();
		}
		catch (Throwable ex) {
			// The clock would stop.
			logger.error("The locks of uploads could not be renewed", ex);
		}
	}

	/**
	 * Whether it is time to renew leases, and not too early after a failure.
	 */
	private boolean isRenewalDue(long now) {
		return now - this.renewal.begun > this.lease.toNanos() / 12
				&& this.locks.values().stream().anyMatch(LeasedLock::isDue);
	}

	private void renew() {
		List<LeasedLock> kept = this.locks.values().stream().filter(LeasedLock::isKept).toList();
		List<UploadId> ids = kept.stream().map(LeasedLock::id).toList();
		long now = System.nanoTime();
		Set<UploadId> renewed = new HashSet<>(this.store.renew(ids, this.owner, this.lease));
		for (LeasedLock lock : kept) {
			if (renewed.contains(lock.id())) {
				lock.renewed(now);
			}
			else if (this.locks.get(lock.id()) == lock) {
				logger.warn(LogMessage.format("The lock of upload '%s' is lost", lock.id().abbreviated()));
				lock.taken();
			}
		}
	}

	private void look() {
		for (Wish wish : this.store.wishes(this.owner)) {
			LeasedLock lock = this.locks.get(wish.id());
			if (lock != null && !letsGo(lock, wish)) {
				this.store.refuse(wish, this.owner);
			}
		}
	}

	private static boolean letsGo(LeasedLock lock, Wish wish) {
		try {
			return lock.asked(wish.request());
		}
		catch (Throwable ex) {
			logger.error(LogMessage.format("The holder of upload '%s' can't be asked", wish.id().abbreviated()), ex);
			return false;
		}
	}

	/**
	 * Stops the clock while there is nothing to keep.
	 */
	private synchronized void rest() {
		if (this.locks.isEmpty() && this.ticks != null) {
			this.ticks.cancel(false);
			this.ticks = null;
		}
	}

	@Override
	public void close() {
		this.clock.shutdownNow();
		this.calls.close();
	}

	/**
	 * A call that was made, and when. One that takes too long is not waited for.
	 */
	private record Call(CompletableFuture<?> result, long begun) {

		boolean isOver(long now, long limit) {
			return this.result.isDone() || now - this.begun > limit;
		}

	}

}
