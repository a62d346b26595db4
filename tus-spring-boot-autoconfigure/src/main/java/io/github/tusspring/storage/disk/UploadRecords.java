package io.github.tusspring.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The records of all uploads: each in its file, those of the uploads in use in memory
 * too, so that an append reads none and writes none. Thread-safe.
 */
final class UploadRecords {

	private static final Log logger = LogFactory.getLog(UploadRecords.class);

	private final InfoCache cache = new InfoCache();

	private final InfoFiles files;

	UploadRecords(InfoFiles files) {
		this.files = files;
	}

	/**
	 * Returns an upload as its record and its data file say.
	 * @return the upload, or {@code null} if there is none
	 */
	@Nullable Upload find(UploadId id) throws IOException {
		BasicFileAttributes data = attributes(this.files.data(id));
		UploadInfo info = this.cache.get(id);
		if (info == null || isDoubtful(info, data)) {
			info = this.files.read(id);
			if (info == null) {
				this.cache.remove(id);
				return null;
			}
			this.cache.put(info);
		}
		return toUpload(info, data);
	}

	/**
	 * Lists all uploads as their files say. Those that nobody uses take no memory.
	 */
	Stream<Upload> list(Path directory) throws IOException {
		DirectoryStream<Path> stream = Files.newDirectoryStream(directory, "*" + InfoFiles.SUFFIX);
		return StreamSupport.stream(stream.spliterator(), false)
			.map(this::read)
			.filter(Objects::nonNull)
			.onClose(() -> close(stream));
	}

	private @Nullable Upload read(Path file) {
		String name = file.getFileName().toString();
		String id = name.substring(0, name.length() - InfoFiles.SUFFIX.length());
		try {
			UploadInfo info = UploadId.isValid(id) ? this.files.read(UploadId.of(id)) : null;
			return (info != null) ? toUpload(info, attributes(this.files.data(info.id()))) : null;
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("'%s' can't be read: %s", file, ex));
			return null;
		}
	}

	private static void close(Closeable stream) {
		try {
			stream.close();
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("A directory could not be closed: %s", ex));
		}
	}

	/**
	 * Whether another instance may have changed the record since it was read.
	 */
	private static boolean isDoubtful(UploadInfo info, @Nullable BasicFileAttributes data) {
		if (data == null || info.length() == null) {
			return true;
		}
		return info.isReceiving() ? data.size() >= info.length() && info.asked().concatenation() == null
				: info.markOrInitial().state() == UploadState.FINISHING;
	}

	private @Nullable Upload toUpload(UploadInfo info, @Nullable BasicFileAttributes data) throws IOException {
		if (data != null) {
			return info.toUpload(data.size(), data.lastModifiedTime().toInstant());
		}
		if (info.isReceiving() && !info.mayWaitForParts()) {
			return null;
		}
		BasicFileAttributes record = attributes(this.files.file(info.id()));
		if (record == null) {
			return null;
		}
		Instant modified = record.lastModifiedTime().toInstant();
		// It is not concatenated yet, or the application has taken the content.
		return info.isReceiving() ? info.toUpload(0, modified).withState(UploadState.RECEIVING)
				: info.toUpload(Objects.requireNonNullElse(info.length(), 0L), modified);
	}

	static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
		try {
			return Files.readAttributes(path, BasicFileAttributes.class);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	/**
	 * Returns a record.
	 * @throws UploadNotFoundException if there is none
	 */
	UploadInfo require(UploadId id) throws IOException {
		UploadInfo info = this.cache.get(id);
		if (info == null) {
			info = this.files.read(id);
		}
		if (info == null) {
			throw new UploadNotFoundException(id);
		}
		return info;
	}

	void create(UploadInfo info) throws IOException {
		this.files.create(info);
		this.cache.put(info);
	}

	/**
	 * Writes a record again, all of it.
	 */
	void replace(UploadInfo info) throws IOException {
		this.files.replace(info);
		this.cache.put(info);
	}

	/**
	 * Writes the mark of a record that has one.
	 * @throws UploadNotFoundException if there is no record
	 */
	void mark(UploadInfo info, boolean forced) throws IOException {
		try {
			this.files.mark(info.id(), Objects.requireNonNull(info.mark()), forced);
		}
		catch (NoSuchFileException ex) {
			this.cache.remove(info.id());
			throw new UploadNotFoundException(info.id());
		}
		this.cache.put(info);
	}

	/**
	 * Renews the time from which a record without content is remembered.
	 */
	void touch(UploadId id) throws IOException {
		UploadInfo info = require(id);
		if (info.mark() != null) {
			mark(info, false);
		}
		else {
			// Without its bytes a record of tusd's does not say that they were all there.
			replace(info.withMark(UploadInfo.Mark.INITIAL.withState(UploadState.COMPLETED)));
		}
	}

	/**
	 * Sees to it that a full upload isn't delivered, nor a final one concatenated again,
	 * after a crash between the deletions of its bytes and of its record.
	 */
	void withdraw(@Nullable UploadInfo info) throws IOException {
		if (info != null && info.mark() != null
				&& (info.mark().state() == UploadState.FINISHING || info.mayWaitForParts())) {
			mark(info.withMark(info.mark().withState(UploadState.REJECTED)), false);
		}
	}

	boolean delete(UploadId id) throws IOException {
		this.cache.remove(id);
		return Files.deleteIfExists(this.files.file(id));
	}

}
