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
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;

import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;

/**
 * Reads and writes the {@code .info} files. A whole record is written to a temporary file
 * and moved into place; the mark at its beginning, which changes with every delivery, is
 * written over in place.
 */
final class InfoFiles {

	static final String SUFFIX = ".info";

	static final String TEMPORARY_SUFFIX = ".info.tmp";

	static final String CONCATENATION_SUFFIX = ".concat";

	static final String USED_SUFFIX = ".used";

	/**
	 * Far more than the longest request header and answer take.
	 */
	private static final int MAX_SIZE = 4 * 1024 * 1024;

	private static final Log logger = LogFactory.getLog(InfoFiles.class);

	private final Path directory;

	private final boolean forced;

	private final OpenFiles openFiles;

	InfoFiles(Path directory, boolean forced, OpenFiles openFiles) {
		this.directory = directory;
		this.forced = forced;
		this.openFiles = openFiles;
	}

	Path data(UploadId id) {
		return this.directory.resolve(id.toString());
	}

	Path file(UploadId id) {
		return this.directory.resolve(id + SUFFIX);
	}

	Path concatenation(UploadId id) {
		return this.directory.resolve(id + CONCATENATION_SUFFIX);
	}

	/**
	 * Returns the empty file that says until when it is remembered that an id was used.
	 */
	Path used(UploadId id, Instant until) {
		return this.directory.resolve(id + "." + until.getEpochSecond() + USED_SUFFIX);
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
		write(file(info.id()), info, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
	}

	/**
	 * Writes a record again, all of it or nothing.
	 */
	void replace(UploadInfo info) throws IOException {
		Path temporary = temporary(info.id());
		write(temporary, info, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
				StandardOpenOption.TRUNCATE_EXISTING);
		FileContents.replace(temporary, file(info.id()));
	}

	private void write(Path path, UploadInfo info, StandardOpenOption... options) throws IOException {
		byte[] json = Json.writer.writeValueAsBytes(InfoDocument.of(info, data(info.id()), file(info.id())));
		byte[] begin = InfoDocument.begin(info.markOrInitial());
		ByteBuffer content = ByteBuffer.allocate(begin.length + json.length - 1);
		// The mark stands in for the brace that opens the document.
		content.put(begin).put(json, 1, json.length - 1).flip();
		boolean written = false;
		FileChannel channel = this.openFiles.open(path, options);
		try (channel) {
			writeFully(channel, content, this.forced);
			written = true;
		}
		finally {
			if (!written) {
				Files.deleteIfExists(path);
			}
		}
	}

	private static void writeFully(FileChannel channel, ByteBuffer content, boolean forced) throws IOException {
		long position = 0;
		while (content.hasRemaining()) {
			position += channel.write(content, position);
		}
		if (forced) {
			channel.force(true);
		}
	}

	/**
	 * Writes over the mark of a record that has one.
	 * @param id the upload's id
	 * @param mark the mark
	 * @param forced whether to force it to the disk
	 * @throws NoSuchFileException if there is no record
	 */
	void mark(UploadId id, UploadInfo.Mark mark, boolean forced) throws IOException {
		try (FileChannel channel = this.openFiles.open(file(id), StandardOpenOption.WRITE)) {
			writeFully(channel, ByteBuffer.wrap(InfoDocument.begin(mark)), forced);
		}
	}

	/**
	 * Sets the time at which a record was changed last to now.
	 * @throws NoSuchFileException if there is no record
	 */
	void touch(UploadId id) throws IOException {
		Files.setLastModifiedTime(file(id), FileTime.from(Instant.now()));
	}

	/**
	 * Reads a record.
	 * @return the record, or {@code null} if there is none or none that can be understood
	 */
	@Nullable UploadInfo read(UploadId id) throws IOException {
		try {
			return parse(id);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (RuntimeException ex) {
			return readAgain(id);
		}
	}

	/**
	 * Reads a record that another instance may just have been writing the mark of.
	 */
	private @Nullable UploadInfo readAgain(UploadId id) throws IOException {
		try {
			return parse(id);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
		catch (RuntimeException ex) {
			// Any kind of wrong content is treated alike, whoever wrote it.
			logger.warn(LogMessage.format("'%s' is not the record of an upload: %s", file(id),
					(ex instanceof JacksonException json) ? json.getOriginalMessage() : ex.getMessage()));
			return null;
		}
	}

	private @Nullable UploadInfo parse(UploadId id) throws IOException {
		byte[] content = content(file(id));
		if (content.length == 0) {
			return null;
		}
		InfoDocument document = Json.reader.readValue(content);
		Assert.notNull(document, "The document is null");
		return document.toInfo(id, InfoDocument.hasMark(content), Files.getLastModifiedTime(file(id)).toInstant());
	}

	private byte[] content(Path file) throws IOException {
		try (InputStream input = this.openFiles.open(() -> Files.newInputStream(file))) {
			byte[] content = input.readNBytes(MAX_SIZE + 1);
			Assert.isTrue(content.length <= MAX_SIZE, "It is too large");
			return content;
		}
	}

	/**
	 * Whether a record begins as we write it, complete or not.
	 */
	boolean isOurs(UploadId id) throws IOException {
		try {
			return InfoDocument.isOurs(content(file(id)));
		}
		catch (NoSuchFileException | IllegalArgumentException ex) {
			return false;
		}
	}

	/**
	 * Made for the first record: hundreds of classes, which would delay the start.
	 */
	private static final class Json {

		private static final JsonMapper mapper = JsonMapper.builder().build();

		private static final ObjectReader reader = mapper.readerFor(InfoDocument.class);

		private static final ObjectWriter writer = mapper.writerFor(InfoDocument.class);

	}

}
