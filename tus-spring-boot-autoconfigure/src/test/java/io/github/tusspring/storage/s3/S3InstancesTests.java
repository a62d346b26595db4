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

package io.github.tusspring.storage.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadEvents;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadWriter;
import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What two instances do to one upload in a bucket, without a lock.
 */
class S3InstancesTests {

	private static int count;

	private static S3Server server;

	private static S3AsyncClient client;

	private static S3Bucket bucket;

	private final S3UploadStorage one = open(ConditionalWrites.REQUIRED, Duration.ofDays(1));

	private final S3UploadStorage other = open(ConditionalWrites.REQUIRED, Duration.ofDays(1));

	private UploadId id;

	@BeforeAll
	static void start() {
		server = S3Server.start();
		client = server.client();
		bucket = S3Bucket.create(client, "uploads");
	}

	@AfterAll
	static void stop() {
		client.close();
		server.close();
	}

	@BeforeEach
	void create() throws IOException {
		this.id = UploadId.of("upload-" + ++count);
		this.one.create(NewUpload.builder(this.id).length(6L).metadata(UploadMetadata.EMPTY).build());
	}

	/**
	 * Begins an append of which nothing is written down when it is silent, as it may be
	 * on a slow machine.
	 */
	private UploadWriter freeze() throws IOException {
		return this.one.append(this.one.find(this.id), 1, true);
	}

	@Test
	void writerThatWasOvertakenWritesNothing() throws Exception {
		UploadWriter frozen = freeze();
		frozen.write(bytes("XX"));
		append(this.other, "abc");
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(frozen::commit);
		frozen.close();
		append(this.other, "def");
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
	}

	@Test
	void writerThatWasOvertakenTellsOfNoLessThanWhatWasRead() throws Exception {
		UploadWriter frozen = freeze();
		frozen.write(bytes("XX"));
		append(this.other, "ab");
		assertThat(this.one.find(this.id).offset()).isEqualTo(2);
		assertThat(frozen.offset()).isEqualTo(2);
		append(this.other, "c");
		assertThat(this.one.find(this.id).offset()).isEqualTo(3);
		assertThat(frozen.offset()).isEqualTo(3);
		frozen.close();
	}

	@Test
	void writerThatWasOvertakenLeavesTheObjectAlone() throws Exception {
		UploadWriter frozen = freeze();
		frozen.write(bytes("XXXXXX"));
		append(this.other, "abcdef");
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(frozen::commit);
		frozen.close();
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
	}

	@Test
	void writerThatWasOvertakenSaysSoWhereWhatItWouldReadIsGone() throws Exception {
		append(this.one, "ab");
		UploadWriter frozen = freeze();
		frozen.write(bytes("XXXX"));
		append(this.other, "cdef");
		await().untilAsserted(() -> assertThat(bucket.keys()).filteredOn((key) -> key.startsWith("some/" + this.id))
			.containsOnly("some/" + this.id, "some/" + this.id + ".info"));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(frozen::commit);
		frozen.close();
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
	}

	@Test
	void writerWhoseUploadIsDeletedLeavesNoObject() throws Exception {
		UploadWriter frozen = freeze();
		frozen.write(bytes("XXXXXX"));
		this.other.delete(this.other.find(this.id));
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(frozen::commit);
		frozen.close();
		await().until(() -> bucket.get("some/" + this.id) == null);
	}

	@Test
	void objectOfAnAppendThatNeverCountedIsReplaced() throws Exception {
		putWithoutCounting("XXXXXX");
		append(this.other, "abcdef");
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
	}

	@Test
	void objectOfAnAppendThatNeverCountedIsNotTakenForThatOfTheParts() throws Exception {
		int part = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("upload-" + ++count);
		this.one.create(NewUpload.builder(this.id).length(part + 3L).metadata(UploadMetadata.EMPTY).build());
		putWithoutCounting("X".repeat(part + 3));
		append(this.other, "a".repeat(part));
		append(this.other, "bcd");
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("a".repeat(part) + "bcd");
		assertThat(bucket.multipartUploads()).doesNotContain("some/" + this.id);
	}

	@Test
	void otherInstancesSeeThatAnAppendIsAliveOfWhichNothingIsStored() throws Exception {
		UploadWriter writer = this.one.append(this.one.find(this.id), 1, true);
		writer.write(bytes("abc"));
		Upload before = this.other.find(this.id);
		writer.keepAlive();
		await().untilAsserted(() -> assertThat(this.other.find(this.id).modified()).isAfter(before.modified()));
		assertThat(this.other.find(this.id).offset()).isZero();
		writer.commit();
		writer.close();
		assertThat(this.other.find(this.id).offset()).isEqualTo(3);
	}

	@Test
	void instanceThatWasOvertakenGoesOnAfterALook() throws Exception {
		append(this.one, "ab");
		append(this.other, "cd");
		assertThat(this.one.find(this.id).offset()).isEqualTo(4);
		append(this.one, "ef");
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
		assertThat(this.one.memoryUsed()).isZero();
	}

	@Test
	@Tag("long")
	void numbersForPartsAreNotUsedUpByInstancesThatTakeTurns() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("turns-" + count);
		this.one.create(NewUpload.builder(this.id).length(4L * size).build());
		for (int i = 0; i < 3; i++) {
			append((i % 2 == 0) ? this.other : this.one, "x".repeat(size));
		}
		for (int i = 0; i < 3; i++) {
			append((i % 2 == 0) ? this.one : this.other, "x");
		}
		assertThat(this.other.manifests().read(this.id).manifest().lastNumber).isEqualTo(3);
		append(this.other, "x".repeat(size - 3));
		assertThat(bucket.get("some/" + this.id)).hasSize(4 * size).containsOnly('x');
	}

	@Test
	void silentAppendsKeepNoRoomForWhichOthersWait() throws Exception {
		int appends = 100;
		AtomicInteger ready = new AtomicInteger();
		List<UploadWriter> writers = new ArrayList<>();
		try (S3UploadStorage small = open(2 * S3Settings.MIN_PART_SIZE)) {
			for (int i = 0; i < appends; i++) {
				UploadId id = UploadId.of("silent-" + count + "-" + i);
				UploadWriter writer = small.append(small.create(NewUpload.builder(id).length(9L).build()), 1, false);
				writers.add(writer);
				askForRoom(writer, ready);
			}
			assertThat(small.memoryUsed()).isLessThanOrEqualTo(2 * S3Settings.MIN_PART_SIZE);
			await().until(() -> ready.get() == appends);
			for (UploadWriter writer : writers) {
				writer.close();
			}
			assertThat(small.memoryUsed()).isZero();
		}
	}

	private static void askForRoom(UploadWriter writer, AtomicInteger ready) {
		if (writer.hasRoom(() -> askForRoom(writer, ready))) {
			ready.incrementAndGet();
		}
	}

	@Test
	void bytesForWhichThereIsNoNumberKeepNoMemory() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("numbers-" + count);
		this.one.create(NewUpload.builder(this.id).build());
		append(this.one, "x".repeat(size));
		StoredUpload stored = this.one.require(this.one.find(this.id));
		stored.change(stored::reserve);
		S3Settings settings = new S3Settings("uploads", "some/", 2L * size, 10, 4, 4L * size, false,
				ConditionalWrites.REQUIRED, Duration.ofDays(1));
		try (S3UploadStorage few = new S3UploadStorage(client, settings, (upload) -> S3Location.of("" + upload.id()));
				S3UploadWriter writer = (S3UploadWriter) few.append(few.find(this.id), 1, false)) {
			writer.write(ByteBuffer.allocate(size));
			// 32 are those of the instance that had it before.
			writer.spill();
			assertThat(few.memoryUsed()).isZero();
			assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(writer::commit);
		}
	}

	@Test
	void appendThatWasOvertakenKeepsNoMemoryForWhichOthersWait() throws Exception {
		try (S3UploadWriter writer = (S3UploadWriter) this.one.append(this.one.find(this.id), 1, false)) {
			writer.write(bytes("abc"));
			writer.fence();
			writer.spill();
			assertThat(this.one.memoryUsed()).isZero();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(writer::commit);
		}
	}

	@Test
	void tasksOfSilentAppendsDoNotPileUpWhileTheStoreIsSilent() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		ThreadPoolExecutor tasks = (ThreadPoolExecutor) this.one.tasks();
		try (S3UploadWriter writer = (S3UploadWriter) this.one.append(this.one.find(this.id), 1, true)) {
			assertThat(writer.hasRoom(() -> {
			})).isTrue();
			for (int i = 0; i < tasks.getCorePoolSize(); i++) {
				tasks.execute(() -> awaitEnd(end));
			}
			await().until(() -> {
				writer.settle();
				return !tasks.getQueue().isEmpty();
			});
			for (int i = 0; i < 10; i++) {
				writer.settle();
				writer.keepAlive();
			}
			assertThat(tasks.getQueue()).hasSize(2);
		}
		finally {
			end.countDown();
		}
	}

	/**
	 * Creates an upload of some parts, and appends the first.
	 */
	private void createParts(int parts) throws IOException {
		this.id = UploadId.of("upload-" + ++count);
		this.one.create(NewUpload.builder(this.id).length(parts * S3Settings.MIN_PART_SIZE).build());
		append(this.one, "x".repeat((int) S3Settings.MIN_PART_SIZE));
	}

	@Test
	void concatenationThatIsDoneAgainLeavesNoMultipartUpload() throws Exception {
		createParts(1);
		Upload part = this.one.find(this.id);
		this.id = UploadId.of("upload-" + ++count);
		this.one
			.create(NewUpload.builder(this.id).concatenation(new Concatenation.Final(List.of(part.id()), "")).build());
		// Of the first instance nothing is heard any more.
		new S3Concatenation(this.one, this.one.require(this.one.find(this.id))).concatenate(List.of(part));
		Upload joined = this.other.concatenate(this.other.find(this.id), List.of(part));
		assertThat(joined.offset()).isEqualTo(S3Settings.MIN_PART_SIZE);
		await().untilAsserted(() -> assertThat(bucket.multipartUploads()).doesNotContain("some/" + this.id));
	}

	@Test
	void partThatMayNotBeSentKeepsNoMemory() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("refused-" + count);
		this.one.create(NewUpload.builder(this.id).length(2L * size).build());
		UploadWriter overtaken = this.other.append(this.other.find(this.id), 1, false);
		overtaken.write(ByteBuffer.allocate(size));
		append(this.one, "x");
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(overtaken::commit);
		overtaken.close();
		assertThat(this.other.memoryUsed()).isZero();
	}

	@Test
	void partsAreSentThoughAllTasksWait() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try {
			for (int i = 0; i < 32; i++) {
				this.one.tasks().execute(() -> awaitEnd(end));
			}
			int size = (int) S3Settings.MIN_PART_SIZE;
			this.id = UploadId.of("busy-" + count);
			this.one.create(NewUpload.builder(this.id).length(2L * size).build());
			CompletableFuture<Void> appended = CompletableFuture.runAsync(() -> {
				try {
					append(this.one, "x".repeat(size));
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			});
			appended.get(10, TimeUnit.SECONDS);
		}
		finally {
			end.countDown();
		}
		assertThat(this.one.find(this.id).offset()).isEqualTo(S3Settings.MIN_PART_SIZE);
	}

	private static void awaitEnd(CountDownLatch end) {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void lookTakesNothingOver() throws Exception {
		UploadWriter writer = this.one.append(this.one.find(this.id), 1, false);
		writer.write(bytes("ab"));
		assertThat(this.other.find(this.id).offset()).isZero();
		writer.commit();
		assertThat(this.other.find(this.id).offset()).isEqualTo(2);
		writer.close();
	}

	@Test
	void oneOfTwoBeginsADelivery() throws Exception {
		append(this.one, "abcdef");
		// As if the instance that has the last byte had died.
		S3UploadStorage third = open(ConditionalWrites.REQUIRED, Duration.ofDays(1));
		Upload seenByOther = this.other.find(this.id);
		Upload seenByThird = third.find(this.id);
		assertThat(seenByOther.isClaimed(Instant.now())).isTrue();
		this.other.update(seenByOther.withNextAttempt());
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> third.update(seenByThird.withNextAttempt()));
	}

	@Test
	void deliveryOfAnInstanceThatDiedIsOneAttempt() throws Exception {
		append(this.one, "abcdef");
		this.other.renew(this.other.find(this.id));
		assertThat(this.one.find(this.id).attempts()).isEqualTo(1);
	}

	@Test
	void deliveryThatWasOvertakenIsNotStored() throws Exception {
		append(this.one, "abcdef");
		Upload delivered = this.one.find(this.id).withNextAttempt();
		this.one.update(delivered);
		this.other.update(this.other.find(this.id).withNextAttempt());
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.one.update(delivered.withState(UploadState.COMPLETED)));
		assertThat(this.other.find(this.id).state()).isEqualTo(UploadState.FINISHING);
	}

	@Test
	void contentThatAnotherInstanceDeliversIsLeftAlone(@TempDir Path directory) throws Exception {
		append(this.one, "abcdef");
		Upload delivered = this.one.find(this.id).withNextAttempt();
		this.one.update(delivered);
		Upload seen = this.other.find(this.id);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.other.deleteContent(seen));
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.other.moveContent(seen, directory.resolve("file")));
		assertThat(directory).isEmptyDirectory();
		this.one.update(delivered.withState(UploadState.COMPLETED));
		this.other.moveContent(this.other.find(this.id), directory.resolve("file"));
		assertThat(directory.resolve("file")).hasContent("abcdef");
	}

	@Test
	void deletionOfWhatHasChangedIsRefused() throws Exception {
		Upload seen = this.one.find(this.id);
		append(this.other, "abc");
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.one.delete(seen));
		assertThat(this.other.find(this.id).offset()).isEqualTo(3);
	}

	@Test
	void fullUploadIsFoundByAnyInstanceUntilItIsDelivered() throws Exception {
		append(this.one, "abcdef");
		Upload full = this.one.find(this.id).withNextAttempt();
		this.one.update(full);
		assertThat(this.other.unsettled()).extracting(Upload::id).doesNotContain(this.id);
		this.one.release(full, Instant.now().plusSeconds(60));
		assertThat(this.other.unsettled()).extracting(Upload::id).doesNotContain(this.id);
		this.one.release(full, Instant.now().minusSeconds(1));
		assertThat(this.other.unsettled()).extracting(Upload::id).contains(this.id);
		this.other.update(this.other.find(this.id).withNextAttempt());
		this.other.update(this.other.find(this.id).withNextAttempt().withState(UploadState.COMPLETED));
		await().until(() -> bucket.get("some/.due/" + this.id) == null);
	}

	@Test
	void uploadWithoutBytesIsFoundByAnyInstanceUntilItIsDelivered() throws Exception {
		this.id = UploadId.of("upload-" + ++count);
		this.one.create(NewUpload.builder(this.id).length(0L).metadata(UploadMetadata.EMPTY).build());
		Upload full = this.one.find(this.id).withNextAttempt();
		this.one.update(full);
		this.one.release(full, Instant.now().minusSeconds(1));
		assertThat(this.other.unsettled()).extracting(Upload::id).contains(this.id);
	}

	private UploadId createPartAndFinal() throws IOException {
		UploadId part = UploadId.of("part-" + count);
		this.one.create(NewUpload.builder(part).length(3L).concatenation(new Concatenation.Partial()).build());
		this.id = UploadId.of("final-" + count);
		this.one.create(NewUpload.builder(this.id).concatenation(new Concatenation.Final(List.of(part), "")).build());
		return part;
	}

	private void fill(S3UploadStorage storage, UploadId part) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(part), 1, false)) {
			writer.write(bytes("abc"));
			writer.commit();
		}
	}

	private List<UploadId> unsettledLater(S3UploadStorage storage) throws IOException {
		try (Stream<Upload> uploads = storage.unsettled(Instant.now().plusSeconds(20))) {
			return uploads.map(Upload::id).toList();
		}
	}

	@Test
	void whenAnInstanceDiesBeforeItNotesWhatAFinalUploadWaitsForThenOthersFindIt() throws Exception {
		createPartAndFinal();
		assertThat(this.other.unsettled()).extracting(Upload::id).as("it may be on its way").doesNotContain(this.id);
		assertThat(unsettledLater(this.other)).contains(this.id);
	}

	@Test
	void whenAnInstanceFindsAFinalUploadAndHasNoTimeThenOthersFindItToo() throws Exception {
		createPartAndFinal();
		bucket.put("some/.due/" + this.id, "as it was");
		assertThat(unsettledLater(this.other)).contains(this.id);
		assertThat(bucket.get("some/.due/" + this.id)).asString().isEqualTo("as it was");
	}

	@Test
	void whenAnInstanceBeginsToPutAnOldFinalUploadTogetherThenItNotesThatForOthers() throws Exception {
		UploadId part = createPartAndFinal();
		fill(this.one, part);
		bucket.put("some/.due/" + this.id, "as it was");
		Upload old = this.other.find(this.id).mutate().created(Instant.now().minusSeconds(60)).build();
		this.other.concatenate(old, List.of(this.other.find(part)));
		await().untilAsserted(() -> assertThat(bucket.get("some/.due/" + this.id)).isEmpty());
	}

	@Test
	void whenAnInstanceDiesThatHasFilledAPartThenOthersFindThePart() throws Exception {
		UploadId part = createPartAndFinal();
		assertThat(this.one.awaitPart(this.one.find(this.id), part)).isTrue();
		assertThat(unsettledLater(this.other)).doesNotContain(this.id, part);
		fill(this.one, part);
		assertThat(this.other.unsettled()).extracting(Upload::id).as("it may be about to tell").doesNotContain(part);
		assertThat(unsettledLater(this.other)).contains(part).doesNotContain(this.id);
		assertThat(this.other.filled(part)).containsExactly(this.id);
		await().untilAsserted(() -> assertThat(unsettledLater(this.one)).contains(this.id).doesNotContain(part));
		await().untilAsserted(() -> assertThat(bucket.keys()).doesNotContain("some/.wait/" + part + "/" + this.id));
	}

	@Test
	void whenAnInstanceDiesWhileItGoesOnWithWhatWaitsThenOthersFindTheRest() throws Exception {
		UploadId part = createPartAndFinal();
		this.one.awaitPart(this.one.find(this.id), part);
		UploadId next = UploadId.of("next-" + count);
		this.one.create(NewUpload.builder(next).concatenation(new Concatenation.Final(List.of(part), "")).build());
		this.one.awaitPart(this.one.find(next), part);
		fill(this.one, part);
		try (Stream<UploadId> finals = this.one.filled(part)) {
			assertThat(finals.findFirst()).contains(this.id);
		}
		assertThat(unsettledLater(this.other)).contains(this.id, part).doesNotContain(next);
		await().untilAsserted(() -> assertThat(this.other.filled(part)).containsExactly(next));
	}

	@Test
	void whenAPartWasFilledBeforeItIsNotedThatAnUploadWaitsThenItDoesNotWait() throws Exception {
		UploadId part = createPartAndFinal();
		fill(this.other, part);
		assertThat(this.other.filled(part)).isEmpty();
		assertThat(this.one.awaitPart(this.one.find(this.id), part)).isFalse();
		assertThat(unsettledLater(this.other)).contains(this.id);
		await().untilAsserted(() -> assertThat(bucket.keys()).noneMatch((key) -> key.startsWith("some/.wait/" + part)));
	}

	@Test
	void whenAWaitingFinalUploadIsDeletedThenNothingIsLeftOfIt() throws Exception {
		UploadId part = createPartAndFinal();
		this.one.awaitPart(this.one.find(this.id), part);
		this.other.delete(this.other.find(this.id));
		await().untilAsserted(() -> assertThat(bucket.keys()).noneMatch((key) -> key.contains(this.id.toString())));
	}

	@Test
	void noteOfAFinalUploadThatIsGoneIsRemoved() throws Exception {
		UploadId part = createPartAndFinal();
		this.one.awaitPart(this.one.find(this.id), part);
		bucket.put("some/.wait/" + part + "/gone", "");
		S3UploadStorage eager = open(ConditionalWrites.REQUIRED, Duration.ofMillis(1));
		await().untilAsserted(() -> {
			eager.tidy();
			assertThat(bucket.keys()).doesNotContain("some/.wait/" + part + "/gone")
				.contains("some/.wait/" + part + "/" + this.id);
		});
	}

	@Test
	void whatWaitsCostsNothing() throws Exception {
		List<String> operations = new CopyOnWriteArrayList<>();
		try (S3AsyncClient counting = client(counter(operations));
				S3UploadStorage idle = new S3UploadStorage(counting, S3Server.settings("uploads", "idle/"),
						(upload) -> S3Location.of(upload.id().toString()))) {
			UploadId part = UploadId.of("part");
			idle.create(NewUpload.builder(part).length(3L).concatenation(new Concatenation.Partial()).build());
			for (int i = 0; i < 20; i++) {
				UploadId waiting = UploadId.of("waiting-" + i);
				Concatenation.Final parts = new Concatenation.Final(List.of(part), "");
				idle.awaitPart(idle.create(NewUpload.builder(waiting).concatenation(parts).build()), part);
			}
			operations.clear();
			assertThat(idle.unsettled(Instant.now().plusSeconds(20))).isEmpty();
			assertThat(operations).containsExactly("ListObjectsV2");
		}
	}

	private static ExecutionInterceptor counter(List<String> operations) {
		return new ExecutionInterceptor() {

			@Override
			public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
				operations.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
			}

		};
	}

	@Test
	void unfinishedUploadsAreNotedWhereTheyAreCounted() throws Exception {
		try (S3UploadStorage here = open(ConditionalWrites.REQUIRED, Duration.ofDays(1));
				S3UploadStorage there = open(ConditionalWrites.REQUIRED, Duration.ofDays(1))) {
			assertThat(there.unfinished((id) -> true)).as("that nobody has counted").isEmpty();
			assertThat(here.noteUnfinished()).isTrue();
			assertThat(there.noteUnfinished()).isTrue();
			for (String kind : List.of("open", "full", "gone", "part", "refused")) {
				Concatenation concatenation = kind.equals("part") ? new Concatenation.Partial() : null;
				UploadId id = UploadId.of(kind + "-" + count);
				here.create(NewUpload.builder(id).length(3L).concatenation(concatenation).build());
				assertThat(bucket.keys()).contains("some/.open/" + id);
			}
			assertThat(there.unfinished((id) -> !id.toString().startsWith("gone"))).hasSize(4);
			fill(here, UploadId.of("full-" + count));
			here.update(here.find(UploadId.of("full-" + count)).withNextAttempt());
			fill(here, UploadId.of("part-" + count));
			fill(here, UploadId.of("refused-" + count));
			here.update(here.find(UploadId.of("refused-" + count)).withState(UploadState.REJECTED));
			there.delete(there.find(UploadId.of("gone-" + count)));
			await().untilAsserted(() -> assertThat(bucket.keys()).filteredOn((key) -> key.startsWith("some/.open/"))
				.containsExactly("some/.open/open-" + count));
			assertThat(there.unfinished((id) -> true)).extracting(Upload::id)
				.containsExactly(UploadId.of("open-" + count));
			there.delete(there.find(UploadId.of("open-" + count)));
		}
	}

	@Test
	void whatAnInstanceThatDiedHasNotedTooManyIsNotCounted() throws Exception {
		append(this.one, "abcdef");
		this.other.noteUnfinished();
		bucket.put("some/.open/" + this.id, "");
		bucket.put("some/.open/coming-" + count, "");
		assertThat(this.other.unfinished((id) -> true)).isEmpty();
		await().untilAsserted(() -> assertThat(bucket.keys()).doesNotContain("some/.open/" + this.id)
			.contains("some/.open/coming-" + count));
		client.deleteObject((request) -> request.bucket("uploads").key("some/.open/coming-" + count)).join();
	}

	@Test
	void whenAPartIsRemovedThenSomebodyGoesOnWithWhatWaitsForIt() throws Exception {
		UploadId part = createPartAndFinal();
		this.one.awaitPart(this.one.find(this.id), part);
		assertThat(unsettledLater(this.one)).doesNotContain(this.id);
		this.other.delete(this.other.find(part));
		assertThat(unsettledLater(this.one)).contains(this.id);
		await().untilAsserted(() -> assertThat(bucket.keys()).noneMatch((key) -> key.contains(part.toString())));
	}

	@Test
	void ofManyInstancesThatWantToCleanOneDoes() throws Exception {
		List<String> operations = new CopyOnWriteArrayList<>();
		try (S3AsyncClient counting = client(counter(operations));
				S3UploadStorage storage = new S3UploadStorage(counting, S3Server.settings("uploads", "cleaned/"),
						(upload) -> S3Location.of(upload.id().toString()))) {
			List<CompletableFuture<Boolean>> begun = Stream.generate(() -> begin(storage, Duration.ofHours(1)))
				.limit(8)
				.toList();
			assertThat(begun).extracting(CompletableFuture::join).containsOnlyOnce(true);
			operations.clear();
			storage.beginPass(Duration.ofHours(1));
			assertThat(operations).containsExactly("HeadObject");
		}
	}

	@Test
	void whoSeesTheSameLastPassAsAnotherInstanceLeavesTheNextOneToIt() throws Exception {
		this.other.beginPass(Duration.ZERO);
		AtomicReference<Boolean> others = new AtomicReference<>();
		try (S3AsyncClient late = client(new ExecutionInterceptor() {

			@Override
			public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
				if (context.request() instanceof HeadObjectRequest) {
					others.set(begin(S3InstancesTests.this.other, Duration.ZERO).join());
				}
			}

		});
				S3UploadStorage storage = new S3UploadStorage(late, S3Server.settings("uploads", "some/"),
						(upload) -> S3Location.of(upload.id().toString()))) {
			assertThat(storage.beginPass(Duration.ZERO)).isFalse();
			assertThat(others).hasValue(true);
		}
	}

	@Test
	void whenTheStoreTakesNothingThenAPassIsBegunAllTheSame() throws Exception {
		try (S3AsyncClient full = client(new ExecutionInterceptor() {

			@Override
			public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
				if (context.request() instanceof PutObjectRequest put && put.key().endsWith(".cleaned")) {
					throw S3Exception.builder().statusCode(507).message("There is no room").build();
				}
			}

		});
				S3UploadStorage storage = new S3UploadStorage(full, S3Server.settings("uploads", "full/"),
						(upload) -> S3Location.of(upload.id().toString()))) {
			assertThat(storage.beginPass(Duration.ofHours(1))).isTrue();
		}
	}

	private static S3AsyncClient client(ExecutionInterceptor interceptor) {
		return S3Server.clientBuilder(server.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(interceptor))
			.build();
	}

	private static CompletableFuture<Boolean> begin(S3UploadStorage storage, Duration interval) {
		return CompletableFuture.supplyAsync(() -> {
			try {
				return storage.beginPass(interval);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
	}

	@Test
	void noteOfAnUploadThatIsSettledIsRemovedByWhoeverFindsIt() throws Exception {
		append(this.one, "abcdef");
		this.one.update(this.one.find(this.id).withNextAttempt());
		this.one.update(this.one.find(this.id).withState(UploadState.COMPLETED));
		await().until(() -> !bucket.keys().contains("some/.due/" + this.id));
		bucket.put("some/.due/" + this.id, "");
		assertThat(this.other.unsettled()).extracting(Upload::id).doesNotContain(this.id);
		await().until(() -> !bucket.keys().contains("some/.due/" + this.id));
	}

	@Test
	void noteOfAnUploadThatIsJustBeingMadeStays() throws Exception {
		bucket.put("some/.due/young-" + count, "");
		assertThat(this.other.unsettled()).extracting(Upload::id).doesNotContain(UploadId.of("young-" + count));
		await().during(Duration.ofMillis(300)).until(() -> bucket.keys().contains("some/.due/young-" + count));
	}

	@Test
	void objectThatIsTooShortIsNotTakenForThatOfTheParts() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("short-" + count);
		this.one.create(NewUpload.builder(this.id).length(size + 1L).build());
		append(this.one, "x".repeat(size));
		Manifest manifest = this.one.require(this.one.find(this.id)).manifest();
		String key = "some/" + this.id;
		String upload = this.one.assembly().begin(manifest).join();
		Manifest.Part part = this.one.objects()
			.part("uploads", key, upload, 1, 3, AsyncRequestBody.fromString("abc"))
			.join();
		this.one.assembly().complete(manifest, upload, List.of(part), 3);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> append(this.one, "x"));
	}

	@Test
	void objectThatIsTooShortIsNotDeliveredByAnotherInstance() throws Exception {
		append(this.one, "abcdef");
		bucket.put("some/" + this.id, "abc");
		Upload full = this.other.find(this.id);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.other.update(full.withNextAttempt()));
	}

	@Test
	void objectThatIsTooShortCanNotBeReadAsIfItWasComplete() throws Exception {
		append(this.one, "abcdef");
		bucket.put("some/" + this.id, "abc");
		try (InputStream content = this.one.content(this.one.find(this.id)).getInputStream()) {
			assertThatExceptionOfType(EOFException.class).isThrownBy(content::readAllBytes);
		}
	}

	@Test
	void objectThatIsTooShortIsNotMoved(@TempDir Path directory) throws Exception {
		append(this.one, "abcdef");
		bucket.put("some/" + this.id, "abc");
		assertThatExceptionOfType(EOFException.class)
			.isThrownBy(() -> this.one.moveContent(this.one.find(this.id), directory.resolve("target")));
		assertThat(directory).isEmptyDirectory();
		assertThat(bucket.keys()).contains("some/" + this.id);
	}

	@Test
	void changeOfItsOwnThatIsDoneLateIsSeen() throws Exception {
		append(this.one, "abcdef");
		this.one.update(this.one.find(this.id).withNextAttempt());
		complete();
		assertThat(this.one.find(this.id).state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.one.recall(this.id).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whatWasJudgedBeforeItWasCompleteIsNotDeleted() throws Exception {
		append(this.one, "abcdef");
		Upload judged = this.one.find(this.id).withNextAttempt();
		this.one.update(judged);
		complete();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.one.delete(judged));
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
		assertThat(this.other.find(this.id).state()).isEqualTo(UploadState.COMPLETED);
	}

	/**
	 * Does what the store does with a change of the holder's that arrives when nobody
	 * waits for it any more.
	 */
	private void complete() {
		String key = "some/" + this.id + ".info";
		ObjectNode manifest = (ObjectNode) JsonMapper.shared().readTree(bucket.get(key));
		manifest.put("State", "COMPLETED");
		manifest.put("Completed", Instant.now().toString());
		manifest.put("Version", manifest.path("Version").asLong() + 1);
		manifest.put("Write", "late");
		bucket.put(key, manifest.toString());
	}

	@Test
	void uploadWhosePartsCanNotBePutTogetherSinceTheStoreHasEndedThemIsNoMore() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("ended-" + count);
		this.one.create(NewUpload.builder(this.id).length(2L * size).build());
		append(this.one, "x".repeat(size));
		bucket.abortMultipartUploads("some/" + this.id);
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> append(this.other, "x".repeat(size)));
		assertThat(this.one.find(this.id)).isNull();
		assertThat(this.other.find(this.id)).isNull();
	}

	@Test
	void fullUploadWhoseMultipartUploadTheStoreHasEndedIsNoMore() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("full-" + count);
		this.one.create(NewUpload.builder(this.id).build());
		append(this.one, "x".repeat(size));
		bucket.abortMultipartUploads("some/" + this.id);
		this.one.update(this.one.find(this.id).withLength(size));
		Upload full = this.one.find(this.id);
		assertThat(full.state()).isEqualTo(UploadState.FINISHING);
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.one.update(full.withNextAttempt()));
		assertThat(this.one.find(this.id)).isNull();
		await().untilAsserted(() -> assertThat(bucket.keys()).noneMatch((key) -> key.contains(this.id.toString())));
		assertThat(this.other.unsettled()).extracting(Upload::id).doesNotContain(this.id);
	}

	@Test
	void fullUploadWhoseObjectIsThereIsNotTakenForLost() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("made-" + count);
		this.one.create(NewUpload.builder(this.id).length(size + 1L).build());
		append(this.one, "x".repeat(size));
		append(this.one, "x");
		// As if the answer had been lost, and the instance had died.
		this.other.update(this.other.find(this.id).withNextAttempt());
		assertThat(bucket.get("some/" + this.id)).hasSize(size + 1);
	}

	@Test
	void deletedUploadLeavesNothing() throws Exception {
		createParts(2);
		append(this.one, "abc");
		assertThat(bucket.multipartUploads()).contains("some/" + this.id);
		assertThat(this.other.delete(this.other.find(this.id))).isTrue();
		assertNothingIsLeft();
	}

	@Test
	void expiredUploadLeavesNothing() throws Exception {
		createParts(2);
		append(this.one, "abc");
		assertThat(bucket.multipartUploads()).contains("some/" + this.id);
		List<Object> events = new ArrayList<>();
		ExpirationPolicy expiration = new ExpirationPolicy(Duration.ofHours(24), true, null, EndpointRules.NONE);
		// What is younger than a day on the real clock is not looked for.
		new UploadCleaner(this.other, new LocalUploadLocker(), expiration, new UploadEvents(events::add),
				Clock.fixed(Instant.now().plus(Duration.ofHours(25)), ZoneOffset.UTC))
			.clean();
		assertThat(events)
			.filteredOn(
					(event) -> event instanceof TusUploadExpiredEvent expired && expired.upload().id().equals(this.id))
			.hasSize(1);
		assertNothingIsLeft();
	}

	private void assertNothingIsLeft() {
		assertThat(bucket.keys()).noneMatch((key) -> key.contains(this.id.toString()));
		assertThat(bucket.multipartUploads()).doesNotContain("some/" + this.id);
	}

	@Test
	void manifestsOfNoInterestAreNotRead() throws Exception {
		bucket.put("some/" + this.id + ".info", "torn");
		List<UploadId> asked = new ArrayList<>();
		try (Stream<Upload> listed = this.other.list((id, changed) -> {
			asked.add(id);
			return !id.equals(this.id);
		})) {
			assertThat(listed.map(Upload::id)).doesNotContain(this.id);
		}
		assertThat(asked).contains(this.id);
	}

	@Test
	void foreignObjectIsNeverWrittenOver() throws Exception {
		bucket.put("some/" + this.id, "somebody else's");
		UploadWriter writer = this.one.append(this.one.find(this.id), 1, false);
		writer.write(bytes("abcdef"));
		assertThatExceptionOfType(IOException.class).isThrownBy(writer::commit);
		writer.close();
		this.one.delete(this.one.find(this.id));
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("somebody else's");
	}

	@Test
	void foreignObjectIsNotWrittenOverWithoutConditions() throws Exception {
		S3UploadStorage without = open(ConditionalWrites.OFF, Duration.ofDays(1));
		bucket.put("some/" + this.id, "somebody else's");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> append(without, "abcdef"));
		without.delete(this.id);
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("somebody else's");
	}

	@Test
	void foreignObjectIsNotWrittenOverByPartsWithoutConditions() throws Exception {
		S3UploadStorage without = open(ConditionalWrites.OFF, Duration.ofDays(1));
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("parts-" + count);
		without.create(NewUpload.builder(this.id).length(size + 1L).build());
		append(without, "a".repeat(size));
		bucket.put("some/" + this.id, "somebody else's");
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> append(without, "b"));
		without.delete(this.id);
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("somebody else's");
	}

	@Test
	void manifestThatCanNotBeUnderstoodIsNoUpload() throws Exception {
		for (String torn : new String[] { "", "{", "[]", "null", "{\"ID\":\"other\"}", "\u0000", "{\"ID\":7}" }) {
			bucket.put("some/torn.info", torn);
			assertThat(this.one.find(UploadId.of("torn"))).as(torn).isNull();
		}
		assertThat(this.one.list()).extracting(Upload::id).contains(this.id);
		assertThat(bucket.keys()).contains("some/torn.info");
		client.deleteObject((request) -> request.bucket("uploads").key("some/torn.info")).join();
	}

	@ParameterizedTest
	@ValueSource(strings = { "\"Parts\":null", "\"Parts\":[null]",
			"\"Parts\":[{\"number\":1,\"size\":-1,\"tag\":\"a\"}]", "\"Parts\":[{\"number\":1,\"size\":1}]",
			"\"Tails\":[null]", "\"Tails\":[{\"size\":1}]", "\"Tails\":null", "\"Stored\":-1", "\"State\":null",
			"\"Completed\":\"x\"", "\"Claimed\":\"x\"", "\"Next\":\"x\"", "\"Key\":\"a.info\"", "\"Key\":\" \"",
			"\"Answer\":{\"status\":200,\"headers\":{},\"body\":\"!\"}", "\"Answer\":{\"status\":200}" })
	void manifestThatIsWrongInOnePlaceIsNoUpload(String part) throws Exception {
		String manifest = new String(bucket.get("some/" + this.id + ".info"), StandardCharsets.UTF_8);
		bucket.put("some/" + this.id + ".info", manifest.substring(0, manifest.length() - 1) + "," + part + "}");
		assertThat(this.other.find(this.id)).isNull();
		assertThat(this.other.list()).extracting(Upload::id).doesNotContain(this.id);
		assertThat(this.other.unsettled()).extracting(Upload::id).doesNotContain(this.id);
		client.deleteObject((request) -> request.bucket("uploads").key("some/" + this.id + ".info")).join();
	}

	@Test
	void whatIsAbandonedBelowThePrefixIsRemoved() throws Exception {
		String upload = client.createMultipartUpload((request) -> request.bucket("uploads").key("some/abandoned"))
			.join()
			.uploadId();
		client.createMultipartUpload((request) -> request.bucket("uploads").key("elsewhere/abandoned")).join();
		bucket.put("some/abandoned.part.1.0123456789abcdef", "tail");
		bucket.put("some/notes.txt", "not ours");
		append(this.one, "abc");
		S3UploadStorage eager = open(ConditionalWrites.REQUIRED, Duration.ofMillis(1));
		Thread.onSpinWait();
		await().untilAsserted(() -> {
			eager.tidy();
			assertThat(bucket.keys()).doesNotContain("some/abandoned.part.1.0123456789abcdef")
				.contains("some/notes.txt");
			assertThat(bucket.multipartUploads()).containsExactly("elsewhere/abandoned");
		});
		assertThat(upload).isNotNull();
		append(this.one, "def");
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("abcdef");
	}

	@Test
	void nothingOutsideThePrefixIsListedOrTouched() throws Exception {
		List<String> foreign = List.of("elsewhere/x.part.1.0123456789abcdef", "x.part.1.0123456789abcdef", "x.info",
				".probe-x", ".due/x", "somewhere");
		foreign.forEach((key) -> bucket.put(key, "not ours"));
		bucket.put("some/zzz.part.1.0123456789abcdef", "abandoned");
		Names names = new Names();
		try (S3AsyncClient watched = S3Server.clientBuilder(server.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(names))
			.build();
				S3UploadStorage eager = open(watched, ConditionalWrites.REQUIRED, Duration.ofMillis(1),
						64 * 1024 * 1024)) {
			append(eager, "abcdef");
			await().untilAsserted(() -> {
				eager.tidy();
				assertThat(bucket.keys()).doesNotContain("some/zzz.part.1.0123456789abcdef");
			});
			try (Stream<Upload> all = eager.list(); Stream<Upload> unsettled = eager.unsettled()) {
				assertThat(all).extracting(Upload::id).contains(this.id);
				assertThat(unsettled).isNotNull();
			}
		}
		assertThat(names.of("ListObjectsV2Request")).isNotEmpty();
		assertThat(names.of("ListMultipartUploadsRequest")).isNotEmpty();
		assertThat(names.all)
			.allSatisfy((request, keys) -> assertThat(keys).as(request).allMatch((key) -> key.startsWith("some/")));
		foreign.forEach(
				(key) -> assertThat(bucket.get(key)).as(key).asString(StandardCharsets.UTF_8).isEqualTo("not ours"));
		foreign.forEach((key) -> client.deleteObject((request) -> request.bucket("uploads").key(key)).join());
	}

	@Test
	void whenTheTimeOfAUsedIdIsLongOverThenItIsForgotten() throws Exception {
		Instant now = Instant.now();
		UploadId over = UploadId.of("over-" + count);
		UploadId perhaps = UploadId.of("perhaps-" + count);
		this.one.use(over, now.minusSeconds(3700));
		this.one.use(perhaps, now.minusSeconds(3500));
		S3UploadStorage eager = open(ConditionalWrites.REQUIRED, Duration.ofMillis(1));
		await().untilAsserted(() -> {
			eager.tidy();
			assertThat(bucket.keys()).noneMatch((key) -> key.startsWith("some/.used/" + over));
		});
		assertThat(bucket.keys()).contains("some/.used/" + perhaps + "." + now.minusSeconds(3500).getEpochSecond());
		assertThat(this.other.use(perhaps, now.minusSeconds(3500))).isFalse();
	}

	@Test
	void whatARunningAppendHasSentIsNotTakenForAbandoned() throws Exception {
		int size = (int) S3Settings.MIN_PART_SIZE;
		this.id = UploadId.of("running-" + count);
		this.one.create(NewUpload.builder(this.id).length(4L * size).build());
		S3UploadStorage eager = open(ConditionalWrites.REQUIRED, Duration.ofSeconds(1));
		try (UploadWriter writer = this.one.append(this.one.find(this.id), 1, true)) {
			writer.write(ByteBuffer.allocate(2 * size));
			Instant end = Instant.now().plusMillis(1500);
			await().until(() -> {
				writer.keepAlive();
				eager.tidy();
				return Instant.now().isAfter(end);
			});
			assertThat(bucket.multipartUploads()).contains("some/" + this.id);
			writer.write(ByteBuffer.allocate(2 * size));
			writer.commit();
		}
		assertThat(this.other.find(this.id).offset()).isEqualTo(4L * size);
	}

	@Test
	void nothingIsRememberedOfWhatTheStoreWouldNotRefuse() throws Exception {
		S3UploadStorage here = open(ConditionalWrites.OFF, Duration.ofDays(1));
		S3UploadStorage there = open(ConditionalWrites.OFF, Duration.ofDays(1));
		append(here, "abc");
		assertThat(here.remembers(this.id)).isFalse();
		append(there, "de");
		assertThat(here.recall(this.id).offset()).isEqualTo(5);
		there.delete(this.id);
		assertThat(here.recall(this.id)).isNull();
	}

	@Test
	void objectsWhoseNamesAreOnlyLikeThoseOfTailsStay() throws Exception {
		List<String> foreign = List.of("some/movie.part.001", "some/backup.part.rar", "some/db.part.1.gz",
				"some/film.part.1", "some/tape.part.1.0123456789abcdef0", "some/a/b.part.1.0123456789abcdef");
		foreign.forEach((key) -> bucket.put(key, "somebody else's"));
		bucket.put("some/zzzz.part.1.0123456789abcdef", "abandoned");
		S3UploadStorage eager = open(ConditionalWrites.REQUIRED, Duration.ofMillis(1));
		await().untilAsserted(() -> {
			eager.tidy();
			assertThat(bucket.keys()).doesNotContain("some/zzzz.part.1.0123456789abcdef");
		});
		assertThat(bucket.keys()).containsAll(foreign);
	}

	@Test
	void contentOfAnotherUploadUnderTheSameKeyStays() throws Exception {
		try (S3UploadStorage named = open((upload) -> S3Location.of("report.pdf"))) {
			UploadId first = UploadId.of("first-" + count);
			named.create(NewUpload.builder(first).length(3L).build());
			this.id = first;
			append(named, "old");
			named.deleteContent(named.find(first));
			this.id = UploadId.of("second-" + count);
			named.create(NewUpload.builder(this.id).length(3L).build());
			append(named, "new");
			named.delete(first);
			assertThat(bucket.get("some/report.pdf")).asString(StandardCharsets.UTF_8).isEqualTo("new");
			named.delete(this.id);
			assertThat(bucket.keys()).doesNotContain("some/report.pdf");
		}
	}

	@Test
	void contentHasAUriWhateverItsKey() throws Exception {
		String key = "John Doe|50%\\{a}/\u00fc#1?";
		try (S3UploadStorage named = open((upload) -> S3Location.of(key))) {
			this.id = UploadId.of("uri-" + count);
			named.create(NewUpload.builder(this.id).length(3L).build());
			append(named, "abc");
			URI uri = named.content(named.find(this.id)).getURI();
			assertThat(uri.getPath()).isEqualTo("/some/" + key);
			assertThat(uri.getAuthority()).isEqualTo("uploads");
			assertThat(URI.create(uri.toASCIIString())).hasPath("/some/" + key);
			named.delete(this.id);
		}
	}

	/**
	 * Does what an instance has done that dies before it writes the manifest.
	 */
	private void putWithoutCounting(String text) throws IOException {
		Upload upload = this.one.find(this.id);
		this.one.assembly().put(this.one.require(upload), List.of(bytes(text)), (manifest) -> {
		});
	}

	@Test
	void whatMayBeSomebodyElsesOrNamedByAManifestThatCanNotBeUnderstoodStays() throws Exception {
		bucket.put("some/odd.info", "{");
		bucket.put("some/odd.part.1.0123456789abcdef", "tail");
		bucket.put("some/zzz.part.1.0123456789abcdef", "abandoned");
		Map<String, String> uploads = new HashMap<>();
		UploadId made = UploadId.of("made-" + count);
		this.one.create(NewUpload.builder(made).concatenation(new Concatenation.Final(List.of(this.id), "")).build());
		List<String> keys = List.of("some/odd", "some/backup/data", "some/backup/" + this.id, "some/" + made);
		for (String key : keys) {
			uploads.put(key,
					client.createMultipartUpload((request) -> request.bucket("uploads").key(key)).join().uploadId());
		}
		S3UploadStorage eager = open(ConditionalWrites.REQUIRED, Duration.ofMillis(1));
		await().untilAsserted(() -> {
			eager.tidy();
			assertThat(bucket.keys()).doesNotContain("some/zzz.part.1.0123456789abcdef");
		});
		eager.tidy();
		assertThat(bucket.keys()).contains("some/odd.info", "some/odd.part.1.0123456789abcdef");
		assertThat(bucket.multipartUploads()).containsAll(keys);
		uploads.forEach((key, upload) -> client
			.abortMultipartUpload((request) -> request.bucket("uploads").key(key).uploadId(upload))
			.join());
		client.deleteObject((request) -> request.bucket("uploads").key("some/odd.info")).join();
	}

	private void append(S3UploadStorage storage, String text) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(this.id), System.nanoTime(), false)) {
			writer.write(bytes(text));
			writer.commit();
		}
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	private static S3UploadStorage open(ConditionalWrites mode, Duration abandonedAfter) {
		return open(mode, abandonedAfter, S3Server.settings("uploads", "some/").memory());
	}

	private static S3UploadStorage open(S3KeyStrategy keys) {
		return new S3UploadStorage(client, S3Server.settings("uploads", "some/"), keys);
	}

	private static S3UploadStorage open(long memory) {
		return open(ConditionalWrites.REQUIRED, Duration.ofDays(1), memory);
	}

	private static S3UploadStorage open(ConditionalWrites mode, Duration abandonedAfter, long memory) {
		return open(client, mode, abandonedAfter, memory);
	}

	private static S3UploadStorage open(S3AsyncClient client, ConditionalWrites mode, Duration abandonedAfter,
			long memory) {
		S3Settings settings = S3Server.settings("uploads", "some/");
		return new S3UploadStorage(client,
				new S3Settings(settings.bucket(), settings.prefix(), settings.partSize(), settings.maxParts(),
						settings.concurrentParts(), memory, false, mode, abandonedAfter),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	/**
	 * Sees which keys and prefixes requests are for.
	 */
	private static final class Names implements ExecutionInterceptor {

		private final Map<String, List<String>> all = new ConcurrentHashMap<>();

		@Override
		public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
			SdkRequest request = context.request();
			String name = request.getValueForField("Key", String.class)
				.or(() -> request.getValueForField("Prefix", String.class))
				.orElse("");
			this.all.computeIfAbsent(request.getClass().getSimpleName(), (type) -> new CopyOnWriteArrayList<>())
				.add(name);
		}

		private List<String> of(String request) {
			return this.all.getOrDefault(request, List.of());
		}

	}

}
