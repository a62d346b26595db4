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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Which uploads count against the limit of unfinished ones. None of them waits for a
 * recount, which is made once a second at most.
 */
class UnfinishedUploadsTests {

	@TempDir
	private Path directory;

	private final List<String> found = new ArrayList<>();

	private boolean broken;

	private Runnable creating = () -> {
	};

	private Consumer<Upload> lost = (upload) -> {
	};

	private TestEngine engine;

	@BeforeEach
	void start() {
		this.engine = restart();
		spendRecount();
	}

	private TestEngine restart() {
		return new TestEngine(new ForwardingUploadStorage(TestEngine.disk(this.directory.resolve("uploads"))) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				Runnable now = UnfinishedUploadsTests.this.creating;
				UnfinishedUploadsTests.this.creating = () -> {
				};
				now.run();
				if (UnfinishedUploadsTests.this.broken) {
					throw new InsufficientStorageException("full");
				}
				return super.create(upload);
			}

			@Override
			public Upload find(UploadId id) throws IOException {
				UnfinishedUploadsTests.this.found.add(id.toString());
				return super.find(id);
			}

			@Override
			public void whenLost(Consumer<Upload> listener) {
				UnfinishedUploadsTests.this.lost = listener;
			}

		}, new UploadLimits(2, 0, 0, 0));
	}

	/**
	 * Uses the limit up, so that the storage is not looked at again for a second.
	 */
	private void spendRecount() {
		this.engine.create("x", 3L);
		this.engine.create("y", 3L);
		assertRefused("z");
		this.engine.service.terminate(UploadId.of("x"), TestEngine.CLIENT);
		this.engine.service.terminate(UploadId.of("y"), TestEngine.CLIENT);
	}

	private void assertRefused(String id) {
		assertThatExceptionOfType(TooManyUploadsException.class).isThrownBy(() -> this.engine.create(id, 3L))
			.withMessageContaining("'tus.limits.max-uploads'");
		assertThat(this.engine.stored(id)).isNull();
	}

	@Test
	void unfinishedUploadsCount() {
		this.engine.create("a", 3L);
		this.engine.create("b", null);
		assertRefused("c");
	}

	@Test
	void uploadThatTheStorageHasLostCountsNoMoreAndIsToldToHaveExpired() throws Exception {
		Upload upload = this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		this.engine.storage.delete(upload.id());
		this.lost.accept(upload);
		this.engine.create("c", 3L);
		assertRefused("d");
		assertThat(this.engine.events).filteredOn(TusUploadExpiredEvent.class::isInstance)
			.singleElement(InstanceOfAssertFactories.type(TusUploadExpiredEvent.class))
			.satisfies((event) -> assertThat(event.upload().id()).isEqualTo(upload.id()))
			.satisfies((event) -> assertThat(event.upload().expires()).isNotNull());
	}

	@Test
	void principalDoesNotPassForAnAddress() {
		TestEngine limited = new TestEngine(this.engine.storage, new UploadLimits(0, 1, 0, 0));
		String address = "192.0.2.1";
		limited.create(NewUpload.builder(UploadId.of("a")).length(3L).remoteAddress(address).build());
		limited
			.create(NewUpload.builder(UploadId.of("b")).length(3L).owner(address).remoteAddress("192.0.2.2").build());
		limited.create(NewUpload.builder(UploadId.of("c")).length(3L).owner("ben").remoteAddress(address).build());
		for (NewUpload.Builder more : List.of(NewUpload.builder(UploadId.of("d")).remoteAddress(address),
				NewUpload.builder(UploadId.of("d")).owner(address))) {
			assertThatExceptionOfType(TooManyUploadsException.class)
				.isThrownBy(() -> limited.create(more.length(3L).build()))
				.withMessageContaining("'tus.limits.max-uploads-per-client'");
		}
	}

	@Test
	void creationThatFailsDoesNotCount() {
		this.broken = true;
		for (String id : List.of("p", "q", "r")) {
			assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> this.engine.create(id, 3L));
		}
		this.broken = false;
		this.engine.create("a", 3L);
		assertThatNoException().isThrownBy(() -> this.engine.create("b", 3L));
		assertRefused("c");
	}

	@Test
	void creationOfAnUploadThatExistsDoesNotCount() {
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> this.engine.create("a", 3L));
		this.engine.create("b", 3L);
		assertRefused("c");
		this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
		this.engine.create("c", 3L);
		assertRefused("d");
	}

	@Test
	void creationThatFailsLeavesTheOneThatRunsWithTheSameIdCounted() {
		this.creating = () -> {
			this.broken = true;
			assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> this.engine.create("a", 3L));
			this.broken = false;
		};
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		assertRefused("c");
	}

	@Test
	void endOfACreationLeavesALaterOneWithTheSameIdCounted() {
		UnfinishedUploads uploads = new UnfinishedUploads(this.engine.storage, TestEngine.limit(1));
		NewUpload upload = NewUpload.builder(UploadId.of("a")).build();
		UnfinishedUploads.Entry former = uploads.reserve(upload);
		uploads.remove(upload.id());
		uploads.reserve(upload);
		uploads.release(upload.id(), former);
		assertThatExceptionOfType(TooManyUploadsException.class)
			.isThrownBy(() -> uploads.reserve(NewUpload.builder(UploadId.of("b")).build()));
	}

	@Test
	void clientThatHasTooManyHasOnlyItsOwnLookedAt() {
		TestEngine limited = new TestEngine(this.engine.storage, new UploadLimits(0, 1, 0, 0));
		limited.create(NewUpload.builder(UploadId.of("a")).length(3L).owner("anna").build());
		limited.create(NewUpload.builder(UploadId.of("b")).length(3L).owner("ben").build());
		this.found.clear();
		assertThatExceptionOfType(TooManyUploadsException.class)
			.isThrownBy(() -> limited.create(NewUpload.builder(UploadId.of("c")).length(3L).owner("ben").build()));
		assertThat(this.found).containsExactly("b");
	}

	@Test
	void fullUploadDoesNotCount() {
		this.engine.create("a", 3L);
		this.engine.append("a", 0, "abc");
		this.engine.create("empty", 0L);
		this.engine.create("b", 3L);
		AppendSession session = this.engine.begin("b", 0);
		session.write(TestEngine.bytes("abc"));
		session.interrupt();
		this.engine.create("c", 3L);
		this.engine.create("d", 3L);
		assertRefused("e");
	}

	@Test
	void finalUploadDoesNotCountOnceItIsConcatenated() {
		for (int i = 0; i < 3; i++) {
			this.engine.createPart("p" + i, 3L);
			this.engine.append("p" + i, 0, "abc");
			this.engine.createFinal("f" + i, "p" + i);
		}
		this.engine.createPart("q", 3L);
		this.engine.createFinal("g", "q");
		assertRefused("a");
		this.engine.append("q", 0, "abc");
		this.engine.scheduler.run();
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		assertRefused("c");
	}

	@Test
	void uploadThatItsClientRemovesDoesNotCount() {
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
		this.engine.service.discard(UploadId.of("b"), TestEngine.CLIENT);
		this.engine.create("c", 3L);
		this.engine.create("d", 3L);
		assertRefused("e");
	}

	@Test
	void uploadsFromBeforeCount() {
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		this.engine.append("b", 0, "abc");
		this.engine = restart();
		this.engine.service.resume();
		this.engine.create("c", 3L);
		assertRefused("d");
	}

	@Test
	void uploadThatSomebodyElseRemovedDoesNotCountWhenTheyAreCountedAgain() {
		this.engine = restart();
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		this.engine.uploads.delete(UploadId.of("a"));
		assertThatNoException().isThrownBy(() -> this.engine.create("c", 3L));
		assertRefused("d");
	}

	@Test
	void whenWhatSomebodyElseRemovedIsForgottenThenACreationLooksAtNothing() {
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		this.engine.uploads.delete(UploadId.of("a"));
		this.engine.service.forgetRemoved();
		this.found.clear();
		this.engine.create("c", 3L);
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenUploadsCanNotBeCountedAtTheStartThenTheyAreLater() {
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		boolean[] broken = { true };
		this.engine = new TestEngine(new DelegatingUploadStorage(this.engine.storage) {

			@Override
			public Stream<Upload> list() throws IOException {
				if (broken[0]) {
					throw new IOException("The disk is broken");
				}
				return super.list();
			}

		}, new UploadLimits(2, 0, 0, 0));
		this.engine.service.resume();
		assertThat(this.engine.scheduler.delays()).hasSize(1);
		broken[0] = false;
		this.engine.scheduler.run();
		assertRefused("c");
	}

	@Test
	void whenAnUploadIsFinishedWhileTheyAreCountedThenItDoesNotCount() {
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Stream<Upload> list() throws IOException {
				List<Upload> listed = super.list().toList();
				new TestEngine(UnfinishedUploadsTests.this.engine.storage).append("a", 0, "abc");
				return listed.stream();
			}

		};
		UnfinishedUploads uploads = new UnfinishedUploads(storage, TestEngine.limit(2));
		uploads.load();
		this.found.clear();
		uploads.reserve(NewUpload.builder(UploadId.of("c")).build());
		assertThat(this.found).as("there is room at once").isEmpty();
	}

}
