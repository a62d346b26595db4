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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What an append and its driver say to each other, and what others want of it meanwhile.
 */
class AppendDriverTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage disk;

	private final List<StopReason> reasons = new ArrayList<>();

	private TestEngine engine;

	AppendDriverTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
		this.engine = new TestEngine(this.disk);
		this.engine.create("a", 6L);
	}

	private AppendSession begin() {
		return begin(TestEngine.request(0), TestEngine.CLIENT);
	}

	private AppendSession begin(AppendRequest request, UploadClient client) {
		return this.engine.service.append(ID, request, client, this.reasons::add);
	}

	/**
	 * Wants the lock, as a request does that another instance has got.
	 */
	private void want(LockRequest request) {
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> this.engine.locker.lock(ID, request, LockHolder.UNINTERRUPTIBLE, Duration.ZERO));
	}

	@Test
	void whenAnotherInstanceWantsToAppendElsewhereThenTheAppendGoesOn() {
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		want(LockRequest.append(2));
		want(LockRequest.append(4));
		want(LockRequest.inspect());
		assertThat(this.reasons).isEmpty();
		session.interrupt();
	}

	@ParameterizedTest
	@EnumSource(names = { "APPEND", "TAKE_OVER", "REMOVE" })
	void whenAnotherInstanceGoesOnWithTheUploadThenTheAppendIsAskedToEnd(LockRequest.Purpose purpose) {
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		want(new LockRequest(purpose, 3));
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER);
		session.interrupt();
		assertThat(this.engine.observer.seen).contains("append TAKEN_OVER");
	}

	@Test
	void whenItsBodyIsBrokenThenWhoLooksOrAppendsElsewhereEndsTheAppend() {
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		session.broken();
		want(LockRequest.inspect());
		want(LockRequest.append(0));
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER, StopReason.TAKEN_OVER);
		session.interrupt();
	}

	@Test
	void whenItsBytesAreStoredAlreadyThenWhoAppendsElsewhereEndsTheAppend() {
		this.engine.append("a", 0, "abcdef");
		AppendSession session = begin(TestEngine.request(6), TestEngine.CLIENT);
		assertThat(session.offset()).isEqualTo(6);
		assertThat(session.hasRoom(() -> {
		})).isTrue();
		want(LockRequest.append(5));
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER);
		assertThat(session.interrupt().offset()).isEqualTo(6);
	}

	@Test
	void whenAClientOfTheDraftLooksThenItsAppendIsAskedToEnd() {
		UploadClient client = TestEngine.CLIENT.withDraft();
		UploadId id = UploadId.of("draft");
		this.engine.create(NewUpload.builder(id).length(6L).draft(9).build());
		AppendSession[] session = new AppendSession[1];
		session[0] = this.engine.service.append(id,
				new AppendRequest(0, -1, null, null, false, new ExplicitCompletion(false, null, null, true)), client,
				(reason) -> {
					this.reasons.add(reason);
					session[0].interrupt();
				});
		session[0].write(TestEngine.bytes("abc"));
		assertThat(this.engine.service.inspect(id, client).offset()).isEqualTo(3);
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER);
	}

	@Test
	void whenTheDriverHasToWaitThenItsClientIsNotSilent() {
		AppendSession session = begin();
		session.pause();
		this.engine.service.stopSilent(Duration.ZERO, Runnable::run);
		assertThat(this.reasons).isEmpty();
		session.resume();
		this.engine.service.stopSilent(Duration.ZERO, Runnable::run);
		assertThat(this.reasons).containsExactly(StopReason.IDLE);
		session.interrupt();
	}

	@Test
	void whenTheStorageTakesItsTimeThenTheClientIsNotSilent() {
		this.engine = new TestEngine(writing((writer) -> new DelegatingUploadWriter(writer) {

			@Override
			public void write(ByteBuffer bytes) throws IOException {
				stopSilent();
				super.write(bytes);
			}

			@Override
			public void commit() throws IOException {
				stopSilent();
				super.commit();
			}

		}));
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		session.checkpoint();
		session.write(TestEngine.bytes("de"));
		session.complete(() -> null);
		assertThat(this.reasons).isEmpty();
	}

	@Test
	void whenTheStorageHasTakenItsTimeThenTheClientMayBeSilent() {
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		stopSilent();
		session.checkpoint();
		stopSilent();
		assertThat(this.reasons).containsExactly(StopReason.IDLE, StopReason.IDLE);
		session.interrupt();
	}

	private void stopSilent() {
		this.engine.service.stopSilent(Duration.ZERO, Runnable::run);
	}

	@Test
	void whenFewerBytesComeThanTheMinimumThenTheAppendIsAskedToEnd() {
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		RunningAppends running = this.engine.service.running();
		running.stopSilent(Duration.ofMinutes(1), new MinimumRate(1, Duration.ofMinutes(1)), Runnable::run);
		assertThat(this.reasons).isEmpty();
		running.stopSilent(Duration.ofMinutes(1), new MinimumRate(Long.MAX_VALUE, Duration.ofNanos(1)), Runnable::run);
		assertThat(this.reasons).containsExactly(StopReason.TOO_SLOW);
		session.interrupt();
	}

	@Test
	void whenTheUploadIsWantedBeforeTheAppendHasBegunThenItIsAskedToEnd() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				want(LockRequest.inspect());
				assertThat(AppendDriverTests.this.reasons).isEmpty();
				want(LockRequest.append(0));
				return super.append(upload, generation, held);
			}

		});
		AppendSession session = begin();
		assertThat(this.reasons).containsExactly(StopReason.TAKEN_OVER);
		session.interrupt();
		assertThat(this.engine.observer.seen).contains("append TAKEN_OVER");
	}

	@Test
	void whenABodyHasEndedAndBytesAreMissingThenItsProgressIsHeardOf() {
		this.engine.append("a", 0, "abc");
		assertThat(this.engine.eventNames()).containsExactly("Created", "Progress");
	}

	@Test
	void whenTheUploadIsCompleteAlreadyThenTheAppendIsSeenToBeCompleteToo() {
		this.engine.append("a", 0, "abcdef");
		this.engine.observer.seen.clear();
		assertThat(this.engine.append("a", 6, "").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.observer.seen).contains("append COMPLETED");
	}

	@Test
	void whenAPromisedChecksumDoesNotFollowThenTheAppendIsSeenToBeRefused() {
		AppendSession session = begin(new AppendRequest(0, -1, null, null, true), TestEngine.CLIENT);
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> session.complete(() -> null));
		assertThat(this.engine.observer.seen).contains("append REFUSED");
	}

	@Test
	void whenNobodyWasFoundToStopAnAppendYetThenNoOtherIsAskedTo() {
		AppendSession session = begin();
		Deque<Runnable> tasks = new ArrayDeque<>();
		this.engine.service.stopSilent(Duration.ZERO, tasks::add);
		this.engine.service.stopSilent(Duration.ZERO, tasks::add);
		assertThat(tasks).hasSize(1);
		tasks.remove().run();
		assertThat(this.reasons).containsExactly(StopReason.IDLE);
		this.engine.service.stopSilent(Duration.ZERO, tasks::add);
		assertThat(tasks).hasSize(1);
		session.interrupt();
	}

	@Test
	void whenTheStorageHasNoRoomThenTheDriverHearsOfItAndWhenThereIs() {
		List<Runnable> listeners = new ArrayList<>();
		this.engine = new TestEngine(writing((writer) -> new DelegatingUploadWriter(writer) {

			@Override
			public boolean hasRoom(Runnable listener) {
				listeners.add(listener);
				return false;
			}

		}));
		AppendSession session = begin();
		AtomicInteger called = new AtomicInteger();
		assertThat(session.hasRoom(called::incrementAndGet)).isFalse();
		listeners.get(0).run();
		assertThat(called).hasValue(1);
		session.interrupt();
	}

	@Test
	void whenAClientIsToldOfTheProgressThenItIsAsDurableAsTheStoragePromises() {
		AtomicInteger commits = new AtomicInteger();
		this.engine = new TestEngine(writing(counting(commits)));
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		assertThat(session.checkpoint()).isEqualTo(3);
		assertThat(commits).hasValue(1);
		session.interrupt();
	}

	@Test
	void whenWhatHasComeIsStillToBeVerifiedThenItsClientIsNotToldOfIt() {
		AtomicInteger commits = new AtomicInteger();
		this.engine = new TestEngine(writing(counting(commits)));
		AppendSession session = begin(new AppendRequest(0, -1, null, null, true), TestEngine.CLIENT);
		session.write(TestEngine.bytes("abc"));
		assertThat(session.checkpoint()).isZero();
		assertThat(commits).hasValue(0);
		session.interrupt();
	}

	@Test
	void whenTheStorageIsOnAnotherMachineThenProgressMakesNoSmallPieces() {
		AtomicInteger commits = new AtomicInteger();
		this.engine = new TestEngine(new ForwardingUploadStorage(writing(counting(commits))) {

			@Override
			public boolean isRemote() {
				return true;
			}

		});
		AppendSession session = begin();
		session.write(TestEngine.bytes("abc"));
		session.checkpoint();
		assertThat(commits).hasValue(0);
		session.interrupt();
	}

	@Test
	void whenAWriterCanNotBeReadThenTheChecksumThatFollowsIsCalculatedAsTheBytesCome() {
		this.engine = new TestEngine(writing((writer) -> new DelegatingUploadWriter(writer) {

			@Override
			public boolean isReadable() {
				return false;
			}

			@Override
			public void read(Consumer<ByteBuffer> consumer) {
				throw new UnsupportedOperationException();
			}

		}));
		AppendRequest request = new AppendRequest(0, -1, null, null, true);
		for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
			AppendSession wrong = begin(request, TestEngine.CLIENT);
			wrong.write(TestEngine.bytes("abX"));
			assertThatExceptionOfType(ChecksumMismatchException.class)
				.isThrownBy(() -> wrong.complete(() -> checksum(algorithm, "abc")));
		}
		AppendSession right = begin(request, TestEngine.CLIENT);
		right.write(TestEngine.bytes("ab"));
		right.write(TestEngine.bytes("c"));
		assertThat(right.complete(() -> checksum(ChecksumAlgorithm.CRC32, "abc")).upload().offset()).isEqualTo(3);
	}

	@Test
	void whenAChecksumThatFollowsIsWrongThenThatIsSeen() {
		AppendSession session = begin(new AppendRequest(0, -1, null, null, true), TestEngine.CLIENT);
		session.write(TestEngine.bytes("abX"));
		assertThatExceptionOfType(ChecksumMismatchException.class)
			.isThrownBy(() -> session.complete(() -> checksum(ChecksumAlgorithm.SHA1, "abc")));
		assertThat(this.engine.observer.seen).contains("append CHECKSUM_MISMATCH");
	}

	@Test
	void whenABodyIsTooLongForAnUploadThatMayGrowThenWhatFitsIsKept() {
		TestEngine limited = new TestEngine(this.disk, 4L, Duration.ofHours(1));
		limited.create("b", null);
		AppendSession session = limited.begin("b", 0);
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("abcdef")));
		session.overflow();
		assertThat(limited.inspect("b").offset()).isEqualTo(4);
	}

	@Test
	void whenAnAppendTakesLongThenItsProgressIsHeardOfOnceASecond() {
		this.engine.create("b", 1000L);
		long begin = System.nanoTime();
		AppendSession session = this.engine.begin("b", 0);
		session.write(TestEngine.bytes("x"));
		await().pollInterval(Duration.ofMillis(20)).until(() -> {
			session.write(TestEngine.bytes("x"));
			return this.engine.eventNames().contains("Progress");
		});
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
		session.write(TestEngine.bytes("x"));
		assertThat(this.engine.eventNames()).containsOnlyOnce("Progress");
		session.interrupt();
	}

	private static Checksum checksum(ChecksumAlgorithm algorithm, String text) {
		ChecksumAlgorithm.Calculation calculation = algorithm.start();
		calculation.update(TestEngine.bytes(text));
		return new Checksum(algorithm, calculation.value());
	}

	private static UnaryOperator<UploadWriter> counting(AtomicInteger commits) {
		return (writer) -> new DelegatingUploadWriter(writer) {

			@Override
			public void commit() throws IOException {
				commits.incrementAndGet();
				super.commit();
			}

		};
	}

	private UploadStorage writing(UnaryOperator<UploadWriter> change) {
		return new ForwardingUploadStorage(this.disk) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				return change.apply(super.append(upload, generation, held));
			}

		};
	}

}
