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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.tusspring.upload.AbstractUploadStorageTests;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedDiskUploadStorageTests extends AbstractUploadStorageTests {

	private static final UploadId ID = UploadId.of("upload");

	private SharedDiskUploadStorage here;

	private SharedDiskUploadStorage there;

	@BeforeEach
	void open() throws IOException {
		this.here = new SharedDiskUploadStorage(uploads(), Durability.NONE, 0);
		this.there = new SharedDiskUploadStorage(uploads(), Durability.NONE, 0);
	}

	@AfterEach
	void close() throws IOException {
		this.here.close();
		this.there.close();
	}

	private Path uploads() {
		return this.directory.resolve("uploads");
	}

	@Override
	protected UploadStorage storage() {
		return this.here;
	}

	@Override
	protected UploadStorage reopen() {
		return this.there;
	}

	@Test
	void roomAndHealthAreThoseOfTheDirectory() throws IOException {
		assertThat(this.here.freeSpace()).isPositive();
		this.here.check();
		FileSystemUtils.deleteRecursively(uploads());
		Files.writeString(uploads(), "in the way");
		assertThatIOException().isThrownBy(this.here::check);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenTheDiskIsFullThenAPassIsBegun() throws IOException {
		Files.createSymbolicLink(uploads().resolve(".cleaned"), Path.of("/dev/full"));
		assertThat(this.here.beginPass(Duration.ofSeconds(1))).isTrue();
	}

	@Test
	void whenTheLastPassCannotBeNotedThenOneIsBegun() throws IOException {
		Files.createDirectories(uploads().resolve(".cleaned/in the way"));
		Files.setLastModifiedTime(uploads().resolve(".cleaned"), FileTime.fromMillis(0));
		assertThat(this.here.beginPass(Duration.ofHours(1))).isTrue();
	}

	@Test
	void whenTheLastPassWasNotedByAWrongClockThenOneIsBegun() throws IOException {
		assertThat(this.there.beginPass(Duration.ofHours(1))).isTrue();
		Files.setLastModifiedTime(uploads().resolve(".cleaned"), FileTime.from(Instant.now().plus(Duration.ofDays(1))));
		assertThat(this.here.beginPass(Duration.ofHours(1))).isTrue();
		assertThat(this.there.beginPass(Duration.ofHours(1))).isFalse();
	}

	@Test
	void whoWasOvertakenWritesNothingMore() throws Exception {
		UploadWriter writer = beginHere(100);
		writer.write(bytes("abc"));
		overtake();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> writer.write(bytes("def")));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(writer::commit);
		writer.close();
		assertThat(this.there.find(ID).offset()).isEqualTo(3);
		assertThat(Files.readString(uploads().resolve("upload"))).isEqualTo("abc");
	}

	@Test
	void whoWasOvertakenTellsOfNoLessThanTheOtherOneHas() throws Exception {
		UploadWriter writer = beginHere(100);
		writer.write(bytes("abc"));
		overtake();
		assertThat(writer.offset()).isEqualTo(3);
		try (UploadWriter other = this.there.append(this.there.find(ID), 2, false)) {
			other.write(bytes("def"));
			other.commit();
		}
		assertThat(writer.offset()).isEqualTo(6);
		writer.close();
	}

	@Test
	void whoWasOvertakenBetweenItsLockAndItsFirstLookWritesNothing() throws Exception {
		this.here.create(upload(100));
		this.here.enter(ID);
		overtake();
		Upload found = this.here.find(ID);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.append(found, 1, false));
	}

	@Test
	void whoWasOvertakenCutsNothingOff() throws Exception {
		this.here.create(upload(100));
		this.here.enter(ID);
		UploadWriter writer = this.here.append(this.here.find(ID), 1, true);
		writer.write(bytes("abc"));
		overtake();
		UploadWriter next = this.there.append(this.there.find(ID), 2, false);
		next.write(bytes("xyz"));
		writer.close();
		next.commit();
		next.close();
		assertThat(Files.readString(uploads().resolve("upload"))).isEqualTo("xyz");
		assertThat(this.there.find(ID).offset()).isEqualTo(3);
	}

	@Test
	void whoWasOvertakenChangesNoRecordAndRemovesNothing() throws Exception {
		Upload full = full();
		this.here.enter(ID);
		overtake();
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.here.update(full.withState(UploadState.COMPLETED)));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.renew(full));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.release(full, Instant.now()));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.deleteContent(full));
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.here.moveContent(full, this.directory.resolve("target")));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.delete(ID));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.concatenate(full, List.of()));
		assertThat(this.there.find(ID).state()).isEqualTo(UploadState.FINISHING);
		assertThat(Files.readString(uploads().resolve("upload"))).isEqualTo("abc");
	}

	@Test
	void whoWasOvertakenMayGoOnWithANewLock() throws Exception {
		UploadWriter writer = beginHere(100);
		overtake();
		writer.close();
		this.there.leave(ID);
		this.here.enter(ID);
		UploadWriter next = this.here.append(this.here.find(ID), 3, false);
		next.write(bytes("abc"));
		next.commit();
		next.close();
		assertThat(this.there.find(ID).offset()).isEqualTo(3);
	}

	@Test
	void fileThatAnotherInstanceHasReplacedIsNotWrittenTo() throws Exception {
		try (UploadWriter writer = beginHere(100)) {
			writer.write(bytes("abc"));
			writer.commit();
		}
		overtake();
		this.there.delete(ID);
		this.there.create(upload(100));
		this.here.enter(ID);
		try (UploadWriter writer = this.here.append(this.here.find(ID), 3, false)) {
			writer.write(bytes("xyz"));
			writer.commit();
		}
		assertThat(Files.readString(uploads().resolve("upload"))).isEqualTo("xyz");
	}

	@Test
	void fenceIsNotRaisedInTheMiddleOfAChange() throws Exception {
		try (DirectoryFence fence = new DirectoryFence(uploads());
				DirectoryFence other = new DirectoryFence(uploads())) {
			fence.enter(ID);
			other.enter(ID);
			try (FenceFile.Pass pass = fence.pass(ID, fence.ticket(ID))) {
				assertThat(pass).isNotNull();
				CompletableFuture<Boolean> thread = CompletableFuture.supplyAsync(() -> raise(fence));
				assertThatExceptionOfType(UploadLockedException.class)
					.isThrownBy(() -> other.raise(ID, (upload) -> false));
				assertThat(thread).failsWithin(Duration.ofSeconds(5))
					.withThrowableOfType(ExecutionException.class)
					.withCauseInstanceOf(UploadLockedException.class);
			}
			assertThat(other.raise(ID, (upload) -> false)).isTrue();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> fence.pass(ID, fence.ticket(ID)));
		}
	}

	@Test
	void whenAChangeEndsSoonThenAnotherInstanceRaisesTheFenceAfterIt() throws Exception {
		try (DirectoryFence fence = new DirectoryFence(uploads());
				DirectoryFence other = new DirectoryFence(uploads())) {
			assertThatFenceIsRaisedAfterAChange(fence, other);
		}
	}

	@Test
	void whenAChangeEndsSoonThenAnotherThreadRaisesTheFenceAfterIt() throws Exception {
		try (DirectoryFence fence = new DirectoryFence(uploads())) {
			assertThatFenceIsRaisedAfterAChange(fence, fence);
		}
	}

	private static void assertThatFenceIsRaisedAfterAChange(DirectoryFence fence, DirectoryFence other)
			throws Exception {
		fence.enter(ID);
		other.enter(ID);
		FenceFile.Pass pass = fence.pass(ID, fence.ticket(ID));
		CompletableFuture<Boolean> raised = CompletableFuture.supplyAsync(() -> raise(other));
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> raised.get(100, TimeUnit.MILLISECONDS));
		pass.close();
		assertThat(raised).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(true);
	}

	@Test
	void whenThreadThatWaitsForAChangeIsInterruptedThenItWaitsNoMore() throws Exception {
		try (DirectoryFence fence = new DirectoryFence(uploads());
				DirectoryFence other = new DirectoryFence(uploads())) {
			fence.enter(ID);
			other.enter(ID);
			try (FenceFile.Pass pass = fence.pass(ID, fence.ticket(ID))) {
				assertThat(pass).isNotNull();
				assertThatInterruptedThreadIsRefused(() -> other.raise(ID, (upload) -> false));
				assertThatInterruptedThreadIsRefused(() -> fence.raise(ID, (upload) -> false));
			}
			assertThat(other.raise(ID, (upload) -> false)).isTrue();
		}
	}

	private static void assertThatInterruptedThreadIsRefused(ThrowingCallable change) {
		CompletableFuture<Boolean> interrupted = CompletableFuture.supplyAsync(() -> {
			Thread.currentThread().interrupt();
			long begin = System.nanoTime();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(change);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1900));
			return Thread.interrupted();
		});
		assertThat(interrupted).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
	}

	@Test
	void whenManyUploadsAreFencedThenHardlyAnyShareASlot() {
		long slots = IntStream.range(0, 1000)
			.map((number) -> DirectoryFence.slot(UploadId.of("upload-" + number)))
			.peek((slot) -> assertThat(slot).isBetween(0, FenceFile.SLOTS - 1))
			.distinct()
			.count();
		assertThat(slots).isGreaterThan(990);
	}

	private static boolean raise(DirectoryFence fence) {
		try {
			return fence.raise(ID, (upload) -> false);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void longChangeOfAnUploadDoesNotHoldUpItsClaim() throws Exception {
		try (DirectoryFence fence = new DirectoryFence(uploads())) {
			fence.enter(ID);
			FenceFile.Pass concatenation = fence.pass(ID, fence.ticket(ID));
			CompletableFuture<Void> renewal = CompletableFuture.runAsync(() -> pass(fence));
			assertThat(renewal).succeedsWithin(Duration.ofSeconds(1));
			concatenation.close();
			pass(fence);
		}
	}

	private static void pass(DirectoryFence fence) {
		try {
			fence.pass(ID, fence.ticket(ID)).close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whoWasOvertakenBeforeItRaisedTheFenceHasToEnterAgain() throws Exception {
		this.here.enter(ID);
		overtake();
		assertThat(this.here.raise(ID)).isFalse();
		this.here.enter(ID);
		assertThat(this.here.raise(ID)).isTrue();
	}

	@Test
	void uploadsOfOneSlotDoNotEndEachOther() throws Exception {
		UploadId other = sharingASlot(ID);
		UploadWriter writer = beginHere(100);
		for (int i = 0; i < 5; i++) {
			this.there.enter(other);
			this.there.raise(other);
			this.there.enter(other);
			this.there.raise(other);
			writer.write(bytes("abc"));
		}
		overtake();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> writer.write(bytes("def")));
		writer.close();
	}

	private static UploadId sharingASlot(UploadId id) {
		return IntStream.iterate(0, (number) -> number + 1)
			.mapToObj((number) -> UploadId.of("other-" + number))
			.filter((other) -> DirectoryFence.slot(other) == DirectoryFence.slot(id))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void whatIsBeingDeliveredIsNotTakenFromItsInstance() throws Exception {
		Upload full = full();
		this.here.enter(ID);
		assertThat(this.here.raise(ID)).isTrue();
		this.here.update(full.withNextAttempt());
		this.there.enter(ID);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.there.raise(ID));
		this.here.renew(full);
		this.here.update(this.here.find(ID).withState(UploadState.COMPLETED));
		assertThat(this.there.raise(ID)).isTrue();
		assertThat(this.there.delete(ID)).isTrue();
	}

	@Test
	void directoryThatSomebodyHasRemovedIsMadeAgainWithAFenceForAll() throws Exception {
		UploadWriter writer = beginHere(100);
		FileSystemUtils.deleteRecursively(uploads());
		UploadId id = UploadId.of("later");
		this.here.create(NewUpload.builder(id).length(3L).build());
		this.here.enter(id);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> writer.write(bytes("abc")));
		this.here.raise(id);
		UploadWriter next = this.here.append(this.here.find(id), 1, false);
		next.write(bytes("abc"));
		try (SharedDiskUploadStorage started = new SharedDiskUploadStorage(uploads(), Durability.NONE, 0)) {
			started.enter(id);
			assertThat(started.raise(id)).isTrue();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(next::commit);
		}
		next.close();
		writer.close();
		assertThat(unsettled(this.there)).containsExactly("later");
	}

	@Test
	void uploadThatCanNotBeCreatedLeavesTheClaimOfTheOneWithItsIdAlone() throws Exception {
		this.here.update(full().withNextAttempt());
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> this.there.create(upload(0)));
		assertThat(this.there.find(ID).isClaimed(Instant.now())).isTrue();
	}

	@Test
	void renewalThatComesAfterTheDeliveryNotesNothing() throws Exception {
		Upload full = full();
		this.here.update(full.withNextAttempt());
		this.here.update(this.here.find(ID).withState(UploadState.COMPLETED));
		this.here.renew(full);
		assertThat(uploads().resolve(DueFiles.DIRECTORY)).isEmptyDirectory();
	}

	@Test
	void noteOfACompletedUploadIsRemovedWhenItIsOld() throws Exception {
		this.here.update(full().withNextAttempt());
		this.here.update(this.here.find(ID).withState(UploadState.COMPLETED));
		Path note = Files.createFile(uploads().resolve(DueFiles.DIRECTORY).resolve(ID.toString()));
		assertThat(unsettled(this.there)).isEmpty();
		assertThat(note).exists();
		Files.setLastModifiedTime(note, FileTime.from(Instant.now().minusSeconds(120)));
		assertThat(unsettled(this.there)).isEmpty();
		assertThat(note).doesNotExist();
	}

	@Test
	void whenAnUploadIsNotThereThenItsNoteIsRemovedWhenItIsOld() throws Exception {
		Path note = Files.createFile(uploads().resolve(DueFiles.DIRECTORY).resolve("gone"));
		Files.setLastModifiedTime(note, FileTime.from(Instant.now().minusSeconds(120)));
		assertThat(unsettled(this.there)).isEmpty();
		assertThat(note).doesNotExist();
	}

	@Test
	void whenAnUploadIsRejectedThenItsNoteIsRemovedWhenItIsOld() throws Exception {
		this.here.update(full().withState(UploadState.REJECTED));
		Path note = uploads().resolve(DueFiles.DIRECTORY).resolve(ID.toString());
		assertThat(note).doesNotExist();
		Files.createFile(note);
		Files.setLastModifiedTime(note, FileTime.from(Instant.now().minusSeconds(120)));
		assertThat(unsettled(this.there)).isEmpty();
		assertThat(note).doesNotExist();
	}

	@Test
	void whenAnUploadIsReceivedThenNothingIsDue() throws Exception {
		this.here.create(NewUpload.builder(UploadId.of("idle")).length(3L).build());
		UploadWriter writer = beginHere(100);
		assertThat(unsettled(this.there)).as("the first time everything is looked at").isEmpty();
		assertThat(uploads().resolve(DueFiles.DIRECTORY).resolve("idle")).doesNotExist();
		assertThat(unsettled(this.there)).isEmpty();
		writer.close();
		assertThat(uploads().resolve(DueFiles.DIRECTORY)).isEmptyDirectory();
	}

	@Test
	void whenAnEmptyUploadIsCreatedThenItIsDue() throws Exception {
		assertThat(unsettled(this.there)).isEmpty();
		this.here.create(upload(0));
		assertThat(unsettled(this.there)).containsExactly("upload");
	}

	@Test
	void whenAPartialUploadIsFullThenItIsDueUntilThoseThatWaitHaveHeardOfIt() throws Exception {
		this.here.create(NewUpload.builder(ID).length(3L).concatenation(new Concatenation.Partial()).build());
		UploadWriter writer = this.here.append(this.here.find(ID), 1, false);
		writer.write(bytes("abc"));
		writer.commit();
		writer.close();
		assertThat(unsettled(this.there)).containsExactly("upload");
		assertThat(this.there.filled(ID)).isEmpty();
		assertThat(uploads().resolve(DueFiles.DIRECTORY)).isEmptyDirectory();
	}

	@Test
	void whenAnotherInstanceHasMadeTheUploadAnewThenItsFileIsAppendedTo() throws Exception {
		this.here.create(upload(100));
		this.there.delete(ID);
		this.there.create(upload(100));
		try (UploadWriter writer = this.here.append(this.here.find(ID), 1, false)) {
			writer.write(bytes("abc"));
			writer.commit();
		}
		assertThat(this.there.find(ID).offset()).isEqualTo(3);
	}

	@Test
	void whenAWriterIsClosedThenItsFileIsNotOpenAnyMore() throws Exception {
		UploadWriter writer = beginHere(100);
		writer.write(bytes("abc"));
		writer.commit();
		writer.close();
		this.here.create(NewUpload.builder(UploadId.of("other")).length(3L).build());
		this.here.close();
		this.there.close();
		assertThat(OpenHere.in(uploads())).isEmpty();
	}

	@Test
	void whenAWriterWasOvertakenThenItsFileIsNotOpenAnyMore() throws Exception {
		UploadWriter writer = beginHere(100);
		writer.write(bytes("abc"));
		overtake();
		writer.close();
		assertThat(OpenHere.in(uploads())).allMatch((file) -> file.endsWith(FenceFile.NAME));
	}

	@Test
	void whenBytesCanNotBeCutOffAtTheEndThenTheNextWriterCutsThemOff() throws Exception {
		this.here.create(upload(100));
		this.here.enter(ID);
		this.here.raise(ID);
		UploadWriter writer = this.here.append(this.here.find(ID), 1, true);
		writer.write(bytes("XXX"));
		Thread.currentThread().interrupt();
		assertThatIOException().isThrownBy(writer::close);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(OpenHere.in(uploads())).allMatch((file) -> file.endsWith(FenceFile.NAME));
		try (UploadWriter next = this.here.append(this.here.find(ID), 2, false)) {
			next.write(bytes("abc"));
			next.commit();
		}
		assertThat(uploads().resolve("upload")).hasContent("abc");
	}

	@Test
	void whenALockIsGivenBackThenWhatNeedsNoneIsAllowed() throws Exception {
		this.here.create(upload(100));
		this.here.enter(ID);
		overtake();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.here.delete(ID));
		this.here.leave(ID);
		assertThat(this.here.delete(ID)).isTrue();
	}

	@Test
	void whenPartsAreConcatenatedByWhoWasOvertakenThenNothingIsMade() throws Exception {
		this.here
			.create(NewUpload.builder(UploadId.of("a")).length(0L).concatenation(new Concatenation.Partial()).build());
		Upload part = this.here.find(UploadId.of("a"));
		Upload joined = this.here.create(
				NewUpload.builder(ID).concatenation(new Concatenation.Final(List.of(part.id()), "/files/a")).build());
		this.here.enter(ID);
		overtake();
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.here.concatenate(joined, List.of(part)));
		this.there.leave(ID);
		this.here.leave(ID);
		assertThat(this.here.concatenate(joined, List.of(part)).isFull()).isTrue();
	}

	@Test
	void whenNotesAreRemovedThenEverythingIsLookedAtAgain() throws Exception {
		full();
		assertThat(unsettled(this.there)).containsExactly("upload");
		FileSystemUtils.deleteRecursively(uploads().resolve(DueFiles.DIRECTORY));
		assertThat(unsettled(this.there)).containsExactly("upload");
	}

	@Test
	void whenEverythingWasLookedAtOnceThenOnlyNotesAreLookedAt() throws Exception {
		full();
		assertThat(unsettled(this.there)).containsExactly("upload");
		Files.delete(uploads().resolve(DueFiles.DIRECTORY).resolve(ID.toString()));
		assertThat(unsettled(this.there)).isEmpty();
	}

	@Test
	void whenAnUploadIsRecalledThenItIsAsAnotherInstanceHasMadeIt() throws Exception {
		this.here.create(upload(3));
		this.there.update(this.there.find(ID).withState(UploadState.REJECTED));
		assertThat(this.here.recall(ID).state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void whenAnotherInstanceHasMadeTheDirectoryAgainThenItsFenceIsThatOfAll() throws Exception {
		FileSystemUtils.deleteRecursively(uploads());
		UploadWriter writer = beginHere(100);
		overtake();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> writer.write(bytes("abc")));
		writer.close();
	}

	@Test
	void whenALockWasNotAnnouncedThenTheFenceCanNotBeRaised() {
		assertThatIllegalStateException().isThrownBy(() -> this.here.raise(ID));
	}

	@Test
	void whenNotesAreRemovedThenADeliveryIsClaimedAllTheSame() throws Exception {
		Upload full = full();
		FileSystemUtils.deleteRecursively(uploads().resolve(DueFiles.DIRECTORY));
		this.here.update(full.withNextAttempt());
		assertThat(this.there.find(ID).isClaimed(Instant.now())).isTrue();
	}

	@Test
	void whenAnUploadCanNotBeNotedThenItIsNotCreated() throws Exception {
		Path notes = uploads().resolve(DueFiles.DIRECTORY);
		Files.delete(notes);
		Files.createFile(notes);
		assertThatIOException().isThrownBy(() -> this.here.create(upload(0)));
		assertThat(this.here.find(ID)).isNull();
	}

	@Test
	void whenAnUploadIsDeletedThenItIsThereOnce() throws Exception {
		Upload created = this.here.create(upload(3));
		assertThat(this.there.delete(created)).isTrue();
		assertThat(this.here.delete(created)).isFalse();
	}

	@Test
	void whenDirectoryIsSharedThenUploadsMayChangeElsewhere() {
		assertThat(this.here.isRemote()).isTrue();
		assertThat(this.here).hasToString("'" + uploads() + "'");
	}

	@Test
	void freeSpaceIsKnownAndChecked() throws Exception {
		assertThat(this.here.freeSpace()).isPositive();
		this.here.check();
		try (SharedDiskUploadStorage full = new SharedDiskUploadStorage(uploads(), Durability.NONE, Long.MAX_VALUE)) {
			assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(full::check);
		}
	}

	@Test
	void claimOfADeliveryIsSeenByAllUntilTheDeliveryEnds() throws Exception {
		Upload full = full();
		this.here.update(full.withNextAttempt());
		assertThat(this.there.find(ID).isClaimed(Instant.now().plusSeconds(25))).isTrue();
		assertThat(this.there.find(ID).isClaimed(Instant.now().plusSeconds(31))).isFalse();
		this.here.release(full, Instant.now().plusSeconds(60));
		assertThat(this.there.find(ID).isClaimed(Instant.now())).isFalse();
		this.here.renew(full);
		assertThat(this.there.find(ID).isClaimed(Instant.now().plusSeconds(25))).isTrue();
		this.here.update(this.here.find(ID).withState(UploadState.COMPLETED));
		assertThat(this.there.find(ID).isClaimed(Instant.now())).isFalse();
	}

	@Test
	void whatWaitsIsListedByAnyInstanceAndNothingElse() throws Exception {
		assertThat(unsettled(this.there)).isEmpty();
		this.here.create(NewUpload.builder(UploadId.of("idle")).length(3L).build());
		Concatenation.Final parts = new Concatenation.Final(List.of(UploadId.of("idle")), "/files/idle");
		this.here.create(NewUpload.builder(UploadId.of("final")).concatenation(parts).build());
		Upload full = full();
		assertThat(unsettled(this.there)).containsExactlyInAnyOrder("final", "upload");
		this.here.update(full.withNextAttempt());
		assertThat(unsettled(this.there)).containsExactly("final");
		this.here.release(full, Instant.now().minus(Duration.ofMillis(1)));
		assertThat(unsettled(this.there)).containsExactlyInAnyOrder("final", "upload");
		this.here.release(full, Instant.now().plus(Duration.ofMinutes(10)));
		assertThat(unsettled(this.there)).containsExactly("final");
		this.here.update(this.here.find(ID).withState(UploadState.COMPLETED));
		this.here.delete(UploadId.of("final"));
		assertThat(uploads().resolve(DueFiles.DIRECTORY)).isEmptyDirectory();
	}

	@Test
	void whatWaitedBeforeTheDirectoryWasSharedIsListed() throws Exception {
		try (DiskUploadStorage alone = new DiskUploadStorage(uploads(), Durability.NONE, 0)) {
			alone.create(upload(3));
			try (UploadWriter writer = alone.append(alone.find(ID), 1, false)) {
				writer.write(bytes("abc"));
				writer.commit();
			}
		}
		assertThat(unsettled(this.there)).containsExactly("upload");
		assertThat(unsettled(this.there)).containsExactly("upload");
	}

	@Test
	void whatWaitedIsListedThoughNobodyReadTheFirstList() throws Exception {
		full();
		Files.delete(uploads().resolve(DueFiles.DIRECTORY).resolve(ID.toString()));
		this.there.unsettled().close();
		assertThat(unsettled(this.there)).containsExactly("upload");
	}

	@Test
	void whatCanNotBeReadKeepsNothingElseFromBeingDelivered() throws Exception {
		Path notes = uploads().resolve(DueFiles.DIRECTORY);
		List<String> readable = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			UploadId id = UploadId.of("upload-" + i);
			full(id);
			if (i % 2 == 0) {
				Files.delete(notes.resolve(id.toString()));
				Files.createDirectory(notes.resolve(id.toString()));
			}
			else {
				readable.add(id.toString());
			}
		}
		Files.createDirectory(uploads().resolve("strange.info"));
		Files.createFile(notes.resolve("strange"));
		assertThat(unsettled(this.there)).containsExactlyInAnyOrderElementsOf(readable);
	}

	@Test
	void noteForWhichThereIsNoRoomIsNotTheServersFault() throws IOException {
		Files.deleteIfExists(uploads().resolve(".due"));
		DueFiles due = new DueFiles(uploads(), (ex) -> {
			throw new InsufficientStorageException("There is no free space left", ex);
		});
		Files.delete(uploads().resolve(".due"));
		Files.createFile(uploads().resolve(".due"));
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> due.add(UploadId.of("a")));
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> due.claim(UploadId.of("a"), Instant.now()));
	}

	@Test
	void claimIsSeenWhileItIsRenewed() throws Exception {
		DueFiles due = new DueFiles(uploads(), (ex) -> ex);
		Instant until = Instant.now().plusSeconds(30);
		due.claim(ID, until);
		CompletableFuture<Void> renewals = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < 2000; i++) {
				renew(due, until);
			}
		});
		while (!renewals.isDone()) {
			assertThat(due.claimed(ID)).isNotNull();
		}
		renewals.join();
		due.postpone(ID, until);
		assertThat(due.claimed(ID)).isNull();
		assertThat(due.next(ID)).isNotNull();
	}

	private static void renew(DueFiles due, Instant until) {
		try {
			due.claim(ID, until);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> unsettled(UploadStorage storage) throws IOException {
		try (Stream<Upload> uploads = storage.unsettled()) {
			return uploads.map((upload) -> upload.id().toString()).toList();
		}
	}

	private UploadWriter beginHere(long length) throws IOException {
		this.here.create(upload(length));
		this.here.enter(ID);
		this.here.raise(ID);
		return this.here.append(this.here.find(ID), 1, false);
	}

	private Upload full() throws IOException {
		return full(ID);
	}

	private Upload full(UploadId id) throws IOException {
		this.here.create(NewUpload.builder(id).length(3L).build());
		try (UploadWriter writer = this.here.append(this.here.find(id), 1, false)) {
			writer.write(bytes("abc"));
			writer.commit();
		}
		return this.here.find(id);
	}

	private void overtake() throws IOException {
		this.there.enter(ID);
		this.there.raise(ID);
	}

	private static NewUpload upload(long length) {
		return NewUpload.builder(ID).length(length).build();
	}

}
