package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.log.LogMessage;

/**
 * Reads and writes the {@code .info} files. A whole record is written to a temporary file
 * and moved into place; the mark at its beginning, which changes with every delivery, is
 * written over in place.
 */
final class InfoFiles {

	static final String SUFFIX = ".info";

	static final String TEMPORARY_SUFFIX = ".info.tmp";

	private static final Log logger = LogFactory.getLog(InfoFiles.class);

	private final JsonMapper mapper = JsonMapper.builder().build();

	private final Path directory;

	private final boolean forced;

	InfoFiles(Path directory, boolean forced) {
		this.directory = directory;
		this.forced = forced;
	}

	Path data(UploadId id) {
		return this.directory.resolve(id.toString());
	}

	Path file(UploadId id) {
		return this.directory.resolve(id + SUFFIX);
	}

	private Path temporary(UploadId id) {
		return this.directory.resolve(id + TEMPORARY_SUFFIX);
	}

	/**
	 * Writes the record of a new upload. No client knows of it yet, so a crash may leave
	 * the file empty: {@link #read} then finds nothing.
	 * @throws java.nio.file.FileAlreadyExistsException if there is one
	 */
	void create(UploadInfo info) throws IOException {
		write(file(info.id()), info, StandardOpenOption.CREATE_NEW);
	}

	/**
	 * Writes a record again, all of it or nothing.
	 */
	void replace(UploadInfo info) throws IOException {
		Path temporary = temporary(info.id());
		write(temporary, info, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING);
		Files.move(temporary, file(info.id()), StandardCopyOption.ATOMIC_MOVE);
	}

	private void write(Path path, UploadInfo info, StandardOpenOption... options) throws IOException {
		byte[] json = this.mapper.writeValueAsBytes(InfoDocument.of(info, data(info.id()), file(info.id())));
		byte[] begin = InfoDocument.begin(info.mark());
		ByteBuffer content = ByteBuffer.allocate(begin.length + json.length - 1);
		// The mark stands in for the brace that opens the document.
		content.put(begin).put(json, 1, json.length - 1).flip();
		try (FileChannel channel = FileChannel.open(path, withWrite(options))) {
			writeFully(channel, content);
		}
	}

	private static java.util.Set<StandardOpenOption> withWrite(StandardOpenOption... options) {
		java.util.Set<StandardOpenOption> all = java.util.EnumSet.of(StandardOpenOption.WRITE);
		all.addAll(java.util.List.of(options));
		return all;
	}

	private void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
		long position = 0;
		while (content.hasRemaining()) {
			position += channel.write(content, position);
		}
		if (this.forced) {
			channel.force(true);
		}
	}

	/**
	 * Writes over the mark of a record that has one.
	 * @throws NoSuchFileException if there is no record
	 */
	void mark(UploadId id, UploadInfo.Mark mark) throws IOException {
		try (FileChannel channel = FileChannel.open(file(id), StandardOpenOption.WRITE)) {
			writeFully(channel, ByteBuffer.wrap(InfoDocument.begin(mark)));
		}
	}

	/**
	 * Reads a record.
	 * @return the record, or {@code null} if there is none or none that can be understood
	 */
	@Nullable UploadInfo read(UploadId id) throws IOException {
		Path file = file(id);
		byte[] content;
		try {
			content = Files.readAllBytes(file);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		if (content.length == 0) {
			return null;
		}
		try {
			return this.mapper.readValue(content, InfoDocument.class)
				.toInfo(id, InfoDocument.hasMark(content), Files.getLastModifiedTime(file).toInstant());
		}
		catch (JacksonException | IllegalArgumentException | java.time.DateTimeException ex) {
			logger.warn(LogMessage.format("'%s' is not the record of an upload: %s", file, ex.getMessage()));
			return null;
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

}
