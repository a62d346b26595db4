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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.tusspring.reliability.UploadModel.State;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.ChecksumMismatchException;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.OffsetMismatchException;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadDelivery;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadForbiddenException;
import io.github.tusspring.upload.UploadGoneException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Random sequences of operations on the engine with either storage, against a model in
 * memory. {@code -Dmodel.sequences} says how many, of which one in fifty is on S3;
 * {@code -Dmodel.seed} repeats one.
 */
@Tag("long")
@ExtendWith(OutputCaptureExtension.class)
class EngineModelTests {

	private static final UploadClient CLIENT = UploadClient.ANONYMOUS;

	private static final int OPERATIONS = 40;

	private static final Logger DELIVERY_LOGGER = (Logger) LoggerFactory.getLogger(UploadDelivery.class);

	@TempDir
	Path temporary;

	@BeforeAll
	static void keepQuietOfWhatTheApplicationDoes() {
		DELIVERY_LOGGER.setLevel(Level.OFF);
	}

	@AfterAll
	static void resetLogging() {
		DELIVERY_LOGGER.setLevel(null);
	}

	@Test
	void engineDoesWhatTheModelSays(CapturedOutput output) throws IOException {
		Long seed = Long.getLong("model.seed");
		if (seed != null) {
			new Sequence(seed, onDisk(seed, this.temporary.resolve("uploads"))).run();
			return;
		}
		Random seeds = new Random();
		int count = Integer.getInteger("model.sequences", 300);
		for (int i = 0; i < count; i++) {
			long next = seeds.nextLong();
			Path directory = this.temporary.resolve("uploads-" + i);
			try {
				new Sequence(next, onDisk(next, directory)).run();
			}
			catch (Throwable ex) {
				throw new AssertionError("Sequence " + i + " fails: repeat it with -Dmodel.seed=" + next, ex);
			}
			FileSystemUtils.deleteRecursively(directory);
		}
		assertThat(output).doesNotContain("is not the record");
	}

	private static ModelStore onDisk(long seed, Path directory) {
		// Forcing costs most of the time and changes nothing here.
		return new DiskModelStore(directory, (seed % 10 == 0) ? Durability.APPEND : Durability.NONE);
	}

	@Test
	void engineOnS3DoesWhatTheModelSays(CapturedOutput output) throws IOException {
		Long seed = Long.getLong("model.seed");
		Random seeds = new Random();
		int count = (seed != null) ? 1 : Math.max(1, Integer.getInteger("model.sequences", 300) / 50);
		try (S3ProxyServer server = new S3ProxyServer(); S3AsyncClient client = server.client()) {
			S3Bucket bucket = S3Bucket.create(client, "uploads");
			for (int i = 0; i < count; i++) {
				long next = (seed != null) ? seed : seeds.nextLong();
				try {
					new Sequence(next, new S3ModelStore(bucket, "sequence-" + i + "/")).run();
				}
				catch (Throwable ex) {
					throw new AssertionError("Sequence " + i + " fails: repeat it with -Dmodel.seed=" + next, ex);
				}
			}
		}
		assertThat(output).doesNotContain("is no manifest");
	}

	/**
	 * One sequence of operations.
	 */
	private static final class Sequence {

		private final Map<UploadId, UploadModel> model = new LinkedHashMap<>();

		private final List<String> log = new ArrayList<>();

		private final Random random;

		private final ModelStore store;

		private Engine engine;

		private Throwable failure;

		private Sequence(long seed, ModelStore store) throws IOException {
			this.random = new Random(seed);
			this.store = store;
			this.engine = new Engine(store.open(), this::deliver);
		}

		private void run() throws IOException {
			try {
				for (int i = 0; i < OPERATIONS; i++) {
					step();
					this.engine.runDueTasks();
					checkDelivery();
					noticeWhatIsGivenUp();
					if (i % 5 == 0) {
						check();
					}
				}
				restart();
				noticeWhatIsGivenUp();
				check();
				this.store.check(this.model);
				this.engine.close();
			}
			catch (Throwable ex) {
				this.log.forEach(System.err::println);
				throw ex;
			}
		}

		private void step() throws IOException {
			int operation = this.random.nextInt(100);
			if (operation < 22 || this.model.isEmpty()) {
				create();
			}
			else if (operation < 70) {
				append(pick());
			}
			else if (operation < 76) {
				terminate(pick());
			}
			else if (operation < 86) {
				concatenate();
			}
			else if (operation < 90) {
				note("later");
				this.engine.runLaterTasks();
			}
			else if (operation < 92) {
				expire();
			}
			else if (operation < 96) {
				crash(pick());
			}
			else {
				restart();
			}
		}

		/**
		 * A final upload that waits is removed when the engine finds out that a part is
		 * gone.
		 */
		private void noticeWhatIsGivenUp() {
			this.model.forEach((id, upload) -> {
				if (upload.isFinal() && upload.state == State.RECEIVING
						&& !upload.parts.stream().allMatch(UploadModel::isThere)) {
					try {
						this.engine.service().inspect(id, CLIENT);
					}
					catch (UploadNotFoundException ex) {
						upload.state = State.GONE;
					}
				}
			});
		}

		private void note(String operation) {
			this.log.add(operation);
		}

		private UploadId pick() {
			List<UploadId> ids = new ArrayList<>(this.model.keySet());
			// The latest are the most interesting ones.
			int from = Math.max(0, ids.size() - 6);
			return ids.get(from + this.random.nextInt(ids.size() - from));
		}

		private UploadId newId() {
			return UploadId.of("u" + this.model.size());
		}

		/**
		 * Stands for the application. What it says of an upload is the model's next
		 * state.
		 */
		private void deliver(TusUploadCompletedEvent event) {
			try {
				UploadModel upload = this.model.get(event.upload().id());
				if (upload.isFinal() && upload.state == State.RECEIVING) {
					assertThat(upload.parts).allMatch((part) -> part.isThere() && part.isFull());
					upload.parts.forEach((part) -> upload.bytes.writeBytes(part.bytes.toByteArray()));
					upload.length = (long) upload.bytes.size();
				}
				assertThat(upload.partial).isFalse();
				assertThat(upload.isFull()).isTrue();
				assertThat(upload.state).isIn(State.RECEIVING, State.FINISHING);
				byte[] content = event.resource().getContentAsByteArray();
				assertThat(Arrays.equals(content, upload.bytes.toByteArray()))
					.as("%d bytes of %s are %d as they were sent", content.length, event.upload().id(),
							upload.bytes.size())
					.isTrue();
				upload.deliveries++;
				assertThat(event.attempt()).isGreaterThanOrEqualTo(upload.deliveries);
				outcome(upload);
			}
			catch (IOException | AssertionError ex) {
				this.failure = ex;
				throw new IllegalStateException(ex);
			}
		}

		private void outcome(UploadModel upload) {
			int outcome = this.random.nextInt(10);
			upload.state = (outcome < 6) ? State.COMPLETED : (outcome < 8) ? State.FINISHING : State.REJECTED;
			note("  delivered: " + upload.state);
			if (upload.state == State.FINISHING) {
				throw new IllegalStateException("The application fails");
			}
			if (upload.state == State.REJECTED) {
				throw new UploadRejectedException(422, "The application refuses");
			}
		}

		private void create() {
			UploadId id = newId();
			Long length = (this.random.nextInt(4) == 0) ? null
					: (this.random.nextInt(10) == 0) ? 0L : (long) this.random.nextInt(3000);
			boolean partial = this.random.nextInt(3) == 0;
			note("create " + id + " " + length + (partial ? " partial" : ""));
			UploadModel upload = new UploadModel(length, partial, null);
			this.model.put(id, upload);
			if (partial && upload.isFull()) {
				upload.state = State.COMPLETED;
			}
			expectOutcome(upload,
					() -> this.engine.service()
						.create(NewUpload.builder(id)
							.length(length)
							.metadata(UploadMetadata.of(Map.of("filename", "f" + id)))
							.concatenation(partial ? new Concatenation.Partial() : null)
							.build(), UploadClient.ANONYMOUS));
		}

		/**
		 * Runs what may deliver an upload: the application's failure is the operation's.
		 */
		private void expectOutcome(UploadModel upload, Runnable operation) {
			try {
				operation.run();
				if (upload.isFull() && !upload.isFinal()) {
					assertThat(upload.state).isEqualTo(State.COMPLETED);
				}
			}
			catch (UploadDeliveryException ex) {
				checkDelivery();
				assertThat(upload.state).isEqualTo(State.FINISHING);
			}
			catch (UploadRejectedException ex) {
				assertThat(upload.state).isEqualTo(State.REJECTED);
			}
			checkDelivery();
		}

		private void checkDelivery() {
			if (this.failure != null) {
				throw new AssertionError("A delivery was wrong", this.failure);
			}
		}

		private void concatenate() {
			List<UploadId> ids = new ArrayList<>();
			List<UploadModel> parts = new ArrayList<>();
			boolean valid = true;
			List<UploadId> known = new ArrayList<>(this.model.keySet());
			List<UploadId> partial = known.stream()
				.filter((id) -> this.model.get(id).partial && this.model.get(id).isThere())
				.toList();
			int count = 1 + this.random.nextInt(3);
			for (int i = 0; i < count; i++) {
				boolean stray = partial.isEmpty() || this.random.nextInt(20) == 0;
				UploadId id = stray ? known.get(this.random.nextInt(known.size()))
						: partial.get(this.random.nextInt(partial.size()));
				UploadModel part = this.model.get(id);
				valid &= part.partial && part.isThere();
				ids.add(id);
				parts.add(part);
			}
			UploadId id = newId();
			note("concatenate " + id + " " + ids);
			// One that is asked for again would be gone on with.
			NewUpload upload = NewUpload.builder(id)
				.metadata(UploadMetadata.of(Map.of("filename", "f" + id)))
				.concatenation(new Concatenation.Final(ids, ids.toString()))
				.build();
			if (!valid) {
				assertThatExceptionOfType(InvalidUploadException.class)
					.isThrownBy(() -> this.engine.service().create(upload, UploadClient.ANONYMOUS));
				return;
			}
			UploadModel result = new UploadModel(null, false, parts);
			this.model.put(id, result);
			boolean full = parts.stream().allMatch(UploadModel::isFull);
			expectOutcome(result, () -> this.engine.service().create(upload, UploadClient.ANONYMOUS));
			assertThat(result.state != State.RECEIVING).isEqualTo(full);
		}

		private void append(UploadId id) {
			UploadModel upload = this.model.get(id);
			if (upload.state != State.RECEIVING || upload.isFinal()) {
				appendToOther(id, upload);
				return;
			}
			byte[] bytes = new byte[this.random.nextInt(5) == 0 ? 0 : this.random.nextInt(1500)];
			this.random.nextBytes(bytes);
			long room = (upload.length != null) ? upload.length - upload.bytes.size() : Long.MAX_VALUE;
			if (this.random.nextInt(3) == 0 && room < 3000) {
				bytes = Arrays.copyOf(bytes, (int) room);
			}
			boolean chunked = this.random.nextInt(3) == 0;
			if (this.random.nextInt(10) == 0) {
				long wrong = Math.max(0, upload.bytes.size() + this.random.nextInt(7) - 3);
				if (wrong != upload.bytes.size()) {
					note("append " + id + " at the wrong " + wrong);
					AppendRequest request = new AppendRequest(wrong, bytes.length, null, null, false);
					assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> open(id, request))
						.satisfies((ex) -> assertThat(ex.offset()).isEqualTo(upload.bytes.size()));
					return;
				}
			}
			Long declared = null;
			if (upload.length == null && this.random.nextInt(3) == 0) {
				declared = upload.bytes.size() + (this.random.nextBoolean() ? bytes.length : this.random.nextInt(2000))
						- ((this.random.nextInt(8) == 0) ? 1L : 0L);
				room = declared - upload.bytes.size();
			}
			append(id, upload, bytes, chunked, declared, room);
		}

		private void append(UploadId id, UploadModel upload, byte[] bytes, boolean chunked, Long declared, long room) {
			CheckKind check = CheckKind.values()[this.random.nextInt(CheckKind.values().length * 2)
					% CheckKind.values().length];
			ChecksumAlgorithm algorithm = ChecksumAlgorithm.values()[this.random
				.nextInt(ChecksumAlgorithm.values().length)];
			boolean cut = this.random.nextInt(4) == 0;
			note("append " + id + " " + bytes.length + " at " + upload.bytes.size() + (chunked ? " chunked" : "")
					+ ((declared != null) ? " of " + declared : "") + " " + check + (cut ? " cut" : ""));
			AppendRequest request = new AppendRequest(upload.bytes.size(), chunked ? -1 : bytes.length, declared,
					check.header ? checksum(algorithm, bytes, check.right) : null, check.trailer);
			if (declared != null && declared < upload.bytes.size()) {
				assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> open(id, request));
				return;
			}
			if (!chunked && bytes.length > room) {
				assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> open(id, request));
				return;
			}
			AppendSession session = open(id, request);
			int count = (int) Math.min(bytes.length, room);
			if (cut) {
				count = (count > 0) ? this.random.nextInt(count + 1) : 0;
				write(session, bytes, count);
				interrupt(session, upload, declared, bytes, check.isHeld() ? 0 : count);
				return;
			}
			if (count < bytes.length) {
				assertThatExceptionOfType(UploadTooLargeException.class)
					.isThrownBy(() -> write(session, bytes, bytes.length));
				interrupt(session, upload, declared, bytes, check.isHeld() ? 0 : count);
				return;
			}
			write(session, bytes, bytes.length);
			complete(session, upload, declared, bytes, check, algorithm);
		}

		private void interrupt(AppendSession session, UploadModel upload, Long declared, byte[] bytes, int kept) {
			if (kept > 0) {
				declare(upload, declared);
			}
			upload.bytes.write(bytes, 0, kept);
			if (upload.partial && upload.isFull()) {
				upload.state = State.COMPLETED;
			}
			session.interrupt();
			this.engine.runDueTasks();
			checkDelivery();
		}

		private void complete(AppendSession session, UploadModel upload, Long declared, byte[] bytes, CheckKind check,
				ChecksumAlgorithm algorithm) {
			if (check.trailer && !check.sent) {
				assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> session.complete(() -> null));
				return;
			}
			Checksum trailer = check.trailer ? checksum(algorithm, bytes, check.right) : null;
			if (check.isHeld() && !check.right) {
				assertThatExceptionOfType(ChecksumMismatchException.class)
					.isThrownBy(() -> session.complete(() -> trailer));
				return;
			}
			declare(upload, declared);
			upload.bytes.writeBytes(bytes);
			if (upload.partial && upload.isFull()) {
				upload.state = State.COMPLETED;
			}
			expectOutcome(upload, () -> session.complete(() -> trailer));
		}

		/**
		 * What a request declares counts when its bytes do.
		 */
		private void declare(UploadModel upload, Long declared) {
			if (declared != null) {
				upload.length = declared;
				upload.lateLength = declared == upload.bytes.size();
			}
		}

		private void appendToOther(UploadId id, UploadModel upload) {
			note("append " + id + ", which is " + upload.state + (upload.isFinal() ? " and final" : ""));
			AppendRequest request = new AppendRequest(upload.told(), 0, null, null, false);
			if (upload.state == State.GONE) {
				assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> open(id, request));
			}
			else if (upload.state == State.REJECTED) {
				assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> open(id, request));
			}
			else if (upload.isFinal()) {
				assertThatExceptionOfType(UploadForbiddenException.class).isThrownBy(() -> open(id, request));
			}
			else if (upload.state == State.COMPLETED) {
				assertThat(open(id, request).complete(() -> null).upload().offset()).isEqualTo(upload.bytes.size());
			}
			else {
				byte[] last = new byte[(int) (upload.bytes.size() - upload.told())];
				AppendRequest again = new AppendRequest(upload.told(), last.length, null, null, false);
				AppendSession session = open(id, again);
				write(session, last, last.length);
				expectOutcome(upload, () -> session.complete(() -> null));
			}
		}

		private AppendSession open(UploadId id, AppendRequest request) {
			return this.engine.service().append(id, request, CLIENT, (reason) -> {
			});
		}

		private void write(AppendSession session, byte[] bytes, int count) {
			ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
			int half = count / 2;
			session.write(buffer.duplicate().limit(half));
			session.write(buffer.position(half));
		}

		private static Checksum checksum(ChecksumAlgorithm algorithm, byte[] bytes, boolean right) {
			ChecksumAlgorithm.Calculation calculation = algorithm.start();
			calculation.update(ByteBuffer.wrap(bytes));
			byte[] value = calculation.value().clone();
			if (!right) {
				value[0] ^= 1;
			}
			return new Checksum(algorithm, value);
		}

		private void terminate(UploadId id) {
			UploadModel upload = this.model.get(id);
			note("terminate " + id);
			if (upload.state == State.GONE) {
				assertThatExceptionOfType(UploadNotFoundException.class)
					.isThrownBy(() -> this.engine.service().terminate(id, CLIENT));
			}
			else if (upload.state == State.REJECTED) {
				assertThatExceptionOfType(UploadGoneException.class)
					.isThrownBy(() -> this.engine.service().terminate(id, CLIENT));
			}
			else {
				upload.state = State.GONE;
				this.engine.service().terminate(id, CLIENT);
			}
		}

		/**
		 * A day passes: what is unfinished is gone, and what has no content is forgotten.
		 */
		private void expire() {
			note("expire");
			this.engine.expire();
			for (UploadModel upload : this.model.values()) {
				if (upload.state == State.RECEIVING || upload.state == State.REJECTED
						|| (upload.partial && upload.state == State.COMPLETED)) {
					upload.state = State.GONE;
				}
			}
		}

		private void restart() throws IOException {
			note("restart");
			this.engine.close();
			this.engine = new Engine(this.store.open(), this::deliver);
			this.engine.resume();
			checkDelivery();
		}

		/**
		 * The process ends in the middle of an append.
		 */
		private void crash(UploadId id) throws IOException {
			UploadModel upload = this.model.get(id);
			byte[] lost = {};
			if (upload.state == State.RECEIVING && !upload.isFinal()) {
				long room = (upload.length != null) ? upload.length - upload.bytes.size() : 500;
				byte[] bytes = new byte[(int) Math.min(500, this.store.isImmediate() ? room : Math.max(0, room - 1))];
				this.random.nextBytes(bytes);
				boolean held = this.random.nextBoolean();
				note("crash while " + id + " has got " + bytes.length + (held ? " held bytes" : " bytes"));
				AppendSession session = open(id, new AppendRequest(upload.bytes.size(), -1, null,
						held ? checksum(ChecksumAlgorithm.SHA1, bytes, true) : null, false));
				write(session, bytes, bytes.length);
				if (!held && this.store.isImmediate()) {
					upload.bytes.writeBytes(bytes);
				}
				else if (!held) {
					lost = bytes;
				}
				if (upload.partial && upload.isFull()) {
					upload.state = State.COMPLETED;
				}
			}
			int size = upload.bytes.size();
			restart();
			if (!this.store.isImmediate() && lost.length > 0) {
				// A silence may have had it written down all the same.
				if (this.engine.service().inspect(id, CLIENT).offset() == size + lost.length) {
					upload.bytes.writeBytes(lost);
				}
			}
		}

		private void check() throws IOException {
			checkDelivery();
			for (Map.Entry<UploadId, UploadModel> entry : this.model.entrySet()) {
				check(entry.getKey(), entry.getValue());
			}
		}

		private void check(UploadId id, UploadModel expected) throws IOException {
			if (expected.state == State.GONE) {
				assertThatExceptionOfType(UploadNotFoundException.class)
					.isThrownBy(() -> this.engine.service().inspect(id, CLIENT));
				return;
			}
			if (expected.state == State.REJECTED) {
				assertThatExceptionOfType(UploadGoneException.class)
					.isThrownBy(() -> this.engine.service().inspect(id, CLIENT));
				assertThat(this.store.content(id)).isNull();
				return;
			}
			Upload upload = this.engine.service().inspect(id, CLIENT);
			assertThat(upload.offset()).as("offset of %s", id).isEqualTo(expected.told());
			assertThat(upload.state()).as("state of %s", id)
				.isEqualTo(UploadState.valueOf((expected.state == State.FINISHING && upload.offset() < expected.told())
						? "RECEIVING" : expected.state.name()));
			boolean readable = this.store.isImmediate() || expected.state != State.RECEIVING;
			if (expected.bytes.size() > 0 && readable) {
				byte[] content = this.store.content(id);
				assertThat(Arrays.equals(content, 0, expected.bytes.size(), expected.bytes.toByteArray(), 0,
						expected.bytes.size()))
					.as("%d bytes of %s begin with the %d that were sent", content.length, id, expected.bytes.size())
					.isTrue();
			}
			if (expected.state == State.COMPLETED && !expected.partial) {
				assertThat(expected.deliveries).isPositive();
			}
		}

	}

	/**
	 * What a client says of the checksum of its bytes.
	 */
	private enum CheckKind {

		NONE(false, false, true, false), HEADER(true, false, true, false), WRONG_HEADER(true, false, false, false),
		TRAILER(false, true, true, true), WRONG_TRAILER(false, true, false, true),
		MISSING_TRAILER(false, true, true, false);

		private final boolean header;

		private final boolean trailer;

		private final boolean right;

		private final boolean sent;

		CheckKind(boolean header, boolean trailer, boolean right, boolean sent) {
			this.header = header;
			this.trailer = trailer;
			this.right = right;
			this.sent = sent;
		}

		private boolean isHeld() {
			return this.header || this.trailer;
		}

	}

}
