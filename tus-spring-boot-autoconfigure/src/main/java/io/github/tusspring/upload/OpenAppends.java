package io.github.tusspring.upload;

import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * Counts the appends that are open against their limits. Thread-safe.
 */
final class OpenAppends {

	private final boolean limited;

	private final ClientCounts counts;

	OpenAppends(UploadLimits limits) {
		this.limited = limits.areAppendsLimited();
		this.counts = new ClientCounts(limits.maxAppends(), limits.maxAppendsPerClient());
	}

	/**
	 * Counts an append that begins.
	 * @param lock the upload's lock
	 * @param client who appends
	 * @return the lock, which ends the append when it is closed
	 * @throws TooManyAppendsException if there are as many as there may be
	 */
	UploadLock open(UploadLock lock, UploadClient client) {
		if (!this.limited) {
			return lock;
		}
		if (!this.counts.tryAdd(client.key())) {
			throw new TooManyAppendsException();
		}
		return new CountedLock(lock, client.key());
	}

	private final class CountedLock implements UploadLock {

		private final AtomicBoolean closed = new AtomicBoolean();

		private final UploadLock lock;

		private final @Nullable String client;

		private CountedLock(UploadLock lock, @Nullable String client) {
			this.lock = lock;
			this.client = client;
		}

		@Override
		public long generation() {
			return this.lock.generation();
		}

		@Override
		public boolean isHeld() {
			return this.lock.isHeld();
		}

		@Override
		public void close() {
			// Who waits for the lock is going to count in place of this one.
			if (this.closed.compareAndSet(false, true)) {
				OpenAppends.this.counts.remove(this.client);
			}
			this.lock.close();
		}

	}

}
