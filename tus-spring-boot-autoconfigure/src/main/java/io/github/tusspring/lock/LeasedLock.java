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
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.tusspring.upload.LockHolder;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;

/**
 * A lock that is kept by a lease. Counts its time from before the server was asked, so
 * that it is never taken for held longer than the server takes it for. Thread-safe.
 */
final class LeasedLock implements UploadLock, LockHolder {

	/**
	 * Asks for a lock that is being closed, and for no other.
	 */
	static final LockRequest IF_CLOSING = new LockRequest(LockRequest.Purpose.INSPECT, -1);

	private final AtomicBoolean closed = new AtomicBoolean();

	private final AtomicBoolean told = new AtomicBoolean();

	private volatile boolean lost;

	private final ClusterUploadLocker locker;

	private final UploadId id;

	private final LockHolder holder;

	private final long duration;

	private volatile long generation;

	private volatile long renewed;

	LeasedLock(ClusterUploadLocker locker, UploadId id, LockHolder holder, Duration duration) {
		this.locker = locker;
		this.id = id;
		this.holder = holder;
		this.duration = duration.toNanos();
	}

	UploadId id() {
		return this.id;
	}

	void acquired(long generation, long since) {
		this.renewed = since;
		this.generation = generation;
	}

	/**
	 * Notes that the lease has another generation, with which it has to be let go of. Of
	 * two, the older one may be heard of last.
	 */
	synchronized void retaken(long generation) {
		this.generation = Math.max(this.generation, generation);
	}

	/**
	 * Notes that the lease was renewed. Of two renewals that overlap, the older one may
	 * be heard of last.
	 */
	synchronized void renewed(long since) {
		if (since - this.renewed > 0) {
			this.renewed = since;
		}
	}

	@Override
	public long generation() {
		return this.generation;
	}

	@Override
	public boolean isHeld() {
		// Clocks don't all run equally fast.
		return !this.lost && age() < this.duration - this.duration / 20;
	}

	/**
	 * Whether a third of the time has passed.
	 */
	boolean isDue() {
		return isKept() && age() > this.duration / 3;
	}

	private boolean isDying() {
		return age() > this.duration * 2 / 3;
	}

	private long age() {
		return System.nanoTime() - this.renewed;
	}

	/**
	 * Tells the holder to end while there is time, if the lease was not renewed.
	 */
	void checkAge() {
		if (isDying() && !this.closed.get()) {
			tellLost();
		}
	}

	/**
	 * Tells the holder that another one may have the lock already.
	 */
	void taken() {
		this.lost = true;
		tellLost();
	}

	private void tellLost() {
		if (this.told.compareAndSet(false, true)) {
			this.holder.lost();
		}
	}

	/**
	 * Whether the lease is to be renewed: also that of a holder which was told to end,
	 * until it has. A delivery goes on until its listener returns.
	 */
	boolean isKept() {
		return !this.lost && !this.closed.get();
	}

	@Override
	public boolean asked(LockRequest request) {
		if (this.closed.get()) {
			return true;
		}
		return request != IF_CLOSING && this.holder.asked(request);
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.locker.release(this);
		}
	}

}
