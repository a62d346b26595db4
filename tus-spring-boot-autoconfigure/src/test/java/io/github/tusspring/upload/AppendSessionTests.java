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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

class AppendSessionTests {

	@TempDir
	private Path directory;

	private TestEngine engine;

	private final List<StopReason> reasons = new ArrayList<>();

	@BeforeEach
	void start() {
		this.engine = new TestEngine(TestEngine.disk(this.directory.resolve("uploads")));
		this.engine.create("a", 6L);
	}

	@Test
	void bytesOfAnInterruptedAppendAreKept() {
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("ab"));
		assertThat(session.interrupt().offset()).isEqualTo(2);
		assertThat(this.engine.inspect("a").offset()).isEqualTo(2);
		assertThat(this.engine.eventNames()).containsExactly("Created", "Interrupted");
	}

	@Test
	void checkedBytesOfAnInterruptedAppendAreDiscarded() {
		AppendSession session = this.engine.service.append(UploadId.of("a"), sha1(0, "abc"), TestEngine.CLIENT,
				TestEngine.NO_STOP);
		session.write(TestEngine.bytes("abc"));
		assertThat(session.interrupt().offset()).isZero();
		assertThat(this.engine.inspect("a").offset()).isZero();
	}

	@Test
	void bytesThatAnAppendTakesBackDuringALookAreNotTold() {
		AppendSession[] session = new AppendSession[1];
		TestEngine looking = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				if (session[0] == null) {
					return found;
				}
				// As if the bytes were in the file by now.
				session[0].interrupt();
				session[0] = null;
				return found.withOffset(3);
			}

		});
		AppendSession running = looking.begin("a", 0);
		session[0] = running;
		assertThat(looking.inspect("a").offset()).isZero();
	}

	@Test
	void uploadThatIsFinishedDuringALookIsNotInUse() {
		AppendSession[] last = new AppendSession[1];
		TestEngine looking = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				AppendSession session = last[0];
				if (session != null) {
					last[0] = null;
					session.complete(() -> null);
				}
				return found;
			}

		});
		AppendSession session = looking.begin("a", 0);
		session.write(TestEngine.bytes("abcdef"));
		last[0] = session;
		assertThat(looking.inspect("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void lookGoesByWhatIsStored() {
		TestEngine forgetful = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload recall(UploadId id) throws IOException {
				return super.recall(id).withOffset(0);
			}

		});
		forgetful.append("a", 0, "abc");
		assertThat(forgetful.inspect("a").offset()).isEqualTo(3);
	}

	@Test
	void appendThatIsBeingFinishedIsNotAskedToEnd() {
		this.engine.listener = (event) -> this.engine.service.stop();
		AppendSession session = begin(TestEngine.request(0));
		session.write(TestEngine.bytes("abcdef"));
		session.complete(() -> null);
		assertThat(this.reasons).isEmpty();
	}

	@Test
	void lengthThatIsDeclaredWithDiscardedBytesIsDiscarded() {
		this.engine.create("b", null);
		assertThatExceptionOfType(ChecksumMismatchException.class)
			.isThrownBy(() -> this.engine.append("b", sha1(0, "abc", 9L), "abX"));
		assertThat(this.engine.inspect("b").length()).isNull();
		assertThatExceptionOfType(ChecksumMismatchException.class)
			.isThrownBy(() -> this.engine.append("b", sha1(0, "abc", 0L), ""));
		assertThat(this.engine.stored("b").state()).isEqualTo(UploadState.RECEIVING);
		this.engine.append("b", sha1(0, "abc", 9L), "abc");
		assertThat(this.engine.inspect("b").length()).isEqualTo(9);
	}

	@Test
	void lengthThatIsDeclaredWithCheckedBytesThatAreCutOffIsDiscarded() {
		this.engine.create("b", null);
		AppendSession session = this.engine.service.append(UploadId.of("b"), sha1(0, "abc", 9L), TestEngine.CLIENT,
				TestEngine.NO_STOP);
		session.write(TestEngine.bytes("abc"));
		assertThat(session.interrupt().length()).isNull();
		assertThat(this.engine.stored("b").length()).isNull();
	}

	@Test
	void lengthThatIsDeclaredWithoutBytesCountsAtTheEndOfTheBody() {
		this.engine.create("b", null);
		this.engine.append("b", 0, "abc");
		AppendSession session = this.engine.service.append(UploadId.of("b"), TestEngine.declare(3, 3),
				TestEngine.CLIENT, TestEngine.NO_STOP);
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("too much")));
		assertThat(session.interrupt().isFull()).isFalse();
		this.engine.scheduler.run();
		assertThat(this.engine.stored("b").length()).isNull();
		assertThat(this.engine.attempts("b")).isEmpty();
		this.engine.append("b", TestEngine.declare(3, 3), "");
		assertThat(this.engine.attempts("b")).containsExactly(1);
	}

	@Test
	void lengthThatIsDeclaredWithBytesThatCountAtOnceOutlivesACrash() {
		this.engine.create("b", null);
		AppendSession session = this.engine.service.append(UploadId.of("b"), TestEngine.declare(0, 3),
				TestEngine.CLIENT, TestEngine.NO_STOP);
		session.write(TestEngine.bytes("abc"));
		TestEngine restarted = new TestEngine(TestEngine.disk(this.directory.resolve("uploads")));
		restarted.resume();
		assertThat(restarted.attempts("b")).containsExactly(1);
	}

	@Test
	void lengthThatIsDeclaredWhereThereIsNoRoomIsNotStored() {
		TestEngine full = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) {
				throw new InsufficientStorageException("full");
			}

		});
		full.create("b", null);
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> full.append("b", TestEngine.declare(0, 0), ""));
		assertThat(full.stored("b").length()).isNull();
		full.resume();
		assertThat(full.attempts("b")).isEmpty();
	}

	@Test
	void bytesOfAWrongChecksumAreDiscarded() {
		assertThatExceptionOfType(ChecksumMismatchException.class)
			.isThrownBy(() -> this.engine.append("a", sha1(0, "abc"), "abX"));
		assertThat(this.engine.inspect("a").offset()).isZero();
		assertThat(this.engine.append("a", sha1(0, "abc"), "abc").offset()).isEqualTo(3);
	}

	@Test
	void checksumMayFollowTheBytes() {
		AppendRequest request = new AppendRequest(0, -1, null, null, true);
		AppendSession wrong = begin(request);
		wrong.write(TestEngine.bytes("abX"));
		assertThatExceptionOfType(ChecksumMismatchException.class)
			.isThrownBy(() -> wrong.complete(() -> sha1(0, "abc").checksum()));
		AppendSession missing = begin(request);
		missing.write(TestEngine.bytes("abc"));
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> missing.complete(() -> null));
		AppendSession malformed = begin(request);
		malformed.write(TestEngine.bytes("abc"));
		assertThatIllegalStateException().isThrownBy(() -> malformed.complete(() -> {
			throw new IllegalStateException("malformed");
		}));
		assertThat(this.engine.inspect("a").offset()).isZero();
		AppendSession right = begin(request);
		right.write(TestEngine.bytes("abc"));
		assertThat(right.complete(() -> sha1(0, "abc").checksum()).upload().offset()).isEqualTo(3);
	}

	@Test
	void checksumThatWasNotPromisedDoesNotCount() {
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		assertThat(session.complete(() -> sha1(0, "abX").checksum()).upload().offset()).isEqualTo(3);
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
	}

	@Test
	void bytesBeyondTheEndAreNotTaken() {
		AppendSession session = this.engine.begin("a", 0);
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("abcdefgh")));
		session.interrupt();
		this.engine.scheduler.run();
		assertThat(this.engine.content("a")).isEqualTo("abcdef");
	}

	@Test
	void bodyThatIsAnnouncedTooLongIsRefusedBeforeAByte() {
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> this.engine.append("a", new AppendRequest(0, 7, null, null, false), "abcdefg"));
		assertThat(this.engine.inspect("a").offset()).isZero();
	}

	@Test
	void uploadOfUnknownLengthIsLimitedToTheMaximum() {
		TestEngine limited = new TestEngine(this.engine.storage, 4L, Duration.ofHours(1));
		limited.create("b", null);
		limited.append("b", 0, "abc");
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> limited.append("b", 3, "de"));
		assertThat(limited.inspect("b").offset()).isEqualTo(4);
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> limited.append("b", TestEngine.declare(4, 5), ""));
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> limited.create("c", 5L));
	}

	@Test
	void appendAtAnotherOffsetIsRefusedWithTheTrueOne() {
		this.engine.append("a", 0, "abc");
		for (long offset : new long[] { 0, 2, 4, Long.MAX_VALUE }) {
			assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> this.engine.begin("a", offset))
				.satisfies((ex) -> assertThat(ex.offset()).isEqualTo(3));
		}
		this.engine.append("a", 3, "def");
	}

	@Test
	void newcomerTakesTheUploadOver() {
		AtomicReference<AppendSession> old = new AtomicReference<>();
		old.set(this.engine.service.append(UploadId.of("a"), TestEngine.request(0), TestEngine.CLIENT, (reason) -> {
			this.reasons.add(reason);
			old.get().interrupt();
		}));
		old.get().write(TestEngine.bytes("abc"));
		this.engine.append("a", 3, "def");
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER);
		assertThat(this.engine.content("a")).isEqualTo("abcdef");
	}

	@Test
	void strayRequestDoesNotDisturbAHealthyAppend() {
		AppendSession session = begin(TestEngine.request(0));
		session.write(TestEngine.bytes("abc"));
		assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> this.engine.begin("a", 0))
			.satisfies((ex) -> assertThat(ex.offset()).isEqualTo(3));
		assertThat(this.reasons).isEmpty();
		session.interrupt();
	}

	@Test
	void lookDoesNotDisturbAHealthyAppend() {
		AppendSession session = begin(TestEngine.request(0));
		session.write(TestEngine.bytes("abc"));
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
		assertThat(this.reasons).isEmpty();
		session.interrupt();
	}

	@Test
	void lookEndsAnAppendThatIsSilent() throws Exception {
		AtomicReference<AppendSession> old = new AtomicReference<>();
		old.set(this.engine.service.append(UploadId.of("a"), TestEngine.request(0), TestEngine.CLIENT, (reason) -> {
			this.reasons.add(reason);
			old.get().interrupt();
		}));
		old.get().write(TestEngine.bytes("abc"));
		Thread.sleep(1100);
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER);
		this.engine.append("a", 3, "def");
	}

	@Test
	void strangerNeitherSeesNorDisturbsAnUpload() throws Exception {
		UploadId id = UploadId.of("mine");
		this.engine.create(NewUpload.builder(id).length(6L).owner("ben").build());
		UploadClient ben = new UploadClient("ben", null);
		AppendSession session = this.engine.service.append(id, TestEngine.request(0), ben, this.reasons::add);
		session.write(TestEngine.bytes("abc"));
		Thread.sleep(1100);
		for (UploadClient stranger : List.of(TestEngine.CLIENT, new UploadClient("eve", null))) {
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> this.engine.service.inspect(id, stranger));
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> this.engine.service.append(id, TestEngine.request(3), stranger, TestEngine.NO_STOP));
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> this.engine.service.terminate(id, stranger));
		}
		assertThat(this.reasons).isEmpty();
		session.interrupt();
		assertThat(this.engine.service.inspect(id, ben).offset()).isEqualTo(3);
	}

	@Test
	void terminationEndsAnAppendFirst() {
		AtomicReference<AppendSession> old = new AtomicReference<>();
		old.set(this.engine.service.append(UploadId.of("a"), TestEngine.request(0), TestEngine.CLIENT,
				(reason) -> old.get().interrupt()));
		this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> this.engine.inspect("a"));
		assertThat(this.engine.eventNames()).containsExactly("Created", "Interrupted", "Terminated");
	}

	@Test
	void terminationWaitsForADeliveryThatIsAboutToEnd() throws Exception {
		CountDownLatch delivering = new CountDownLatch(1);
		CountDownLatch terminating = new CountDownLatch(1);
		this.engine.listener = (event) -> {
			delivering.countDown();
			try {
				terminating.await(10, TimeUnit.SECONDS);
				Thread.sleep(100);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		};
		CompletableFuture<Void> last = CompletableFuture.runAsync(() -> this.engine.append("a", 0, "abcdef"));
		assertThat(delivering.await(10, TimeUnit.SECONDS)).isTrue();
		terminating.countDown();
		this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
		last.get(10, TimeUnit.SECONDS);
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.eventNames()).containsExactly("Created", "Completed", "Terminated");
	}

	@Test
	void expiredUploadCanBeTerminated() {
		TestEngine hasty = new TestEngine(this.engine.storage, null, Duration.ofMillis(1));
		hasty.create("b", 6L);
		await().untilAsserted(
				() -> assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> hasty.inspect("b")));
		hasty.service.terminate(UploadId.of("b"), TestEngine.CLIENT);
		assertThat(hasty.stored("b")).isNull();
	}

	@Test
	void silentAppendsAreAskedToEnd() {
		AppendSession session = begin(TestEngine.request(0));
		this.engine.service.stopSilent(Duration.ofMinutes(1), Runnable::run);
		assertThat(this.reasons).isEmpty();
		this.engine.service.stopSilent(Duration.ZERO, Runnable::run);
		assertThat(this.reasons).containsExactly(StopReason.IDLE);
		session.interrupt();
	}

	@Test
	void uploadThatIsAppendedToIsKeptAlive() {
		AtomicInteger count = new AtomicInteger();
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				return new DelegatingUploadWriter(super.append(upload, generation, held)) {

					@Override
					public void keepAlive() {
						count.incrementAndGet();
					}

				};
			}

		};
		TestEngine patient = new TestEngine(storage);
		AppendSession session = patient.begin("a", 0);
		patient.service.keepAlive();
		session.interrupt();
		assertThat(count).hasValue(0);
		TestEngine hasty = new TestEngine(storage, null, Duration.ofSeconds(2));
		session = hasty.begin("a", 0);
		await().untilAsserted(() -> {
			hasty.service.keepAlive();
			assertThat(count).hasValue(1);
		});
		session.interrupt();
	}

	@Test
	void appendForWhichThereIsNoThreadIsAskedToEndLater() {
		AppendSession session = begin(TestEngine.request(0));
		this.engine.create("b", 6L);
		AppendSession other = this.engine.begin("b", 0);
		AtomicInteger refused = new AtomicInteger();
		this.engine.service.stopSilent(Duration.ZERO, (task) -> {
			refused.incrementAndGet();
			throw new TaskRejectedException("no thread");
		});
		assertThat(refused).as("each is asked").hasValue(2);
		assertThat(this.reasons).isEmpty();
		this.engine.service.stopSilent(Duration.ZERO, Runnable::run);
		assertThat(this.reasons).containsExactly(StopReason.IDLE);
		session.interrupt();
		other.interrupt();
	}

	@Test
	void driverThatFailsToStopDoesNotKeepOthersFromIt() {
		this.engine.create("b", 6L);
		for (String id : List.of("a", "b")) {
			this.engine.service.append(UploadId.of(id), TestEngine.request(0), TestEngine.CLIENT, (reason) -> {
				this.reasons.add(reason);
				throw new IllegalStateException("broken driver");
			});
		}
		this.engine.service.stopSilent(Duration.ZERO, Runnable::run);
		assertThat(this.reasons).hasSize(2);
		this.engine.service.stop();
		assertThat(this.reasons).hasSize(4);
	}

	@Test
	void shutdownEndsAppendsAndBeginsNoOthers() {
		AppendSession session = begin(TestEngine.request(0));
		this.engine.service.stop();
		assertThat(this.reasons).containsExactly(StopReason.SHUTDOWN);
		session.write(TestEngine.bytes("abc"));
		session.interrupt();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.begin("a", 3));
		this.engine.service.start();
		this.engine.append("a", 3, "def");
		assertThat(this.engine.content("a")).isEqualTo("abcdef");
	}

	@Test
	void appendThatBeginsDuringAShutdownIsEndedToo() {
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				AppendSessionTests.this.engine.service.stop();
				return super.append(upload, generation, held);
			}

		};
		this.engine = new TestEngine(storage);
		AppendSession session = begin(TestEngine.request(0));
		assertThat(this.reasons).containsExactly(StopReason.SHUTDOWN);
		session.interrupt();
	}

	@Test
	void storageThatFailsToOpenLeavesTheUploadFree() {
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			private int calls;

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				switch (++this.calls) {
					case 1 -> throw new IOException("broken");
					case 2 -> throw new IllegalStateException("broken");
					case 3 -> throw new OutOfMemoryError("broken");
					default -> {
						return super.append(upload, generation, held);
					}
				}
			}

		};
		TestEngine failing = new TestEngine(storage);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> failing.begin("a", 0));
		assertThatIllegalStateException().isThrownBy(() -> failing.begin("a", 0));
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> failing.begin("a", 0));
		failing.append("a", 0, "abcdef");
	}

	@Test
	void sessionEndsOnce() {
		AppendSession session = this.engine.begin("a", 0);
		session.interrupt();
		assertThatIllegalStateException().isThrownBy(session::abandon);
		this.engine.begin("a", 0).abandon();
	}

	@Test
	void listenerThatFailsDoesNotChangeWhatHappens() {
		for (Throwable failure : List.of(new IllegalStateException("broken"), new AssertionError("broken"))) {
			Upload upload = this.engine.inspect("a");
			UploadEvents events = new UploadEvents((event) -> ReflectionUtils.rethrowRuntimeException(failure));
			assertThatNoException().isThrownBy(() -> events.created(upload));
		}
	}

	@Test
	void lengthMayBeDeclaredOnceOnly() {
		this.engine.create("b", null);
		this.engine.append("b", TestEngine.declare(0, 6), "abc");
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> this.engine.append("b", TestEngine.declare(3, 7), "def"));
		this.engine.create("c", null);
		this.engine.append("c", 0, "abc");
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> this.engine.append("c", TestEngine.declare(3, 2), ""));
		this.engine.append("b", TestEngine.declare(3, 6), "def");
		assertThat(this.engine.content("b")).isEqualTo("abcdef");
	}

	@Test
	void manyNewcomersLeaveTheContentWhole() throws Exception {
		StringBuilder expected = new StringBuilder();
		for (int i = 0; i < 2000; i++) {
			expected.append((char) ('a' + i % 26));
		}
		String content = expected.toString();
		this.engine.create("fought", 2000L);
		List<CompletableFuture<Void>> clients = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			clients.add(CompletableFuture.runAsync(() -> fight("fought", content)));
		}
		CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
		assertThat(this.engine.content("fought")).isEqualTo(content);
		assertThat(this.engine.attempts("fought")).hasSize(1);
	}

	private void fight(String id, String content) {
		while (true) {
			try {
				long offset = this.engine.inspect(id).offset();
				if (offset == content.length()) {
					return;
				}
				StoppableDriver driver = new StoppableDriver();
				driver.run(this.engine.service.append(UploadId.of(id), TestEngine.request(offset), TestEngine.CLIENT,
						driver::stop), content.substring((int) offset));
			}
			catch (UploadLockedException | OffsetMismatchException ex) {
				Thread.yield();
			}
		}
	}

	private AppendSession begin(AppendRequest request) {
		return this.engine.service.append(UploadId.of("a"), request, TestEngine.CLIENT, this.reasons::add);
	}

	private static AppendRequest sha1(long offset, String text) {
		return sha1(offset, text, null);
	}

	private static AppendRequest sha1(long offset, String text, Long length) {
		ChecksumAlgorithm.Calculation calculation = ChecksumAlgorithm.SHA1.start();
		calculation.update(TestEngine.bytes(text));
		return new AppendRequest(offset, -1, length, new Checksum(ChecksumAlgorithm.SHA1, calculation.value()), false);
	}

	/**
	 * Writes byte by byte and looks whether it is to stop between two of them.
	 */
	private static final class StoppableDriver {

		private volatile boolean stopped;

		void stop(StopReason reason) {
			this.stopped = true;
		}

		void run(AppendSession session, String rest) {
			for (int i = 0; i < rest.length(); i++) {
				if (this.stopped) {
					session.interrupt();
					return;
				}
				session.write(TestEngine.bytes(rest.substring(i, i + 1)));
			}
			session.complete(() -> null);
		}

	}

}
