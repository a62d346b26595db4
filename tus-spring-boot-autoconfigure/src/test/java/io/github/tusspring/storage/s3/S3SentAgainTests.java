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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What it costs to read what is in the store, and send it again.
 */
class S3SentAgainTests {

	private static final int MIN = (int) S3Settings.MIN_PART_SIZE;

	private static final int PART = MIN + 1024 * 1024;

	private static final long MEMORY = 3L * MIN;

	private static final Traffic traffic = new Traffic();

	private static S3Server server;

	private static S3AsyncClient client;

	private static S3Bucket bucket;

	private static S3UploadStorage storage;

	private static S3UploadStorage equal;

	private static int count;

	@BeforeAll
	static void start() {
		server = S3Server.start();
		client = S3Server.clientBuilder(server.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(traffic))
			.build();
		bucket = S3Bucket.create(client, "uploads");
		storage = open();
		equal = open(true);
	}

	@AfterAll
	static void stop() {
		storage.close();
		equal.close();
		client.close();
		server.close();
	}

	private static S3UploadStorage open() {
		return open(false);
	}

	private static S3UploadStorage open(boolean equalParts) {
		return new S3UploadStorage(
				client, new S3Settings("uploads", "some/", PART, 10_000, 4, MEMORY, equalParts,
						ConditionalWrites.REQUIRED, Duration.ofDays(1)),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@BeforeEach
	void reset() {
		traffic.reset();
	}

	@Test
	void whatIsReadAndSentAgainHasRoomInTheMemoryForParts() throws Exception {
		Upload small = partial(MIN - 1);
		traffic.reset();
		List<CompletableFuture<?>> all = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			Upload whole = create(Collections.nCopies(4, small));
			all.add(CompletableFuture.runAsync(() -> concatenate(storage, whole, Collections.nCopies(4, small)),
					(task) -> new Thread(task).start()));
		}
		for (CompletableFuture<?> each : all) {
			each.get(30, TimeUnit.SECONDS);
		}
		assertThat(traffic.most).hasPositiveValue().hasValueLessThanOrEqualTo(MEMORY);
		assertThat(storage.memoryUsed()).isZero();
	}

	@Test
	void tailsThatBecomePartsAtTheEndOfManyAppendsHaveRoomInTheMemoryForParts() throws Exception {
		List<UploadId> ids = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			ids.add(tail(storage, 2 * MIN, MIN - 1));
		}
		traffic.reset();
		List<CompletableFuture<?>> all = new ArrayList<>();
		ids.forEach((id) -> all
			.add(CompletableFuture.runAsync(() -> append(storage, id, 1), (task) -> new Thread(task).start())));
		for (CompletableFuture<?> each : all) {
			each.get(30, TimeUnit.SECONDS);
		}
		assertThat(traffic.most).hasPositiveValue().hasValueLessThanOrEqualTo(MEMORY / 2);
		assertThat(storage.memoryUsed()).isZero();
	}

	@Test
	void tailsThatBecomePartsWhileBytesFlowHaveRoomInTheMemoryForParts() throws Exception {
		List<UploadWriter> writers = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			UploadId id = tail(equal, 2 * PART, PART - 1);
			writers.add(equal.append(equal.find(id), 1, true));
		}
		traffic.reset();
		for (UploadWriter writer : writers) {
			writer.write(ByteBuffer.allocate(2));
		}
		for (UploadWriter writer : writers) {
			writer.commit();
			writer.close();
		}
		assertThat(traffic.most).hasPositiveValue().hasValueLessThanOrEqualTo(MEMORY / 2);
		assertThat(equal.memoryUsed()).isZero();
	}

	@Test
	void appendThatEndsWhileTailsHaveNoRoomWaitsForNone() throws Exception {
		UploadId id = tail(storage, 2 * MIN, MIN - 1);
		MemoryBudget budget = storage.budget();
		budget.awaitTurn(MEMORY).get();
		budget.beginTurn(MEMORY);
		append(storage, id, 1);
		assertThat(storage.find(id).offset()).isEqualTo(MIN);
		assertThat(traffic.operations).doesNotContain("UploadPart");
		budget.endTurn(MEMORY);
		append(storage, id, 1);
		assertThat(traffic.operations).contains("UploadPart");
		assertThat(storage.find(id).offset()).isEqualTo(MIN + 1);
	}

	@Test
	void appendThatIsOvertakenWaitsForNoMemoryAnyMore() throws Exception {
		UploadId id = tail(storage, MIN, MIN - 1);
		MemoryBudget budget = storage.budget();
		budget.awaitTurn(MEMORY).get();
		budget.beginTurn(MEMORY);
		UploadWriter overtaken = storage.append(storage.find(id), 1, false);
		overtaken.write(ByteBuffer.allocate(1));
		CompletableFuture<?> commit = CompletableFuture.runAsync(() -> commit(overtaken),
				(task) -> new Thread(task).start());
		await().until(() -> !budget.hasTurn(0));
		UploadWriter next = storage.append(storage.find(id), 2, false);
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> commit.get(10, TimeUnit.SECONDS))
			.withCauseInstanceOf(UploadLockedException.class);
		overtaken.close();
		budget.endTurn(MEMORY);
		next.write(ByteBuffer.allocate(1));
		next.commit();
		next.close();
		assertThat(bucket.get("some/" + id)).hasSize(MIN);
		assertThat(storage.memoryUsed()).isZero();
	}

	@Test
	void onlyWhatIsTooSmallToBeCopiedIsReadAndItsNeighbourWhereThatWouldBeTooSmallThen() throws Exception {
		List<Upload> parts = List.of(partial(2 * MIN + 5), partial(1024), partial(MIN + 1), partial(2 * MIN),
				partial(3));
		Upload whole = create(parts);
		traffic.reset();
		concatenate(storage, whole, parts);
		assertThat(traffic.copies).hasValue(2);
		assertThat(traffic.read).hasValue(1024 + MIN + 1 + 3);
		assertThat(bucket.get("some/" + whole.id())).hasSize(5 * MIN + 5 + 1024 + 1 + 3);
	}

	@Test
	void partThatAnotherInstanceHasMadeIsLookedAtOnce() throws Exception {
		UploadId id = partial(2 * MIN + 5).id();
		try (S3UploadStorage other = open()) {
			List<Upload> parts = List.of(other.find(id));
			Upload whole = create(parts);
			traffic.reset();
			concatenate(other, other.find(whole.id()), parts);
			assertThat(traffic.operations).containsExactlyInAnyOrder("HeadObject", "GetObject", "CreateMultipartUpload",
					"UploadPartCopy", "CompleteMultipartUpload", "PutObject");
		}
	}

	private static Upload partial(int size) throws IOException {
		UploadId id = UploadId.of("part-" + ++count);
		Upload upload = storage
			.create(NewUpload.builder(id).length((long) size).concatenation(new Concatenation.Partial()).build());
		try (UploadWriter writer = storage.append(upload, 1, false)) {
			writer.write(ByteBuffer.allocate(size));
			writer.commit();
		}
		return storage.find(id);
	}

	/**
	 * Creates an upload that has a tail.
	 */
	private static UploadId tail(S3UploadStorage storage, long length, int size) throws IOException {
		UploadId id = UploadId.of("tail-" + ++count);
		storage.create(NewUpload.builder(id).length(length).build());
		append(storage, id, size);
		return id;
	}

	private static void commit(UploadWriter writer) {
		try {
			writer.commit();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void append(S3UploadStorage storage, UploadId id, int bytes) {
		try (UploadWriter writer = storage.append(storage.find(id), 1, true)) {
			writer.write(ByteBuffer.allocate(bytes));
			writer.commit();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Upload create(List<Upload> parts) throws IOException {
		return storage.create(NewUpload.builder(UploadId.of("whole-" + ++count))
			.concatenation(new Concatenation.Final(parts.stream().map(Upload::id).toList(), ""))
			.build());
	}

	private static void concatenate(S3UploadStorage storage, Upload whole, List<Upload> parts) {
		try {
			storage.concatenate(whole, parts);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Counts what goes to and fro.
	 */
	private static final class Traffic implements ExecutionInterceptor {

		private final AtomicLong sending = new AtomicLong();

		private final AtomicLong most = new AtomicLong();

		private final AtomicLong read = new AtomicLong();

		private final AtomicInteger copies = new AtomicInteger();

		private final Queue<String> operations = new ConcurrentLinkedQueue<>();

		void reset() {
			this.most.set(0);
			this.read.set(0);
			this.copies.set(0);
			this.operations.clear();
		}

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			this.operations.add(attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
			if (context.request() instanceof UploadPartRequest part) {
				long now = this.sending.addAndGet(part.contentLength());
				this.most.accumulateAndGet(now, Math::max);
			}
			if (context.request() instanceof UploadPartCopyRequest) {
				this.copies.incrementAndGet();
			}
		}

		@Override
		public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
			if (context.request() instanceof UploadPartRequest part) {
				this.sending.addAndGet(-part.contentLength());
			}
			if (context.request() instanceof GetObjectRequest get && get.range() != null) {
				this.read.addAndGet(((GetObjectResponse) context.response()).contentLength());
			}
		}

	}

}
