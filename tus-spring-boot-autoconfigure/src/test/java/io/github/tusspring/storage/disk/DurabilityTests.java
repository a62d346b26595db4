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
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What is forced to the disk, and before what.
 */
class DurabilityTests {

	private static final UploadId ID = UploadId.of("upload");

	private final RecordingFileSystem files = new RecordingFileSystem();

	@TempDir
	private Path temporary;

	private DiskUploadStorage storage;

	@BeforeEach
	void openWithCompletion() throws IOException {
		open(Durability.COMPLETION);
	}

	private void open(Durability durability) throws IOException {
		close();
		Path directory = Files.createDirectories(this.temporary.resolve("uploads"));
		this.storage = new DiskUploadStorage(this.files.wrap(directory), durability, 0);
		this.files.steps.clear();
	}

	@AfterEach
	void close() {
		if (this.storage != null) {
			this.storage.close();
		}
	}

	@Test
	void whenNothingIsToOutliveACrashOfTheMachineThenNothingIsForced() throws Exception {
		open(Durability.NONE);
		create(null);
		append("abc");
		hold("XXX").close();
		hold("def").commit();
		this.storage.update(this.storage.find(ID).withLength(6));
		this.storage.update(this.storage.find(ID).withNextAttempt());
		this.storage.update(this.storage.find(ID).withState(UploadState.COMPLETED));
		this.storage.moveContent(this.storage.find(ID), target());
		this.storage.delete(ID);
		assertThat(this.files.steps).isNotEmpty().noneMatch((step) -> step.startsWith("force"));
	}

	@Test
	void whenUploadIsCreatedThenItsRecordIsForced() throws Exception {
		create(6L);
		assertThat(this.files.steps).containsExactly("write upload.info", "force upload.info");
	}

	@Test
	void whenEachAnswerIsToBeTrueAfterACrashThenTheEntryOfANewUploadIsForcedToo() throws Exception {
		open(Durability.APPEND);
		create(6L);
		assertThat(this.files.steps).containsExactly("write upload.info", "force upload.info", "force uploads");
	}

	@Test
	void whenBytesAreAppendedThenTheyAreNotForcedBeforeAllAreThere() throws Exception {
		create(6L);
		this.files.steps.clear();
		append("abc");
		append("def");
		assertThat(this.files.steps).containsExactly("write upload", "write upload");
	}

	@Test
	void whenEachAnswerIsToBeTrueAfterACrashThenBytesAreForcedBeforeTheyCount() throws Exception {
		open(Durability.APPEND);
		create(6L);
		this.files.steps.clear();
		append("abc");
		assertThat(this.files.steps).containsExactly("write upload", "force upload");
	}

	@Test
	void whenBytesAreNotForcedThenTheyAreCutOff() throws Exception {
		open(Durability.APPEND);
		create(6L);
		append("abc");
		try (UploadWriter writer = this.storage.append(this.storage.find(ID), 1, false)) {
			writer.write(bytes("def"));
		}
		assertThat(this.storage.find(ID).offset()).isEqualTo(3);
		append("DEF");
		assertThat(this.temporary.resolve("uploads/upload")).hasContent("abcDEF");
	}

	@Test
	void whenUploadIsFinishedThenItsBytesAndTheirEntryAreForcedBeforeItsRecordSaysSo() throws Exception {
		full();
		this.storage.update(this.storage.find(ID).withNextAttempt());
		assertThat(this.files.steps).containsExactly("force upload", "force uploads", "write upload.info",
				"force upload.info");
	}

	@Test
	void whenUploadIsCompletedThenItsRecordIsForced() throws Exception {
		full();
		this.storage.update(this.storage.find(ID).withNextAttempt());
		this.files.steps.clear();
		this.storage.update(this.storage.find(ID).withState(UploadState.COMPLETED));
		assertThat(this.files.steps).containsExactly("write upload.info", "force upload.info");
	}

	@Test
	void whenTheContentWasTakenThenTheNextAttemptHasNothingToForce() throws Exception {
		full();
		this.storage.update(this.storage.find(ID).withNextAttempt());
		this.storage.moveContent(this.storage.find(ID), target());
		this.storage.update(this.storage.find(ID).withNextAttempt());
		assertThat(this.storage.find(ID).attempts()).isEqualTo(2);
	}

	@Test
	void whenUploadIsFinishedByItsLengthThenItsNewRecordsEntryIsForced() throws Exception {
		create(null);
		append("abc");
		this.files.steps.clear();
		this.storage.update(this.storage.find(ID).withLength(3).withNextAttempt());
		assertThat(this.files.steps).containsExactly("force upload", "force uploads", "write upload.info.tmp",
				"force upload.info.tmp", "move upload.info.tmp upload.info", "force uploads");
	}

	@Test
	void whenLengthIsDeclaredInTheMiddleThenItIsNotForcedWithItsEntry() throws Exception {
		create(null);
		this.files.steps.clear();
		this.storage.update(this.storage.find(ID).withLength(9));
		assertThat(this.files.steps).containsExactly("write upload.info.tmp", "force upload.info.tmp",
				"move upload.info.tmp upload.info");
	}

	@Test
	void whenEachAnswerIsToBeTrueAfterACrashThenALengthIsForcedWithItsEntry() throws Exception {
		open(Durability.APPEND);
		create(null);
		this.files.steps.clear();
		this.storage.update(this.storage.find(ID).withLength(9));
		assertThat(this.files.steps).endsWith("move upload.info.tmp upload.info", "force uploads");
	}

	@Test
	void whenPartialUploadIsFullThenItsBytesAreForced() throws Exception {
		this.storage.create(NewUpload.builder(ID).length(6L).concatenation(new Concatenation.Partial()).build());
		this.files.steps.clear();
		append("abc");
		assertThat(this.files.steps).as("it is not full yet").containsExactly("write upload");
		append("def");
		assertThat(this.files.steps).endsWith("write upload", "force upload", "force uploads");
	}

	@Test
	void whenBytesAreHeldThenTheRecordSaysWhereToCutBeforeTheFirstIsWritten() throws Exception {
		create(6L);
		this.files.steps.clear();
		hold("abc");
		assertThat(this.files.steps).containsExactly("write upload.info", "force upload.info", "write upload");
	}

	@Test
	void whenHeldBytesAreDiscardedThenTheyAreGoneBeforeTheRecordForgetsThem() throws Exception {
		create(6L);
		UploadWriter writer = hold("abc");
		this.files.steps.clear();
		writer.close();
		assertThat(this.files.steps).containsExactly("cut upload", "force upload", "write upload.info");
	}

	@Test
	void whenHeldBytesCountThenThatNeedsNotBeForced() throws Exception {
		create(6L);
		UploadWriter writer = hold("abc");
		this.files.steps.clear();
		writer.commit();
		assertThat(this.files.steps).containsExactly("write upload.info");
	}

	@Test
	void whenEachAnswerIsToBeTrueAfterACrashThenHeldBytesAreForcedBeforeTheRecordSaysThatTheyCount() throws Exception {
		open(Durability.APPEND);
		create(6L);
		UploadWriter writer = hold("abc");
		this.files.steps.clear();
		writer.commit();
		assertThat(this.files.steps).containsExactly("force upload", "write upload.info", "force upload.info");
	}

	@Test
	void whenHeldBytesWereLeftByACrashThenTheNextAppendCutsThemOff() throws Exception {
		create(6L);
		hold("XXX");
		open(Durability.COMPLETION);
		append("abc");
		assertThat(this.files.steps).containsExactly("cut upload", "force upload", "write upload.info", "write upload");
	}

	@Test
	void whenDiskFailsInTheMiddleThenWhatItHasTakenCounts() throws Exception {
		create(6L);
		assertThat(offsetAfterAFailure(false)).isEqualTo(2);
		assertThat(this.storage.find(ID).offset()).isEqualTo(2);
	}

	@Test
	void whenDiskFailsInTheMiddleThenHeldBytesDoNotCount() throws Exception {
		create(6L);
		assertThat(offsetAfterAFailure(true)).isZero();
		assertThat(this.storage.find(ID).offset()).isZero();
	}

	@Test
	void whenDiskFailsInTheMiddleThenBytesThatWereNotForcedDoNotCount() throws Exception {
		open(Durability.APPEND);
		create(6L);
		assertThat(offsetAfterAFailure(false)).isZero();
		assertThat(this.storage.find(ID).offset()).isZero();
	}

	private long offsetAfterAFailure(boolean held) throws IOException {
		try (UploadWriter writer = this.storage.append(this.storage.find(ID), 1, held)) {
			this.files.bytesUntilFailure = 2;
			assertThatIOException().isThrownBy(() -> writer.write(bytes("abc")));
			this.files.bytesUntilFailure = Integer.MAX_VALUE;
			return writer.offset();
		}
	}

	@Test
	void whenContentIsMovedThenItsNewEntryIsForced() throws Exception {
		full();
		this.storage.moveContent(this.storage.find(ID), target());
		assertThat(this.files.steps).containsExactly("move upload target", "force taken");
	}

	@Test
	void whenContentIsMovedToAnotherFileSystemThenItIsForcedThereBeforeItIsRemovedHere() throws Exception {
		full();
		this.files.crossing = true;
		this.storage.moveContent(this.storage.find(ID), target());
		assertThat(target()).hasContent("abc");
		assertThat(this.files.steps).containsExactly("force target.copy", "move target.copy target", "force taken",
				"delete upload");
	}

	@Test
	void whenNothingIsToOutliveACrashOfTheMachineThenAMoveToAnotherFileSystemForcesNothing() throws Exception {
		open(Durability.NONE);
		full();
		this.files.crossing = true;
		this.storage.moveContent(this.storage.find(ID), target());
		assertThat(this.files.steps).containsExactly("move target.copy target", "delete upload");
	}

	@Test
	void whenMoveToAnotherFileSystemFailsThenNothingIsLeftThereAndAllStaysHere() throws Exception {
		full();
		this.files.crossing = true;
		Path taken = target();
		Files.createDirectories(taken.resolve("not-empty"));
		assertThatIOException().isThrownBy(() -> this.storage.moveContent(this.storage.find(ID), taken));
		assertThat(this.temporary.resolve("taken").toFile().list()).containsExactly("target");
		assertThat(this.temporary.resolve("uploads/upload")).hasContent("abc");
	}

	@Test
	void whenAnswerRepeatsWhatWasStoredThenThatIsForcedWhereEachAnswerIsToBeTrueAfterACrash() throws Exception {
		create(6L);
		append("abc");
		this.files.steps.clear();
		this.storage.secure(this.storage.find(ID));
		assertThat(this.files.steps).isEmpty();
		open(Durability.APPEND);
		this.storage.secure(this.storage.find(ID));
		assertThat(this.files.steps).containsExactly("force upload");
	}

	@Test
	void whenNothingWasStoredThenNothingIsForced() throws Exception {
		open(Durability.APPEND);
		create(6L);
		this.files.steps.clear();
		this.storage.secure(this.storage.find(ID));
		assertThat(this.files.steps).isEmpty();
	}

	private Path target() throws IOException {
		Path directory = Files.createDirectories(this.temporary.resolve("taken"));
		return this.files.wrap(directory.resolve("target"));
	}

	private void create(Long length) throws IOException {
		this.storage.create(NewUpload.builder(ID).length(length).build());
	}

	private void full() throws IOException {
		create(3L);
		append("abc");
		this.files.steps.clear();
	}

	private void append(String text) throws IOException {
		try (UploadWriter writer = this.storage.append(this.storage.find(ID), 1, false)) {
			writer.write(bytes(text));
			writer.commit();
		}
	}

	private UploadWriter hold(String text) throws IOException {
		Upload upload = this.storage.find(ID);
		UploadWriter writer = this.storage.append(upload, 1, true);
		writer.write(bytes(text));
		return writer;
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static final class RecordingFileSystem extends ForwardingFileSystem {

		private final List<String> steps = new ArrayList<>();

		private boolean crossing;

		private int bytesUntilFailure = Integer.MAX_VALUE;

		private void add(String step, Path... files) {
			StringBuilder text = new StringBuilder(step);
			for (Path file : files) {
				text.append(' ').append(file.getFileName().toString().replaceFirst("\\.\\d+\\.tmp$", ".copy"));
			}
			this.steps.add(text.toString());
		}

		@Override
		protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
				throws IOException {
			return new ForwardingFileChannel(super.open(path, options, attributes)) {

				@Override
				public int write(ByteBuffer source, long position) throws IOException {
					add("write", path);
					int limit = RecordingFileSystem.this.bytesUntilFailure;
					if (limit == 0) {
						throw new IOException("Input/output error");
					}
					ByteBuffer taken = source.slice(source.position(), Math.min(limit, source.remaining()));
					int count = super.write(taken, position);
					source.position(source.position() + count);
					RecordingFileSystem.this.bytesUntilFailure -= count;
					return count;
				}

				@Override
				public FileChannel truncate(long size) throws IOException {
					add("cut", path);
					return super.truncate(size);
				}

				@Override
				public void force(boolean metaData) {
					add("force", path);
				}

			};
		}

		@Override
		protected void move(Path source, Path target, CopyOption... options) throws IOException {
			if (this.crossing && !source.getParent().equals(target.getParent())) {
				throw new AtomicMoveNotSupportedException(source.toString(), target.toString(),
						"Invalid cross-device link");
			}
			super.move(source, target, options);
			add("move", source, target);
		}

		@Override
		protected void delete(Path path) throws IOException {
			super.delete(path);
			add("delete", path);
		}

	}

}
