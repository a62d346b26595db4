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

package io.github.tusspring.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Keeps instances that have lost a lock from changing files in a directory that several
 * share. A file has a counter for each upload, or rather for each of a million slots that
 * uploads share by their ids. Whoever takes a lock that was not let go of raises the
 * counter; whoever changes a file looks, under a lock of the operating system that is
 * shared by all but those who raise, whether the counter is still the one that was there
 * before it got its lock. So no clock has a part in it, and an instance that stands still
 * in the middle of a change is waited for. That two uploads have one slot ends an append
 * without need at the worst. Thread-safe.
 */
final class DirectoryFence implements UploadFence, Closeable {

	static final String FILE = ".fence";

	private static final int SLOTS = 1 << 20;

	private static final int STRIPES = 1 << 12;

	private static final long PATIENCE = Duration.ofSeconds(2).toNanos();

	private final Map<UploadId, Long> entered = new ConcurrentHashMap<>();

	/**
	 * What the operating system locks for this process, it doesn't lock for its threads.
	 */
	private final ReentrantLock[] stripes = new ReentrantLock[STRIPES];

	private final RandomAccessFile file;

	/**
	 * Opens the fence of a directory.
	 * @param directory the directory
	 */
	DirectoryFence(Path directory) throws IOException {
		// Not a channel that an interrupt would close: the process would lose its locks.
		this.file = new RandomAccessFile(directory.resolve(FILE).toFile(), "rw");
		if (this.file.length() < (long) SLOTS * Long.BYTES) {
			this.file.setLength((long) SLOTS * Long.BYTES);
		}
		checkLocks(this.file.getChannel(), directory);
		for (int i = 0; i < STRIPES; i++) {
			this.stripes[i] = new ReentrantLock();
		}
	}

	/**
	 * Takes a lock that nobody waits for.
	 */
	static void checkLocks(FileChannel channel, Path directory) throws IOException {
		try (FileLock lock = channel.tryLock(SLOTS, 1, true)) {
			// Nothing is to be done under it.
		}
		catch (OverlappingFileLockException ex) {
			// Another storage in this process has just taken it.
		}
		catch (IOException ex) {
			throw new UnlockableDirectoryException(directory, ex);
		}
	}

	@Override
	public void enter(UploadId id) throws IOException {
		this.entered.put(id, read(slot(id)));
	}

	@Override
	public void raise(UploadId id) throws IOException {
		int slot = slot(id);
		try (Pass pass = new Pass(id, slot, false)) {
			long next = read(slot) + 1;
			write(slot, next);
			this.entered.put(id, next);
		}
	}

	@Override
	public void leave(UploadId id) {
		this.entered.remove(id);
	}

	/**
	 * Returns the counter that a change of an upload has to find.
	 * @return the counter, or {@code null} if this instance has no lock of the upload
	 */
	@Nullable Long ticket(UploadId id) {
		return this.entered.get(id);
	}

	/**
	 * Begins a change of an upload's files.
	 * @param id the upload's id
	 * @param ticket the counter, or {@code null} for a change that needs no lock
	 * @return what ends the change
	 * @throws UploadLockedException if another instance has the upload
	 */
	@Nullable Pass pass(UploadId id, @Nullable Long ticket) throws IOException {
		if (ticket == null) {
			return null;
		}
		int slot = slot(id);
		Pass pass = new Pass(id, slot, true);
		boolean valid = false;
		try {
			valid = read(slot) == ticket;
		}
		finally {
			if (!valid) {
				pass.close();
			}
		}
		if (!valid) {
			throw new UploadLockedException(id);
		}
		return pass;
	}

	private static int slot(UploadId id) {
		int hash = id.hashCode() * 0x9E3779B9;
		return (hash ^ (hash >>> 15)) & (SLOTS - 1);
	}

	private long read(int slot) throws IOException {
		byte[] counter = new byte[Long.BYTES];
		synchronized (this.file) {
			this.file.seek((long) slot * Long.BYTES);
			this.file.readFully(counter);
		}
		return ByteBuffer.wrap(counter).getLong();
	}

	private void write(int slot, long counter) throws IOException {
		synchronized (this.file) {
			this.file.seek((long) slot * Long.BYTES);
			this.file.write(ByteBuffer.allocate(Long.BYTES).putLong(counter).array());
		}
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

	/**
	 * The time in which files are changed, or a counter is.
	 */
	final class Pass implements AutoCloseable {

		private final ReentrantLock stripe;

		private final FileLock lock;

		private Pass(UploadId id, int slot, boolean shared) throws IOException {
			this.stripe = DirectoryFence.this.stripes[slot & (STRIPES - 1)];
			this.stripe.lock();
			FileLock lock = null;
			try {
				Assert.state(this.stripe.getHoldCount() == 1, "A change has begun already");
				lock = lock(id, slot, shared);
			}
			finally {
				if (lock == null) {
					this.stripe.unlock();
				}
			}
			this.lock = lock;
		}

		private FileLock lock(UploadId id, int slot, boolean shared) throws IOException {
			long deadline = System.nanoTime() + PATIENCE;
			do {
				try {
					FileLock lock = DirectoryFence.this.file.getChannel().tryLock(slot, 1, shared);
					if (lock != null) {
						return lock;
					}
				}
				catch (OverlappingFileLockException ex) {
					// Another storage in this process, as in a test.
				}
			}
			while (pause() && System.nanoTime() - deadline < 0);
			throw new UploadLockedException(id);
		}

		private static boolean pause() {
			try {
				TimeUnit.MILLISECONDS.sleep(1);
				return true;
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
		}

		@Override
		public void close() throws IOException {
			try {
				this.lock.release();
			}
			finally {
				this.stripe.unlock();
			}
		}

	}

}
