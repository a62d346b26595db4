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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

class OpenFilesTests {

	private static final UploadId A = UploadId.of("a");

	private static final UploadId B = UploadId.of("b");

	@TempDir
	private Path directory;

	private FileChannel open(String name) throws IOException {
		return FileChannel.open(this.directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
	}

	@Test
	void fileIsTakenOnce() throws Exception {
		OpenFiles files = new OpenFiles();
		FileChannel file = open("a");
		files.put(A, file);
		assertThat(files.take(A)).isSameAs(file);
		assertThat(files.take(A)).isNull();
		file.close();
	}

	@Test
	void fileThatWasPutFirstIsClosedWhereThereAreTooMany() throws Exception {
		OpenFiles files = new OpenFiles(1, Duration.ofHours(1));
		FileChannel first = open("a");
		FileChannel second = open("b");
		files.put(A, first);
		files.put(B, second);
		assertThat(first.isOpen()).isFalse();
		assertThat(second.isOpen()).isTrue();
		files.close(B);
		assertThat(second.isOpen()).isFalse();
	}

	@Test
	void fileThatTakesTheOthersPlaceClosesIt() throws Exception {
		OpenFiles files = new OpenFiles();
		FileChannel first = open("a");
		FileChannel second = open("a");
		files.put(A, first);
		files.put(A, second);
		assertThat(first.isOpen()).isFalse();
		assertThat(files.take(A)).isSameAs(second);
		second.close();
	}

	@Test
	void noFileIsKeptOpenAfterTheEnd() throws Exception {
		OpenFiles files = new OpenFiles();
		FileChannel before = open("a");
		FileChannel after = open("b");
		files.put(A, before);
		files.stop();
		files.put(B, after);
		assertThat(before.isOpen()).isFalse();
		assertThat(after.isOpen()).isFalse();
	}

	@Test
	void noFileIsKeptOpenWhereNoneMayBe() throws Exception {
		FileChannel file = open("a");
		new OpenFiles(0, Duration.ofHours(1)).put(A, file);
		assertThat(file.isOpen()).isFalse();
	}

	@Test
	void fileIsClosedWhenItWasIdleForAWhile() throws Exception {
		OpenFiles files = new OpenFiles(10, Duration.ofMillis(50));
		for (int i = 0; i < 3; i++) {
			FileChannel first = open("a");
			files.put(A, first);
			FileChannel second = open("b");
			files.put(B, second);
			await().until(() -> !first.isOpen() && !second.isOpen());
		}
	}

	@Test
	void fileThatIsInUseStaysOpen() throws Exception {
		OpenFiles files = new OpenFiles(10, Duration.ofMillis(50));
		FileChannel used = open("a");
		files.put(A, used);
		FileChannel idle = open("b");
		files.put(B, idle);
		assertThat(files.take(A)).isSameAs(used);
		await().until(() -> !idle.isOpen());
		assertThat(used.isOpen()).isTrue();
		used.close();
	}

	@Test
	void whenAnOlderFileIsClosedThenOneThatWasJustPutBackStaysOpen() throws Exception {
		OpenFiles files = new OpenFiles(10, Duration.ofSeconds(1));
		FileChannel older = open("a");
		files.put(A, older);
		await().pollDelay(Duration.ofMillis(500)).until(() -> true);
		FileChannel younger = open("b");
		files.put(B, younger);
		await().pollInterval(Duration.ofMillis(5)).until(() -> !older.isOpen());
		assertThat(younger.isOpen()).isTrue();
		await().until(() -> !younger.isOpen());
	}

	@Test
	void whenFileWasClosedInTheMeantimeThenItIsNotTaken() throws Exception {
		OpenFiles files = new OpenFiles();
		FileChannel file = open("a");
		files.put(A, file);
		file.close();
		assertThat(files.take(A)).isNull();
	}

	@Test
	void whenProcessMayOpenFewFilesThenOnlyAShareOfThemIsKeptOpen() {
		assertThat(OpenFiles.limit(1024)).isEqualTo(128);
		assertThat(OpenFiles.limit(0)).isZero();
		assertThat(OpenFiles.limit(1_000_000)).isEqualTo(512);
	}

	@Test
	void whenNobodyKnowsHowManyFilesTheProcessMayOpenThenThereIsALimitAllTheSame() {
		assertThat(OpenFiles.limit(-1)).isEqualTo(512);
	}

	@Test
	void everythingGoesOnWhereFewFilesMayBeOpen() throws Exception {
		FewFiles few = new FewFiles(8);
		DiskUploadStorage storage = new DiskUploadStorage(few.wrap(this.directory), Durability.APPEND, 0);
		List<UploadId> ids = new ArrayList<>();
		for (int i = 0; i < 40; i++) {
			UploadId id = UploadId.of("upload-" + i);
			storage.create(NewUpload.builder(id).length(6L).concatenation(new Concatenation.Partial()).build());
			ids.add(id);
		}
		for (UploadId id : ids) {
			append(storage, id, false);
			fill(storage, few);
			append(storage, id, true);
			fill(storage, few);
			assertThat(storage.find(id).isFull()).isTrue();
		}
		try (Stream<Upload> uploads = storage.list()) {
			assertThat(uploads).hasSize(41)
				.allMatch((upload) -> upload.isFull() || upload.id().equals(FewFiles.FILLER));
		}
		fill(storage, few);
		Upload joined = storage
			.create(NewUpload.builder(UploadId.of("final")).concatenation(new Concatenation.Final(ids, "")).build());
		fill(storage, few);
		Upload full = storage.concatenate(joined, ids.stream().map((id) -> find(storage, id)).toList());
		fill(storage, few);
		storage.update(full.withNextAttempt());
		fill(storage, few);
		storage.update(full.withState(UploadState.COMPLETED));
		fill(storage, few);
		assertThatNoException().isThrownBy(storage::tidy);
		fill(storage, few);
		assertThatNoException().isThrownBy(storage::check);
		fill(storage, few);
		storage.moveContent(full, this.directory.resolveSibling(this.directory.getFileName() + ".moved"));
		assertThat(few.open).hasValueLessThanOrEqualTo(8);
		storage.close();
		assertThat(few.open).hasValue(0);
	}

	/**
	 * Has all files open that may be, between two appends.
	 */
	private static void fill(DiskUploadStorage storage, FewFiles few) throws IOException {
		if (storage.find(FewFiles.FILLER) == null) {
			storage.create(NewUpload.builder(FewFiles.FILLER).build());
		}
		storage.append(storage.find(FewFiles.FILLER), 1, false).close();
		few.exhaust = true;
	}

	private static void append(DiskUploadStorage storage, UploadId id, boolean held) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(id), 1, held)) {
			writer.write(ByteBuffer.wrap("abc".getBytes()));
			writer.commit();
		}
	}

	private static Upload find(DiskUploadStorage storage, UploadId id) {
		try {
			return storage.find(id);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Lets only a few files be open at once. Once exhausted, none more until one is
	 * closed.
	 */
	private static final class FewFiles extends ForwardingFileSystem {

		private static final UploadId FILLER = UploadId.of("filler");

		private final AtomicInteger open = new AtomicInteger();

		private final int limit;

		private boolean exhaust;

		private FewFiles(int limit) {
			this.limit = limit;
		}

		@Override
		protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
				throws IOException {
			if (this.exhaust || this.open.get() >= this.limit) {
				throw new FileSystemException(path.toString(), null, "Too many open files");
			}
			FileChannel channel = super.open(path, options, attributes);
			this.open.incrementAndGet();
			return new ForwardingFileChannel(channel) {

				@Override
				protected void implCloseChannel() throws IOException {
					super.implCloseChannel();
					FewFiles.this.open.decrementAndGet();
					FewFiles.this.exhaust = false;
				}

			};
		}

		@Override
		protected void checkDirectory(Path directory) throws IOException {
			if (this.exhaust) {
				throw new FileSystemException(directory.toString(), null, "Too many open files");
			}
		}

	}

}
