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
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.UploadId;

/**
 * Remembers for all instances which final uploads wait for a part: an empty file for each
 * of them in a directory for the part, so that whoever fills it finds them, and nobody
 * has to look for them before. Thread-safe.
 */
final class WaitingFiles {

	static final String DIRECTORY = ".wait";

	private final UnaryOperator<IOException> failures;

	private final Path directory;

	/**
	 * Creates an instance.
	 * @param directory the directory of the uploads
	 * @param failures knows which failures of the file system mean that there is no room
	 */
	WaitingFiles(Path directory, UnaryOperator<IOException> failures) {
		this.failures = failures;
		this.directory = directory.resolve(DIRECTORY);
	}

	private Path directory(UploadId part) {
		return this.directory.resolve(part.toString());
	}

	/**
	 * Notes that an upload waits for a part.
	 */
	void add(UploadId id, UploadId part) throws IOException {
		try {
			tryToAdd(id, part);
		}
		catch (NoSuchFileException ex) {
			// Another instance has just removed the empty directory.
			tryToAdd(id, part);
		}
		catch (IOException ex) {
			throw this.failures.apply(ex);
		}
	}

	private void tryToAdd(UploadId id, UploadId part) throws IOException {
		try {
			Files.createFile(Files.createDirectories(directory(part)).resolve(id.toString()));
		}
		catch (FileAlreadyExistsException ex) {
			// It is noted already.
		}
	}

	/**
	 * Whether it is noted what an upload waits for.
	 */
	boolean contains(UploadId id, List<UploadId> parts) {
		return parts.stream().anyMatch((part) -> Files.exists(directory(part).resolve(id.toString())));
	}

	/**
	 * Returns the uploads that wait for a part.
	 */
	List<UploadId> list(UploadId part) throws IOException {
		return ids(directory(part));
	}

	/**
	 * Returns the parts for which uploads wait.
	 */
	List<UploadId> parts() throws IOException {
		return ids(this.directory);
	}

	private static List<UploadId> ids(Path directory) throws IOException {
		List<UploadId> ids = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			for (Path file : files) {
				String name = file.getFileName().toString();
				if (UploadId.isValid(name)) {
					ids.add(UploadId.of(name));
				}
			}
		}
		catch (NoSuchFileException ex) {
			// Nothing waits.
		}
		return ids;
	}

	/**
	 * Notes that an upload doesn't wait for a part.
	 */
	void remove(UploadId id, UploadId part) throws IOException {
		Files.deleteIfExists(directory(part).resolve(id.toString()));
	}

	/**
	 * Removes the directory of a part for which nothing waits.
	 */
	void tidy(UploadId part) throws IOException {
		try {
			Files.deleteIfExists(directory(part));
		}
		catch (DirectoryNotEmptyException ex) {
			// Something waits for it.
		}
	}

}
