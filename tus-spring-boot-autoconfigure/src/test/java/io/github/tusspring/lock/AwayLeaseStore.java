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
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * A store of which the server goes away and comes back, as far as one instance can see.
 */
class AwayLeaseStore implements LeaseStore {

	private final LeaseStore delegate;

	private final AtomicInteger refused = new AtomicInteger();

	private final AtomicInteger heldUp = new AtomicInteger();

	private volatile boolean away;

	private volatile CountDownLatch open = new CountDownLatch(0);

	private final AtomicReference<@Nullable CountDownLatch> renewal = new AtomicReference<>();

	private final AtomicReference<@Nullable CountDownLatch> acquisition = new AtomicReference<>();

	AwayLeaseStore(LeaseStore delegate) {
		this.delegate = delegate;
	}

	void goAway() {
		this.away = true;
	}

	void holdUp() {
		this.open = new CountDownLatch(1);
	}

	/**
	 * Lets the answer to the next renewal come only when what is returned is opened.
	 */
	CountDownLatch holdUpNextRenewal() {
		CountDownLatch latch = new CountDownLatch(1);
		this.renewal.set(latch);
		return latch;
	}

	/**
	 * Lets the next lease be taken only when what is returned is opened.
	 */
	CountDownLatch holdUpNextAcquisition() {
		CountDownLatch latch = new CountDownLatch(1);
		this.acquisition.set(latch);
		return latch;
	}

	/**
	 * Returns how often a lease could not be let go of.
	 */
	int refused() {
		return this.refused.get();
	}

	/**
	 * Returns how many calls wait.
	 */
	int heldUp() {
		return this.heldUp.get();
	}

	boolean isRenewalHeldUp() {
		return this.renewal.get() == null;
	}

	void goOn() {
		this.away = false;
		this.open.countDown();
	}

	private void check() {
		if (this.away) {
			throw new IllegalStateException("The server is away");
		}
		this.heldUp.incrementAndGet();
		await(this.open);
		this.heldUp.decrementAndGet();
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public Attempt acquire(UploadId id, String owner, Duration duration, @Nullable Wish wish) {
		check();
		CountDownLatch latch = this.acquisition.getAndSet(null);
		if (latch != null) {
			await(latch);
		}
		return this.delegate.acquire(id, owner, duration, wish);
	}

	@Override
	public Attempt tell(Wish wish) {
		check();
		return this.delegate.tell(wish);
	}

	@Override
	public Collection<UploadId> renew(Collection<UploadId> ids, String owner, Duration duration) {
		check();
		Collection<UploadId> renewed = this.delegate.renew(ids, owner, duration);
		CountDownLatch latch = this.renewal.getAndSet(null);
		if (latch != null) {
			await(latch);
		}
		return renewed;
	}

	@Override
	public void release(UploadId id, String owner, long generation) {
		if (this.away) {
			this.refused.incrementAndGet();
		}
		check();
		this.delegate.release(id, owner, generation);
	}

	@Override
	public List<Wish> wishes(String owner) {
		check();
		return this.delegate.wishes(owner);
	}

	@Override
	public void refuse(Wish wish, String owner) {
		check();
		this.delegate.refuse(wish, owner);
	}

	@Override
	public void tidy() {
		check();
		this.delegate.tidy();
	}

	@Override
	public Duration interval() {
		return this.delegate.interval();
	}

}
