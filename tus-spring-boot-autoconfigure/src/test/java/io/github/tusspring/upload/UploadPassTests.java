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
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * One bad upload never keeps the others from being resumed, counted or cleaned.
 */
class UploadPassTests {

	static final List<Throwable> ANYTHING = List.of(new IllegalStateException("bad"),
			new UndeclaredThrowableException(new Exception("bad")), new StackOverflowError("bad"),
			new Exception("thrown as if it were declared"));

	@TempDir
	private Path directory;

	private UploadStorage disk;

	@BeforeEach
	void open() {
		this.disk = TestEngine.disk(this.directory.resolve("uploads"));
	}

	@ParameterizedTest
	@FieldSource("ANYTHING")
	void uploadThatCanNotBeResumedKeepsNoOtherFromIt(Throwable problem) {
		full("a", "b", "c");
		TestEngine engine = new TestEngine(bad(problem));
		engine.resume();
		assertThat(delivered(engine)).containsExactly("a", "c");
		assertThat(engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@ParameterizedTest
	@FieldSource("ANYTHING")
	void finalUploadThatCanNotBeConcatenatedKeepsNoOtherFromIt(Throwable problem) {
		TestEngine before = new TestEngine(this.disk);
		before.createPart("part", 3L);
		for (String id : List.of("a", "b", "c")) {
			before.createFinal(id, "part");
		}
		before.append("part", 0, "abc");
		TestEngine engine = new TestEngine(bad(problem));
		engine.resume();
		assertThat(delivered(engine)).containsExactly("a", "c");
	}

	@ParameterizedTest
	@FieldSource("ANYTHING")
	void uploadThatCanNotBeRemovedKeepsNoOtherFromIt(Throwable problem) throws IOException {
		TestEngine before = new TestEngine(this.disk);
		for (String id : List.of("a", "b", "c")) {
			before.create(id, 3L);
		}
		new TestEngine(bad(problem)).cleaner(later()).clean();
		try (Stream<Upload> left = this.disk.list()) {
			assertThat(left).extracting(Upload::id).containsExactly(UploadId.of("b"));
		}
	}

	@Test
	void uploadOfAnExtremeTimeKeepsNoOtherFromBeingCleaned() throws IOException {
		TestEngine before = new TestEngine(this.disk);
		for (String id : List.of("a", "b", "c")) {
			before.create(id, 3L);
			before.append(id, 0, "abc");
			this.disk.deleteContent(before.stored(id));
		}
		new TestEngine(listing(
				(uploads) -> uploads.map((upload) -> isBad(upload.id()) ? upload.withModified(Instant.MAX) : upload)))
			.cleaner(later())
			.clean();
		try (Stream<Upload> left = this.disk.list()) {
			assertThat(left).extracting(Upload::id).containsExactly(UploadId.of("b"));
		}
	}

	@ParameterizedTest
	@FieldSource("ANYTHING")
	void uploadThatCanNotBeCountedKeepsNoOtherFromIt(Throwable problem) {
		TestEngine before = new TestEngine(this.disk);
		for (String id : List.of("a", "b", "c")) {
			before.create(id, 3L);
		}
		UnfinishedUploads unfinished = new UnfinishedUploads(bad(problem), TestEngine.limit(3));
		assertThat(unfinished.load()).isTrue();
		assertThatExceptionOfType(TooManyUploadsException.class)
			.isThrownBy(() -> unfinished.reserve(NewUpload.builder(UploadId.of("d")).build()));
	}

	@Test
	void whatCouldNotBeListedIsResumedLater() {
		full("a", "b", "c");
		boolean[] broken = { true };
		TestEngine engine = new TestEngine(listing((uploads) -> uploads.map((upload) -> {
			if (broken[0] && isBad(upload.id())) {
				throw new DirectoryIteratorException(new IOException("bad"));
			}
			return upload;
		})));
		engine.resume();
		assertThat(delivered(engine)).containsExactly("a");
		broken[0] = false;
		engine.scheduler.run();
		assertThat(delivered(engine)).containsExactly("a", "b", "c");
	}

	private static boolean isBad(UploadId id) {
		return id.equals(UploadId.of("b"));
	}

	/**
	 * Makes uploads that have all their bytes and were not delivered.
	 */
	private void full(String... ids) {
		TestEngine before = new TestEngine(this.disk);
		for (String id : ids) {
			before.create(id, 3L);
			AppendSession session = before.begin(id, 0);
			session.write(TestEngine.bytes("abc"));
			session.interrupt();
		}
	}

	private List<String> delivered(TestEngine engine) {
		return Stream.of("a", "b", "c").filter((id) -> !engine.attempts(id).isEmpty()).toList();
	}

	private static Clock later() {
		return Clock.fixed(Instant.now().plus(Duration.ofHours(25)), ZoneOffset.UTC);
	}

	/**
	 * Returns the storage with one upload that can be listed but not looked at.
	 */
	private UploadStorage bad(Throwable problem) {
		return new ForwardingUploadStorage(sorted()) {

			@Override
			public Upload find(UploadId id) throws IOException {
				if (isBad(id)) {
					UploadPassTests.<RuntimeException>sneak(problem);
				}
				return super.find(id);
			}

		};
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable problem) throws T {
		throw (T) problem;
	}

	private UploadStorage sorted() {
		return listing((uploads) -> uploads);
	}

	/**
	 * Returns the storage with a list that is changed.
	 */
	private UploadStorage listing(UnaryOperator<Stream<Upload>> change) {
		return new ForwardingUploadStorage(this.disk) {

			@Override
			public Stream<Upload> list() throws IOException {
				try (Stream<Upload> uploads = super.list()) {
					List<Upload> sorted = new ArrayList<>(uploads.toList());
					sorted.sort((one, other) -> one.id().toString().compareTo(other.id().toString()));
					return change.apply(sorted.stream());
				}
			}

		};
	}

}
