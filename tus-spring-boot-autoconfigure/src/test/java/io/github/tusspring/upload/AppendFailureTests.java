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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.tusspring.lock.LocalUploadLocker;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What becomes of an append when the storage fails, or its lock is lost.
 */
class AppendFailureTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage disk;

	private TestEngine engine;

	/**
	 * What the writer does before it does what it is asked for.
	 */
	private Step write = (bytes, writer) -> {
	};

	private Step commit = this.write;

	private Step close = this.write;

	AppendFailureTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
	}

	@BeforeEach
	void start() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				return new SteppedWriter(super.append(upload, generation, held));
			}

		});
		this.engine.create("a", 6L);
	}

	private static void fail(ByteBuffer bytes, UploadWriter writer) throws IOException {
		throw new IOException("The disk is broken");
	}

	private void assertFree() {
		this.engine.locker.tryLock(ID).close();
		assertThat(this.engine.service.running().size()).isZero();
	}

	@Test
	void whenAWriteFailsThenTheBytesThatHadRoomAreTakenAndSeen() {
		this.write = (bytes, writer) -> {
			writer.write(bytes.slice(bytes.position(), 2));
			bytes.position(bytes.position() + 2);
			throw new IOException("The disk is broken");
		};
		AppendSession session = this.engine.begin("a", 0);
		assertThatExceptionOfType(UploadStorageException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("xabcdef").position(1)))
			.withRootCauseInstanceOf(IOException.class);
		session.interrupt();
		assertThat(this.engine.observer.seen).contains("received 2", "append FAILED");
		assertThat(this.engine.inspect("a").offset()).isEqualTo(2);
	}

	@Test
	void whenThereIsNoRoomThenThatIsTheReason() {
		InsufficientStorageException full = new InsufficientStorageException("full");
		this.write = (bytes, writer) -> {
			throw full;
		};
		AppendSession session = this.engine.begin("a", 0);
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("abc")))
			.isSameAs(full);
		session.interrupt();
		assertFree();
	}

	@Test
	void whenAWriteSucceedsAfterwardsThenTheAppendHasNotFailed() {
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		session.interrupt();
		assertThat(this.engine.observer.seen).contains("append CLIENT_GONE");
	}

	@Test
	void whenTheLastCommitFailsThenTheUploadIsDeliveredWithoutItsClient() {
		this.commit = AppendFailureTests::fail;
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abcdef"));
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> session.complete(() -> null));
		assertThat(this.engine.observer.seen).contains("append FAILED").doesNotContain("append COMPLETED");
		assertThat(this.engine.attempts("a")).isEmpty();
		assertFree();
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
	}

	@Test
	void whenTheCommitOfAnInterruptedAppendFailsThenTheUploadIsFree() {
		this.commit = AppendFailureTests::fail;
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(session::interrupt);
		assertThat(this.engine.observer.seen).contains("append FAILED");
		assertFree();
	}

	@Test
	void whenACheckpointFailsThenTheAppendCanBeInterrupted() {
		this.commit = AppendFailureTests::fail;
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(session::checkpoint);
		this.commit = (bytes, writer) -> {
		};
		assertThat(session.interrupt().offset()).isEqualTo(3);
		assertFree();
	}

	@Test
	void whenTheFileOfAnAppendThatIsGivenUpCanNotBeClosedThenTheUploadIsFree() {
		this.close = AppendFailureTests::fail;
		AppendSession session = this.engine.begin("a", 0);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(session::abandon);
		assertFree();
	}

	@Test
	void whenTheFileOfAFullUploadCanNotBeClosedThenTheAppendHasFailed() {
		this.close = AppendFailureTests::fail;
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abcdef"));
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> session.complete(() -> null));
		assertThat(this.engine.observer.seen).contains("append FAILED").doesNotContain("append COMPLETED");
	}

	@Test
	void whenTheFileOfAnUploadWithTooManyBytesCanNotBeClosedThenItIsFreeAndStays() {
		UploadClient client = TestEngine.CLIENT.withDraft();
		UploadId id = UploadId.of("draft");
		this.engine.create(NewUpload.builder(id).length(3L).draft(9).build());
		AppendSession session = this.engine.service.append(id,
				new AppendRequest(0, -1, null, null, false, new ExplicitCompletion(false, null, null, true)), client,
				TestEngine.NO_STOP);
		assertThatExceptionOfType(InconsistentLengthException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("abcd")));
		this.close = AppendFailureTests::fail;
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(session::overflow);
		assertThat(this.engine.service.inspect(id, client).state()).isEqualTo(UploadState.RECEIVING);
		this.engine.locker.tryLock(id).close();
	}

	@Test
	void whenTheLockIsLostThenNothingMoreIsWritten() throws IOException {
		AtomicBoolean held = new AtomicBoolean(true);
		this.engine = new TestEngine(this.disk, new LosingLocker(held));
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		held.set(false);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> session.write(TestEngine.bytes("d")));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(session::interrupt);
		assertThat(this.engine.observer.seen).contains("append FAILED");
		assertThat(this.disk.find(ID).offset()).isEqualTo(3);
		assertFree();
	}

	@Test
	void whenTheLockIsLostBeforeTheEndThenNothingIsDelivered() {
		AtomicBoolean held = new AtomicBoolean(true);
		this.engine = new TestEngine(this.disk, new LosingLocker(held));
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abcdef"));
		held.set(false);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> session.complete(() -> null));
		assertThat(this.engine.attempts("a")).isEmpty();
		assertFree();
	}

	@Test
	void whenTheLockIsLostUnheardOfThenTheNextBytesAreNotTakenAndTheAppendHasFailed() {
		AtomicBoolean held = new AtomicBoolean(true);
		this.engine = new TestEngine(this.disk, new LosingLocker(held));
		AppendSession session = this.engine.begin("a", 0);
		held.set(false);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> session.write(TestEngine.bytes("abc")));
		session.abandon();
		assertThat(this.engine.observer.seen).contains("append FAILED");
	}

	@Test
	void whenTheLockIsLostThenTheDriverIsAskedToEndTheAppend() {
		List<StopReason> reasons = new ArrayList<>();
		LosingLocker losing = new LosingLocker(new AtomicBoolean(true));
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				losing.holders.get(0).lost();
				return super.append(upload, generation, held);
			}

		}, losing);
		AppendSession session = this.engine.service.append(ID, TestEngine.request(0), TestEngine.CLIENT, reasons::add);
		assertThat(reasons).as("before it has begun").containsExactly(StopReason.LOCK_LOST);
		losing.holders.get(0).lost();
		assertThat(reasons).as("and afterwards").containsExactly(StopReason.LOCK_LOST, StopReason.LOCK_LOST);
		session.interrupt();
		assertThat(this.engine.observer.seen).contains("append FAILED");
	}

	private interface Step {

		void take(ByteBuffer bytes, UploadWriter writer) throws IOException;

	}

	private final class SteppedWriter extends DelegatingUploadWriter {

		private final UploadWriter delegate;

		private SteppedWriter(UploadWriter delegate) {
			super(delegate);
			this.delegate = delegate;
		}

		@Override
		public void write(ByteBuffer bytes) throws IOException {
			AppendFailureTests.this.write.take(bytes, this.delegate);
			super.write(bytes);
		}

		@Override
		public void commit() throws IOException {
			AppendFailureTests.this.commit.take(ByteBuffer.allocate(0), this.delegate);
			super.commit();
		}

		@Override
		public void close() throws IOException {
			super.close();
			AppendFailureTests.this.close.take(ByteBuffer.allocate(0), this.delegate);
		}

	}

	/**
	 * Gives locks that are held as long as a test says so, as one does that is a lease.
	 */
	private record LosingLocker(AtomicBoolean held, UploadLocker locker,
			List<LockHolder> holders) implements UploadLocker {

		LosingLocker(AtomicBoolean held) {
			this(held, new LocalUploadLocker(), new ArrayList<>());
		}

		@Override
		public UploadLock lock(UploadId id, LockRequest request, LockHolder holder, Duration timeout) {
			return losing(this.locker.lock(id, request, holder, timeout));
		}

		@Override
		public UploadLock tryLock(UploadId id, LockHolder holder) {
			this.holders.add(holder);
			return losing(this.locker.tryLock(id, holder));
		}

		@Override
		public boolean ask(UploadId id, LockRequest request, Duration timeout) {
			return this.locker.ask(id, request, timeout);
		}

		private UploadLock losing(UploadLock lock) {
			return new UploadLock() {

				@Override
				public long generation() {
					return lock.generation();
				}

				@Override
				public boolean isHeld() {
					return LosingLocker.this.held.get();
				}

				@Override
				public void close() {
					lock.close();
				}

			};
		}

	}

}
