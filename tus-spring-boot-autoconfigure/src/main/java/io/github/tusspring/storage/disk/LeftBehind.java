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
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Removes what a crash has left behind: while a record was written, or an upload was
 * created, concatenated or deleted; and what need not be remembered any more. Files that
 * are not ours stay.
 */
final class LeftBehind {

	private static final Log logger = LogFactory.getLog(LeftBehind.class);

	/**
	 * Another instance may be working on what is younger.
	 */
	private static final Duration AGE = Duration.ofSeconds(10);

	/**
	 * Copying may stall for longer than anything else.
	 */
	private static final Duration CONCATENATION_AGE = Duration.ofHours(1);

	/**
	 * The clocks of instances may differ.
	 */
	private static final Duration USED_AGE = Duration.ofHours(1);

	private static final Pattern USED = Pattern.compile("\\.(\\d{1,12})\\" + InfoFiles.USED_SUFFIX);

	private final Path directory;

	private final InfoFiles files;

	private final OpenFiles openFiles;

	LeftBehind(Path directory, InfoFiles files, OpenFiles openFiles) {
		this.directory = directory;
		this.files = files;
		this.openFiles = openFiles;
	}

	boolean remove() throws IOException {
		Instant now = Instant.now();
		try (DirectoryStream<Path> stream = this.openFiles
			.open(() -> Files.newDirectoryStream(this.directory, "*.{info,tmp,concat,used}"))) {
			for (Path file : stream) {
				remove(file, now);
			}
			return true;
		}
		catch (DirectoryIteratorException ex) {
			throw ex.getCause();
		}
	}

	private void remove(Path file, Instant now) {
		try {
			BasicFileAttributes attributes = UploadRecords.attributes(file);
			if (attributes != null && attributes.isRegularFile() && isLeftBehind(file, attributes, now)) {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException | RuntimeException ex) {
			// The others are to be removed all the same.
			logger.warn(LogMessage.format("'%s' was left behind by a crash and can't be removed: %s", file, ex));
		}
	}

	private boolean isLeftBehind(Path file, BasicFileAttributes attributes, Instant now) throws IOException {
		String name = file.getFileName().toString();
		String id = name.substring(0, name.indexOf('.'));
		if (!UploadId.isValid(id)) {
			return false;
		}
		Instant modified = attributes.lastModifiedTime().toInstant();
		return switch (name.substring(id.length())) {
			case InfoFiles.TEMPORARY_SUFFIX -> modified.isBefore(now.minus(AGE));
			case InfoFiles.CONCATENATION_SUFFIX -> changed(file, modified).isBefore(now.minus(CONCATENATION_AGE));
			case InfoFiles.SUFFIX -> modified.isBefore(now.minus(AGE)) && isWithoutData(UploadId.of(id), attributes);
			default -> isOver(name.substring(id.length()), now);
		};
	}

	private static boolean isOver(String suffix, Instant now) {
		Matcher used = USED.matcher(suffix);
		return used.matches() && Instant.ofEpochSecond(Long.parseLong(used.group(1))).isBefore(now.minus(USED_AGE));
	}

	/**
	 * Returns when something was done to a file last. One that has just been linked has
	 * the time of the last write to the upload that it is linked to.
	 */
	private static Instant changed(Path file, Instant modified) throws IOException {
		try {
			Map<String, Object> attributes = Files.readAttributes(file, "unix:nlink,ctime");
			boolean linked = (Integer) attributes.get("nlink") > 1;
			return linked ? ((FileTime) attributes.get("ctime")).toInstant() : modified;
		}
		catch (UnsupportedOperationException | IllegalArgumentException ex) {
			// Nothing is linked there.
			return modified;
		}
	}

	private boolean isWithoutData(UploadId id, BasicFileAttributes attributes) throws IOException {
		if (Files.exists(this.files.data(id))) {
			return false;
		}
		if (attributes.size() == 0) {
			return true;
		}
		UploadInfo info = this.files.read(id);
		return (info != null) ? info.mark() != null && info.isReceiving() && !info.mayWaitForParts()
				: this.files.isOurs(id);
	}

}
