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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.ChecksumMismatchException;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The power fails after any step of the disk storage, and what was not forced is lost, or
 * some of it is. What was promised is there all the same.
 */
@Tag("long")
class PowerLossTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.github.tusspring");

	private final Random random = new Random(42);

	private final RecordedDisk disk = new RecordedDisk();

	private final Map<UploadId, byte[]> contents = new HashMap<>();

	private final List<Promise> promises = new ArrayList<>();

	private boolean fail;

	@TempDir
	Path temporary;

	@BeforeAll
	static void keepQuiet() {
		LOGGER.setLevel(Level.OFF);
	}

	@AfterAll
	static void resetLogging() {
		LOGGER.setLevel(null);
	}

	@ParameterizedTest
	@EnumSource(names = { "COMPLETION", "APPEND" })
	void whatWasPromisedIsThereAfterAPowerLoss(Durability durability) throws IOException {
		Path directory = Files.createDirectory(this.temporary.resolve("recorded"));
		work(new Engine(new RecordingFileSystem(this.disk).wrap(directory), durability, this::deliver), durability);
		int states = 0;
		for (int steps = 0; steps <= this.disk.size(); steps++) {
			for (RecordedDisk.Survival survival : RecordedDisk.Survival.all(steps * 100L)) {
				Path restored = Files.createDirectory(this.temporary.resolve("restored"));
				this.disk.restore(steps, survival, restored);
				try {
					check(restored, durability, steps);
				}
				catch (Throwable ex) {
					throw new AssertionError(
							"After step " + steps + ", with " + survival.name() + " kept, of\n" + this.disk, ex);
				}
				FileSystemUtils.deleteRecursively(restored);
				states++;
			}
		}
		System.out.printf("%s: %d steps, %d states of the disk, %d promises%n", durability, this.disk.size(), states,
				this.promises.size());
	}

	private void deliver(TusUploadCompletedEvent event) {
		promise(event.upload().id(), event.upload().offset(), true);
		if (this.fail) {
			this.fail = false;
			throw new IllegalStateException("The application fails");
		}
		if (event.upload().id().toString().startsWith("answer")) {
			event.answer().body("text/plain", "thanks");
		}
	}

	/**
	 * Notes what somebody was told just now.
	 */
	private void promise(UploadId id, long offset, boolean finished) {
		this.promises.add(new Promise(this.disk.size(), id, offset, finished));
	}

	private void work(Engine engine, Durability durability) {
		UploadId plain = create(engine, "plain", 300L, null);
		append(engine, plain, 0, 100, Check.NONE);
		append(engine, plain, 100, 200, Check.NONE);
		UploadId checked = create(engine, "checked", 300L, null);
		append(engine, checked, 0, 100, Check.HEADER);
		append(engine, checked, 100, 100, Check.WRONG);
		append(engine, checked, 100, 200, Check.TRAILER);
		UploadId empty = create(engine, "empty", 0L, null);
		promise(empty, 0, true);
		UploadId deferred = create(engine, "deferred", null, null);
		append(engine, deferred, 0, 150, Check.NONE);
		append(engine, deferred, 150, 150, Check.NONE, 300L);
		UploadId late = create(engine, "late", null, null);
		append(engine, late, 0, 300, Check.NONE);
		append(engine, late, 300, 0, Check.NONE, 300L);
		UploadId answered = create(engine, "answered", 300L, null);
		append(engine, answered, 0, 300, Check.NONE);
		this.fail = true;
		UploadId failed = create(engine, "failed", 300L, null);
		assertThatExceptionOfType(UploadDeliveryException.class)
			.isThrownBy(() -> append(engine, failed, 0, 300, Check.NONE));
		engine.runLaterTasks();
		UploadId first = create(engine, "first", 100L, new Concatenation.Partial());
		UploadId second = create(engine, "second", 200L, new Concatenation.Partial());
		append(engine, first, 0, 100, Check.NONE);
		append(engine, second, 0, 200, Check.NONE);
		concatenate(engine, "final", first, second);
		concatenate(engine, "again", second, first);
		UploadId slow = create(engine, "slow", 100L, new Concatenation.Partial());
		concatenate(engine, "waiting", first, slow);
		append(engine, slow, 0, 100, Check.NONE);
		engine.runDueTasks();
		UploadId cut = create(engine, "cut", 300L, null);
		AppendSession session = open(engine, cut, new AppendRequest(0, 300, null, null, false));
		session.write(ByteBuffer.wrap(this.contents.get(cut), 0, 150));
		session.interrupt();
		promise(cut, 150, false);
		assertThat(this.promises.stream().filter(Promise::finished)).hasSizeGreaterThan(20);
	}

	private UploadId create(Engine engine, String name, Long length, Concatenation concatenation) {
		UploadId id = UploadId.of(name);
		byte[] content = new byte[(length != null) ? length.intValue() : 300];
		this.random.nextBytes(content);
		this.contents.put(id, content);
		engine.service()
			.create(NewUpload.builder(id).length(length).concatenation(concatenation).build(), UploadClient.ANONYMOUS);
		promise(id, 0, false);
		return id;
	}

	private void concatenate(Engine engine, String name, UploadId... parts) {
		UploadId id = UploadId.of(name);
		byte[] content = new byte[0];
		for (UploadId part : parts) {
			byte[] next = this.contents.get(part);
			content = Arrays.copyOf(content, content.length + next.length);
			System.arraycopy(next, 0, content, content.length - next.length, next.length);
		}
		this.contents.put(id, content);
		Upload upload = engine.service()
			.create(NewUpload.builder(id).concatenation(new Concatenation.Final(List.of(parts), "")).build(),
					UploadClient.ANONYMOUS)
			.upload();
		promise(id, upload.offset(), upload.state() == UploadState.COMPLETED);
	}

	private void append(Engine engine, UploadId id, int offset, int count, Check check) {
		append(engine, id, offset, count, check, null);
	}

	private void append(Engine engine, UploadId id, int offset, int count, Check check, Long length) {
		byte[] bytes = Arrays.copyOfRange(this.contents.get(id), offset, offset + count);
		ChecksumAlgorithm.Calculation calculation = ChecksumAlgorithm.SHA1.start();
		calculation.update(ByteBuffer.wrap(bytes));
		Checksum checksum = new Checksum(ChecksumAlgorithm.SHA1, calculation.value());
		boolean inHeader = check == Check.HEADER || check == Check.WRONG;
		AppendSession session = open(engine, id,
				new AppendRequest(offset, count, length, inHeader ? checksum : null, check == Check.TRAILER));
		if (check == Check.WRONG) {
			session.write(ByteBuffer.allocate(count));
			assertThatExceptionOfType(ChecksumMismatchException.class).isThrownBy(() -> session.complete(() -> null));
			return;
		}
		session.write(ByteBuffer.wrap(bytes, 0, count / 2));
		session.write(ByteBuffer.wrap(bytes, count / 2, count - count / 2));
		Upload upload = session.complete(() -> (check == Check.TRAILER) ? checksum : null).upload();
		promise(id, upload.offset(), upload.isFull());
	}

	private static AppendSession open(Engine engine, UploadId id, AppendRequest request) {
		return engine.service().append(id, request, UploadClient.ANONYMOUS, (reason) -> {
		});
	}

	/**
	 * Starts the application on what is left.
	 */
	private void check(Path directory, Durability durability, int steps) throws IOException {
		Map<UploadId, byte[]> delivered = new HashMap<>();
		// What is forced now is of no interest.
		Engine engine = new Engine(directory, Durability.NONE, (event) -> delivered.put(event.upload().id(),
				content(directory, event.upload().id(), event.upload().offset())));
		engine.resume();
		delivered.forEach((id, content) -> assertThat(content).as("delivered content of %s", id)
			.isEqualTo(this.contents.get(id)));
		for (Map.Entry<UploadId, byte[]> entry : this.contents.entrySet()) {
			engine.uploads().find(entry.getKey()).ifPresent((upload) -> {
				byte[] content = content(directory, upload.id(), upload.offset());
				assertThat(Arrays.equals(content, Arrays.copyOf(entry.getValue(), (int) upload.offset())))
					.as("the %d bytes of %s are those that were sent", upload.offset(), upload.id())
					.isTrue();
			});
		}
		for (Promise promise : this.promises) {
			if (promise.steps <= steps && (promise.finished || durability == Durability.APPEND)) {
				Upload upload = engine.uploads().find(promise.id).orElse(null);
				assertThat(upload).as("%s", promise).isNotNull();
				assertThat(upload.offset()).as("offset of %s", promise).isGreaterThanOrEqualTo(promise.offset);
				if (promise.finished) {
					assertThat(upload.state()).as("state of %s", promise).isEqualTo(UploadState.COMPLETED);
				}
			}
		}
		engine.close();
	}

	private static byte[] content(Path directory, UploadId id, long offset) {
		try {
			byte[] content = (offset > 0) ? Files.readAllBytes(directory.resolve(id.toString())) : new byte[0];
			return Arrays.copyOf(content, (int) Math.min(content.length, offset));
		}
		catch (IOException ex) {
			throw new AssertionError("The content of " + id + " can't be read", ex);
		}
	}

	private enum Check {

		NONE, HEADER, WRONG, TRAILER

	}

	/**
	 * What a client or a listener was told after a number of steps.
	 */
	private record Promise(int steps, UploadId id, long offset, boolean finished) {
	}

}
