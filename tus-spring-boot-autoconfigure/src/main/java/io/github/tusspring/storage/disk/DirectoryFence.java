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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.tusspring.storage.disk.FenceFile.Pass;
import io.github.tusspring.storage.disk.FenceFile.Raises;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Keeps instances that have lost a lock from changing files in a directory that several
 * share. A file has a counter for each upload, or rather for each of a million slots that
 * uploads share by their ids. Whoever takes a lock raises the counter; whoever changes a
 * file looks, under a lock of the operating system that is shared by all but those who
 * raise, whether it was raised for that upload since. So no clock has a part in it, nor
 * what the server of the locks remembers, and an instance that is frozen in the middle of
 * a change is waited for. A slot remembers for which uploads it was raised the last
 * times: one that was raised for others, more often than that between two looks, ends an
 * append needlessly. Thread-safe.
 */
final class DirectoryFence implements Closeable {

	private final Map<UploadId, Ticket> entered = new ConcurrentHashMap<>();

	private final Path directory;

	private volatile FenceFile file;

	/**
	 * Opens the fence of a directory.
	 * @param directory the directory
	 */
	DirectoryFence(Path directory) throws IOException {
		this.directory = directory;
		this.file = new FenceFile(directory);
	}

	/**
	 * Notes what the counter is, before a lock is taken.
	 */
	void enter(UploadId id) throws IOException {
		FenceFile current = current();
		this.entered.put(id, new Ticket(current, slot(id), hash(id), current.read(slot(id)).count()));
	}

	/**
	 * Returns the file that all instances see. If somebody has removed the directory, and
	 * so the file, all that was entered before counts for nothing.
	 */
	private FenceFile current() throws IOException {
		FenceFile opened = this.file;
		return opened.isThere() ? opened : reopen(opened);
	}

	private synchronized FenceFile reopen(FenceFile gone) throws IOException {
		if (this.file == gone) {
			Files.createDirectories(this.directory);
			// The one that has gone may be in use. It is closed with its last user.
			this.file = new FenceFile(this.directory);
		}
		return this.file;
	}

	/**
	 * Keeps all others from changing an upload.
	 * @param id the upload's id
	 * @param bar says what is not to be taken from its holder
	 * @return {@code false} if another instance has done that since this one has entered
	 * @throws UploadLockedException if an instance is frozen in the middle of a change,
	 * or the upload is barred
	 */
	boolean raise(UploadId id, Bar bar) throws IOException {
		Ticket ticket = this.entered.get(id);
		Assert.state(ticket != null, "The fence must be entered first");
		try (Pass pass = lock(id, ticket, false)) {
			Raises raises = ticket.file.read(ticket.slot);
			if (!ticket.isValid(raises)) {
				return false;
			}
			if (bar.isBarred(id)) {
				throw new UploadLockedException(id);
			}
			Raises next = raises.next(ticket.hash);
			ticket.file.write(ticket.slot, next);
			this.entered.put(id, new Ticket(ticket.file, ticket.slot, ticket.hash, next.count()));
			return true;
		}
	}

	void leave(UploadId id) {
		this.entered.remove(id);
	}

	/**
	 * Returns what a change of an upload needs.
	 * @return the ticket, or {@code null} if this instance has no lock of the upload
	 */
	@Nullable Ticket ticket(UploadId id) {
		return this.entered.get(id);
	}

	/**
	 * Begins a change of an upload's files.
	 * @param id the upload's id
	 * @param ticket the ticket, or {@code null} for a change that needs no lock
	 * @return what ends the change, by the same thread
	 * @throws UploadLockedException if another instance has the upload
	 */
	@Nullable Pass pass(UploadId id, @Nullable Ticket ticket) throws IOException {
		if (ticket == null) {
			return null;
		}
		Pass pass = lock(id, ticket, true);
		boolean valid = false;
		try {
			valid = ticket.file == this.file && ticket.isValid(ticket.file.read(ticket.slot));
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

	/**
	 * Whether another instance may have taken an upload, as far as that can be said
	 * without a pass: nothing but what is told may follow from it.
	 * @param ticket the ticket, or {@code null} where there was no lock
	 */
	boolean mayBeTaken(@Nullable Ticket ticket) throws IOException {
		return ticket != null
				&& (ticket.file != this.file || ticket.file.read(ticket.slot).mayInclude(ticket.hash, ticket.count));
	}

	private static Pass lock(UploadId id, Ticket ticket, boolean shared) throws IOException {
		Pass pass = ticket.file.lock(ticket.slot, shared);
		if (pass == null) {
			throw new UploadLockedException(id);
		}
		return pass;
	}

	static int slot(UploadId id) {
		int hash = id.hashCode() * 0x9E3779B9;
		return (hash ^ (hash >>> 15)) & (FenceFile.SLOTS - 1);
	}

	/**
	 * Tells uploads of one slot from each other: FNV-1a with 64 bits.
	 */
	private static long hash(UploadId id) {
		String text = id.toString();
		long hash = 0xCBF29CE484222325L;
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
		}
		return hash;
	}

	@Override
	public void close() throws IOException {
		this.file.close();
	}

	/**
	 * Says what is not to be taken from its holder though the lock was had.
	 */
	@FunctionalInterface
	interface Bar {

		boolean isBarred(UploadId id) throws IOException;

	}

	/**
	 * What was seen when the fence was entered.
	 */
	static final class Ticket {

		private final FenceFile file;

		private final int slot;

		private final long hash;

		private volatile long count;

		private Ticket(FenceFile file, int slot, long hash, long count) {
			this.file = file;
			this.slot = slot;
			this.hash = hash;
			this.count = count;
		}

		/**
		 * Whether nobody has raised the fence for this upload since it was looked at
		 * last.
		 */
		private boolean isValid(Raises raises) {
			if (raises.mayInclude(this.hash, this.count)) {
				return false;
			}
			this.count = raises.count();
			return true;
		}

	}

}
