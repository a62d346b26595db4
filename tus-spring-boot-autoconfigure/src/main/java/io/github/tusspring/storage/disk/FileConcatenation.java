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
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Makes one file of several. The first part's file becomes the final one by a hard link
 * and the others are appended to it by the kernel: the first part keeps its own bytes,
 * since what goes beyond its length isn't its own. A part that begins two final uploads
 * is copied for the second.
 */
final class FileConcatenation {

	private static final Log logger = LogFactory.getLog(FileConcatenation.class);

	/**
	 * How many bytes are copied between two looks at the free space.
	 */
	private static final long PIECE = 16 * 1024 * 1024;

	private final InfoFiles files;

	private final OpenFiles openFiles;

	private final FreeSpace freeSpace;

	FileConcatenation(InfoFiles files, OpenFiles openFiles, FreeSpace freeSpace) {
		this.files = files;
		this.openFiles = openFiles;
		this.freeSpace = freeSpace;
	}

	/**
	 * Checks that no file is where the content of a final upload will be.
	 */
	void checkAbsent(UploadId id) throws IOException {
		Path data = this.files.data(id);
		if (Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
			throw new FileAlreadyExistsException(data.toString());
		}
	}

	/**
	 * Gives a final upload the content of its parts. It is made next to the upload's file
	 * and moved into place, so that a crash leaves all of it or nothing. No file is there
	 * before: ext4 would write all of the new one to the disk when it replaces another.
	 */
	void concatenate(Upload upload, List<Upload> parts) throws IOException {
		Path target = this.files.concatenation(upload.id());
		Upload linked = null;
		try {
			Files.deleteIfExists(target);
			linked = link(target, parts.get(0)) ? parts.get(0) : null;
			if (linked != null) {
				append(target, StandardOpenOption.WRITE, linked.offset(), parts.subList(1, parts.size()));
			}
			else {
				append(target, StandardOpenOption.CREATE_NEW, 0, parts);
			}
			Files.move(target, this.files.data(upload.id()), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException | RuntimeException ex) {
			undo(target, linked, ex);
			throw ex;
		}
	}

	private boolean link(Path target, Upload first) throws IOException {
		Path source = this.files.data(first.id());
		if (first.offset() == 0 || Files.size(source) != first.offset()) {
			return false;
		}
		try {
			if (links(source) != 1) {
				// Another final upload has this file: it must not grow any more.
				return false;
			}
			Files.createLink(target, source);
			// If another one takes it at the same moment, each sees the other's link.
			if (links(target) == 2) {
				return true;
			}
		}
		catch (UnsupportedOperationException | IllegalArgumentException | FileSystemException ex) {
			logger.debug(LogMessage.format("'%s' can't be linked: %s", source, ex));
		}
		Files.deleteIfExists(target);
		return false;
	}

	private static int links(Path file) throws IOException {
		return (Integer) Files.getAttribute(file, "unix:nlink");
	}

	private void append(Path target, OpenOption option, long offset, List<Upload> parts) throws IOException {
		long copies = parts.stream().mapToLong(Upload::offset).sum();
		if (copies > 0) {
			this.freeSpace.check(copies);
		}
		try (FileChannel output = this.openFiles.open(target, option, StandardOpenOption.WRITE)) {
			if (output.size() != offset) {
				throw new IOException("'%s' has %d bytes rather than %d".formatted(target, output.size(), offset));
			}
			output.position(offset);
			for (Upload part : parts) {
				try (FileChannel input = this.openFiles.open(this.files.data(part.id()), StandardOpenOption.READ)) {
					long copied = 0;
					while (copied < part.offset()) {
						long piece = Math.min(PIECE, part.offset() - copied);
						long count = copy(input, copied, piece, output);
						if (count <= 0) {
							throw new IOException("Upload '" + part.id().abbreviated() + "' has lost bytes");
						}
						copied += count;
					}
				}
			}
		}
	}

	private long copy(FileChannel input, long position, long count, FileChannel output) throws IOException {
		this.freeSpace.take(count);
		try {
			return input.transferTo(position, count, output);
		}
		finally {
			this.freeSpace.written(count);
		}
	}

	/**
	 * Gives back the room that the failed attempt took, in the first part's own file if
	 * that was linked: the link may be what has gone.
	 */
	private void undo(Path target, @Nullable Upload linked, Exception failure) {
		try {
			if (linked != null) {
				truncate(linked);
			}
			Files.deleteIfExists(target);
		}
		catch (IOException ex) {
			failure.addSuppressed(ex);
		}
	}

	private void truncate(Upload part) throws IOException {
		try (FileChannel file = this.openFiles.open(this.files.data(part.id()), StandardOpenOption.WRITE)) {
			file.truncate(part.offset());
		}
		catch (NoSuchFileException ex) {
			logger.debug(LogMessage.format("Part '%s' was removed meanwhile", part.id().abbreviated()));
		}
	}

}
