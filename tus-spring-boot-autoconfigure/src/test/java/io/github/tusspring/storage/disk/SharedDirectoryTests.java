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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Two instances on one directory, of which one does something in the middle of what the
 * other does.
 */
class SharedDirectoryTests {

	private static final UploadId ID = UploadId.of("upload");

	private final InterruptedFileSystem files = new InterruptedFileSystem();

	@TempDir
	private Path directory;

	private DiskUploadStorage storage;

	private DiskUploadStorage other;

	@BeforeEach
	void open() throws IOException {
		this.storage = new DiskUploadStorage(this.files.wrap(this.directory), Durability.NONE, 0);
		this.other = new DiskUploadStorage(this.directory, Durability.NONE, 0);
	}

	@AfterEach
	void close() {
		this.storage.close();
		this.other.close();
	}

	@Test
	void fileSystemThatLocksNoFilesIsNoneForInstancesThatShareIt(@TempDir Path directory) throws IOException {
		try (FileChannel channel = FileChannel.open(Files.createFile(directory.resolve("file")))) {
			FileChannel unlockable = new ForwardingFileChannel(channel) {

				@Override
				public FileLock tryLock(long position, long size, boolean shared) throws IOException {
					throw new IOException("No locks available");
				}

			};
			assertThatExceptionOfType(UnlockableDirectoryException.class)
				.isThrownBy(() -> FenceFile.checkLocks(unlockable, directory))
				.withMessage(directory + ": its file system locks no files (No locks available)");
		}
	}

	@Test
	void bytesThatAnotherInstanceDidNotVerifyBeforeItDiedAreCutOff() throws Exception {
		createAndRemember();
		this.other.append(this.other.find(ID), 1, true).write(bytes("XXX"));
		assertThat(this.storage.find(ID).offset()).isEqualTo(3);
		append(this.storage, ID, "def");
		assertThat(content(this.storage, ID)).isEqualTo("abcdef");
	}

	@Test
	void appendGoesByTheRecordInTheFile() throws Exception {
		createAndRemember();
		this.other.append(this.other.find(ID), 1, true).write(bytes("XXX"));
		Upload unverified = this.storage.find(ID).withOffset(6);
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.storage.append(unverified, 1, false));
		assertThat(this.storage.find(ID).offset()).isEqualTo(3);
	}

	@Test
	void appendKeepsWhatAnOlderWriterCommittedBeforeItWasFenced() throws Exception {
		createAndRemember();
		UploadWriter old = this.storage.append(this.storage.find(ID), 1, true);
		old.write(bytes("def"));
		Upload before = this.storage.find(ID);
		old.commit();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.storage.append(before, 2, false));
		assertThat(this.storage.find(ID).offset()).isEqualTo(6);
	}

	@Test
	void offsetThatIsReadWhileBytesAreDiscardedIsOneThatCounts() throws Exception {
		createAndRemember();
		UploadWriter writer = this.storage.append(this.storage.find(ID), 1, true);
		writer.write(bytes("XXX"));
		this.files.afterLookAt("upload", writer::close);
		assertThat(this.storage.find(ID).offset()).isEqualTo(3);
	}

	@Test
	void offsetThatIsListedWhileBytesAreDiscardedIsOneThatCounts() throws Exception {
		createAndRemember();
		UploadWriter writer = this.storage.append(this.storage.find(ID), 1, true);
		writer.write(bytes("XXX"));
		this.files.afterLookAt("upload", writer::close);
		try (Stream<Upload> uploads = this.storage.list()) {
			assertThat(uploads).extracting(Upload::offset).containsExactly(3L);
		}
	}

	@Test
	void fileThatCanNotBeReadKeepsNoOtherFromBeingTidied() throws Exception {
		for (String name : List.of("a", "b", "c")) {
			Files.createFile(this.directory.resolve(name + ".info"));
			age(name + ".info");
		}
		this.files.afterLookAt("b.info", () -> {
			throw new IOException("broken");
		});
		this.storage.tidy();
		assertThat(this.directory.toFile().list()).containsExactly("b.info");
	}

	@Test
	void recordThatChangesWhileItIsReadIsNotRememberedAsItWas() throws Exception {
		Upload part = part("a", "one");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(this.storage, id, part);
		age("final.info");
		this.files.afterLookAt("final.info", () -> {
			Upload full = this.other.concatenate(created, List.of(part));
			this.other.update(full.withNextAttempt().withState(UploadState.COMPLETED));
		});
		this.storage.find(id);
		assertThat(this.storage.find(id).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void recordThatChangesWithinOneTickOfTheClockIsReadAgain() throws Exception {
		createAndRemember();
		// As a file system with a coarse clock has it.
		FileTime now = FileTime.from(Instant.now().truncatedTo(ChronoUnit.SECONDS));
		Files.setLastModifiedTime(this.directory.resolve("upload.info"), now);
		this.storage.find(ID);
		UploadWriter writer = this.other.append(this.other.find(ID), 1, true);
		writer.write(bytes("XXX"));
		Files.setLastModifiedTime(this.directory.resolve("upload.info"), now);
		assertThat(this.storage.find(ID).offset()).isEqualTo(3);
	}

	@Test
	void twoFinalUploadsThatTakeTheSameFirstPartAtOnceHaveTheirOwnBytes() throws Exception {
		Upload part = part("a", "one");
		Upload second = part("b", "two");
		Upload third = part("c", "three");
		Upload first = createFinal(this.storage, UploadId.of("first"), part, second);
		Upload rival = createFinal(this.other, UploadId.of("rival"), part, third);
		this.files.beforeLink(() -> this.other.concatenate(rival, List.of(part, third)));
		this.storage.concatenate(first, List.of(part, second));
		assertThat(content(this.storage, UploadId.of("first"))).isEqualTo("onetwo");
		assertThat(content(this.storage, UploadId.of("rival"))).isEqualTo("onethree");
	}

	@Test
	void finalUploadWhoseFirstPartWasLinkedInTheMiddleHasItsOwnBytes() throws Exception {
		Upload part = part("a", "one");
		Upload second = part("b", "two");
		Upload third = part("c", "three");
		Upload first = createFinal(this.storage, UploadId.of("first"), part, second);
		Upload rival = createFinal(this.other, UploadId.of("rival"), part, third);
		this.files.afterLink(() -> this.other.concatenate(rival, List.of(part, third)));
		this.storage.concatenate(first, List.of(part, second));
		assertThat(content(this.storage, UploadId.of("first"))).isEqualTo("onetwo");
		assertThat(content(this.storage, UploadId.of("rival"))).isEqualTo("onethree");
	}

	@Test
	void concatenationThatHasJustBegunIsNotLeftBehind() throws Exception {
		Upload part = part("a", "one");
		Upload second = part("b", "two");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(this.storage, id, part, second);
		age("a", Duration.ofHours(2));
		this.files.afterLink(() -> {
			this.other.tidy();
			assertThat(this.directory.resolve("final.concat")).exists();
		});
		this.storage.concatenate(created, List.of(part, second));
		assertThat(content(this.storage, id)).isEqualTo("onetwo");
	}

	@Test
	void finalUploadWhoseLinkIsRemovedInTheMiddleIsMadeAnew() throws Exception {
		Upload part = part("a", "one");
		Upload second = part("b", "two");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(this.storage, id, part, second);
		Path link = this.directory.resolve("final.concat");
		this.files.afterLookAt("final.concat links", () -> Files.delete(link));
		assertThatExceptionOfType(NoSuchFileException.class)
			.isThrownBy(() -> this.storage.concatenate(created, List.of(part, second)));
		assertThat(this.directory.resolve("final")).doesNotExist();
		this.storage.concatenate(created, List.of(part, second));
		assertThat(content(this.storage, id)).isEqualTo("onetwo");
	}

	@Test
	void finalUploadWhoseLinkIsRemovedWhileBytesAreAppendedLeavesThePartAsItWas() throws Exception {
		Upload part = part("a", "one");
		Upload second = part("b", "two");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(this.storage, id, part, second);
		this.files.beforeMove(() -> Files.delete(this.directory.resolve("final.concat")));
		assertThatExceptionOfType(NoSuchFileException.class)
			.isThrownBy(() -> this.storage.concatenate(created, List.of(part, second)));
		assertThat(this.directory.resolve("a")).hasContent("one");
	}

	@Test
	void linkThatIsReplacedInTheMiddleIsNotAppendedTo() throws Exception {
		Upload part = part("a", "one");
		Upload second = part("b", "two");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(this.storage, id, part, second);
		Path link = this.directory.resolve("final.concat");
		this.files.afterLookAt("final.concat links", () -> {
			Files.delete(link);
			Files.createFile(link);
		});
		assertThatIOException().isThrownBy(() -> this.storage.concatenate(created, List.of(part, second)))
			.withMessageContaining("has 0 bytes rather than 3");
		assertThat(this.directory.resolve("final")).doesNotExist();
	}

	@Test
	void finalUploadThatIsRemovedWhileItIsMadeLeavesNothing() throws Exception {
		Upload part = part("a", "one");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(this.storage, id, part);
		this.files.afterLink(() -> this.other.delete(id));
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.storage.concatenate(created, List.of(part)));
		assertThat(this.directory.toFile().list()).containsExactlyInAnyOrder("a", "a.info");
	}

	/**
	 * Creates an upload with three bytes whose record the storage has in memory.
	 */
	private void createAndRemember() throws IOException {
		this.other.create(NewUpload.builder(ID).length(9L).build());
		append(this.other, ID, "abc");
		age("upload.info");
		assertThat(this.storage.find(ID).offset()).isEqualTo(3);
	}

	private void age(String name) throws IOException {
		age(name, Duration.ofMinutes(1));
	}

	private void age(String name, Duration age) throws IOException {
		Files.setLastModifiedTime(this.directory.resolve(name), FileTime.from(Instant.now().minus(age)));
	}

	private Upload part(String name, String text) throws IOException {
		UploadId id = UploadId.of(name);
		this.other.create(
				NewUpload.builder(id).length((long) text.length()).concatenation(new Concatenation.Partial()).build());
		append(this.other, id, text);
		return this.other.find(id);
	}

	private static Upload createFinal(UploadStorage storage, UploadId id, Upload... parts) throws IOException {
		long length = Stream.of(parts).mapToLong(Upload::offset).sum();
		return storage.create(NewUpload.builder(id)
			.length(length)
			.concatenation(new Concatenation.Final(Stream.of(parts).map(Upload::id).toList(), ""))
			.build());
	}

	private static void append(UploadStorage storage, UploadId id, String text) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(id), 10, false)) {
			writer.write(bytes(text));
			writer.commit();
		}
	}

	private static String content(UploadStorage storage, UploadId id) throws IOException {
		return storage.content(storage.find(id)).getContentAsString(StandardCharsets.UTF_8);
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private interface Action {

		void run() throws IOException;

	}

	/**
	 * Does something once between two steps.
	 */
	private static final class InterruptedFileSystem extends ForwardingFileSystem {

		private final Map<String, Action> actions = new HashMap<>();

		void afterLookAt(String name, Action action) {
			this.actions.put("look " + name, action);
		}

		void beforeLink(Action action) {
			this.actions.put("before link", action);
		}

		void afterLink(Action action) {
			this.actions.put("after link", action);
		}

		void beforeMove(Action action) {
			this.actions.put("before move", action);
		}

		private void run(String step) throws IOException {
			Action action = this.actions.remove(step);
			if (action != null) {
				action.run();
			}
		}

		@Override
		protected <A extends BasicFileAttributes> A attributes(Path path, Class<A> type, LinkOption... options)
				throws IOException {
			A attributes = super.attributes(path, type, options);
			run("look " + path.getFileName());
			return attributes;
		}

		@Override
		protected Map<String, Object> attributes(Path path, String names, LinkOption... options) throws IOException {
			Map<String, Object> attributes = super.attributes(path, names, options);
			run("look " + path.getFileName() + " links");
			return attributes;
		}

		@Override
		protected void move(Path source, Path target, CopyOption... options) throws IOException {
			run("before move");
			super.move(source, target, options);
		}

		@Override
		protected void link(Path link, Path existing) throws IOException {
			run("before link");
			super.link(link, existing);
			run("after link");
		}

	}

}
