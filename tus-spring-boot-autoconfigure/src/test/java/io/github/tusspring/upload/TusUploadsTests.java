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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TusUploadsTests {

	@TempDir
	private Path directory;

	private TestEngine engine;

	private TusUploads uploads;

	@BeforeEach
	void start() {
		this.engine = new TestEngine(TestEngine.disk(this.directory.resolve("uploads")));
		this.uploads = this.engine.uploads;
		this.engine.create("a", 3L);
		this.engine.append("a", 0, "abc");
		this.engine.create("unfinished", 3L);
	}

	@Test
	void uploadIsFoundInWhateverState() {
		assertThat(this.uploads.find(UploadId.of("a"))).get()
			.extracting(Upload::state)
			.isEqualTo(UploadState.COMPLETED);
		assertThat(this.uploads.find(UploadId.of("unfinished"))).get()
			.satisfies((upload) -> assertThat(upload.expires()).isNotNull());
		assertThat(this.uploads.find(UploadId.of("unknown"))).isEmpty();
	}

	@Test
	void allUploadsAreListed() {
		try (Stream<Upload> uploads = this.uploads.list()) {
			assertThat(uploads.map((upload) -> upload.id().toString())).containsExactlyInAnyOrder("a", "unfinished");
		}
	}

	@Test
	void contentIsOpenedAsAResource() throws IOException {
		assertThat(this.uploads.open(UploadId.of("a")).getContentAsByteArray()).asString().isEqualTo("abc");
		assertThat(this.uploads.path(UploadId.of("a"))).get().satisfies((path) -> assertThat(path).hasContent("abc"));
	}

	@Test
	void contentOfAnUnfinishedOrAPartialUploadIsNotToBeHad() {
		this.engine.createPart("part", 3L);
		this.engine.append("part", 0, "abc");
		for (String id : new String[] { "unfinished", "part" }) {
			assertThatIllegalStateException().isThrownBy(() -> this.uploads.open(UploadId.of(id)));
			assertThatIllegalStateException().isThrownBy(() -> this.uploads.path(UploadId.of(id)));
			assertThatIllegalStateException()
				.isThrownBy(() -> this.uploads.moveTo(UploadId.of(id), this.directory.resolve("x")));
		}
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.uploads.open(UploadId.of("unknown")));
	}

	@Test
	void whenAnotherInstanceDeliversAnUploadThenItIsLeftAlone() {
		TestEngine engine = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				return (found != null)
						? found.mutate().state(UploadState.FINISHING).claimed(Instant.now().plusSeconds(30)).build()
						: null;
			}

		});
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> engine.uploads.delete(UploadId.of("a")));
		assertThat(this.uploads.open(UploadId.of("a")).exists()).isTrue();
	}

	@Test
	void contentIsMovedToAFileAndTheUploadStaysFinished() throws IOException {
		Path target = this.directory.resolve("b.txt");
		assertThat(this.uploads.moveTo(UploadId.of("a"), target)).isEqualTo(target).hasContent("abc");
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
		assertThat(this.engine.inspect("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void contentIsMovedIntoADirectoryUnderTheId() throws IOException {
		Path target = Files.createDirectory(this.directory.resolve("target"));
		assertThat(this.uploads.moveTo(UploadId.of("a"), target)).isEqualTo(target.resolve("a")).hasContent("abc");
	}

	@Test
	void contentThatWasMovedThereBeforeIsMovedAgain() throws IOException {
		Path target = this.directory.resolve("b.txt");
		this.uploads.moveTo(UploadId.of("a"), target);
		assertThat(this.uploads.moveTo(UploadId.of("a"), target)).hasContent("abc");
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> this.uploads.moveTo(UploadId.of("a"), this.directory.resolve("other")));
	}

	@Test
	void deletedUploadIsGone() {
		assertThat(this.uploads.delete(UploadId.of("a"))).isTrue();
		assertThat(this.uploads.delete(UploadId.of("a"))).isFalse();
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> this.engine.inspect("a"));
	}

	@Test
	void deletionEndsAnAppend() {
		AppendSession[] session = new AppendSession[1];
		session[0] = this.engine.service.append(UploadId.of("unfinished"), TestEngine.request(0), TestEngine.CLIENT,
				(reason) -> session[0].interrupt());
		assertThat(this.uploads.delete(UploadId.of("unfinished"))).isTrue();
		assertThat(this.engine.stored("unfinished")).isNull();
	}

	@Test
	void interceptorsChangeAndRefuseUploadsInTheirOrder() {
		UploadInterceptor first = (upload) -> upload.withId(UploadId.of("x-" + upload.id()));
		UploadInterceptor second = (upload) -> {
			if (upload.length() != null && upload.length() > 10) {
				throw new UploadRejectedException(403, "Too much for " + upload.id());
			}
			return upload.withMetadata(UploadMetadata.of(Map.of("seen", upload.id().toString())));
		};
		TestEngine engine = new TestEngine(this.engine.storage, first, second);
		Upload created = engine.create("n", 3L);
		assertThat(created.id()).hasToString("x-n");
		assertThat(created.metadata().get("seen")).isEqualTo("x-n");
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> engine.create("m", 11L))
			.withMessage("Too much for x-m");
		assertThat(engine.stored("x-m")).isNull();
		assertThat(engine.eventNames()).containsExactly("Created");
	}

	@Test
	void interceptorThatForgetsToReturnTheUploadIsNamed() {
		TestEngine engine = new TestEngine(this.engine.storage, (upload) -> null);
		assertThatIllegalStateException().isThrownBy(() -> engine.create("n", 3L))
			.withMessageContaining("must return the upload to create");
	}

	@Test
	void idThatIsTakenIsRefused() {
		TestEngine engine = new TestEngine(this.engine.storage, (upload) -> upload.withId(UploadId.of("a")));
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> engine.create("n", 3L));
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> engine.create("n", 0L));
		assertThat(this.engine.content("a")).isEqualTo("abc");
		engine.append("unfinished", 0, "abc");
	}

	@Test
	void discardedUploadIsTerminated() {
		this.engine.events.clear();
		this.engine.service.discard(UploadId.of("unfinished"), TestEngine.CLIENT);
		assertThat(this.engine.stored("unfinished")).isNull();
		assertThat(this.engine.eventNames()).containsExactly("Terminated");
	}

}
