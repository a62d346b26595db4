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
 * The records of all uploads: each in its file, those that were looked at last in memory
 * too. An append writes none. Thread-safe.
 */
final class UploadRecords {

	private static final Log logger = LogFactory.getLog(UploadRecords.class);

	private final InfoCache cache = new InfoCache();

	private final InfoFiles files;

	private final OpenFiles openFiles;

	private final boolean shared;

	/**
	 * Creates an instance.
	 * @param files the files of the records
	 * @param openFiles opens files
	 * @param shared whether other instances write records at any time, so that what was
	 * written here says nothing
	 */
	UploadRecords(InfoFiles files, OpenFiles openFiles, boolean shared) {
		this.files = files;
		this.openFiles = openFiles;
		this.shared = shared;
	}

	/**
	 * Returns an upload as its record and its data file say.
	 * @return the upload, or {@code null} if there is none
	 */
	@Nullable Upload find(UploadId id) throws IOException {
		while (true) {
			InfoCache.Entry known = this.cache.find(id);
			BasicFileAttributes data = attributes(this.files.data(id));
			UploadInfo info = current(id, known);
			if (info == null) {
				return null;
			}
			// A record that is still the same says that nothing was cut off.
			if (data == null || (known != null && info == known.info()) || !isShorter(id, data.size())) {
				return toUpload(info, data);
			}
			// Bytes that didn't count were cut off before the record was looked at.
		}
	}

	/**
	 * Finds an upload as its files say, and doesn't remember it.
	 */
	@Nullable Upload read(UploadId id) throws IOException {
		while (true) {
			BasicFileAttributes data = attributes(this.files.data(id));
			UploadInfo info = this.files.read(id);
			if (info == null || data == null || !isShorter(id, data.size())) {
				return (info != null) ? toUpload(info, data) : null;
			}
		}
	}

	private boolean isShorter(UploadId id, long size) throws IOException {
		BasicFileAttributes data = attributes(this.files.data(id));
		return data != null && data.size() < size;
	}

	/**
	 * Returns a record as its file is now, from memory if the file is still the same.
	 * @return the record, or {@code null} if there is none
	 */
	@Nullable UploadInfo current(UploadId id) throws IOException {
		return current(id, this.cache.find(id));
	}

	private @Nullable UploadInfo current(UploadId id, InfoCache.@Nullable Entry known) throws IOException {
		InfoCache.Version version = InfoCache.Version.of(attributes(this.files.file(id)));
		if (known != null && version != null && known.isOf(version)) {
			return known.info();
		}
		UploadInfo info = this.files.read(id);
		this.cache.put(id, info, version);
		return info;
	}

	/**
	 * Lists all uploads as their files say. Those that nobody uses take no memory.
	 */
	Stream<Upload> list(Path directory) throws IOException {
		return ids(directory).flatMap((id) -> Stream.ofNullable(readIfPossible(id)));
	}

	Stream<UploadId> ids(Path directory) throws IOException {
		DirectoryStream<Path> stream = this.openFiles
			.open(() -> Files.newDirectoryStream(directory, "*" + InfoFiles.SUFFIX));
		return StreamSupport.stream(stream.spliterator(), false).map((file) -> {
			String name = file.getFileName().toString();
			return name.substring(0, name.length() - InfoFiles.SUFFIX.length());
		}).filter(UploadId::isValid).map(UploadId::of).onClose(() -> close(stream));
	}

	private @Nullable Upload readIfPossible(UploadId id) {
		try {
			return read(id);
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("'%s' can't be read: %s", this.files.file(id), ex));
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
	 * Returns a record that is going to be changed.
	 * @throws UploadNotFoundException if there is none
	 */
	UploadInfo require(UploadId id) throws IOException {
		UploadInfo info = this.shared ? this.files.read(id) : current(id);
		if (info == null) {
			throw new UploadNotFoundException(id);
		}
		return info;
	}

	void create(UploadInfo info) throws IOException {
		write(info, () -> this.files.create(info));
	}

	/**
	 * Writes a record again, all of it.
	 */
	void replace(UploadInfo info) throws IOException {
		write(info, () -> this.files.replace(info));
	}

	/**
	 * Writes the mark of a record that has one.
	 * @throws UploadNotFoundException if there is no record
	 */
	void mark(UploadInfo info, boolean forced) throws IOException {
		try {
			write(info, () -> this.files.mark(info.id(), Objects.requireNonNull(info.mark()), forced));
		}
		catch (NoSuchFileException ex) {
			throw new UploadNotFoundException(info.id());
		}
	}

	private void write(UploadInfo info, Writing writing) throws IOException {
		if (this.shared) {
			writing.write();
			return;
		}
		UploadId id = info.id();
		UploadInfo written = null;
		InfoCache.Version version = null;
		this.cache.writing(id);
		try {
			writing.write();
			version = InfoCache.Version.of(attributes(this.files.file(id)));
			// Not all of an answer is stored.
			written = (info.answer() == null) ? info : null;
		}
		finally {
			this.cache.written(id, written, version);
		}
	}

	/**
	 * Renews the time from which a record without content is remembered. The mark isn't
	 * written again: the application needs no lock for this, and a delivery may just be
	 * storing another one.
	 */
	void touch(UploadId id) throws IOException {
		UploadInfo info = require(id);
		if (info.mark() != null) {
			touchFile(id);
		}
		else {
			// Without its bytes a record of tusd's does not say that they were all there.
			replace(info.withMark(UploadInfo.Mark.INITIAL.withState(UploadState.COMPLETED)));
		}
	}

	private void touchFile(UploadId id) throws IOException {
		try {
			this.files.touch(id);
		}
		catch (NoSuchFileException ex) {
			throw new UploadNotFoundException(id);
		}
	}

	/**
	 * Makes sure that a full upload isn't delivered, nor a final one concatenated again,
	 * after a crash between the deletions of its bytes and of its record.
	 */
	void withdraw(@Nullable UploadInfo info, boolean forced) throws IOException {
		if (info != null && info.mark() != null
				&& (info.mark().state() == UploadState.FINISHING || info.mayWaitForParts())) {
			mark(info.withMark(info.mark().withState(UploadState.REJECTED)), forced);
		}
	}

	boolean delete(UploadId id) throws IOException {
		this.cache.remove(id);
		return Files.deleteIfExists(this.files.file(id));
	}

	private interface Writing {

		void write() throws IOException;

	}

}
