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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is done with uploads other than to append to them.
 */
class UploadServiceTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage storage;

	private TestEngine engine;

	UploadServiceTests(@TempDir Path directory) {
		this.storage = TestEngine.disk(directory);
		this.engine = new TestEngine(this.storage);
	}

	@Test
	void lockThatIsClosedTwiceGivesItsPlaceBackOnce() {
		OpenAppends appends = new OpenAppends(new UploadLimits(0, 0, 1, 0));
		UploadLock first = appends.open(this.engine.locker.tryLock(ID), TestEngine.CLIENT);
		first.close();
		first.close();
		appends.open(this.engine.locker.tryLock(ID), TestEngine.CLIENT);
		assertThatExceptionOfType(TooManyAppendsException.class)
			.isThrownBy(() -> appends.open(this.engine.locker.tryLock(UploadId.of("b")), TestEngine.CLIENT));
	}

	@Test
	void signedUrlIsUsedUpAsLongAsItsUploadStays() throws IOException {
		UploadGrant grant = UploadGrant.toCreate(ID, Instant.now().plusSeconds(60));
		UploadClient holder = new UploadClient(grant.owner(), null, null, null, grant);
		NewUpload upload = NewUpload.builder(ID).length(1L).owner(grant.owner()).build();
		this.engine.service.create(upload, holder);
		AppendSession session = this.engine.service.append(ID, TestEngine.request(0), holder, TestEngine.NO_STOP);
		session.write(TestEngine.bytes("x"));
		session.complete(() -> null);
		this.engine.service.discard(ID, holder);
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		this.engine.uploads.delete(ID);
		assertThatExceptionOfType(UploadExistsException.class)
			.isThrownBy(() -> this.engine.service.create(upload, holder));
	}

	private void complete(String text) {
		this.engine.create("a", (long) text.length());
		this.engine.append("a", 0, text);
	}

	/**
	 * A process that was killed has written them.
	 */
	@ParameterizedTest
	@EnumSource
	void bytesThatNobodyHasForcedAreForcedBeforeAClientIsToldOfThem(Durability durability, @TempDir Path uploads)
			throws Exception {
		List<String> forced = new ArrayList<>();
		ForwardingFileSystem files = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				return new ForwardingFileChannel(super.open(path, options, attributes)) {

					@Override
					public void force(boolean metaData) throws IOException {
						forced.add(path.getFileName().toString());
						super.force(metaData);
					}

				};
			}

		};
		Path directory = files.wrap(uploads);
		DiskUploadStorage killed = new DiskUploadStorage(directory, durability, 0);
		UploadWriter writer = killed.append(killed.create(NewUpload.builder(ID).length(9L).build()), 1, false);
		writer.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
		forced.clear();
		TestEngine restarted = new TestEngine(new DiskUploadStorage(directory, durability, 0));
		List<String> expected = (durability == Durability.APPEND) ? List.of("a") : List.of();
		assertThat(restarted.inspect("a").offset()).isEqualTo(3);
		assertThat(forced).isEqualTo(expected);
		forced.clear();
		assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> restarted.begin("a", 1));
		assertThat(forced).isEqualTo(expected);
		writer.close();
	}

	@Test
	void onlyACompletedUploadCanBeDownloaded() {
		this.engine.create("a", 5L);
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.engine.service.download(ID, TestEngine.CLIENT));
		this.engine.append("a", 0, "hello");
		try (Download download = this.engine.service.download(ID, TestEngine.CLIENT)) {
			assertThat(download.upload().offset()).isEqualTo(5);
		}
		this.engine.createPart("part", 1L);
		this.engine.append("part", 0, "x");
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.engine.service.download(UploadId.of("part"), TestEngine.CLIENT));
	}

	@Test
	void placeOfADownloadIsGivenBackOnce() {
		this.engine = new TestEngine(this.storage, new UploadLimits(0, 0, 0, 0, 2, 0, 0));
		complete("hello");
		Download one = this.engine.service.download(ID, TestEngine.CLIENT);
		Download two = this.engine.service.download(ID, TestEngine.CLIENT);
		assertThatExceptionOfType(TooManyDownloadsException.class)
			.isThrownBy(() -> this.engine.service.download(ID, TestEngine.CLIENT))
			.withMessageContaining("'tus.limits.max-downloads'");
		one.close();
		one.close();
		Download three = this.engine.service.download(ID, TestEngine.CLIENT);
		assertThatExceptionOfType(TooManyDownloadsException.class)
			.isThrownBy(() -> this.engine.service.download(ID, TestEngine.CLIENT));
		two.close();
		three.close();
	}

	@Test
	void whatOthersHaveLeftUndoneIsLookedForOnceAtATime() {
		AtomicInteger looks = new AtomicInteger();
		TestEngine[] engine = new TestEngine[1];
		engine[0] = new TestEngine(new ForwardingUploadStorage(this.storage) {

			@Override
			public Stream<Upload> unsettled() throws IOException {
				looks.incrementAndGet();
				// As another thread would.
				engine[0].service.settle();
				return super.unsettled();
			}

		});
		engine[0].service.settle();
		assertThat(looks).hasValue(1);
		engine[0].service.settle();
		assertThat(looks).hasValue(2);
	}

	@Test
	void uploadThatTheApplicationHasTakenOutlivesTheRequestThatCreatedIt() {
		FailingUploadStorage failing = new FailingUploadStorage(this.storage);
		this.engine = new TestEngine(failing);
		this.engine.create("a", 5L);
		failing.failAtUpdate(2);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.engine.append("a", 0, "hello"));
		this.engine.service.discard(ID, TestEngine.CLIENT);
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.content("a")).isEqualTo("hello");
		this.engine.scheduler.run();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		this.engine.service.discard(ID, TestEngine.CLIENT);
		assertThat(this.engine.content("a")).isEqualTo("hello");
	}

	@Test
	void uploadWhoseDeliveryHasNotBegunIsGoneWithTheRequestThatCreatedIt() {
		FailingUploadStorage failing = new FailingUploadStorage(this.storage);
		this.engine = new TestEngine(failing);
		this.engine.create("a", 5L);
		failing.failAtUpdate(1);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.engine.append("a", 0, "hello"));
		this.engine.service.discard(ID, TestEngine.CLIENT);
		assertThat(this.engine.stored("a")).isNull();
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).isEmpty();
	}

	/**
	 * The holder is on another instance: no append runs here.
	 */
	@Test
	void holderHearsOnlyOfThoseWhoMayAppend() {
		this.engine.create("a", 5L);
		List<LockRequest> heard = new ArrayList<>();
		AppendRequest request = new AppendRequest(0, 5, null, null, false, null);
		UploadClient stranger = new UploadClient("eve", "/documents");
		try (UploadLock lock = this.engine.locker.lock(ID, LockRequest.append(0), (asked) -> !heard.add(asked),
				Duration.ZERO)) {
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> this.engine.service.append(ID, request, stranger, (reason) -> {
				}));
			assertThat(heard).isEmpty();
			assertThatExceptionOfType(UploadLockedException.class)
				.isThrownBy(() -> this.engine.service.append(ID, request, TestEngine.CLIENT, (reason) -> {
				}));
			assertThat(heard).containsExactly(LockRequest.append(0));
		}
	}

	@Test
	void uploadThatCanNotBeRemovedNowStaysWithoutHidingWhatWentWrongFirst() {
		this.engine.create("a", 5L);
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			this.engine.service.discard(ID, TestEngine.CLIENT);
		}
		assertThat(this.engine.stored("a")).isNotNull();
	}

	@Test
	void uploadIsFoundWhicheverProtocolItsClientSpeaks() {
		assertThat(this.engine.service.find(ID)).isNull();
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.engine.service.look(ID, TestEngine.CLIENT));
		this.engine.create(NewUpload.builder(ID).length(5L).draft(9).build());
		assertThat(this.engine.service.find(ID)).isNotNull();
		assertThat(this.engine.service.look(ID, TestEngine.CLIENT).id()).isEqualTo(ID);
		this.engine.create("b", 5L);
		assertThat(this.engine.service.look(UploadId.of("b"), TestEngine.CLIENT).id()).isEqualTo(UploadId.of("b"));
	}

	@Test
	void storageThatFailsIsNoUploadThatIsMissing() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				throw new IOException("broken");
			}

		});
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.engine.service.find(ID));
		assertThatExceptionOfType(UploadStorageException.class)
			.isThrownBy(() -> this.engine.service.terminate(ID, TestEngine.CLIENT));
	}

	@Test
	void storageOfAnotherMachineIsRemote() {
		assertThat(this.engine.service.isRemote()).isFalse();
		this.engine = new TestEngine(new ForwardingUploadStorage(this.storage) {

			@Override
			public boolean isRemote() {
				return true;
			}

		});
		assertThat(this.engine.service.isRemote()).isTrue();
	}

	@Test
	void uploadThatIsRemovedByAnotherIsNotRemovedTwice() {
		this.engine.create("a", 5L);
		this.engine = new TestEngine(new ForwardingUploadStorage(this.storage) {

			@Override
			public boolean delete(UploadId id) {
				return false;
			}

		});
		this.engine.service.terminate(ID, TestEngine.CLIENT);
		assertThat(this.engine.eventNames()).isEmpty();
	}

}
