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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process may be killed between any two steps: whatever was acknowledged is there
 * afterwards, and every full upload is delivered.
 */
class CrashTests {

	private static final String ID = "a";

	@TempDir
	private Path directory;

	/**
	 * The offset that a client was told last.
	 */
	private final AtomicLong told = new AtomicLong();

	private final List<Integer> delivered = new ArrayList<>();

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void uploadOfKnownLength(boolean after) {
		crashAtEachStep(after, (engine) -> {
			engine.create(ID, 6L);
			tell(engine.append(ID, 0, "abc"));
			tell(engine.append(ID, 3, "def"));
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void uploadWithChecksums(boolean after) {
		crashAtEachStep(after, (engine) -> {
			engine.create(ID, 6L);
			tell(engine.append(ID, checked(0, "abc"), "abc"));
			tell(engine.append(ID, checked(3, "def"), "def"));
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void uploadOfLateLength(boolean after) {
		crashAtEachStep(after, (engine) -> {
			engine.create(ID, null);
			tell(engine.append(ID, 0, "abc"));
			tell(engine.append(ID, 3, "def"));
			tell(engine.append(ID, TestEngine.declare(6, 6), ""));
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void uploadWhoseListenerMovesTheContent(boolean after) {
		Path target = this.directory.resolve("target");
		crashAtEachStep(after, (engine) -> {
			engine.create(ID, 6L);
			tell(engine.append(ID, 0, "abcdef"));
		}, (event) -> {
			try {
				event.moveTo(target);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void finalUpload(boolean after) {
		crashAtEachStep(after, (engine) -> {
			engine.createPart("p", 3L);
			engine.append("p", 0, "abc");
			engine.createPart("q", 3L);
			engine.createFinal(ID, "p", "q");
			engine.append("q", 0, "def");
			engine.scheduler.run();
			tell(engine.inspect(ID));
		}, (event) -> {
		}, true);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void rejectedUploadIsNeverDeliveredWithoutContent(boolean after) {
		for (int step = 1;; step++) {
			UploadStorage disk = TestEngine.disk(this.directory.resolve("rejected-" + step));
			CrashingUploadStorage crashing = new CrashingUploadStorage(disk, step, after);
			TestEngine engine = new TestEngine(crashing);
			Consumer<TusUploadCompletedEvent> listener = (event) -> {
				assertThat(event.resource().exists()).isTrue();
				throw new UploadRejectedException(422, "No");
			};
			engine.listener = listener;
			run(engine, (e) -> {
				e.create(ID, 3L);
				e.append(ID, 0, "abc");
			});
			TestEngine restarted = new TestEngine(TestEngine.disk(this.directory.resolve("rejected-" + step)));
			restarted.listener = listener;
			restarted.resume();
			Upload upload = restarted.stored(ID);
			assertThat(
					upload == null || upload.state() == UploadState.REJECTED || upload.state() == UploadState.RECEIVING)
				.as("step %d", step)
				.isTrue();
			if (!crashing.isCrashed()) {
				return;
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void terminatedUploadIsNotDeliveredAgain(boolean after) {
		for (int step = 1;; step++) {
			Path uploads = this.directory.resolve("terminated-" + step);
			CrashingUploadStorage crashing = new CrashingUploadStorage(TestEngine.disk(uploads), step, after);
			TestEngine engine = new TestEngine(crashing);
			run(engine, (e) -> {
				e.create(ID, 3L);
				e.append(ID, 0, "abc");
				e.service.terminate(UploadId.of(ID), TestEngine.CLIENT);
			});
			TestEngine restarted = new TestEngine(TestEngine.disk(uploads));
			restarted.listener = (event) -> assertThat(event.resource().exists()).isTrue();
			restarted.resume();
			Upload upload = restarted.stored(ID);
			assertThat(upload == null || upload.state() != UploadState.FINISHING).as("step %d", step).isTrue();
			if (!crashing.isCrashed()) {
				assertThat(upload).isNull();
				return;
			}
		}
	}

	private void crashAtEachStep(boolean after, Consumer<TestEngine> client) {
		crashAtEachStep(after, client, (event) -> {
		}, false);
	}

	private void crashAtEachStep(boolean after, Consumer<TestEngine> client,
			Consumer<TusUploadCompletedEvent> listener) {
		crashAtEachStep(after, client, listener, false);
	}

	private void crashAtEachStep(boolean after, Consumer<TestEngine> client, Consumer<TusUploadCompletedEvent> listener,
			boolean concatenated) {
		for (int step = 1;; step++) {
			this.told.set(0);
			this.delivered.clear();
			Path uploads = this.directory.resolve("uploads-" + step);
			CrashingUploadStorage crashing = new CrashingUploadStorage(TestEngine.disk(uploads), step, after);
			TestEngine engine = new TestEngine(crashing);
			engine.listener = record(listener);
			run(engine, client);
			TestEngine restarted = new TestEngine(TestEngine.disk(uploads));
			restarted.listener = record(listener);
			restarted.resume();
			if (restarted.stored(ID) != null) {
				assertThat(restarted.stored(ID).offset()).as("step %d", step).isGreaterThanOrEqualTo(this.told.get());
				resume(restarted, concatenated);
				assertThat(this.delivered).as("step %d", step).isNotEmpty();
				assertThat(restarted.inspect(ID).state()).isEqualTo(UploadState.COMPLETED);
			}
			else {
				assertThat(this.told).as("step %d", step).hasValue(0);
			}
			if (!crashing.isCrashed()) {
				assertThat(this.delivered).hasSize(1);
				return;
			}
		}
	}

	/**
	 * Does what a client does when the server is there again.
	 */
	private void resume(TestEngine engine, boolean concatenated) {
		if (concatenated) {
			Upload part = engine.inspect("q");
			engine.append("q", part.offset(), "def".substring((int) part.offset()));
			engine.scheduler.run();
			return;
		}
		Upload found = engine.inspect(ID);
		long offset = found.offset();
		if (found.state() != UploadState.COMPLETED) {
			engine.append(ID, TestEngine.declare(offset, 6), "abcdef".substring((int) offset));
		}
	}

	private Consumer<TusUploadCompletedEvent> record(Consumer<TusUploadCompletedEvent> listener) {
		return (event) -> {
			assertThat(event.upload().isFull()).isTrue();
			// A former attempt may have got as far as to move the content.
			assertThat(event.resource().exists() ? content(event) : "abcdef").isEqualTo("abcdef");
			listener.accept(event);
			this.delivered.add(event.attempt());
		};
	}

	private static String content(TusUploadCompletedEvent event) {
		try {
			return event.resource().getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void run(TestEngine engine, Consumer<TestEngine> client) {
		try {
			client.accept(engine);
		}
		catch (CrashingUploadStorage.Crash | UploadException ex) {
			// Whoever is alive goes on.
		}
	}

	private void tell(Upload upload) {
		this.told.set(upload.offset());
	}

	private static AppendRequest checked(long offset, String text) {
		ChecksumAlgorithm.Calculation calculation = ChecksumAlgorithm.SHA256.start();
		calculation.update(TestEngine.bytes(text));
		return new AppendRequest(offset, text.length(), null,
				new Checksum(ChecksumAlgorithm.SHA256, calculation.value()), false);
	}

}
