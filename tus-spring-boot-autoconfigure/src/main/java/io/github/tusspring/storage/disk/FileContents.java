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
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Moves files and forces them to the disk.
 */
final class FileContents {

	private static final Log logger = LogFactory.getLog(FileContents.class);

	/**
	 * How long another process, such as a virus scanner, may keep a file open that is to
	 * be replaced.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	private final AtomicBoolean unforceable = new AtomicBoolean();

	private final OpenFiles openFiles;

	private final boolean forced;

	/**
	 * Creates an instance.
	 * @param openFiles opens files
	 * @param forced whether a move is to outlive a crash of the machine
	 */
	FileContents(OpenFiles openFiles, boolean forced) {
		this.openFiles = openFiles;
		this.forced = forced;
	}

	/**
	 * Moves a file, atomically where the file systems can: else the target appears at
	 * once and complete, before the source is removed.
	 */
	void move(Path source, Path target) throws IOException {
		Path parent = Objects.requireNonNull(target.toAbsolutePath().getParent());
		try {
			Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
			forceMove(parent);
		}
		catch (AtomicMoveNotSupportedException ex) {
			copy(source, target, parent);
			forceMove(parent);
			Files.delete(source);
		}
	}

	private void copy(Path source, Path target, Path parent) throws IOException {
		Path copy = this.openFiles.open(() -> Files.createTempFile(parent, target.getFileName() + ".", null));
		try {
			this.openFiles.open(() -> Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING));
			if (this.forced) {
				force(copy);
			}
			Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(copy);
		}
	}

	private void forceMove(Path parent) {
		if (this.forced) {
			forceEntries(parent);
		}
	}

	/**
	 * Moves a file to another place in the same directory, whose former file is replaced
	 * at once and completely. Windows refuses that as long as anybody has it open.
	 */
	static void replace(Path source, Path target) throws IOException {
		long begin = System.nanoTime();
		while (true) {
			try {
				Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
				return;
			}
			catch (AccessDeniedException ex) {
				if (System.nanoTime() - begin > PATIENCE.toNanos() || !pause()) {
					throw ex;
				}
			}
		}
	}

	private static boolean pause() {
		try {
			Thread.sleep(5);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Forces a file to the disk.
	 */
	void force(Path file) throws IOException {
		try (FileChannel channel = openToForce(file)) {
			channel.force(true);
		}
		catch (NoSuchFileException ex) {
			logger.debug(LogMessage.format("'%s' was removed before it was forced", file));
		}
	}

	/**
	 * Opens a file in the way in which every system forces it, or for reading where it
	 * must not be written.
	 */
	private FileChannel openToForce(Path file) throws IOException {
		try {
			return this.openFiles.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
		}
		catch (FileSystemException ex) {
			return this.openFiles.open(file, StandardOpenOption.READ);
		}
	}

	/**
	 * Forces the entries of a directory to the disk, where that is possible: Windows and
	 * many network file systems know no such thing.
	 */
	void forceEntries(Path directory) {
		try (FileChannel channel = this.openFiles.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			if (this.unforceable.compareAndSet(false, true)) {
				logger.info(LogMessage.format("Entries of '%s' can't be forced to the disk: %s", directory, ex));
			}
		}
	}

}
