package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.InsufficientStorageException;

/**
 * Watches the room that is left. Asks the file system a few times a second at most.
 * Thread-safe.
 */
final class FreeSpace {

	private static final long INTERVAL = TimeUnit.MILLISECONDS.toNanos(100);

	private final FileStore store;

	private final long minimum;

	private volatile long usable;

	private volatile long checked;

	FreeSpace(Path directory, long minimum) throws IOException {
		this.store = Files.getFileStore(directory);
		this.minimum = minimum;
		this.usable = this.store.getUsableSpace();
		this.checked = System.nanoTime();
	}

	/**
	 * Checks that there is room for more bytes.
	 * @throws InsufficientStorageException if less than the minimum is left
	 */
	void check() throws IOException {
		if (this.minimum <= 0) {
			return;
		}
		long now = System.nanoTime();
		if (now - this.checked >= INTERVAL) {
			this.checked = now;
			this.usable = this.store.getUsableSpace();
		}
		if (this.usable < this.minimum) {
			throw new InsufficientStorageException("There is not enough free space");
		}
	}

	/**
	 * Returns the number of bytes that can be used.
	 */
	long usable() throws IOException {
		return this.store.getUsableSpace();
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
			return this.store.getUsableSpace() <= 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
