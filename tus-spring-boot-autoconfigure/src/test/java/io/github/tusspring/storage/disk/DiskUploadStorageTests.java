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
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.AbstractUploadStorageTests;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class DiskUploadStorageTests extends AbstractUploadStorageTests {

	private static final UploadId ID = UploadId.of("upload");

	private DiskUploadStorage storage;

	@BeforeEach
	void open() throws IOException {
		this.storage = new DiskUploadStorage(uploads(), Durability.NONE, 0);
	}

	@AfterEach
	void close() {
		this.storage.close();
	}

	private Path uploads() {
		return this.directory.resolve("uploads");
	}

	private Path file(String name) {
		return uploads().resolve(name);
	}

	@Override
	protected UploadStorage storage() {
		return this.storage;
	}

	@Override
	protected UploadStorage reopen() {
		try {
			return new DiskUploadStorage(uploads(), Durability.NONE, 0);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Test
	void uploadIsAFileWithItsIdAsNameAndARecordBesideIt() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abc");
		assertThat(files()).containsExactlyInAnyOrder("upload", "upload.info");
		assertThat(file("upload")).hasContent("abc");
		assertThat(this.storage.path(this.storage.find(ID))).isEqualTo(file("upload"));
	}

	@ParameterizedTest
	@EnumSource
	void eachDurabilityKeepsAndDeliversTheSame(Durability durability) throws Exception {
		DiskUploadStorage storage = new DiskUploadStorage(this.directory.resolve(durability.name()), durability, 0);
		storage.create(upload(ID, 6L));
		try (UploadWriter writer = storage.append(storage.find(ID), 1, false)) {
			writer.write(bytes("abc"));
			writer.commit();
		}
		try (UploadWriter writer = storage.append(storage.find(ID), 2, true)) {
			writer.write(bytes("def"));
			writer.commit();
		}
		storage.update(storage.find(ID).withNextAttempt());
		storage.update(storage.find(ID).withState(UploadState.COMPLETED));
		Path target = this.directory.resolve(durability + ".txt");
		storage.moveContent(storage.find(ID), target);
		assertThat(target).hasContent("abcdef");
		assertThat(storage.find(ID).state()).isEqualTo(UploadState.COMPLETED);
		storage.close();
	}

	@Test
	void forcedWriterShowsOnlyBytesThatAreForced() throws Exception {
		DiskUploadStorage forcing = new DiskUploadStorage(uploads(), Durability.APPEND, 0);
		forcing.create(upload(ID, 6L));
		try (UploadWriter writer = forcing.append(forcing.find(ID), 1, false)) {
			writer.write(bytes("abc"));
			assertThat(writer.offset()).isZero();
			writer.commit();
			assertThat(writer.offset()).isEqualTo(3);
		}
		forcing.close();
	}

	@Test
	void bytesOfAFullPartStayThoughTheyCouldNotBeForcedSinceAFinalUploadMayHaveThem() throws Exception {
		DiskUploadStorage forcing = new DiskUploadStorage(uploads(), Durability.APPEND, 0);
		forcing.create(NewUpload.builder(ID).length(3L).concatenation(new Concatenation.Partial()).build());
		UploadWriter failing = forcing.append(forcing.find(ID), 1, false);
		failing.write(bytes("one"));
		Upload created = forcing.create(NewUpload.builder(UploadId.of("final"))
			.length(3L)
			.concatenation(new Concatenation.Final(List.of(ID), ""))
			.build());
		forcing.concatenate(created, List.of(forcing.find(ID)));
		failing.close();
		assertThat(file("final")).hasContent("one");
		forcing.close();
	}

	@Test
	void fileThatIsNotAnUploadIsNeitherTakenOverNorTouched() throws Exception {
		Files.writeString(file("upload"), "somebody's");
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> this.storage.create(upload(ID, 6L)));
		assertThat(this.storage.find(ID)).isNull();
		assertThat(this.storage.delete(ID)).isFalse();
		this.storage.tidy();
		assertThat(files()).containsExactly("upload");
		assertThat(file("upload")).hasContent("somebody's");
	}

	@Test
	void creationThatFailsLeavesNothingBehind() throws Exception {
		// A directory in the data file's place.
		Files.createDirectory(file("upload"));
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> this.storage.create(upload(ID, 6L)));
		assertThat(files()).containsExactly("upload");
	}

	@Test
	void dataFileThatVanishedIsAnUploadThatIsNotFound() throws Exception {
		Upload created = this.storage.create(upload(ID, 6L));
		this.storage.close();
		DiskUploadStorage storage = (DiskUploadStorage) reopen();
		Files.delete(file("upload"));
		assertThat(storage.find(ID)).isNull();
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> storage.append(created, 1, false));
	}

	@Test
	void fullUploadThatLostBytesBeforeItWasTakenIsContinued() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abcdef");
		this.storage.update(this.storage.find(ID).withNextAttempt());
		cut("upload", 4);
		assertThat(this.storage.find(ID).offset()).isEqualTo(4);
		assertThat(this.storage.find(ID).state()).isEqualTo(UploadState.RECEIVING);
		append(ID, "EF");
		Upload full = this.storage.find(ID);
		assertThat(full.state()).isEqualTo(UploadState.FINISHING);
		this.storage.update(full.withNextAttempt());
		assertThat(content(this.storage, ID)).isEqualTo("abcdEF");
	}

	@Test
	void uploadThatLostBytesAfterItWasTakenWasTakenAllTheSame() throws Exception {
		complete(ID, "abcdef");
		cut("upload", 4);
		for (UploadStorage storage : List.of(this.storage, reopen())) {
			assertThat(storage.find(ID).offset()).isEqualTo(6);
			assertThat(storage.find(ID).state()).isEqualTo(UploadState.COMPLETED);
		}
	}

	@Test
	void uploadWhoseFileGrewIsNotDelivered() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abcdef");
		Files.writeString(file("upload"), "more", StandardOpenOption.APPEND);
		Upload full = this.storage.find(ID);
		assertThat(full.offset()).isEqualTo(6);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.storage.update(full.withNextAttempt()))
			.withMessageContaining("10 bytes rather than 6");
		assertThat(reopen().find(ID).attempts()).isZero();
	}

	@Test
	void uploadWhoseFileVanishedIsNotDelivered() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abcdef");
		Upload full = this.storage.find(ID);
		Files.delete(file("upload"));
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.storage.update(full.withNextAttempt()));
	}

	@Test
	void uploadWhoseContentAFormerAttemptTookIsDeliveredAgain() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abcdef");
		this.storage.update(this.storage.find(ID).withNextAttempt());
		this.storage.moveContent(this.storage.find(ID), this.directory.resolve("taken"));
		this.storage.update(this.storage.find(ID).withNextAttempt());
		assertThat(reopen().find(ID).attempts()).isEqualTo(2);
	}

	private void cut(String name, long size) throws IOException {
		try (FileChannel file = FileChannel.open(file(name), StandardOpenOption.WRITE)) {
			file.truncate(size);
		}
	}

	@Test
	void fileThatAnInterruptClosedIsOpenedAgain() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "ab");
		UploadWriter writer = this.storage.append(this.storage.find(ID), 100, false);
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> writer.write(bytes("c")));
		assertThat(Thread.interrupted()).isTrue();
		writer.close();
		try (UploadWriter next = this.storage.append(this.storage.find(ID), 101, false)) {
			next.write(bytes("cdef"));
			next.commit();
		}
		assertThat(content(this.storage, ID)).isEqualTo("abcdef");
	}

	@Test
	void stateThatAnotherInstanceHasStoredIsSeen() throws Exception {
		this.storage.create(upload(ID, 3L));
		append(ID, "abc");
		this.storage.update(this.storage.find(ID).withNextAttempt());
		UploadStorage other = reopen();
		other.update(other.find(ID).withState(UploadState.COMPLETED));
		assertThat(this.storage.find(ID).state()).isEqualTo(UploadState.COMPLETED);
		other.delete(ID);
		assertThat(this.storage.find(ID)).isNull();
	}

	@Test
	void crashWhileAnUploadWasCreatedLeavesNothing() throws Exception {
		this.storage.create(upload(ID, 3L));
		Files.delete(file("upload"));
		Files.createFile(file("empty.info"));
		Files.writeString(file("torn.info"), "{\"State\":\"RECEI");
		Files.writeString(file("upload.info.tmp"), "{");
		age("upload.info", "empty.info", "torn.info", "upload.info.tmp");
		assertThat(list(this.storage)).isEmpty();
		this.storage.tidy();
		assertThat(files()).isEmpty();
	}

	@Test
	void useOfAnIdIsRememberedUntilItsTimeIsOver() throws Exception {
		Instant now = Instant.now();
		this.storage.use(UploadId.of("over"), now.minusSeconds(3700));
		this.storage.use(UploadId.of("perhaps"), now.minusSeconds(3500));
		Files.createFile(file("foreign.used"));
		Files.createFile(file("foreign.1.x.used"));
		this.storage.tidy();
		assertThat(files()).containsExactlyInAnyOrder("perhaps." + now.minusSeconds(3500).getEpochSecond() + ".used",
				"foreign.used", "foreign.1.x.used");
	}

	@Test
	void whenConcatenationHasStoodStillForAnHourThenItWasLeftByACrash() throws Exception {
		Files.createFile(file("old.concat"));
		Files.createFile(file("young.concat"));
		age(Duration.ofMinutes(61), "old.concat");
		age(Duration.ofMinutes(59), "young.concat");
		this.storage.tidy();
		assertThat(files()).containsExactly("young.concat");
	}

	@Test
	void whenFileSystemKnowsNoLinksThenAConcatenationIsAsOldAsItsLastByte() throws Exception {
		ForwardingFileSystem files = new ForwardingFileSystem() {

			@Override
			protected Map<String, Object> attributes(Path path, String names, LinkOption... options) {
				throw new UnsupportedOperationException();
			}

		};
		Files.createFile(file("old.concat"));
		Files.createFile(file("young.concat"));
		age(Duration.ofMinutes(61), "old.concat");
		try (DiskUploadStorage storage = new DiskUploadStorage(files.wrap(uploads()), Durability.NONE, 0)) {
			storage.tidy();
		}
		assertThat(files()).containsExactly("young.concat");
	}

	@Test
	void whatAnotherInstanceMayJustBeCreatingIsNotTidied() throws Exception {
		Files.createFile(file("empty.info"));
		Files.createFile(file("upload.info.tmp"));
		this.storage.tidy();
		assertThat(files()).containsExactlyInAnyOrder("empty.info", "upload.info.tmp");
	}

	@Test
	void whenBytesAreThereThenTheirDamagedRecordIsNotTidied() throws Exception {
		Files.createFile(file("empty.info"));
		Files.writeString(file("empty"), "somebody's");
		age("empty.info");
		this.storage.tidy();
		assertThat(files()).containsExactlyInAnyOrder("empty", "empty.info");
	}

	@Test
	void foreignFilesAreNotTidied() throws Exception {
		Files.writeString(file("foreign.info"), "hello");
		Files.writeString(file("other.json.info"), "{}");
		Files.writeString(file("some.tmp"), "x");
		// No upload has such a name.
		Files.createFile(file("a file.info"));
		age("foreign.info", "other.json.info", "some.tmp", "a file.info");
		this.storage.tidy();
		assertThat(files()).hasSize(4);
	}

	@Test
	void crashWhileAFinishingUploadWasDeletedLeavesNothingToDeliver() throws Exception {
		this.storage.create(upload(ID, 3L));
		append(ID, "abc");
		this.storage.update(this.storage.find(ID).withNextAttempt());
		// The deletion gets as far as the data file: the record can't be deleted, since
		// it
		// is a link to one that stays.
		byte[] before = Files.readAllBytes(file("upload.info"));
		Path copy = Files.createLink(this.directory.resolve("record"), file("upload.info"));
		this.storage.delete(ID);
		assertThat(Files.readAllBytes(copy)).isNotEqualTo(before);
		Files.copy(copy, file("upload.info"));
		assertThat(reopen().find(ID).state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void whatWithdrawsAnUploadIsForcedBeforeItsBytesAreDeleted() throws Exception {
		List<String> steps = new ArrayList<>();
		ForwardingFileSystem files = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				return new ForwardingFileChannel(super.open(path, options, attributes)) {

					@Override
					public void force(boolean metaData) throws IOException {
						steps.add("force " + path.getFileName());
						super.force(metaData);
					}

				};
			}

			@Override
			protected void delete(Path path) throws IOException {
				steps.add("delete " + path.getFileName());
				super.delete(path);
			}

		};
		try (DiskUploadStorage forcing = new DiskUploadStorage(files.wrap(uploads()), Durability.COMPLETION, 0)) {
			Upload created = forcing.create(NewUpload.builder(ID).length(3L).build());
			try (UploadWriter writer = forcing.append(created, 1, false)) {
				writer.write(ByteBuffer.wrap(new byte[3]));
				writer.commit();
			}
			forcing.update(forcing.find(ID).withNextAttempt());
			steps.clear();
			forcing.delete(ID);
			assertThat(steps).containsExactly("force upload.info", "delete upload", "delete upload.info");
		}
	}

	@Test
	void whenPartsAreConcatenatedThenTheirFilesAreNotOpenAnyMore() throws Exception {
		this.storage.create(NewUpload.builder(ID).concatenation(new Concatenation.Partial()).build());
		append(ID, "abc");
		this.storage.update(this.storage.find(ID).withLength(3));
		assertThat(OpenHere.in(uploads())).as("there might have been more to come").isNotEmpty();
		concatenate("final", this.storage.find(ID));
		assertThat(OpenHere.in(uploads())).isEmpty();
	}

	@Test
	void finalUploadKeepsItsOwnFileWhenAPartIsUsedAgain() throws Exception {
		Upload a = part("a", "one");
		Upload b = part("b", "two");
		Upload first = concatenate("first", a);
		Path taken = this.directory.resolve("taken");
		concatenate("second", a, b);
		this.storage.moveContent(first, taken);
		assertThat(taken).hasContent("one");
		assertThat(file("second")).hasContent("onetwo");
		assertThat(files()).containsExactlyInAnyOrder("b", "b.info", "first.info", "second", "second.info");
	}

	@Test
	void finalUploadThatWaitsHasARecordAndNoFile() throws Exception {
		Upload a = part("a", "one");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(id, 3L, a);
		assertThat(files()).containsExactlyInAnyOrder("a", "a.info", "final.info");
		age("final.info");
		UploadStorage restarted = reopen();
		restarted.tidy();
		assertThat(restarted.find(id).offset()).isZero();
		assertThat(restarted.find(id).state()).isEqualTo(UploadState.RECEIVING);
		assertThat(restarted.list().map(Upload::id)).containsExactlyInAnyOrder(a.id(), id);
		assertThat(restarted.concatenate(created, List.of(a)).state()).isEqualTo(UploadState.FINISHING);
		assertThat(file("final")).hasContent("one");
		assertThat(restarted.delete(id)).isTrue();
		assertThat(files()).containsExactlyInAnyOrder("a", "a.info");
	}

	@Test
	void finalUploadTakesNoFileOver() throws Exception {
		Files.writeString(file("final"), "somebody's");
		Upload a = part("a", "one");
		assertThatExceptionOfType(UploadExistsException.class)
			.isThrownBy(() -> createFinal(UploadId.of("final"), 3L, a));
		assertThat(files()).containsExactlyInAnyOrder("a", "a.info", "final");
		assertThat(file("final")).hasContent("somebody's");
	}

	@Test
	void crashWhileAFinalUploadWasDeletedLeavesNothingToConcatenate() throws Exception {
		UploadId id = UploadId.of("final");
		Upload a = part("a", "one");
		this.storage.concatenate(createFinal(id, 3L, a), List.of(a));
		Path copy = Files.createLink(this.directory.resolve("record"), file("final.info"));
		this.storage.delete(id);
		Files.copy(copy, file("final.info"));
		assertThat(reopen().find(id).state()).isEqualTo(UploadState.REJECTED);
	}

	private Upload createFinal(UploadId id, long length, Upload... parts) throws IOException {
		return this.storage.create(NewUpload.builder(id)
			.length(length)
			.concatenation(new Concatenation.Final(Stream.of(parts).map(Upload::id).toList(), ""))
			.build());
	}

	@Test
	void crashWhileAFinalUploadWasMadeLeavesItAsItWas() throws Exception {
		Upload a = part("a", "one");
		Upload b = part("b", "two");
		UploadId id = UploadId.of("final");
		Upload created = createFinal(id, 6L, a, b);
		// As it was left in the middle of the second part.
		Files.createLink(file("final.concat"), file("a"));
		Files.writeString(file("final.concat"), "t", StandardOpenOption.APPEND);
		UploadStorage restarted = reopen();
		assertThat(restarted.find(id).state()).isEqualTo(UploadState.RECEIVING);
		restarted.concatenate(created, List.of(restarted.find(a.id()), restarted.find(b.id())));
		assertThat(content(restarted, id)).isEqualTo("onetwo");
		assertThat(restarted.find(a.id()).offset()).isEqualTo(3);
		assertThat(file("final.concat")).doesNotExist();
	}

	@Test
	void manyUploadsAreListedWithFewOpenFiles() throws Exception {
		for (int i = 0; i < 600; i++) {
			this.storage.create(upload(UploadId.of("upload-" + i), 3L));
		}
		assertThat(list(this.storage)).hasSize(600);
		for (int i = 0; i < 600; i++) {
			append(UploadId.of("upload-" + i), "abc");
		}
		assertThat(list(this.storage)).allMatch(Upload::isFull);
	}

	@Test
	void storageWithoutEnoughRoomTakesNothingAndKeepsWhatItHas() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abc");
		DiskUploadStorage full = new DiskUploadStorage(uploads(), Durability.NONE, Long.MAX_VALUE);
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> full.create(upload(UploadId.of("other"), 6L)));
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> full.append(full.find(ID), 1, false));
		assertThat(content(full, ID)).isEqualTo("abc");
		assertThat(full.delete(ID)).isTrue();
	}

	@Test
	void directoryThatCanNotBeWrittenToIsNoStorage() {
		ForwardingFileSystem readOnly = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				throw new ReadOnlyFileSystemException();
			}

		};
		assertThatExceptionOfType(ReadOnlyFileSystemException.class)
			.isThrownBy(() -> new DiskUploadStorage(readOnly.wrap(uploads()), Durability.NONE, 0));
	}

	@Test
	void storageSaysHowItIs() throws Exception {
		this.storage.check();
		assertThat(this.storage.freeSpace()).isPositive();
		assertThat(this.storage).hasToString("'" + uploads() + "'");
		DiskUploadStorage full = new DiskUploadStorage(uploads(), Durability.NONE, Long.MAX_VALUE);
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(full::check);
	}

	@Test
	void uploadWhoseRecordIsDamagedCanBeDeleted() throws Exception {
		this.storage.create(upload(ID, 6L));
		append(ID, "abc");
		Files.writeString(file("upload.info"), "{");
		assertThat(this.storage.delete(ID)).isTrue();
		assertThat(files()).isEmpty();
	}

	@Test
	void recordIsRememberedFromWhenItsContentWasTaken() throws Exception {
		Instant before = Instant.now().minusSeconds(10);
		complete(ID, "abc");
		age("upload.info");
		this.storage.moveContent(this.storage.find(ID), this.directory.resolve("taken"));
		assertThat(this.storage.find(ID).modified()).isAfter(before);
		complete(UploadId.of("other"), "abc");
		age("other.info");
		this.storage.deleteContent(this.storage.find(UploadId.of("other")));
		assertThat(this.storage.find(UploadId.of("other")).modified()).isAfter(before);
		age("other.info");
		this.storage.deleteContent(this.storage.find(UploadId.of("other")));
		assertThat(this.storage.find(UploadId.of("other")).modified()).as("there was nothing to delete")
			.isBefore(before);
	}

	@Test
	void directoryThatWasRemovedIsMadeAgain() throws Exception {
		Path uploads = uploads();
		for (Task task : List.<Task>of(() -> this.storage.create(upload(ID, 3L)), () -> list(this.storage),
				this.storage::tidy, this.storage::check, this.storage::freeSpace)) {
			FileSystemUtils.deleteRecursively(uploads);
			task.run();
			assertThat(uploads).isDirectory();
		}
		this.storage.create(upload(ID, 3L));
		append(ID, "abc");
		assertThat(content(this.storage, ID)).isEqualTo("abc");
	}

	@Test
	void uploadOfADirectoryThatWasRemovedIsNotFound() throws Exception {
		Upload created = this.storage.create(upload(ID, 3L));
		FileSystemUtils.deleteRecursively(uploads());
		assertThat(this.storage.find(ID)).isNull();
		assertThat(this.storage.delete(created)).isFalse();
	}

	@Test
	void whatMustNotBeWrittenIsForcedAllTheSameAndWhatIsCompleteIsNotTouched() throws Exception {
		DiskUploadStorage forcing = new DiskUploadStorage(uploads(), Durability.APPEND, 0);
		Upload upload = forcing.create(upload(ID, 3L)).withOffset(1);
		Files.delete(file("upload"));
		// Even the root user can't write to a directory.
		Files.createDirectory(file("upload"));
		assertThatNoException().isThrownBy(() -> forcing.secure(upload));
		Files.delete(file("upload"));
		Files.createSymbolicLink(file("upload"), file("upload"));
		assertThatIOException().isThrownBy(() -> forcing.secure(upload));
		assertThatNoException().isThrownBy(() -> forcing.secure(upload.withState(UploadState.COMPLETED)));
		forcing.close();
	}

	private interface Task {

		void run() throws IOException;

	}

	private void age(String... names) throws IOException {
		age(Duration.ofMinutes(1), names);
	}

	private void age(Duration age, String... names) throws IOException {
		for (String name : names) {
			Files.setLastModifiedTime(file(name), FileTime.from(Instant.now().minus(age)));
		}
	}

	private List<String> files() throws IOException {
		try (Stream<Path> files = Files.list(uploads())) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

}
