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

package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link UploadRecords}.
 */
class UploadRecordsTests {

	private static final UploadId ID = UploadId.of("upload");

	private final OpenFiles openFiles = new OpenFiles();

	@TempDir
	private Path directory;

	/**
	 * An application moves the content without a lock, on a thread of its own.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whoTouchesARecordUndoesNothingThatIsStoredMeanwhile(boolean shared) throws Exception {
		UploadRecords records = records(shared);
		UploadInfo info = create(records);
		UploadInfo finishing = info.withMark(info.mark().withState(UploadState.FINISHING));
		UploadInfo completed = info.withMark(info.mark().withState(UploadState.COMPLETED));
		CyclicBarrier together = new CyclicBarrier(2);
		ExecutorService worker = Executors.newSingleThreadExecutor();
		try {
			for (int i = 0; i < 300; i++) {
				records.mark(finishing, false);
				Future<?> touched = worker.submit(() -> {
					together.await();
					records.touch(ID);
					return null;
				});
				together.await();
				records.mark(completed, false);
				touched.get();
				assertThat(records.require(ID).mark().state()).isEqualTo(UploadState.COMPLETED);
			}
		}
		finally {
			worker.shutdown();
		}
	}

	@Test
	void recordThatIsTouchedIsRememberedFromThenOn() throws IOException {
		UploadRecords records = records(false);
		create(records);
		Path file = this.directory.resolve("upload.info");
		Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
		records.touch(ID);
		assertThat(Files.getLastModifiedTime(file).toInstant()).isAfter(Instant.now().minus(Duration.ofMinutes(1)));
		records.delete(ID);
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> records.touch(ID));
	}

	@Test
	void whenRecordIsStillTheSameThenItIsNotReadAgain() throws IOException {
		create(records(false));
		Files.createFile(this.directory.resolve("upload"));
		Files.setLastModifiedTime(this.directory.resolve("upload.info"),
				FileTime.from(Instant.now().minus(Duration.ofHours(1))));
		AtomicInteger opened = new AtomicInteger();
		UploadRecords records = records(counting(opened), false);
		for (int i = 0; i < 5; i++) {
			assertThat(records.find(ID)).isNotNull();
		}
		assertThat(opened).hasValue(1);
	}

	@Test
	void whenRecordWasJustWrittenHereThenItIsNotRead() {
		AtomicInteger opened = new AtomicInteger();
		UploadRecords records = records(counting(opened), false);
		// On a busy machine it may be some time ago already.
		await().untilAsserted(() -> {
			records.delete(ID);
			create(records);
			opened.set(0);
			assertThat(records.current(ID)).isNotNull();
			assertThat(opened).hasValue(0);
		});
	}

	@Test
	void whenOtherInstancesWriteRecordsThenOneThatWasJustWrittenHereIsRead() throws IOException {
		AtomicInteger opened = new AtomicInteger();
		UploadRecords records = records(counting(opened), true);
		create(records);
		opened.set(0);
		assertThat(records.current(ID)).isNotNull();
		assertThat(opened).hasValue(1);
	}

	private Path counting(AtomicInteger opened) {
		ForwardingFileSystem files = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				opened.incrementAndGet();
				return super.open(path, options, attributes);
			}

		};
		return files.wrap(this.directory);
	}

	@Test
	void whenAnotherInstanceMayHaveChangedARecordThenItIsReadAgainBeforeItIsChanged() throws IOException {
		UploadRecords records = records(true);
		UploadInfo info = create(records);
		Path file = this.directory.resolve("upload.info");
		FileTime time = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
		Files.setLastModifiedTime(file, time);
		assertThat(records.current(ID)).isNotNull();
		records(true).mark(info.withMark(info.mark().withState(UploadState.REJECTED)), false);
		Files.setLastModifiedTime(file, time);
		assertThat(records.require(ID).mark().state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void whenRecordIsGoneThenItsMarkCanNotBeWritten() throws IOException {
		UploadRecords records = records(false);
		UploadInfo info = create(records);
		records.delete(ID);
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> records.mark(info, false));
	}

	@Test
	void whenManyListsWereReadThenNoDirectoryIsStillOpen() throws IOException {
		UploadRecords records = records(false);
		for (int i = 0; i < 5; i++) {
			try (Stream<Upload> uploads = records.list(this.directory)) {
				assertThat(uploads).isEmpty();
			}
		}
		assertThat(OpenHere.in(this.directory)).isEmpty();
	}

	private UploadRecords records(boolean shared) {
		return records(this.directory, shared);
	}

	private UploadRecords records(Path directory, boolean shared) {
		return new UploadRecords(new InfoFiles(directory, false, this.openFiles), this.openFiles, shared);
	}

	private static UploadInfo create(UploadRecords records) throws IOException {
		UploadInfo info = UploadInfo.of(NewUpload.builder(ID).length(3L).build(), Instant.now());
		records.create(info);
		return info;
	}

}
