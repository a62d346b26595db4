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
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.AbstractUploadStorageTests;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The promises of a storage on file systems that know less than those of Linux.
 */
class OtherFileSystemTests {

	private static final UploadId ID = UploadId.of("upload");

	/**
	 * What all have in common.
	 */
	abstract static class AbstractTests extends AbstractUploadStorageTests {

		private final List<DiskUploadStorage> storages = new CopyOnWriteArrayList<>();

		final ForwardingFileSystem files;

		private DiskUploadStorage storage;

		AbstractTests(ForwardingFileSystem files) {
			this.files = files;
		}

		@AfterEach
		void close() {
			this.storages.forEach(DiskUploadStorage::close);
		}

		@Override
		protected UploadStorage storage() {
			if (this.storage == null) {
				this.storage = (DiskUploadStorage) reopen();
			}
			return this.storage;
		}

		@Override
		protected UploadStorage reopen() {
			try {
				DiskUploadStorage opened = new DiskUploadStorage(this.files.wrap(this.directory.resolve("uploads")),
						Durability.APPEND, 0);
				this.storages.add(opened);
				return opened;
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

		Upload finish() throws IOException {
			storage().create(upload(ID, 3L));
			append(ID, "abc");
			storage().update(storage().find(ID).withNextAttempt());
			storage().update(storage().find(ID).withState(UploadState.COMPLETED));
			return storage().find(ID);
		}

	}

	/**
	 * As NFS, SMB and FUSE may be: directories can be opened, and not be forced.
	 */
	@Nested
	class WithoutForcedDirectories extends AbstractTests {

		WithoutForcedDirectories() {
			super(new ForwardingFileSystem() {

				@Override
				protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
						throws IOException {
					return new ForwardingFileChannel(super.open(path, options, attributes)) {

						@Override
						public void force(boolean metaData) throws IOException {
							if (Files.isDirectory(path)) {
								throw new IOException("Invalid argument");
							}
						}

					};
				}

			});
		}

		@Test
		void uploadsAreFinishedAndTheLogSaysOnceThatEntriesAreNotForced() throws Exception {
			ListAppender<ILoggingEvent> events = new ListAppender<>();
			events.start();
			Logger logger = (Logger) LoggerFactory.getLogger(FileContents.class);
			// An application that another test has started may have changed it.
			logger.setLevel(Level.INFO);
			logger.addAppender(events);
			try {
				assertThat(finish().state()).isEqualTo(UploadState.COMPLETED);
				storage().create(upload(UploadId.of("other"), 3L));
			}
			finally {
				logger.detachAppender(events);
				logger.setLevel(null);
			}
			assertThat(events.list).filteredOn((event) -> event.getFormattedMessage().contains("can't be forced"))
				.hasSize(1);
		}

	}

	/**
	 * A disk that fails for files, which means all.
	 */
	@Nested
	class WithoutForcedFiles {

		private boolean broken;

		@TempDir
		private Path directory;

		@Test
		void nothingIsFinished() throws Exception {
			ForwardingFileSystem files = new ForwardingFileSystem() {

				@Override
				protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
						throws IOException {
					return new ForwardingFileChannel(super.open(path, options, attributes)) {

						@Override
						public void force(boolean metaData) throws IOException {
							if (WithoutForcedFiles.this.broken) {
								throw new IOException("Input/output error");
							}
						}

					};
				}

			};
			DiskUploadStorage storage = new DiskUploadStorage(files.wrap(this.directory), Durability.COMPLETION, 0);
			storage.create(NewUpload.builder(ID).length(0L).build());
			Upload full = storage.find(ID);
			this.broken = true;
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.update(full.withNextAttempt()));
			this.broken = false;
			assertThat(storage.find(ID).attempts()).isZero();
			storage.close();
		}

	}

	/**
	 * As Windows is: directories can't be opened, and files that are open can be neither
	 * replaced nor removed nor moved.
	 */
	@Nested
	class WithFilesThatCanNotBeRemovedWhileTheyAreOpen extends AbstractTests {

		WithFilesThatCanNotBeRemovedWhileTheyAreOpen() {
			super(new StrictFileSystem());
		}

		@Test
		void uploadsAreFinished() throws Exception {
			assertThat(finish().state()).isEqualTo(UploadState.COMPLETED);
		}

		@Test
		void refusedAppendLeavesNoFileOpen() throws Exception {
			storage().create(upload(ID, 6L));
			Upload wrong = storage().find(ID).withOffset(3);
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> storage().append(wrong, 1, false));
			assertThat(storage().delete(ID)).isTrue();
		}

		@Test
		void uploadThatWaitsForBytesCanBeRemoved() throws Exception {
			storage().create(upload(ID, 6L));
			append(ID, "abc");
			assertThat(storage().delete(ID)).isTrue();
			assertThat(this.directory.resolve("uploads")).isEmptyDirectory();
		}

		@Test
		void whenContentOfAnEmptyUploadIsMovedThenItsFileIsNotOpenAnyMore() throws Exception {
			try (DiskUploadStorage storage = withoutForcing()) {
				Path target = this.files.wrap(this.directory.resolve("taken"));
				storage.moveContent(finishEmpty(storage), target);
				assertThat(target).isEmptyFile();
			}
		}

		@Test
		void whenContentOfAnEmptyUploadIsDeletedThenItsFileIsNotOpenAnyMore() throws Exception {
			try (DiskUploadStorage storage = withoutForcing()) {
				storage.deleteContent(finishEmpty(storage));
				assertThat(this.directory.resolve("uploads/upload")).doesNotExist();
			}
		}

		private DiskUploadStorage withoutForcing() throws IOException {
			// What can't be forced closes all files that are not in use.
			return new DiskUploadStorage(this.files.wrap(this.directory.resolve("uploads")), Durability.NONE, 0);
		}

		private Upload finishEmpty(DiskUploadStorage storage) throws IOException {
			storage.create(upload(ID, 0L));
			storage.update(storage.find(ID).withNextAttempt());
			storage.update(storage.find(ID).withState(UploadState.COMPLETED));
			return storage.find(ID);
		}

		@Test
		void noFileIsOpenAfterTheEnd() throws Exception {
			storage().create(upload(ID, 6L));
			append(ID, "abc");
			close();
			Files.delete(this.files.wrap(this.directory.resolve("uploads/upload")));
		}

		@Test
		void finalUploadsAreMadeOfPartsThatWereJustWritten() throws Exception {
			Upload first = part("a", "one");
			Upload second = part("b", "two");
			assertThat(concatenate("final", first, second).isFull()).isTrue();
			assertThat(content(storage(), UploadId.of("final"))).isEqualTo("onetwo");
		}

		@Test
		void recordThatSomebodyJustLooksAtIsReplacedWhenHeHasDone() throws Exception {
			storage().create(upload(ID, null));
			append(ID, "abc");
			Path record = this.directory.resolve("uploads/upload.info");
			FileChannel reader = this.files.wrap(record)
				.getFileSystem()
				.provider()
				.newFileChannel(this.files.wrap(record), Set.of());
			CompletableFuture.runAsync(() -> close(reader),
					CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
			storage().update(storage().find(ID).withLength(9));
			assertThat(reopen().find(ID).length()).isEqualTo(9);
		}

		@Test
		void recordThatSomebodyNeverLetsGoOfStaysAsItIs() throws Exception {
			storage().create(upload(ID, null));
			Path record = this.files.wrap(this.directory.resolve("uploads/upload.info"));
			try (FileChannel reader = record.getFileSystem().provider().newFileChannel(record, Set.of())) {
				assertThat(reader.isOpen()).isTrue();
				assertThatExceptionOfType(IOException.class)
					.isThrownBy(() -> storage().update(storage().find(ID).withLength(9)));
			}
			assertThat(reopen().find(ID).length()).isNull();
		}

		private static void close(FileChannel channel) {
			try {
				channel.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * As many network file systems are: without links.
	 */
	@Nested
	class WithoutLinks extends AbstractTests {

		WithoutLinks() {
			super(new ForwardingFileSystem() {

				@Override
				protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
						throws IOException {
					return new UnforcedChannel(super.open(path, options, attributes));
				}

				@Override
				protected void link(Path link, Path existing) throws IOException {
					throw new FileSystemException(link.toString(), existing.toString(), "Operation not permitted");
				}

			});
		}

		@Test
		void finalUploadIsACopy() throws Exception {
			Upload first = part("a", "one");
			Upload second = part("b", "two");
			storage().create(NewUpload.builder(ID).concatenation(new Concatenation.Partial()).build());
			assertThat(concatenate("final", first, second).isFull()).isTrue();
			assertThat(this.directory.resolve("uploads/a")).hasSize(3);
			assertThat(content(storage(), UploadId.of("final"))).isEqualTo("onetwo");
		}

	}

	/**
	 * Saves the time that it takes to force a file.
	 */
	private static class UnforcedChannel extends ForwardingFileChannel {

		UnforcedChannel(FileChannel channel) {
			super(channel);
		}

		@Override
		public void force(boolean metaData) {
		}

	}

	private static final class StrictFileSystem extends ForwardingFileSystem {

		private final List<Path> open = new CopyOnWriteArrayList<>();

		@Override
		protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
				throws IOException {
			if (Files.isDirectory(path)) {
				throw new AccessDeniedException(path.toString());
			}
			FileChannel channel = super.open(path, options, attributes);
			this.open.add(path);
			return new UnforcedChannel(channel) {

				@Override
				protected void implCloseChannel() throws IOException {
					super.implCloseChannel();
					StrictFileSystem.this.open.remove(path);
				}

			};
		}

		private void checkClosed(Path path) throws IOException {
			if (this.open.contains(path)) {
				throw new AccessDeniedException(path.toString(), null, "used by another process");
			}
		}

		@Override
		protected void delete(Path path) throws IOException {
			checkClosed(path);
			super.delete(path);
		}

		@Override
		protected void move(Path source, Path target, CopyOption... options) throws IOException {
			checkClosed(source);
			checkClosed(target);
			super.move(source, target, options);
		}

	}

}
