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
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * What an application hears when what it wants of an upload can't be had.
 */
class TusUploadsFailureTests {

	private static final UploadId ID = UploadId.of("a");

	private final Path directory;

	private final TestEngine engine;

	private final TusUploads uploads;

	private boolean broken;

	private URI url;

	TusUploadsFailureTests(@TempDir Path directory) {
		this.directory = directory;
		this.engine = new TestEngine(new ForwardingUploadStorage(TestEngine.disk(directory.resolve("uploads"))) {

			@Override
			public Upload find(UploadId id) throws IOException {
				fail();
				return super.find(id);
			}

			@Override
			public Stream<Upload> list() throws IOException {
				fail();
				return super.list();
			}

			@Override
			public boolean delete(UploadId id) throws IOException {
				fail();
				return super.delete(id);
			}

			@Override
			public URI downloadUrl(Upload upload, Duration time) throws IOException {
				if (time.isZero()) {
					throw new IOException("away");
				}
				return TusUploadsFailureTests.this.url;
			}

			@Override
			public void deleteContent(Upload upload) throws IOException {
				throw new IOException("away");
			}

			private void fail() throws IOException {
				if (TusUploadsFailureTests.this.broken) {
					throw new IOException("away");
				}
			}

		});
		this.uploads = this.engine.uploads;
	}

	@BeforeEach
	void create() {
		this.engine.create("a", 3L);
	}

	private void complete() {
		this.engine.append("a", 0, "abc");
	}

	@Test
	void whenTheStorageFailsThenThatIsSaid() {
		this.broken = true;
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.uploads.find(ID));
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(this.uploads::list);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.uploads.delete(ID));
		this.broken = false;
		this.engine.locker.tryLock(ID).close();
	}

	@Test
	void whenAnUploadIsInUseThenItIsNotDeleted() {
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.uploads.delete(ID));
		}
		assertThat(this.engine.stored("a")).isNotNull();
	}

	@Test
	void whenTheContentOfAnUploadThatIsDeliveredCanNotBeDeletedThenThatIsSaid() {
		this.engine.listener = (event) -> assertThatExceptionOfType(UploadStorageException.class)
			.isThrownBy(() -> this.uploads.delete(ID));
		complete();
		assertThat(this.engine.content("a")).isEqualTo("abc");
	}

	@Test
	void whenTheStorageHasUrlsThenOneCanBeHad() {
		complete();
		assertThat(this.uploads.downloadUrl(ID, Duration.ofMinutes(1))).as("of a file").isEmpty();
		this.url = URI.create("https://store.example.org/a");
		assertThat(this.uploads.downloadUrl(ID, Duration.ofMinutes(1))).hasValue(this.url);
		assertThatExceptionOfType(UploadStorageException.class)
			.isThrownBy(() -> this.uploads.downloadUrl(ID, Duration.ZERO));
	}

	@Test
	void whenTheContentIsGoneThenThereIsNoUrl() throws IOException {
		complete();
		this.uploads.moveTo(ID, this.directory.resolve("moved"));
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.uploads.downloadUrl(ID, Duration.ofMinutes(1)));
	}

	@Test
	void whenAnotherFileIsWhereTheContentWasMovedThenItIsNotTakenForIt() throws IOException {
		complete();
		Path target = this.uploads.moveTo(ID, this.directory.resolve("moved"));
		Files.writeString(target, "ab");
		assertThatIOException().isThrownBy(() -> this.uploads.moveTo(ID, target));
	}

	@Test
	void whenAFileIsWhereTheContentIsToBeMovedThenItIsReplaced() throws IOException {
		complete();
		Path target = Files.writeString(this.directory.resolve("moved"), "xyz");
		assertThat(this.uploads.moveTo(ID, target)).hasContent("abc");
	}

}
