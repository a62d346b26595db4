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

package io.github.tusspring.upload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * What every storage promises. An implementation's tests extend this class.
 */
public abstract class AbstractUploadStorageTests {

	private static final UploadId ID = UploadId.of("upload");

	@TempDir
	protected Path directory;

	private long generation;

	/**
	 * Returns the storage to test.
	 */
	protected abstract UploadStorage storage();

	/**
	 * Returns a storage that sees what the former has stored, as after a restart.
	 */
	protected abstract UploadStorage reopen();

	@Test
	void createdUploadIsEmptyAndReceiving() throws Exception {
		Upload created = storage().create(upload(ID, 10L));
		assertThat(created.offset()).isZero();
		assertThat(created.state()).isEqualTo(UploadState.RECEIVING);
		assertThat(storage().find(ID)).usingRecursiveComparison().ignoringFields("values.modified").isEqualTo(created);
	}

	@Test
	void everythingThatAClientSaidOutlivesARestart() throws Exception {
		UploadMetadata metadata = UploadMetadata.parse("filename w6nDpC5iaW4=,empty,is_new MQ==");
		storage().create(NewUpload.builder(ID)
			.metadata(metadata)
			.owner("ben")
			.concatenation(new Concatenation.Partial())
			.build());
		append(ID, "abc");
		Upload found = reopen().find(ID);
		assertThat(found.offset()).isEqualTo(3);
		assertThat(found.length()).isNull();
		assertThat(found.metadata().header()).isEqualTo("filename w6nDpC5iaW4=,empty,is_new MQ==");
		assertThat(found.metadata().filename()).isEqualTo("éä.bin");
		assertThat(found.owner()).isEqualTo("ben");
		assertThat(found.isPartial()).isTrue();
		assertThat(found.created()).isBetween(Instant.now().minusSeconds(60), Instant.now());
	}

	@Test
	void uploadOfTheDraftRemembersItsVersionAndItsDigest() throws Exception {
		byte[] digest = new byte[32];
		digest[0] = 7;
		storage().create(NewUpload.builder(ID).draft(9).digest(new Checksum(ChecksumAlgorithm.SHA256, digest)).build());
		Upload found = reopen().find(ID);
		assertThat(found.draft()).isEqualTo(9);
		assertThat(found.asked().digest()).isNotNull();
		assertThat(found.asked().digest().value()).isEqualTo(digest);
	}

	@Test
	void uploadOfTheDraftIsNotFullBeforeItsClientSaysSo() throws Exception {
		storage().create(NewUpload.builder(ID).length(3L).draft(9).build());
		append(ID, "abc");
		Upload found = reopen().find(ID);
		assertThat(found.offset()).isEqualTo(3);
		assertThat(found.state()).isEqualTo(UploadState.RECEIVING);
		assertThat(found.isFull()).isFalse();
		storage().update(found.withNextAttempt());
		assertThat(reopen().find(ID).state()).isEqualTo(UploadState.FINISHING);
		assertThat(content(storage(), ID)).isEqualTo("abc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "abc" })
	void uploadOfTheDraftThatHasAllItsBytesTakesAnotherAppendThatBringsNone(String text) throws Exception {
		storage().create(NewUpload.builder(ID).length((long) text.length()).draft(9).build());
		append(ID, text);
		append(ID, "");
		reopen();
		append(ID, "");
		Upload found = reopen().find(ID);
		assertThat(found.offset()).isEqualTo(text.length());
		storage().update(found.withNextAttempt());
		assertThat(content(storage(), ID)).isEqualTo(text);
	}

	@Test
	void finalUploadRemembersItsParts() throws Exception {
		Concatenation.Final concatenation = new Concatenation.Final(List.of(UploadId.of("a"), UploadId.of("b")),
				"/files/a https://example.org/files/b");
		storage().create(NewUpload.builder(ID).concatenation(concatenation).build());
		assertThat(reopen().find(ID).concatenation()).isEqualTo(concatenation);
	}

	@Test
	void finalUploadWaitsForAPartThatIsOpen() throws Exception {
		UploadId part = UploadId.of("part");
		storage().create(NewUpload.builder(part).length(3L).concatenation(new Concatenation.Partial()).build());
		Upload waiting = storage()
			.create(NewUpload.builder(ID).concatenation(new Concatenation.Final(List.of(part), "part")).build());
		assertThat(storage().awaitPart(waiting, part)).isTrue();
		append(part, "abc");
		assertThat(reopen().awaitPart(waiting, part)).isFalse();
		storage().delete(part);
		assertThat(reopen().awaitPart(waiting, part)).isFalse();
	}

	@Test
	void whatWaitsForAPartIsFoundByWhoeverFillsItOnce() throws Exception {
		assumeThat(storage().isRemote()).isTrue();
		// The first look at a directory may be at all that is there.
		assertThat(unsettled(reopen())).isEmpty();
		UploadId part = UploadId.of("part");
		storage().create(NewUpload.builder(part).length(3L).concatenation(new Concatenation.Partial()).build());
		for (String id : List.of("first", "gone", "second")) {
			Upload waiting = storage().create(NewUpload.builder(UploadId.of(id))
				.concatenation(new Concatenation.Final(List.of(part), "part"))
				.build());
			storage().awaitPart(waiting, part);
		}
		assertThat(unsettled(reopen())).isEmpty();
		storage().delete(UploadId.of("gone"));
		append(part, "abc");
		assertThat(filled(part)).containsExactlyInAnyOrder(UploadId.of("first"), UploadId.of("second"));
		await().untilAsserted(() -> assertThat(filled(part)).isEmpty());
	}

	@Test
	void passThroughAllUploadsIsBegunByOneInstanceInAnInterval() throws Exception {
		assertThat(storage().beginPass(Duration.ofHours(1))).isTrue();
		UploadStorage other = reopen();
		assumeThat(other.isRemote()).isTrue();
		assertThat(other.beginPass(Duration.ofHours(1))).isFalse();
		assertThat(storage().beginPass(Duration.ofHours(1))).isFalse();
		await().untilAsserted(() -> assertThat(other.beginPass(Duration.ofSeconds(1))).isTrue());
		assertThat(storage().beginPass(Duration.ofHours(1))).isFalse();
	}

	private List<UploadId> filled(UploadId part) throws IOException {
		try (Stream<UploadId> finals = reopen().filled(part)) {
			return finals.toList();
		}
	}

	private static List<UploadId> unsettled(UploadStorage storage) throws IOException {
		try (Stream<Upload> uploads = storage.unsettled()) {
			return uploads.map(Upload::id).toList();
		}
	}

	@Test
	void uploadIsNeverOverwritten() throws Exception {
		storage().create(upload(ID, 3L));
		append(ID, "abc");
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> storage().create(upload(ID, 5L)));
		assertThat(content(storage(), ID)).isEqualTo("abc");
		assertThat(storage().find(ID).length()).isEqualTo(3);
	}

	@Test
	void oneOfManyWhoCreateTheSameUploadSucceeds() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			List<Callable<Boolean>> tasks = IntStream.range(0, 8).<Callable<Boolean>>mapToObj((i) -> () -> {
				try {
					storage().create(upload(ID, 3L));
					return true;
				}
				catch (UploadExistsException ex) {
					return false;
				}
			}).toList();
			int created = 0;
			for (Future<Boolean> result : threads.invokeAll(tasks)) {
				created += result.get() ? 1 : 0;
			}
			assertThat(created).isEqualTo(1);
			assertThat(storage().find(ID)).isNotNull();
		}
		finally {
			threads.shutdown();
		}
	}

	@Test
	void unknownUploadIsNotFound() throws Exception {
		assertThat(storage().find(ID)).isNull();
		assertThat(storage().delete(ID)).isFalse();
	}

	@Test
	void appendsAddUp() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "ab");
		append(ID, "");
		append(ID, "cd");
		assertThat(storage().find(ID).offset()).isEqualTo(4);
		append(ID, "ef");
		assertThat(content(storage(), ID)).isEqualTo("abcdef");
		assertThat(content(reopen(), ID)).isEqualTo("abcdef");
	}

	@Test
	void bytesCountAsSoonAsTheyAreCommitted() throws Exception {
		storage().create(upload(ID, 6L));
		try (UploadWriter writer = storage().append(storage().find(ID), ++this.generation, false)) {
			writer.write(bytes("abc"));
			writer.commit();
			assertThat(writer.offset()).isEqualTo(3);
			assertThat(reopen().find(ID).offset()).isEqualTo(3);
		}
	}

	@Test
	void heldBytesCountOnlyOnceTheyAreCommitted() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "ab");
		try (UploadWriter writer = storage().append(storage().find(ID), ++this.generation, true)) {
			writer.write(bytes("cd"));
			assertThat(writer.offset()).isEqualTo(2);
			assertThat(storage().find(ID).offset()).isEqualTo(2);
			writer.commit();
		}
		assertThat(storage().find(ID).offset()).isEqualTo(4);
		assertThat(content(reopen(), ID)).isEqualTo("abcd");
	}

	@Test
	void heldBytesThatAreNotCommittedAreGone() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "ab");
		try (UploadWriter writer = storage().append(storage().find(ID), ++this.generation, true)) {
			writer.write(bytes("XXXX"));
		}
		assertThat(storage().find(ID).offset()).isEqualTo(2);
		append(ID, "cdef");
		assertThat(content(storage(), ID)).isEqualTo("abcdef");
	}

	@Test
	void heldBytesOfAWriterThatACrashEndedDoNotCount() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "ab");
		storage().append(storage().find(ID), ++this.generation, true).write(bytes("XXXX"));
		UploadStorage restarted = reopen();
		assertThat(restarted.find(ID).offset()).isEqualTo(2);
		try (UploadWriter writer = restarted.append(restarted.find(ID), ++this.generation, false)) {
			writer.write(bytes("cd"));
			writer.commit();
		}
		assertThat(content(restarted, ID)).isEqualTo("abcd");
	}

	@Test
	void writerReadsBackWhatItHasWritten() throws Exception {
		storage().create(upload(ID, null));
		append(ID, "before");
		byte[] large = new byte[200_000];
		for (int i = 0; i < large.length; i++) {
			large[i] = (byte) i;
		}
		ByteArrayOutputStream read = new ByteArrayOutputStream();
		try (UploadWriter writer = storage().append(storage().find(ID), ++this.generation, true)) {
			writer.write(ByteBuffer.wrap(large));
			writer.read((buffer) -> {
				byte[] piece = new byte[buffer.remaining()];
				buffer.get(piece);
				read.writeBytes(piece);
			});
		}
		assertThat(read.toByteArray()).isEqualTo(large);
	}

	@Test
	void writerOfAnOlderGenerationCanNotWriteAnyMore() throws Exception {
		storage().create(upload(ID, 6L));
		UploadWriter old = storage().append(storage().find(ID), 1, false);
		old.write(bytes("ab"));
		old.commit();
		try (UploadWriter writer = storage().append(storage().find(ID), 2, false)) {
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> old.write(bytes("XX")));
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(old::commit);
			writer.write(bytes("cd"));
			old.close();
			writer.write(bytes("ef"));
			writer.commit();
		}
		assertThat(content(storage(), ID)).isEqualTo("abcdef");
	}

	@Test
	void heldBytesOfAnOlderGenerationNeverCount() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "ab");
		UploadWriter old = storage().append(storage().find(ID), 10, true);
		old.write(bytes("XXX"));
		try (UploadWriter writer = storage().append(storage().find(ID), 11, false)) {
			writer.write(bytes("cd"));
			old.close();
			writer.write(bytes("ef"));
			writer.commit();
		}
		assertThat(content(storage(), ID)).isEqualTo("abcdef");
	}

	@Test
	void writerOfAnOlderGenerationIsRefused() throws Exception {
		storage().create(upload(ID, 6L));
		try (UploadWriter writer = storage().append(storage().find(ID), 2, false)) {
			Upload found = storage().find(ID);
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> storage().append(found, 1, false));
			writer.write(bytes("ab"));
			writer.commit();
		}
		assertThat(storage().find(ID).offset()).isEqualTo(2);
	}

	@Test
	void writerThatWouldLeaveAHoleIsRefused() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "ab");
		Upload wrong = storage().find(ID).withOffset(4);
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> storage().append(wrong, ++this.generation, false));
		append(ID, "cd");
		assertThat(content(storage(), ID)).isEqualTo("abcd");
	}

	@Test
	void fullUploadIsFinishingWithoutAnotherWord() throws Exception {
		storage().create(upload(ID, 3L));
		append(ID, "abc");
		assertThat(storage().find(ID).state()).isEqualTo(UploadState.FINISHING);
		assertThat(reopen().find(ID).state()).isEqualTo(UploadState.FINISHING);
	}

	@Test
	void fullPartialUploadIsCompleted() throws Exception {
		storage().create(NewUpload.builder(ID).length(3L).concatenation(new Concatenation.Partial()).build());
		append(ID, "abc");
		assertThat(reopen().find(ID).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void lengthThatIsDeclaredOutlivesARestart() throws Exception {
		storage().create(upload(ID, null));
		append(ID, "abc");
		storage().update(storage().find(ID).withLength(3));
		Upload found = reopen().find(ID);
		assertThat(found.length()).isEqualTo(3);
		assertThat(found.lateLength()).isTrue();
		assertThat(found.state()).isEqualTo(UploadState.FINISHING);
	}

	@Test
	void stateAttemptsAndAnswerOutliveARestart() throws Exception {
		storage().create(upload(ID, 3L));
		append(ID, "abc");
		storage().update(storage().find(ID).withNextAttempt());
		assertThat(reopen().find(ID)).satisfies((found) -> {
			assertThat(found.state()).isEqualTo(UploadState.FINISHING);
			assertThat(found.attempts()).isEqualTo(1);
		});
		UploadAnswer answer = UploadAnswer.builder()
			.status(201)
			.header("X-One", "1")
			.header("X-Two", "2")
			.body("a/b", "é")
			.build();
		storage().update(storage().find(ID).withNextAttempt().withState(UploadState.COMPLETED).withAnswer(answer));
		assertThat(reopen().find(ID)).satisfies((found) -> {
			assertThat(found.state()).isEqualTo(UploadState.COMPLETED);
			assertThat(found.attempts()).isEqualTo(2);
			assertThat(found.answer()).isEqualTo(answer);
			assertThat(found.answer().headers().keySet()).containsExactly("X-One", "X-Two", "Content-Type");
		});
	}

	@Test
	void uploadThatIsGoneCanNotBeUpdated() throws Exception {
		storage().create(upload(ID, 3L));
		append(ID, "abc");
		Upload upload = storage().find(ID);
		assertThat(storage().delete(ID)).isTrue();
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> storage().update(upload.withNextAttempt()));
		assertThat(storage().find(ID)).isNull();
	}

	@Test
	void deletedUploadIsGoneAndItsIdFree() throws Exception {
		storage().create(upload(ID, 3L));
		append(ID, "abc");
		assertThat(storage().delete(ID)).isTrue();
		assertThat(storage().find(ID)).isNull();
		assertThat(list(storage())).isEmpty();
		assertThat(storage().delete(ID)).isFalse();
		storage().create(upload(ID, 5L));
		assertThat(storage().find(ID).offset()).isZero();
	}

	@Test
	void idThatIsGoodForOneUploadIsUsedOnce() throws Exception {
		Instant until = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3600);
		assertThat(storage().use(ID, until)).isTrue();
		assertThat(storage().use(UploadId.of("other"), until)).isTrue();
		storage().create(upload(ID, 5L));
		storage().delete(ID);
		storage().tidy();
		assertThat(storage().use(ID, until)).isFalse();
		UploadStorage restarted = reopen();
		assertThat(restarted.use(ID, until)).isFalse();
		assertThat(list(restarted)).isEmpty();
		restarted.giveBack(ID, until);
		assertThat(restarted.use(ID, until)).isTrue();
	}

	@Test
	void finalUploadGetsTheContentOfItsPartsInTheirOrder() throws Exception {
		Upload a = part("a", "one-");
		Upload b = part("b", "two-");
		Upload c = part("c", "");
		Upload joined = concatenate("final", a, b, c, a);
		assertThat(joined.length()).isEqualTo(12);
		assertThat(joined.offset()).isEqualTo(12);
		assertThat(content(storage(), UploadId.of("final"))).isEqualTo("one-two-one-");
		assertThat(storage().find(a.id()).offset()).isEqualTo(4);
		assertThat(content(reopen(), UploadId.of("final"))).isEqualTo("one-two-one-");
	}

	@Test
	void partServesManyFinalUploads() throws Exception {
		Upload a = part("a", "one");
		Upload b = part("b", "two");
		concatenate("first", a);
		concatenate("second", a, b);
		concatenate("third", b, a);
		concatenate("fourth", a, b);
		assertThat(content(storage(), UploadId.of("first"))).isEqualTo("one");
		assertThat(content(storage(), UploadId.of("second"))).isEqualTo("onetwo");
		assertThat(content(storage(), UploadId.of("third"))).isEqualTo("twoone");
		assertThat(content(storage(), UploadId.of("fourth"))).isEqualTo("onetwo");
	}

	@Test
	void finalUploadOutlivesItsParts() throws Exception {
		Upload a = part("a", "one");
		Upload b = part("b", "two");
		concatenate("final", a, b);
		storage().delete(a.id());
		storage().delete(b.id());
		assertThat(content(storage(), UploadId.of("final"))).isEqualTo("onetwo");
	}

	@Test
	void finalUploadOfWhichAPartIsMissingStaysWithoutContent() throws Exception {
		Upload a = part("a", "one");
		Upload b = part("b", "two");
		storage().delete(b.id());
		UploadId id = UploadId.of("final");
		Upload joined = storage()
			.create(NewUpload.builder(id).concatenation(new Concatenation.Final(List.of(a.id(), b.id()), "")).build());
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage().concatenate(joined, List.of(a, b)));
		assertThat(storage().find(id).state()).isEqualTo(UploadState.RECEIVING);
		assertThat(concatenate("other", a).offset()).isEqualTo(3);
		assertThat(content(storage(), UploadId.of("other"))).isEqualTo("one");
	}

	@Test
	void contentCanBeReadAnyNumberOfTimes() throws Exception {
		storage().create(upload(ID, 3L));
		append(ID, "abc");
		assertThat(content(storage(), ID)).isEqualTo("abc");
		assertThat(content(storage(), ID)).isEqualTo("abc");
		assertThat(storage().content(storage().find(ID)).contentLength()).isEqualTo(3);
		assertThat(storage().hasContent(storage().find(ID))).isTrue();
	}

	@Test
	void uploadWhoseContentWasMovedIsStillKnown() throws Exception {
		Upload completed = complete(ID, "abc");
		Path target = this.directory.resolve("moved.txt");
		storage().moveContent(completed, target);
		assertThat(target).hasContent("abc");
		for (UploadStorage storage : List.of(storage(), reopen())) {
			Upload found = storage.find(ID);
			assertThat(found.state()).isEqualTo(UploadState.COMPLETED);
			assertThat(found.offset()).isEqualTo(3);
			assertThat(storage.hasContent(found)).isFalse();
		}
		assertThat(storage().delete(ID)).isTrue();
		assertThat(target).hasContent("abc");
	}

	@Test
	void moveReplacesAFile() throws Exception {
		Upload completed = complete(ID, "abc");
		Path target = Files.writeString(this.directory.resolve("old.txt"), "something old");
		storage().moveContent(completed, target);
		assertThat(target).hasContent("abc");
	}

	@Test
	void uploadWhoseContentWasDeletedIsStillKnown() throws Exception {
		Upload completed = complete(ID, "abc");
		storage().deleteContent(completed);
		storage().deleteContent(completed);
		for (UploadStorage storage : List.of(storage(), reopen())) {
			assertThat(storage.find(ID).state()).isEqualTo(UploadState.COMPLETED);
			assertThat(storage.hasContent(storage.find(ID))).isFalse();
		}
	}

	@Test
	void allUploadsAreListed() throws Exception {
		for (int i = 0; i < 50; i++) {
			storage().create(upload(UploadId.of("upload-" + i), 3L));
		}
		append(UploadId.of("upload-7"), "ab");
		assertThat(list(storage())).extracting(Upload::id)
			.containsExactlyInAnyOrderElementsOf(
					IntStream.range(0, 50).mapToObj((i) -> UploadId.of("upload-" + i)).toList());
		assertThat(list(reopen())).filteredOn((upload) -> upload.offset() == 2)
			.extracting(Upload::id)
			.containsExactly(UploadId.of("upload-7"));
	}

	@Test
	void listSurvivesUploadsThatVanish() throws Exception {
		for (int i = 0; i < 20; i++) {
			storage().create(upload(UploadId.of("upload-" + i), 3L));
		}
		try (Stream<Upload> uploads = storage().list()) {
			uploads.forEach((upload) -> {
				for (int i = 0; i < 20; i++) {
					deleteQuietly(UploadId.of("upload-" + i));
				}
			});
		}
		assertThat(list(storage())).isEmpty();
	}

	@Test
	void tidyingLeavesUploadsAlone() throws Exception {
		storage().create(upload(ID, 6L));
		append(ID, "abc");
		Upload completed = complete(UploadId.of("done"), "abc");
		storage().deleteContent(completed);
		storage().tidy();
		assertThat(list(storage())).hasSize(2);
		assertThat(content(storage(), ID)).isEqualTo("abc");
	}

	private void deleteQuietly(UploadId id) {
		try {
			storage().delete(id);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	protected final NewUpload upload(UploadId id, Long length) {
		return NewUpload.builder(id).length(length).metadata(UploadMetadata.of(Map.of("filename", "a.txt"))).build();
	}

	protected final void append(UploadId id, String text) throws IOException {
		try (UploadWriter writer = storage().append(storage().find(id), ++this.generation, false)) {
			writer.write(bytes(text));
			writer.commit();
		}
	}

	protected final Upload complete(UploadId id, String text) throws IOException {
		storage().create(upload(id, (long) text.length()));
		append(id, text);
		Upload completed = storage().find(id).withNextAttempt().withState(UploadState.COMPLETED);
		storage().update(completed);
		return completed;
	}

	protected final Upload part(String id, String text) throws IOException {
		storage().create(NewUpload.builder(UploadId.of(id))
			.length((long) text.length())
			.concatenation(new Concatenation.Partial())
			.build());
		append(UploadId.of(id), text);
		return storage().find(UploadId.of(id));
	}

	protected final Upload concatenate(String id, Upload... parts) throws IOException {
		List<UploadId> ids = Stream.of(parts).map(Upload::id).toList();
		Upload created = storage()
			.create(NewUpload.builder(UploadId.of(id)).concatenation(new Concatenation.Final(ids, "")).build());
		return storage().concatenate(created, List.of(parts));
	}

	protected static String content(UploadStorage storage, UploadId id) throws IOException {
		return storage.content(storage.find(id)).getContentAsString(StandardCharsets.UTF_8);
	}

	protected static List<Upload> list(UploadStorage storage) throws IOException {
		try (Stream<Upload> uploads = storage.list()) {
			return new ArrayList<>(uploads.toList());
		}
	}

	protected static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
