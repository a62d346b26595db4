package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Keeps the data files of unfinished uploads open between two appends, as many as a limit
 * allows: opening and closing one for each small append costs a third of its time. A file
 * is here or with a writer, never both. Thread-safe.
 */
final class OpenFiles {

	private static final Log logger = LogFactory.getLog(OpenFiles.class);

	private final LinkedHashMap<UploadId, FileChannel> files = new LinkedHashMap<>();

	private final int limit;

	private boolean stopped;

	OpenFiles(int limit) {
		this.limit = limit;
	}

	/**
	 * Opens a file, and makes room for it if too many are open.
	 */
	FileChannel open(Path path, OpenOption... options) throws IOException {
		try {
			return FileChannel.open(path, options);
		}
		catch (NoSuchFileException | FileAlreadyExistsException ex) {
			throw ex;
		}
		catch (FileSystemException ex) {
			// Those between two appends can be opened again.
			closeAll();
			return FileChannel.open(path, options);
		}
	}

	/**
	 * Takes a file out.
	 */
	@Nullable FileChannel take(UploadId id) {
		FileChannel file;
		synchronized (this.files) {
			file = this.files.remove(id);
		}
		// An interrupt closes the file that a thread works with.
		return (file != null && file.isOpen()) ? file : null;
	}

	/**
	 * Puts a file back, and closes the one that was put here longest ago if there are too
	 * many.
	 */
	void put(UploadId id, FileChannel file) {
		FileChannel surplus;
		synchronized (this.files) {
			surplus = this.stopped ? file : this.files.put(id, file);
			if (!this.stopped && surplus == null && this.files.size() > this.limit) {
				Map.Entry<UploadId, FileChannel> eldest = this.files.entrySet().iterator().next();
				this.files.remove(eldest.getKey());
				surplus = eldest.getValue();
			}
		}
		close(surplus);
	}

	/**
	 * Closes the file of an upload that is going to be moved or removed.
	 */
	void close(UploadId id) {
		close(take(id));
	}

	/**
	 * Closes all files and keeps none open from now on.
	 */
	void stop() {
		synchronized (this.files) {
			this.stopped = true;
			closeAll();
		}
	}

	private void closeAll() {
		synchronized (this.files) {
			this.files.values().forEach(this::close);
			this.files.clear();
		}
	}

	private void close(@Nullable FileChannel file) {
		try {
			if (file != null) {
				file.close();
			}
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("A file could not be closed: %s", ex));
		}
	}

}
