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
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.UploadTooLargeException;

/**
 * Watches the room that is left. Who writes takes its room here first, so that many
 * together take no more than there is. The file system is asked a few times a second, and
 * whenever the room seems to be used up. Thread-safe.
 */
final class FreeSpace {

	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private final FileStore store;

	private final long minimum;

	/**
	 * How many bytes may still be taken.
	 */
	private long left;

	/**
	 * How many bytes of those that were taken may not be written yet.
	 */
	private long unwritten;

	private long looked;

	private volatile long total;

	FreeSpace(Path directory, long minimum) throws IOException {
		this.store = Files.getFileStore(directory);
		this.minimum = minimum;
		look();
	}

	/**
	 * Checks that there is room for more bytes.
	 * @throws InsufficientStorageException if less than the minimum is left
	 */
	void check() throws IOException {
		check(0);
	}

	/**
	 * Checks that there is room for many bytes, which are taken bit by bit later.
	 * @throws InsufficientStorageException if less than the minimum would be left
	 */
	synchronized void check(long bytes) throws IOException {
		if (this.minimum <= 0) {
			return;
		}
		// Room may have come since the last look.
		if (this.left < bytes || System.nanoTime() - this.looked >= INTERVAL) {
			look();
		}
		if (this.left < bytes) {
			throw new InsufficientStorageException("There is not enough free space");
		}
	}

	/**
	 * Takes room for bytes that are going to be {@link #written written} now.
	 * @throws InsufficientStorageException if less than the minimum would be left
	 */
	synchronized void take(long bytes) throws IOException {
		check(bytes);
		this.left -= bytes;
		this.unwritten += bytes;
	}

	/**
	 * To be called when bytes that were taken have been written, or not.
	 */
	synchronized void written(long bytes) {
		this.unwritten -= bytes;
	}

	private void look() throws IOException {
		this.looked = System.nanoTime();
		this.left = this.store.getUsableSpace() - this.minimum - this.unwritten;
	}

	/**
	 * Checks that an upload is not longer than all of the file system.
	 * @throws UploadTooLargeException if it can never fit in
	 */
	void checkFits(long length) throws IOException {
		if (length > this.total - this.minimum) {
			this.total = this.store.getTotalSpace();
			// Some file systems don't say how large they are.
			if (this.total > 0 && length > this.total - this.minimum) {
				throw new UploadTooLargeException("The upload is longer than all of the file system");
			}
		}
	}

	/**
	 * Returns the number of bytes that can be used, -1 if the file system doesn't say.
	 */
	long usable() throws IOException {
		long usable = this.store.getUsableSpace();
		return (usable == 0 && this.store.getTotalSpace() == 0) ? -1 : usable;
	}

	/**
	 * Finds out whether there was no room, since the file system says so in words only,
	 * and those in any language.
	 * @return the given exception if it means something else
	 * @throws InsufficientStorageException if there was no room
	 */
	IOException translate(IOException ex) {
		String message = String.valueOf(ex.getMessage()).toLowerCase(Locale.ROOT);
		if (message.contains("no space left") || message.contains("quota exceeded")
				|| message.contains("not enough space") || message.contains("file too large") || isFull()) {
			throw new InsufficientStorageException("There is no free space left", ex);
		}
		return ex;
	}

	private boolean isFull() {
		try {
			return usable() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
