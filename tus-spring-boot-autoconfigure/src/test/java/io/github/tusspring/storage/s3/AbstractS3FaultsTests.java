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
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * What a bad network and a store that fails do to uploads: nothing is lost that counted,
 * and nothing is doubled or left over. Each sequence has two instances that take turns,
 * and is repeatable by its seed but for the timing. {@code -Dfaults.rounds} says how many
 * there are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AbstractS3FaultsTests {

	private static final int MAX_TRIES = 500;

	private static final double RATE = 0.15;

	private S3Server server;

	private S3Bucket bucket;

	abstract S3Server startServer() throws IOException;

	@BeforeAll
	void createBucket() throws IOException {
		this.server = startServer();
		this.bucket = S3Bucket.create(this.server.client(), "uploads");
	}

	@AfterAll
	void stopServer() {
		this.bucket.client().close();
		this.server.close();
	}

	static LongStream seeds() {
		return LongStream.rangeClosed(1, Integer.getInteger("faults.rounds", 2));
	}

	@ParameterizedTest
	@MethodSource("seeds")
	void nothingIsLostAndNothingIsDoubled(long seed) throws Exception {
		try (S3FaultProxy proxy = new S3FaultProxy(this.server.endpoint(), seed);
				S3AsyncClient client = client(proxy);
				S3UploadStorage one = open(client, Duration.ofDays(1));
				S3UploadStorage other = open(client, Duration.ofDays(1))) {
			Sequence sequence = new Sequence(seed, proxy, List.of(one, other));
			sequence.upload("declared", 8);
			sequence.upload("deferred", 8);
			sequence.concatenate();
			sequence.delete();
			assertThat(proxy.faults()).isPositive();
			assertNothingIsLeftOver(client, "-of-" + seed);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "ANSWER_HEAD_LOST", "ANSWER_BODY_LOST" })
	void nothingIsBelievedThatAnAnswerWithoutAnEndSays(S3FaultProxy.Fault fault) throws Exception {
		UploadId id = UploadId.of("there-" + fault);
		try (S3FaultProxy proxy = new S3FaultProxy(this.server.endpoint(), 0);
				S3AsyncClient client = client(proxy);
				S3UploadStorage storage = open(client, Duration.ofDays(1))) {
			Upload upload = storage.create(NewUpload.builder(id).length(20L * 1024 * 1024).build());
			proxy.always(fault);
			assertThatException().isThrownBy(() -> storage.find(id));
			assertThatException().isThrownBy(() -> storage.list().toList());
			assertThatException().isThrownBy(() -> {
				try (UploadWriter writer = storage.append(upload, 1, false)) {
					writer.write(ByteBuffer.allocate((int) S3Settings.MIN_PART_SIZE));
					writer.commit();
				}
			});
			proxy.always(null);
			assertThat(storage.find(id).offset()).isZero();
			storage.delete(id);
		}
	}

	private void assertNothingIsLeftOver(S3AsyncClient client, String suffix) {
		try (S3UploadStorage cleaner = open(client, Duration.ofMillis(1))) {
			await().untilAsserted(() -> {
				cleaner.tidy();
				assertThat(this.bucket.multipartUploads()).isEmpty();
				assertThat(this.bucket.keys()).filteredOn((key) -> key.contains(suffix) || key.contains(".probe-"))
					.allMatch((key) -> key.endsWith(suffix) || key.endsWith(suffix + ".info"))
					.noneMatch((key) -> key.contains("deleted"));
			});
		}
	}

	private static S3AsyncClient client(S3FaultProxy proxy) {
		return S3Server.clientBuilder(proxy.endpoint())
			.overrideConfiguration((configuration) -> configuration
				.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(2).build()))
			.build();
	}

	private static S3UploadStorage open(S3AsyncClient client, Duration abandonedAfter) {
		return new S3UploadStorage(client, new S3Settings("uploads", "some/", S3Settings.MIN_PART_SIZE, 10_000, 4,
				64 * 1024 * 1024, false, ConditionalWrites.REQUIRED, abandonedAfter),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	/**
	 * What clients do who go on after each failure, each time at an instance by chance.
	 */
	private final class Sequence {

		private final Random random;

		private final long seed;

		private final S3FaultProxy proxy;

		private final List<S3UploadStorage> storages;

		private long generation;

		Sequence(long seed, S3FaultProxy proxy, List<S3UploadStorage> storages) {
			this.random = new Random(seed);
			this.seed = seed;
			this.proxy = proxy;
			this.storages = storages;
		}

		private UploadId id(String name) {
			return UploadId.of(name + "-of-" + this.seed);
		}

		void upload(String name, int megabytes) throws Exception {
			byte[] content = content(megabytes);
			boolean deferred = name.equals("deferred");
			NewUpload upload = NewUpload.builder(id(name)).length(deferred ? null : (long) content.length).build();
			withFaults(() -> {
				create(upload);
				fill(upload.id(), content);
			});
			Upload full = storage().find(upload.id());
			storage().update(full.withNextAttempt());
			assertSame(bytes(name), content);
			assertSame(AbstractS3FaultsTests.this.bucket.get("some/" + upload.id()), content);
		}

		void concatenate() throws Exception {
			List<byte[]> contents = List.of(content(1), content(12), content(6));
			List<UploadId> parts = new ArrayList<>();
			withFaults(() -> {
				for (int i = 0; i < contents.size(); i++) {
					byte[] content = contents.get(i);
					NewUpload part = NewUpload.builder(id("part" + i))
						.length((long) content.length)
						.concatenation(new Concatenation.Partial())
						.build();
					create(part);
					fill(part.id(), content);
					parts.add(part.id());
				}
				NewUpload joined = NewUpload.builder(id("joined"))
					.concatenation(new Concatenation.Final(parts, ""))
					.build();
				create(joined);
				repeat((storage) -> storage.concatenate(storage.find(joined.id()), find(storage, parts)));
			});
			byte[] expected = contents.stream().reduce(new byte[0], Sequence::join);
			assertThat(storage().find(id("joined")).offset()).isEqualTo(expected.length);
			assertSame(bytes("joined"), expected);
		}

		private static List<Upload> find(S3UploadStorage storage, List<UploadId> ids) throws IOException {
			List<Upload> uploads = new ArrayList<>();
			for (UploadId id : ids) {
				uploads.add(storage.find(id));
			}
			return uploads;
		}

		void delete() throws Exception {
			NewUpload upload = NewUpload.builder(id("deleted")).length(20L * 1024 * 1024).build();
			withFaults(() -> {
				create(upload);
				repeat((storage) -> append(storage, storage.find(upload.id()), new byte[6 * 1024 * 1024]));
				repeat((storage) -> storage.delete(upload.id()));
			});
			storage().delete(upload.id());
			assertThat(storage().find(upload.id())).isNull();
		}

		private byte[] bytes(String name) throws IOException {
			S3UploadStorage storage = storage();
			return storage.content(storage.find(id(name))).getContentAsByteArray();
		}

		private static void assertSame(byte[] actual, byte[] expected) {
			assertThat(actual).hasSize(expected.length);
			assertThat(Arrays.mismatch(actual, expected)).isEqualTo(-1);
		}

		private static byte[] join(byte[] first, byte[] second) {
			return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
		}

		private byte[] content(int megabytes) {
			byte[] content = new byte[this.random.nextInt(megabytes * 1024 * 1024)];
			this.random.nextBytes(content);
			return content;
		}

		private S3UploadStorage storage() {
			return this.storages.get(this.random.nextInt(this.storages.size()));
		}

		private void withFaults(Action action) throws IOException {
			this.proxy.rate(RATE);
			action.run();
			this.proxy.rate(0);
		}

		private void create(NewUpload upload) {
			repeat((storage) -> {
				try {
					storage.create(upload);
				}
				catch (UploadExistsException ex) {
					// By a try whose answer was lost.
				}
			});
		}

		private Upload fill(UploadId id, byte[] content) {
			long[] acknowledged = { 0 };
			Upload[] full = { null };
			while (full[0] == null) {
				repeat((storage) -> {
					Upload upload = storage.find(id);
					assertThat(upload.offset()).isBetween(acknowledged[0], (long) content.length);
					acknowledged[0] = upload.offset();
					if (upload.isFull()) {
						full[0] = upload;
						return;
					}
					acknowledged[0] = append(storage, upload, content);
				});
			}
			return full[0];
		}

		private long append(S3UploadStorage storage, Upload upload, byte[] content) throws IOException {
			long offset = upload.offset();
			int count = Math.min(1 + this.random.nextInt(3 * 1024 * 1024), content.length - (int) offset);
			boolean last = offset + count == content.length;
			Upload declared = (last && upload.length() == null) ? upload.withLength(content.length) : upload;
			try (UploadWriter writer = storage.append(declared, ++this.generation, this.random.nextInt(5) == 0)) {
				writer.write(ByteBuffer.wrap(content, (int) offset, count));
				writer.commit();
				return offset + count;
			}
		}

		private void repeat(Operation operation) {
			Exception last = null;
			for (int i = 0; i < MAX_TRIES; i++) {
				try {
					operation.apply(storage());
					return;
				}
				catch (IOException | UploadException ex) {
					last = ex;
				}
			}
			throw new AssertionError("Not done after " + MAX_TRIES + " tries", last);
		}

	}

	private interface Action {

		void run() throws IOException;

	}

	private interface Operation {

		void apply(S3UploadStorage storage) throws IOException;

	}

}
