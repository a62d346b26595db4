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
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.lock.LeaseStore.Attempt;
import io.github.tusspring.lock.LeaseStore.Wish;
import io.github.tusspring.upload.LockHolder;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Locks uploads for any number of instances of an application. A lock is a lease in a
 * {@link LeaseStore}, renewed at a third of its time as long as it is held, so that the
 * locks of an instance that died are free after that time. Requests that meet in one
 * instance are kept apart in its memory first. No caller waits for the store longer than
 * a limit. Does nothing while nothing is locked.
 */
public final class ClusterUploadLocker implements UploadLocker, AutoCloseable {

	/**
	 * How long the store may take to answer.
	 */
	private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

	private final LocalUploadLocker local = new LocalUploadLocker();

	private final Map<UploadId, UploadLock> localLocks = new ConcurrentHashMap<>();

	private final String owner = UUID.randomUUID().toString();

	private final LeaseCalls calls = new LeaseCalls();

	private final LeaseStore store;

	private final Duration lease;

	private final Duration answerLimit;

	private final UploadFence fence;

	private final LeaseKeeper keeper;

	/**
	 * Creates a locker.
	 * @param store where all instances see the leases
	 * @param lease how long a lease runs if it isn't renewed, at least a second
	 * @param fence keeps those who have lost their lease from changing an upload
	 */
	public ClusterUploadLocker(LeaseStore store, Duration lease, UploadFence fence) {
		this(store, lease, fence, ANSWER_LIMIT);
	}

	ClusterUploadLocker(LeaseStore store, Duration lease, UploadFence fence, Duration answerLimit) {
		Assert.isTrue(lease.toMillis() >= 1000, "'lease' must be 1s or longer");
		this.store = store;
		this.lease = lease;
		this.answerLimit = answerLimit;
		this.fence = fence;
		this.keeper = new LeaseKeeper(store, this.owner, lease);
	}

	@Override
	public UploadLock lock(UploadId id, LockRequest request, LockHolder holder, Duration timeout) {
		long deadline = System.nanoTime() + timeout.toNanos();
		LeasedLock lock = new LeasedLock(this, id, holder, this.lease);
		UploadLock localLock = this.local.lock(id, request, lock, timeout);
		return take(lock, localLock, request, deadline);
	}

	@Override
	public UploadLock tryLock(UploadId id, LockHolder holder) {
		LeasedLock lock = new LeasedLock(this, id, holder, this.lease);
		UploadLock localLock = this.local.lock(id, LeasedLock.IF_CLOSING, lock, this.answerLimit);
		return take(lock, localLock, null, System.nanoTime());
	}

	private UploadLock take(LeasedLock lock, UploadLock localLock, @Nullable LockRequest request, long deadline) {
		boolean taken = false;
		try {
			take(lock, request, deadline);
			this.localLocks.put(lock.id(), localLock);
			this.keeper.add(lock);
			taken = true;
			return lock;
		}
		catch (IOException ex) {
			throw new UploadUnavailableException("Upload '" + lock.id().abbreviated() + "' can't be fenced off now",
					ex);
		}
		finally {
			if (!taken) {
				this.fence.leave(lock.id());
				localLock.close();
			}
		}
	}

	private void take(LeasedLock lock, @Nullable LockRequest request, long deadline) throws IOException {
		UploadId id = lock.id();
		Wish wish = (request != null) ? wish(id, request) : null;
		while (true) {
			long now = System.nanoTime();
			this.fence.enter(id);
			Attempt attempt = this.calls.call(() -> this.store.acquire(id, this.owner, this.lease, wish),
					this.answerLimit, (late) -> releaseLate(id, late, System.nanoTime()));
			if (attempt.acquired() && fenceOff(id, attempt)) {
				lock.acquired(attempt.generation(), now);
				return;
			}
			if (wish == null || wish.token().equals(attempt.refused()) || !pause(deadline)) {
				throw new UploadLockedException(id);
			}
		}
	}

	/**
	 * Keeps earlier holders from changing the upload, whatever the store remembers of
	 * them.
	 * @return {@code false} if another instance has done that after its lease was taken
	 */
	private boolean fenceOff(UploadId id, Attempt attempt) throws IOException {
		boolean raised = false;
		try {
			raised = this.fence.raise(id);
			return raised;
		}
		finally {
			if (!raised) {
				submitRelease(id, attempt.generation());
			}
		}
	}

	@Override
	public boolean ask(UploadId id, LockRequest request, Duration timeout) {
		if (this.keeper.holds(id)) {
			return this.local.ask(id, request, timeout);
		}
		long deadline = System.nanoTime() + timeout.toNanos();
		Wish wish = wish(id, request);
		boolean asked = false;
		while (true) {
			Attempt attempt = this.calls.call(() -> this.store.tell(wish), this.answerLimit, (late) -> {
			});
			if (!attempt.held()) {
				return asked;
			}
			if (wish.token().equals(attempt.refused())) {
				return false;
			}
			asked = true;
			if (!pause(deadline)) {
				throw new UploadLockedException(id);
			}
		}
	}

	private static Wish wish(UploadId id, LockRequest request) {
		return new Wish(id, UUID.randomUUID().toString(), request);
	}

	/**
	 * Waits until it is time to look again.
	 * @return {@code false} if it is too late to look again
	 */
	private boolean pause(long deadline) {
		long left = deadline - System.nanoTime();
		if (left <= 0) {
			return false;
		}
		try {
			TimeUnit.NANOSECONDS.sleep(Math.min(left, this.store.interval().toNanos()));
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Lets go of a lock without letting its holder wait for the store.
	 */
	void release(LeasedLock lock) {
		UploadId id = lock.id();
		this.keeper.remove(lock);
		UploadLock localLock = this.localLocks.remove(id);
		submitRelease(id, lock.generation()).orTimeout(this.answerLimit.toMillis(), TimeUnit.MILLISECONDS)
			.whenComplete((released, ex) -> {
				this.fence.leave(id);
				if (localLock != null) {
					localLock.close();
				}
			});
	}

	/**
	 * Gives back what came when nobody waited for it any more, unless somebody here has
	 * the upload meanwhile: to the store both are the same, and the lease is theirs.
	 * Whoever is just taking it or giving up is waited for, until the lease has run out.
	 */
	private void releaseLate(UploadId id, Attempt attempt, long since) {
		if (!attempt.acquired()) {
			return;
		}
		try {
			UploadLock localLock = this.local.tryLock(id, (request) -> true);
			submitRelease(id, attempt.generation()).orTimeout(this.answerLimit.toMillis(), TimeUnit.MILLISECONDS)
				.whenComplete((released, ex) -> localLock.close());
		}
		catch (UploadLockedException ex) {
			if (!this.keeper.retaken(id, attempt.generation()) && System.nanoTime() - since < this.lease.toNanos()) {
				this.keeper.later(() -> releaseLate(id, attempt, since), this.answerLimit);
			}
		}
	}

	private CompletableFuture<?> submitRelease(UploadId id, long generation) {
		return this.calls.run(() -> this.store.release(id, this.owner, generation));
	}

	@Override
	public void close() {
		this.keeper.close();
		this.calls.close();
	}

}
