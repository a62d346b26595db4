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

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.jspecify.annotations.Nullable;

/**
 * The file of a {@link DirectoryFence}, from when it was opened: slots, each of which
 * says how often it was raised and for which uploads it was the last times, and a lock of
 * the operating system for each. Thread-safe.
 */
final class FenceFile {

	static final String NAME = ".fence";

	static final int SLOTS = 1 << 20;

	/**
	 * How many of its last raises a slot remembers.
	 */
	private static final int REMEMBERED = 3;

	private static final int SLOT_BYTES = (1 + REMEMBERED) * Long.BYTES;

	private static final long PATIENCE = Duration.ofSeconds(2).toNanos();

	/**
	 * What the operating system locks for this process, it doesn't lock for its threads.
	 * Has the slots that are locked, or waited for.
	 */
	private final Map<Integer, Slot> slots = new ConcurrentHashMap<>();

	private final Path path;

	private final RandomAccessFile file;

	private final @Nullable Object key;

	/**
	 * Opens the file of a directory.
	 * @throws UnlockableDirectoryException if its file system locks no files
	 */
	FenceFile(Path directory) throws IOException {
		this.path = directory.resolve(NAME);
		// Not a channel that an interrupt would close: the process would lose its locks.
		this.file = new RandomAccessFile(this.path.toFile(), "rw");
		if (this.file.length() < (long) SLOTS * SLOT_BYTES) {
			this.file.setLength((long) SLOTS * SLOT_BYTES);
		}
		checkLocks(this.file.getChannel(), directory);
		this.key = Files.readAttributes(this.path, BasicFileAttributes.class).fileKey();
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

	/**
	 * Whether this is still the file that is found in its place.
	 */
	boolean isThere() throws IOException {
		try {
			Object found = Files.readAttributes(this.path, BasicFileAttributes.class).fileKey();
			return found == null || found.equals(this.key);
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

	/**
	 * Returns what a slot says.
	 */
	Raises read(int slot) throws IOException {
		byte[] bytes = new byte[SLOT_BYTES];
		synchronized (this.file) {
			this.file.seek((long) slot * SLOT_BYTES);
			this.file.readFully(bytes);
		}
		long[] values = new long[1 + REMEMBERED];
		ByteBuffer.wrap(bytes).asLongBuffer().get(values);
		return new Raises(values[0], Arrays.copyOfRange(values, 1, values.length));
	}

	/**
	 * Changes what a slot says. To be called by a thread that has locked it for itself
	 * alone.
	 */
	void write(int slot, Raises raises) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocate(SLOT_BYTES).putLong(raises.count());
		for (long upload : raises.uploads()) {
			bytes.putLong(upload);
		}
		synchronized (this.file) {
			this.file.seek((long) slot * SLOT_BYTES);
			this.file.write(bytes.array());
		}
	}

	/**
	 * Locks a slot for a while.
	 * @param number the slot's number
	 * @param shared whether others may have it, too, who share it
	 * @return what ends that, by the same thread, or {@code null} if the slot can't be
	 * had in time
	 */
	@Nullable Pass lock(int number, boolean shared) throws IOException {
		Slot slot = this.slots.compute(number, (key, used) -> ((used != null) ? used : new Slot(number)).used(1));
		boolean locked = false;
		try {
			locked = slot.lock(shared);
			return locked ? () -> unlock(slot, shared) : null;
		}
		finally {
			if (!locked) {
				forget(slot);
			}
		}
	}

	private void unlock(Slot slot, boolean shared) throws IOException {
		try {
			slot.unlock(shared);
		}
		finally {
			forget(slot);
		}
	}

	private void forget(Slot slot) {
		this.slots.computeIfPresent(slot.number, (key, used) -> (used.used(-1).users > 0) ? used : null);
	}

	void close() throws IOException {
		this.file.close();
	}

	/**
	 * The time in which a slot is locked.
	 */
	@FunctionalInterface
	interface Pass extends AutoCloseable {

		@Override
		void close() throws IOException;

	}

	/**
	 * What a slot says.
	 *
	 * @param count how often it was raised
	 * @param uploads for which uploads, the last times: where each stands follows from
	 * its number
	 */
	record Raises(long count, long[] uploads) {

		Raises next(long upload) {
			long[] next = this.uploads.clone();
			next[place(this.count + 1)] = upload;
			return new Raises(this.count + 1, next);
		}

		/**
		 * Whether it may have been raised for an upload since it was so many times.
		 */
		boolean mayInclude(long upload, long since) {
			if (since > this.count || this.count - since > REMEMBERED) {
				return true;
			}
			for (long number = since + 1; number <= this.count; number++) {
				if (this.uploads[place(number)] == upload) {
					return true;
				}
			}
			return false;
		}

		private static int place(long number) {
			return Math.floorMod(number, REMEMBERED);
		}

	}

	/**
	 * The threads of this process that have a slot, or wait for it.
	 */
	private final class Slot {

		private final ReadWriteLock turns = new ReentrantReadWriteLock();

		private final int number;

		private int users;

		private int holders;

		private @Nullable FileLock lock;

		private Slot(int number) {
			this.number = number;
		}

		private Slot used(int more) {
			this.users += more;
			return this;
		}

		private boolean lock(boolean shared) throws IOException {
			long deadline = System.nanoTime() + PATIENCE;
			Lock turn = turn(shared);
			if (!await(turn)) {
				return false;
			}
			boolean locked = false;
			try {
				do {
					locked = tryLock(shared);
				}
				while (!locked && System.nanoTime() - deadline < 0 && pause());
				return locked;
			}
			finally {
				if (!locked) {
					turn.unlock();
				}
			}
		}

		private Lock turn(boolean shared) {
			return shared ? this.turns.readLock() : this.turns.writeLock();
		}

		private static boolean await(Lock turn) {
			try {
				// The first of them also if the thread was interrupted.
				return turn.tryLock() || turn.tryLock(PATIENCE, TimeUnit.NANOSECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
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

		private synchronized boolean tryLock(boolean shared) throws IOException {
			if (this.lock == null) {
				try {
					this.lock = FenceFile.this.file.getChannel().tryLock(this.number, 1, shared);
				}
				catch (OverlappingFileLockException ex) {
					// Another storage in this process, as in a test.
				}
			}
			if (this.lock == null) {
				return false;
			}
			this.holders++;
			return true;
		}

		private void unlock(boolean shared) throws IOException {
			try {
				release();
			}
			finally {
				turn(shared).unlock();
			}
		}

		private synchronized void release() throws IOException {
			this.holders--;
			FileLock held = this.lock;
			if (this.holders == 0 && held != null) {
				this.lock = null;
				held.release();
			}
		}

	}

}
