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
import java.io.UncheckedIOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

class UploadOperationsTests {

	private final TestEngine engine;

	private final UploadOperations operations;

	UploadOperationsTests(@TempDir Path directory) {
		this.engine = new TestEngine(TestEngine.disk(directory));
		this.operations = new UploadOperations(this.engine.service, this.engine.uploads);
	}

	private List<String> page(String after, int limit) {
		return this.operations.page(after, limit, (upload) -> !upload.id().toString().equals("c"))
			.stream()
			.map((upload) -> upload.id().toString())
			.toList();
	}

	@Test
	void pagesFollowEachOtherInTheOrderOfIds() {
		for (String id : List.of("d", "b", "e", "a", "c")) {
			this.engine.create(id, 3L);
		}
		assertThat(page(null, 2)).containsExactly("a", "b");
		assertThat(page("b", 2)).containsExactly("d", "e");
		assertThat(page("d", 2)).containsExactly("e");
		assertThat(page("e", 2)).isEmpty();
	}

	@Test
	void pageReadsNoUploadsButItsOwn() {
		ManyUploads many = new ManyUploads(30_000);
		assertThat(many.page(50, (upload) -> true)).hasSize(50);
		assertThat(many.read).hasSize(50);
	}

	@Test
	void pageThatIsNotFullGoesThroughAllUploadsAndHoldsNone() {
		ManyUploads many = new ManyUploads(30_000);
		AtomicLong held = new AtomicLong(-1);
		assertThat(many.page(50, (upload) -> {
			if (many.read.size() == 30_000) {
				held.set(many.held());
			}
			return upload.id().toString().equals("upload29999");
		})).hasSize(1);
		assertThat(many.read).hasSize(30_000);
		assertThat(held.get()).isBetween(0L, 100L);
	}

	@Test
	void whenTheStorageGoesAwayThenThePageIsNotTakenForWhole() {
		ManyUploads many = new ManyUploads(100) {

			@Override
			public Upload look(UploadId id) {
				throw new UploadUnavailableException("away", null);
			}

		};
		assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> many.page(50, (upload) -> true));
	}

	@Test
	void whenTheStorageFailsInTheMiddleOfAListThenItIsTheStorageThatFails() {
		ManyUploads many = new ManyUploads(100) {

			@Override
			public Stream<UploadId> ids() {
				return super.ids().peek((id) -> {
					throw new UncheckedIOException(new IOException("broken"));
				});
			}

		};
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> many.page(50, (upload) -> true));
	}

	@Test
	void whenOneUploadCanNotBeReadThenThePageHasTheOthers() {
		ManyUploads many = new ManyUploads(3) {

			@Override
			public Upload look(UploadId id) {
				if (id.toString().equals("upload1")) {
					throw new IllegalStateException("torn");
				}
				return super.look(id);
			}

		};
		assertThat(many.page(50, (upload) -> true)).extracting((upload) -> upload.id().toString())
			.containsExactly("upload0", "upload2");
	}

	/**
	 * More uploads than a page looks for at once.
	 */
	private class ManyUploads extends ForwardingUploadStorage {

		private final List<WeakReference<Upload>> read = new ArrayList<>();

		private final int count;

		private ManyUploads(int count) {
			super(UploadOperationsTests.this.engine.storage);
			this.count = count;
		}

		private List<Upload> page(int limit, Predicate<Upload> filter) {
			TestEngine engine = new TestEngine(this);
			return new UploadOperations(engine.service, engine.uploads).page(null, limit, filter);
		}

		private long held() {
			System.gc();
			return this.read.stream().filter((reference) -> reference.get() != null).count();
		}

		@Override
		public Stream<UploadId> ids() {
			return IntStream.range(0, this.count).mapToObj((i) -> UploadId.of("upload" + i));
		}

		@Override
		public Upload look(UploadId id) {
			Upload upload = Upload.builder(NewUpload.builder(id).length(3L).build(), Instant.now()).build();
			this.read.add(new WeakReference<>(upload));
			return upload;
		}

	}

	@Test
	void runningAppendIsSeenAndCanBeEnded() {
		this.engine.create("a", 1000L);
		assertThat(this.operations.runningAppends()).isZero();
		assertThat(this.operations.rate(UploadId.of("a"))).isEmpty();
		assertThat(this.operations.interrupt(UploadId.of("a"))).isFalse();
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		assertThat(this.operations.runningAppends()).isEqualTo(1);
		assertThat(this.operations.find(UploadId.of("a")))
			.hasValueSatisfying((upload) -> assertThat(upload.offset()).isEqualTo(3));
		assertThat(this.operations.rate(UploadId.of("a"))).hasValueSatisfying((rate) -> assertThat(rate).isPositive());
		assertThat(this.operations.interrupt(UploadId.of("a"))).isTrue();
		session.interrupt();
		assertThat(this.operations.runningAppends()).isZero();
		assertThat(this.operations.find(UploadId.of("b"))).isEmpty();
	}

	@Test
	void uploadIsRemovedAsForItsClient() {
		this.engine.create("a", 3L);
		assertThat(this.operations.terminate(UploadId.of("a"))).isTrue();
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.operations.terminate(UploadId.of("a"))).isFalse();
	}

	@Test
	void uploadThatTheApplicationHasTakenIsRemoved() {
		this.engine.create("a", 1L);
		this.engine.append("a", 0, "x");
		assertThat(this.operations.terminate(UploadId.of("a"))).isTrue();
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.eventNames()).containsExactly("Created", "Completed", "Terminated");
	}

	@Test
	void uploadThatTheApplicationFailsToTakeIsRemovedAndNotDeliveredAgain() {
		this.engine.create("a", 1L);
		this.engine.listener = (event) -> {
			throw new IllegalStateException("poison");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "x"));
		assertThat(this.operations.terminate(UploadId.of("a"))).isTrue();
		this.engine.scheduler.run();
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.observer.seen).contains("terminated a");
	}

	@Test
	void uploadThatIsBeingDeliveredIsNotRemoved() {
		this.engine.create("a", 1L);
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		this.engine.listener = (event) -> thrown.set(catchThrowable(() -> this.operations.terminate(UploadId.of("a"))));
		this.engine.append("a", 0, "x");
		assertThat(thrown.get()).isInstanceOf(UploadLockedException.class);
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void storageThatFailsToRemoveAnUploadIsHeardOf(@TempDir Path directory) {
		TestEngine engine = new TestEngine(new ForwardingUploadStorage(TestEngine.disk(directory)) {

			@Override
			public boolean delete(Upload upload) throws IOException {
				throw new IOException("away");
			}

		});
		engine.create("a", 1L);
		assertThatExceptionOfType(UploadStorageException.class)
			.isThrownBy(() -> new UploadOperations(engine.service, engine.uploads).terminate(UploadId.of("a")));
	}

	@Test
	void onlyWhatWaitsForItsDeliveryIsDeliveredAgain() {
		this.engine.create("a", 1L);
		assertThat(this.operations.redeliver(UploadId.of("a"))).isFalse();
		assertThat(this.operations.redeliver(UploadId.of("b"))).isFalse();
		this.engine.listener = (event) -> {
			throw new IllegalStateException("away");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "x"));
		this.engine.listener = (event) -> {
		};
		assertThat(this.operations.redeliver(UploadId.of("a"))).isTrue();
		this.engine.scheduler.runDue();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.operations.redeliver(UploadId.of("a"))).isFalse();
	}

}
