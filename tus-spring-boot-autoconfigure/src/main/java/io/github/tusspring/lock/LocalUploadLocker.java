package io.github.tusspring.lock;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadLocker;

/**
 * Locks uploads within one application instance. Holds nothing for an upload that is not
 * locked.
 */
public final class LocalUploadLocker implements UploadLocker {

	private final ConcurrentMap<UploadId, Holder> holders = new ConcurrentHashMap<>();

	private final AtomicLong generations = new AtomicLong();

	@Override
	public UploadLock lock(UploadId id, BooleanSupplier onRequest, Duration timeout) {
		Holder newcomer = new Holder(id, onRequest);
		long deadline = System.nanoTime() + timeout.toNanos();
		Holder holder;
		while ((holder = this.holders.putIfAbsent(id, newcomer)) != null) {
			if (!holder.onRequest.getAsBoolean() || !holder.awaitRelease(deadline - System.nanoTime())) {
				throw new UploadLockedException(id);
			}
		}
		return admit(newcomer);
	}

	@Override
	public UploadLock tryLock(UploadId id) {
		Holder newcomer = new Holder(id, () -> false);
		if (this.holders.putIfAbsent(id, newcomer) != null) {
			throw new UploadLockedException(id);
		}
		return admit(newcomer);
	}

	private UploadLock admit(Holder holder) {
		// Only now, so that the order of generations is that of the holders.
		holder.generation = this.generations.incrementAndGet();
		return holder;
	}

	private final class Holder implements UploadLock {

		private final UploadId id;

		private final BooleanSupplier onRequest;

		private final CountDownLatch released = new CountDownLatch(1);

		private volatile long generation;

		private Holder(UploadId id, BooleanSupplier onRequest) {
			this.id = id;
			this.onRequest = onRequest;
		}

		@Override
		public long generation() {
			return this.generation;
		}

		private boolean awaitRelease(long nanos) {
			try {
				return this.released.await(nanos, TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}

		@Override
		public void close() {
			if (LocalUploadLocker.this.holders.remove(this.id, this)) {
				this.released.countDown();
			}
		}

	}

}
