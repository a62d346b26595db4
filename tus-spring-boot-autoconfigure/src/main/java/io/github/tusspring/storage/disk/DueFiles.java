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
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for all instances which uploads may need something though no client asks for
 * them: a small file for each, so that nobody needs to look through all uploads. It says
 * until when an instance claims to deliver the upload, or when it is to be delivered
 * again. Thread-safe.
 */
final class DueFiles {

	static final String DIRECTORY = ".due";

	private static final String CLAIMED = "claimed ";

	private static final String NEXT = "next    ";

	/**
	 * Younger ones may belong to an upload that is just being created.
	 */
	private static final Duration AGE = Duration.ofMinutes(1);

	private final UnaryOperator<IOException> failures;

	private final Path directory;

	/**
	 * Creates an instance.
	 * @param directory the directory of the uploads
	 * @param failures knows which failures of the file system mean that there is no room
	 */
	DueFiles(Path directory, UnaryOperator<IOException> failures) throws IOException {
		this.failures = failures;
		this.directory = Files.createDirectories(directory.resolve(DIRECTORY));
	}

	/**
	 * Makes the directory again if somebody has removed it.
	 */
	private void inDirectory(Change change) throws IOException {
		try {
			change.make();
		}
		catch (NoSuchFileException ex) {
			Files.createDirectories(this.directory);
			change.make();
		}
		catch (FileAlreadyExistsException ex) {
			throw ex;
		}
		catch (IOException ex) {
			throw this.failures.apply(ex);
		}
	}

	private Path file(UploadId id) {
		return this.directory.resolve(id.toString());
	}

	/**
	 * Notes that an upload may need something, unless that is noted already: there may be
	 * a claim.
	 */
	void add(UploadId id) throws IOException {
		try {
			inDirectory(() -> Files.createFile(file(id)));
		}
		catch (FileAlreadyExistsException ex) {
			// It is noted already.
		}
	}

	/**
	 * Notes that an upload is being delivered.
	 */
	void claim(UploadId id, Instant until) throws IOException {
		inDirectory(() -> write(id, CLAIMED, until, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
	}

	/**
	 * Notes that an upload is still being delivered, unless the delivery has just ended.
	 */
	void renew(UploadId id, Instant until) throws IOException {
		try {
			write(id, CLAIMED, until, StandardOpenOption.WRITE);
		}
		catch (NoSuchFileException ex) {
			// Nothing needs to be done with it any more.
		}
	}

	/**
	 * Notes when an upload is to be delivered again.
	 */
	void postpone(UploadId id, Instant next) throws IOException {
		inDirectory(() -> write(id, NEXT, next, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
	}

	/**
	 * Writes in one go, without emptying the file first. All texts are equally long for
	 * 250 years, so that what is read is old or new.
	 */
	private void write(UploadId id, String kind, Instant time, OpenOption... options) throws IOException {
		Files.write(file(id), (kind + time.toEpochMilli()).getBytes(StandardCharsets.US_ASCII), options);
	}

	/**
	 * Notes that nothing needs to be done with an upload.
	 */
	void remove(UploadId id) throws IOException {
		Files.deleteIfExists(file(id));
	}

	/**
	 * Returns until when an instance claims to deliver an upload.
	 * @return the time, which may be over, or {@code null}
	 */
	@Nullable Instant claimed(UploadId id) throws IOException {
		return time(id, CLAIMED);
	}

	/**
	 * Returns when an upload is to be delivered again.
	 * @return the time, which may be over, or {@code null}
	 */
	@Nullable Instant next(UploadId id) throws IOException {
		return time(id, NEXT);
	}

	private @Nullable Instant time(UploadId id, String kind) throws IOException {
		try {
			String text = new String(Files.readAllBytes(file(id)), StandardCharsets.US_ASCII);
			return text.startsWith(kind) ? Instant.ofEpochMilli(Long.parseLong(text.substring(kind.length()))) : null;
		}
		catch (NoSuchFileException | NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * Makes the directory again if somebody has removed it with all that was noted.
	 * @return whether it was gone
	 */
	boolean restore() throws IOException {
		boolean gone = !Files.isDirectory(this.directory);
		Files.createDirectories(this.directory);
		return gone;
	}

	/**
	 * Returns the uploads that are noted.
	 */
	List<UploadId> list() throws IOException {
		List<UploadId> ids = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.directory)) {
			for (Path file : files) {
				String name = file.getFileName().toString();
				if (UploadId.isValid(name)) {
					ids.add(UploadId.of(name));
				}
			}
		}
		return ids;
	}

	/**
	 * Removes the note of an upload that isn't there or needs nothing any more.
	 */
	void tidy(UploadId id) throws IOException {
		try {
			if (Files.getLastModifiedTime(file(id)).toInstant().isBefore(Instant.now().minus(AGE))) {
				remove(id);
			}
		}
		catch (NoSuchFileException ex) {
			// Another instance was quicker.
		}
	}

	/**
	 * A change of a file.
	 */
	@FunctionalInterface
	private interface Change {

		void make() throws IOException;

	}

}
