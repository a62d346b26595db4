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
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

/**
 * A file system of 20 MiB of which 10 are to stay free.
 */
class FreeSpaceTests {

	private static final int MIB = 1024 * 1024;

	private static final UploadId ID = UploadId.of("upload");

	@TempDir
	private Path directory;

	private final SmallFileSystem files = new SmallFileSystem();

	private DiskUploadStorage storage;

	@BeforeEach
	void open() throws IOException {
		this.storage = new DiskUploadStorage(this.files.wrap(this.directory), Durability.NONE, 10 * MIB);
	}

	@AfterEach
	void close() {
		this.storage.close();
	}

	@Test
	void writersTogetherTakeNoMoreThanThereIs() throws Exception {
		List<Callable<Void>> writers = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			UploadId id = UploadId.of("upload-" + i);
			this.storage.create(NewUpload.builder(id).length(4L * MIB).build());
			UploadWriter writer = this.storage.append(this.storage.find(id), 1, false);
			writers.add(() -> {
				try (writer) {
					for (int written = 0; written < 4 * MIB; written += 64 * 1024) {
						writer.write(ByteBuffer.allocate(64 * 1024));
					}
					writer.commit();
				}
				return null;
			});
		}
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Future<Void>> results = threads.invokeAll(writers);
			assertThat(results)
				.anySatisfy((result) -> assertThatExceptionOfType(Exception.class).isThrownBy(result::get)
					.withCauseInstanceOf(InsufficientStorageException.class));
		}
		finally {
			threads.shutdown();
		}
		assertThat(used()).isBetween(9L * MIB, 10L * MIB);
	}

	@Test
	void writeIsRefusedWhereTheRestIsNeeded() throws Exception {
		this.storage.create(NewUpload.builder(ID).build());
		try (UploadWriter writer = this.storage.append(this.storage.find(ID), 1, false)) {
			writer.write(ByteBuffer.allocate(9 * MIB));
			assertThatExceptionOfType(InsufficientStorageException.class)
				.isThrownBy(() -> writer.write(ByteBuffer.allocate(2 * MIB)));
			writer.commit();
		}
		assertThat(this.storage.find(ID).offset()).isEqualTo(9 * MIB);
	}

	@Test
	void refusalEndsWhenThereIsRoom() throws Exception {
		this.storage.create(NewUpload.builder(ID).build());
		UploadWriter writer = this.storage.append(this.storage.find(ID), 1, false);
		ByteBuffer bytes = ByteBuffer.allocate(11 * MIB);
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> writer.write(bytes));
		this.files.size = 30 * MIB;
		assertThatNoException().isThrownBy(() -> writer.write(bytes));
		writer.close();
	}

	@Test
	void whatIsWrittenTakesItsRoomOnce() throws Exception {
		this.storage.create(NewUpload.builder(ID).build());
		try (UploadWriter writer = this.storage.append(this.storage.find(ID), 1, false)) {
			writer.write(ByteBuffer.allocate(6 * MIB));
			// Has the file system asked.
			assertThatExceptionOfType(InsufficientStorageException.class)
				.isThrownBy(() -> writer.write(ByteBuffer.allocate(5 * MIB)));
			assertThatNoException().isThrownBy(() -> writer.write(ByteBuffer.allocate(3 * MIB)));
		}
	}

	@Test
	void whatIsConcatenatedTakesItsRoomOnce() throws Exception {
		List<Upload> parts = List.of(part("a"), part("b"));
		this.storage.concatenate(createFinal(parts.toArray(Upload[]::new)), parts);
		this.storage.create(NewUpload.builder(ID).build());
		try (UploadWriter writer = this.storage.append(this.storage.find(ID), 1, false)) {
			assertThatExceptionOfType(InsufficientStorageException.class)
				.isThrownBy(() -> writer.write(ByteBuffer.allocate(8 * MIB)));
			long left = 10 * MIB - used();
			assertThat(left).isPositive();
			assertThatNoException().isThrownBy(() -> writer.write(ByteBuffer.allocate((int) left)));
		}
	}

	@Test
	void concatenationThatNeedsTooMuchIsRefusedAndTakesNothing() throws Exception {
		Upload first = part("a");
		Upload second = part("b");
		Upload last = part("c");
		Upload joined = createFinal(first, second, last, second);
		long before = used();
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> this.storage.concatenate(joined, List.of(first, second, last, second)));
		assertThat(used()).isEqualTo(before);
		assertThat(this.directory.resolve("final.concat")).doesNotExist();
	}

	@Test
	void concatenationThatNeedsNoRoomIsMadeWhereThereIsNone() throws Exception {
		Upload part = part("a");
		Upload joined = createFinal(part);
		this.files.others = 10 * MIB;
		close();
		open();
		assertThat(this.storage.concatenate(joined, List.of(part)).isFull()).isTrue();
	}

	@Test
	void whenPartsNeedMoreRoomThanThereIsThenNoneIsCopied() throws Exception {
		Upload first = part("a");
		Upload second = part("b");
		Upload last = part("c");
		Upload joined = createFinal(first, second, last, second);
		this.files.opened.clear();
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> this.storage.concatenate(joined, List.of(first, second, last, second)));
		assertThat(this.files.opened).doesNotContain("final.concat");
	}

	@Test
	void whenRoomIsTakenByOthersWhileAPartIsCopiedThenTheCopyEnds() throws Exception {
		List<Upload> parts = List.of(part("a"), part("b"));
		Upload joined = createFinal(parts.toArray(Upload[]::new));
		this.files.duringCopy = () -> this.files.others = 10 * MIB;
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> this.storage.concatenate(joined, parts));
		assertThat(this.directory.resolve("a")).hasSize(2 * MIB);
	}

	@Test
	void whenAPartIsCopiedPieceByPieceThenOnlyItsOwnBytesAre() throws Exception {
		Upload first = part("a");
		Upload second = part("b");
		this.storage.concatenate(createFinal(first, second), List.of(first, second));
		assertThat(this.directory.resolve("a")).as("it goes on with the rest of the final upload").hasSize(4 * MIB);
		UploadId id = UploadId.of("other");
		Upload joined = this.storage.create(NewUpload.builder(id)
			.length(4L * MIB)
			.concatenation(new Concatenation.Final(List.of(second.id(), first.id()), ""))
			.build());
		this.files.size = 40 * MIB;
		this.files.duringCopy = () -> {
		};
		assertThat(this.storage.concatenate(joined, List.of(second, first)).offset()).isEqualTo(4 * MIB);
		assertThat(this.directory.resolve("other")).hasSize(4 * MIB);
	}

	@Test
	void concatenationThatFailsInTheMiddleGivesTheRoomBack() throws Exception {
		Upload first = part("a");
		Upload second = part("b");
		Upload lost = part("c");
		Upload joined = createFinal(first, second, lost);
		Files.write(this.directory.resolve("c"), new byte[0]);
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> this.storage.concatenate(joined, List.of(first, second, lost)))
			.withMessageContaining("lost bytes");
		assertThat(this.directory.resolve("a")).hasSize(2 * MIB);
		assertThat(this.directory.resolve("final.concat")).doesNotExist();
	}

	@Test
	void lengthThatTheWholeFileSystemCanNotHoldIsRefused() throws Exception {
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> this.storage.create(NewUpload.builder(ID).length(10L * MIB + 1).build()));
		assertThat(this.directory).isEmptyDirectory();
		Upload deferred = this.storage.create(NewUpload.builder(ID).build());
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> this.storage.append(deferred.withLength(10L * MIB + 1), 1, false));
		this.files.size = 30 * MIB;
		this.storage.append(deferred.withLength(10L * MIB + 1), 2, false).close();
	}

	@Test
	void whenLengthIsAllThatTheFileSystemCanHoldThenItIsTaken() throws Exception {
		assertThatNoException().isThrownBy(() -> this.storage.create(NewUpload.builder(ID).length(10L * MIB).build()));
	}

	@Test
	void whenNothingIsToStayFreeThenTheFileSystemItselfSaysWhatFits() throws Exception {
		// As some network file systems say.
		this.files.others = 20 * MIB;
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 0);
		assertThatNoException().isThrownBy(() -> space.take(MIB));
	}

	@Test
	void whenRoomIsTakenThatIsNotWrittenYetThenNobodyElseGetsIt() throws Exception {
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 10 * MIB);
		space.take(6 * MIB);
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> space.take(5 * MIB));
		space.take(4 * MIB);
	}

	@Test
	void whenWhatTookRoomWasNotWrittenThenOthersGetIt() throws Exception {
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 10 * MIB);
		space.take(6 * MIB);
		space.written(6 * MIB);
		assertThatNoException().isThrownBy(() -> space.take(10 * MIB));
	}

	@Test
	void whenMuchIsWrittenThenTheFileSystemIsAskedAFewTimesASecond() throws Exception {
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 10 * MIB);
		this.files.looks.set(0);
		long begin = System.nanoTime();
		for (int i = 0; i < 1000; i++) {
			space.take(1);
			space.written(1);
		}
		long tenths = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin) / 100;
		assertThat(this.files.looks.longValue()).isLessThanOrEqualTo(tenths + 1);
	}

	@Test
	void whenOthersTakeTheRoomThenThatIsSeenSoon() throws Exception {
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 10 * MIB);
		this.files.others = 10 * MIB;
		await().untilAsserted(
				() -> assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> space.take(1)));
	}

	@Test
	void whenNothingIsLeftThenAnyFailureMeansThat() throws Exception {
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 0);
		IOException failure = new IOException("Kein Platz");
		this.files.others = 20 * MIB - 1;
		assertThat(space.translate(failure)).isSameAs(failure);
		this.files.others = 20 * MIB;
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> space.translate(failure));
	}

	@ParameterizedTest
	@ValueSource(strings = { "No space left on device", "Disk quota exceeded", "There is not enough space on the disk",
			"File too large" })
	void whenFileSystemSaysThatThereIsNoRoomThenThatIsUnderstood(String message) throws Exception {
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 0);
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> space.translate(new IOException(message)));
	}

	@Test
	void fileSystemThatDoesNotSayHowLargeItIsTakesAnyLength() throws Exception {
		this.files.total = 0L;
		assertThatNoException()
			.isThrownBy(() -> this.storage.create(NewUpload.builder(ID).length(Long.MAX_VALUE).build()));
	}

	@Test
	void fileSystemThatSaysNothingOfItsSizeIsNotFull() throws Exception {
		this.files.total = 0L;
		this.files.others = 20 * MIB;
		FreeSpace space = new FreeSpace(this.files.wrap(this.directory), 0);
		assertThat(space.usable()).isNegative();
		IOException failure = new IOException("Input/output error");
		assertThat(space.translate(failure)).isSameAs(failure);
	}

	private Upload part(String name) throws IOException {
		UploadId id = UploadId.of(name);
		this.storage.create(NewUpload.builder(id).length(2L * MIB).concatenation(new Concatenation.Partial()).build());
		try (UploadWriter writer = this.storage.append(this.storage.find(id), 1, false)) {
			writer.write(ByteBuffer.allocate(2 * MIB));
			writer.commit();
		}
		return this.storage.find(id);
	}

	private Upload createFinal(Upload... parts) throws IOException {
		return this.storage.create(NewUpload.builder(UploadId.of("final"))
			.length(parts.length * 2L * MIB)
			.concatenation(new Concatenation.Final(Stream.of(parts).map(Upload::id).toList(), ""))
			.build());
	}

	/**
	 * Returns the size of all files, each once whatever its names.
	 */
	private long used() throws IOException {
		return SmallFileSystem.used(this.directory);
	}

	private static final class SmallFileSystem extends ForwardingFileSystem {

		private final AtomicInteger looks = new AtomicInteger();

		private final List<String> opened = new CopyOnWriteArrayList<>();

		private volatile long size = 20 * MIB;

		private volatile Runnable duringCopy;

		private volatile long others;

		private volatile Long total;

		private static long used(Path directory) throws IOException {
			Map<Object, Long> sizes = new HashMap<>();
			try (Stream<Path> files = Files.list(directory)) {
				for (Path file : files.filter((path) -> !path.toString().endsWith(InfoFiles.SUFFIX)).toList()) {
					BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
					sizes.put(attributes.fileKey(), attributes.size());
				}
			}
			return sizes.values().stream().mapToLong(Long::longValue).sum();
		}

		@Override
		protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
				throws IOException {
			this.opened.add(path.getFileName().toString());
			FileChannel channel = super.open(path, options, attributes);
			return (this.duringCopy == null) ? channel : new ForwardingFileChannel(channel) {

				@Override
				public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
					SmallFileSystem.this.duringCopy.run();
					// Parts have no multiple of it.
					return super.transferTo(position, Math.min(count, 5000), target);
				}

			};
		}

		@Override
		protected FileStore store(Path path) {
			return new SmallStore(path);
		}

		private final class SmallStore extends FileStore {

			private final Path directory;

			private SmallStore(Path directory) {
				this.directory = directory;
			}

			@Override
			public long getTotalSpace() {
				return (SmallFileSystem.this.total != null) ? SmallFileSystem.this.total : SmallFileSystem.this.size;
			}

			@Override
			public long getUsableSpace() throws IOException {
				SmallFileSystem.this.looks.incrementAndGet();
				return SmallFileSystem.this.size - SmallFileSystem.this.others - used(this.directory);
			}

			@Override
			public long getUnallocatedSpace() throws IOException {
				return getUsableSpace();
			}

			@Override
			public String name() {
				return "small";
			}

			@Override
			public String type() {
				return "small";
			}

			@Override
			public boolean isReadOnly() {
				return false;
			}

			@Override
			public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
				return false;
			}

			@Override
			public boolean supportsFileAttributeView(String name) {
				return false;
			}

			@Override
			public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
				return null;
			}

			@Override
			public Object getAttribute(String attribute) {
				throw new UnsupportedOperationException();
			}

		}

	}

}
