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
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class UploadDeliveryTests {

	@TempDir
	private Path directory;

	private TestEngine engine;

	@BeforeEach
	void start() {
		this.engine = restart();
	}

	private TestEngine restart() {
		return new TestEngine(TestEngine.disk(this.directory.resolve("uploads")));
	}

	@Test
	void lastByteIsDeliveredBeforeItsClientHearsOfIt() {
		this.engine.create("a", 6L);
		this.engine.append("a", 0, "abc");
		assertThat(this.engine.attempts("a")).isEmpty();
		AtomicReference<UploadState> during = new AtomicReference<>();
		this.engine.listener = (event) -> {
			assertThat(event.upload().expires()).as("it is going to stay").isNull();
			during.set(this.engine.stored("a").state());
		};
		Upload completed = this.engine.append("a", 3, "def");
		assertThat(completed.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(during).hasValue(UploadState.FINISHING);
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.content("a")).isEqualTo("abcdef");
	}

	@Test
	void uploadThatAnotherInstanceDeliversIsNotRemovedAtItsClientsWish() throws IOException {
		UploadStorage disk = TestEngine.disk(this.directory.resolve("shared"));
		TestEngine engine = new TestEngine(new ForwardingUploadStorage(disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload upload = super.find(id);
				return (upload != null) ? upload.mutate().claimed(Instant.now().plusSeconds(30)).build() : null;
			}

		});
		UploadId id = UploadId.of("a");
		disk.create(NewUpload.builder(id).length(1L).build());
		assertThatExceptionOfType(UploadLockedException.class)
			.isThrownBy(() -> engine.service.terminate(id, TestEngine.CLIENT));
		assertThat(disk.find(id)).isNotNull();
	}

	@Test
	void uploadOfWhichNobodyCanSayWhetherItMayBeDeliveredIsFreeAndAskedForAgain() {
		AtomicReference<Throwable> failure = new AtomicReference<>(new LinkageError("no such class"));
		UploadService service = guarded(failure);
		this.engine.create("a", 1L);
		assertThatExceptionOfType(LinkageError.class).isThrownBy(() -> fill(service, "a").complete(() -> null));
		this.engine.locker.tryLock(UploadId.of("a")).close();
		assertThat(this.engine.scheduler.delays()).hasSize(1);
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).as("still nobody can say").isEmpty();
		failure.set(null);
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void uploadThatIsCutOffIsFreeAndAskedForAgainWhereNobodyCanSayWhetherItMayBeDelivered() {
		AtomicReference<Throwable> failure = new AtomicReference<>(new IllegalStateException("away"));
		UploadService service = guarded(failure);
		this.engine.create("a", 1L);
		fill(service, "a").interrupt();
		this.engine.create("b", 1L);
		fill(service, "b").interrupt();
		failure.set(new UploadForbiddenException("no more"));
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).isEmpty();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.REJECTED);
		assertThat(this.engine.stored("b").state()).isEqualTo(UploadState.REJECTED);
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void uploadThatWasTakenMeanwhileIsNotRefused() {
		AtomicReference<Throwable> failure = new AtomicReference<>(new IllegalStateException("away"));
		UploadService service = guarded(failure);
		this.engine.create("a", 1L);
		fill(service, "a").interrupt();
		new TestEngine(this.engine.storage).append("a", 0, "x");
		failure.set(new UploadForbiddenException("no more"));
		this.engine.scheduler.run();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.content("a")).isEqualTo("x");
	}

	private static AppendSession fill(UploadService service, String id) {
		AppendSession session = service.append(UploadId.of(id), TestEngine.request(0), TestEngine.CLIENT,
				TestEngine.NO_STOP);
		session.write(TestEngine.bytes("x"));
		return session;
	}

	/**
	 * Returns a service whose authorizer fails in the given way when it is asked whether
	 * an upload may be delivered.
	 */
	private UploadService guarded(AtomicReference<Throwable> failure) {
		UploadGuard guard = new UploadGuard(List.of((access) -> {
			if (access.intent() == UploadIntent.DELIVER && failure.get() instanceof RuntimeException ex) {
				throw ex;
			}
			if (access.intent() == UploadIntent.DELIVER && failure.get() instanceof Error ex) {
				throw ex;
			}
		}));
		UploadPolicy policy = new UploadPolicy(null, this.engine.expiration, true, Duration.ofSeconds(1),
				Duration.ofSeconds(2), EndpointRules.NONE);
		UploadDelivery delivery = new UploadDelivery(this.engine.storage, this.engine.locker, this.engine.uploads,
				this.engine.events::add,
				new DeliverySchedule(this.engine.scheduler, Duration.ofSeconds(10), Duration.ofMinutes(10)),
				this.engine.expiration, this.engine.observer, AbsentClients.UNKNOWN);
		return new UploadService(this.engine.storage, this.engine.locker, policy, List.of(),
				new UploadEvents((event) -> {
				}), delivery, guard);
	}

	@Test
	void uploadThatMayNotBeDeliveredIsSeenToBeRejected() {
		AtomicReference<Throwable> failure = new AtomicReference<>(new UploadForbiddenException("no more"));
		UploadService service = guarded(failure);
		this.engine.create("a", 1L);
		assertThatExceptionOfType(UploadRejectedException.class)
			.isThrownBy(() -> fill(service, "a").complete(() -> null));
		this.engine.create("b", 1L);
		fill(service, "b").interrupt();
		assertThat(this.engine.observer.seen).contains("rejected a REJECTED", "rejected b REJECTED");
		assertThat(this.engine.stored("b").state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void uploadThatAnotherInstanceHasDeliveredWaitsNoMore() {
		TestEngine other = restart();
		failOnce("a");
		other.service.resume();
		assertThat(other.observer.seen).contains("waiting a").doesNotContain("settled a");
		this.engine.scheduler.run();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		other.scheduler.runDue();
		assertThat(other.observer.seen).containsOnlyOnce("settled a");
		other.locker.tryLock(UploadId.of("a")).close();
	}

	@Test
	void uploadThatThisInstanceFailedToDeliverWaitsUntilAnotherHasDeliveredIt() {
		TestEngine other = restart();
		failOnce("a");
		this.engine.service.settle();
		assertThat(this.engine.observer.seen).as("it waits still").doesNotContain("settled a");
		other.resume();
		assertThat(other.attempts("a")).containsExactly(2);
		this.engine.service.settle();
		this.engine.service.settle();
		assertThat(this.engine.observer.seen).containsOnlyOnce("settled a");
		assertThat(other.observer.seen).as("its end was seen").doesNotContain("settled a");
	}

	@Test
	void uploadThatTheApplicationHasDeletedWaitsNoMore() {
		failOnce("a");
		this.engine.uploads.delete(UploadId.of("a"));
		this.engine.service.forgetRemoved();
		assertThat(this.engine.observer.seen).contains("settled a");
	}

	private void failOnce(String id) {
		this.engine.create(id, 1L);
		fail(new IllegalStateException("away"));
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append(id, 0, "x"));
		this.engine.listener = (event) -> {
		};
	}

	@Test
	void everyWayToFinishIsDelivered() {
		this.engine.create("empty", 0L);
		this.engine.create("late", null);
		this.engine.append("late", 0, "abc");
		this.engine.append("late", TestEngine.declare(3, 3), "");
		this.engine.createPart("part", 3L);
		this.engine.append("part", 0, "abc");
		this.engine.createFinal("final", "part");
		this.engine.createPart("emptypart", 0L);
		this.engine.createFinal("emptyfinal", "emptypart");
		assertThat(this.engine.attempts("empty")).containsExactly(1);
		assertThat(this.engine.attempts("late")).containsExactly(1);
		assertThat(this.engine.attempts("part")).isEmpty();
		assertThat(this.engine.attempts("final")).containsExactly(1);
		assertThat(this.engine.attempts("emptypart")).isEmpty();
		assertThat(this.engine.attempts("emptyfinal")).containsExactly(1);
		assertThat(this.engine.inspect("emptyfinal").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void nothingIsDeliveredButWhatWasPromised() throws IOException {
		Path file = this.directory.resolve("uploads/a");
		this.engine.create("a", 6L);
		AppendSession vanishing = this.engine.begin("a", 0);
		vanishing.write(TestEngine.bytes("abcdef"));
		Files.delete(file);
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> vanishing.complete(() -> null));
		assertThat(this.engine.stored("a")).isNull();
		this.engine.create("b", 6L);
		AppendSession growing = this.engine.begin("b", 0);
		growing.write(TestEngine.bytes("abcdef"));
		Files.writeString(file.resolveSibling("b"), "more", StandardOpenOption.APPEND);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> growing.complete(() -> null));
		this.engine.scheduler.run();
		restart().resume();
		assertThat(this.engine.eventNames()).doesNotContain("Completed");
		assertThat(this.engine.inspect("b").offset()).isEqualTo(5);
	}

	@Test
	void fullUploadThatLosesBytesBeforeItIsTakenIsContinued() throws IOException {
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		this.engine.create("a", 6L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abcdef"));
		Files.writeString(this.directory.resolve("uploads/a"), "abcd");
		this.engine.listener = (event) -> assertThat(event.upload().isFull()).isTrue();
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.inspect("a").offset()).isEqualTo(4);
		this.engine.append("a", 4, "ef");
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
		assertThat(this.engine.content("a")).isEqualTo("abcdef");
	}

	@Test
	void uploadThatIsCutOffAfterItsLastByteIsDelivered() {
		this.engine.create("a", 3L);
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		session.interrupt();
		assertThat(this.engine.attempts("a")).isEmpty();
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
	}

	@Test
	void failedDeliveryIsRepeatedWithGrowingDelays() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.FINISHING);
		for (int seconds : new int[] { 10, 20, 40, 80, 160, 320, 600, 600 }) {
			assertDelay(this.engine, seconds);
			this.engine.scheduler.run();
		}
		this.engine.listener = (event) -> {
		};
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void clientOfAFailedDeliveryIsAskedForTheLastByteAgainAndHearsOfTheNext() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.inspect("a").offset()).isEqualTo(2);
		assertThat(this.engine.inspect("a").length()).isEqualTo(3);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 2, "c"));
		this.engine.listener = (event) -> {
		};
		assertThat(this.engine.append("a", 2, "c").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.attempts("a")).containsExactly(1, 2, 3);
		assertThat(this.engine.content("a")).isEqualTo("abc");
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void clientThatComesBackOftenLeavesOneRepetition() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		for (int i = 0; i < 5; i++) {
			assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 2, "c"));
		}
		assertThat(this.engine.scheduler.delays()).hasSize(1);
	}

	@Test
	void byteThatIsSentAgainIsNotStoredAgain() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		this.engine.listener = (event) -> {
		};
		this.engine.append("a", 2, "X");
		assertThat(this.engine.content("a")).isEqualTo("abc");
	}

	@Test
	void clientThatDeclaredTheLengthLateIsAskedForTheLengthAgain() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", null);
		this.engine.append("a", 0, "abc");
		assertThatExceptionOfType(UploadDeliveryException.class)
			.isThrownBy(() -> this.engine.append("a", TestEngine.declare(3, 3), ""));
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
		assertThat(this.engine.inspect("a").length()).isNull();
		this.engine.listener = (event) -> {
		};
		assertThat(this.engine.append("a", TestEngine.declare(3, 3), "").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
	}

	@Test
	void emptyUploadWhoseDeliveryFailedIsAskedForItsLengthAgain() {
		fail(new IllegalStateException("not now"));
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.create("a", 0L));
		assertThat(this.engine.inspect("a").length()).isNull();
		this.engine.listener = (event) -> {
		};
		assertThat(this.engine.append("a", TestEngine.declare(0, 0), "").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void uploadIsBusyBeforeItsRecordSaysThatItIsBeingDelivered() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		AtomicInteger looks = new AtomicInteger();
		AtomicReference<TestEngine> looking = new AtomicReference<>();
		looking.set(new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public void update(Upload upload) throws IOException {
				super.update(upload);
				if (upload.state() == UploadState.FINISHING) {
					looks.incrementAndGet();
					assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> looking.get().inspect("a"));
				}
			}

		}));
		looking.get().resume();
		assertThat(looks).hasValue(1);
		assertThat(looking.get().inspect("a").offset()).isEqualTo(3);
	}

	@Test
	void uploadThatIsBeingDeliveredIsBusy() {
		this.engine.create("a", 3L);
		this.engine.listener = (event) -> {
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.inspect("a"));
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.begin("a", 2));
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.begin("a", 3));
			assertThatExceptionOfType(UploadLockedException.class)
				.isThrownBy(() -> this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT));
		};
		assertThat(this.engine.append("a", 0, "abc").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void rejectionIsHeardAndTheUploadGone() {
		fail(new UploadRejectedException(422, "No cats"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(422));
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> this.engine.inspect("a"));
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> this.engine.begin("a", 2));
		assertThat(this.directory.resolve("uploads/a")).doesNotExist();
		assertThat(this.engine.scheduler.delays()).isEmpty();
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(restarted.events).isEmpty();
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> restarted.inspect("a"));
	}

	@Test
	void laterAttemptMayBeRejectedToo() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		fail(new UploadRejectedException(422, "No cats"));
		this.engine.scheduler.run();
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> this.engine.inspect("a"));
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void errorOfAListenerIsAFailureToo() {
		this.engine.listener = (event) -> {
			throw new NoClassDefFoundError("gone");
		};
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.scheduler.delays()).hasSize(1);
	}

	@Test
	void answerIsGivenAgainToAClientThatLostIt() {
		this.engine.listener = (event) -> event.answer().status(201).body("text/plain", "done").header("X-Id", "7");
		this.engine.create("a", 3L);
		Upload completed = this.engine.append("a", 0, "abc");
		assertThat(completed.answer().body()).asString().isEqualTo("done");
		assertThat(this.engine.append("a", 3, "").answer()).isEqualTo(completed.answer());
		assertThat(restart().append("a", 3, "").answer()).isEqualTo(completed.answer());
		assertThat(this.engine.attempts("a")).hasSize(1);
	}

	@Test
	void uploadIsCompletedThoughThereIsNoRoomForItsAnswer() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public void update(Upload upload) throws IOException {
				if (upload.answer() != null) {
					throw new InsufficientStorageException("full");
				}
				super.update(upload);
			}

		});
		this.engine.listener = (event) -> event.answer().status(201).header("X-Id", "7");
		this.engine.create("a", 3L);
		assertThat(this.engine.append("a", 0, "abc").answer().status()).isEqualTo(201);
		assertThat(restart().stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(restart().stored("a").answer()).isNull();
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void deliveryFailsWhereThereIsNoRoomToSayThatItSucceeded() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public void update(Upload upload) throws IOException {
				if (upload.state() == UploadState.COMPLETED) {
					throw new InsufficientStorageException("full");
				}
				super.update(upload);
			}

		});
		this.engine.create("a", 3L);
		assertThatExceptionOfType(InsufficientStorageException.class)
			.isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.FINISHING);
		assertThat(this.engine.scheduler.delays()).hasSize(1);
	}

	@Test
	void deliveryThatEndsDuringALookIsSeen() {
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		this.engine.listener = (event) -> {
		};
		boolean[] looked = { false };
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				if (!looked[0]) {
					looked[0] = true;
					UploadDeliveryTests.this.engine.scheduler.run();
				}
				return found;
			}

		};
		Upload seen = new TestEngine(storage).inspect("a");
		assertThat(seen.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(seen.offset()).isEqualTo(3);
	}

	@Test
	void answerThatWasStoredIsChangedByNobody() {
		AtomicReference<UploadAnswer.Builder> kept = new AtomicReference<>();
		this.engine.listener = (event) -> kept.set(event.answer().header("X-Id", "7"));
		this.engine.create("a", 3L);
		Upload completed = this.engine.append("a", 0, "abc");
		kept.get().status(299).header("X-Id", "8").body("text/plain", "changed");
		assertThat(completed.answer()).isEqualTo(UploadAnswer.builder().header("X-Id", "7").build());
		assertThat(this.engine.append("a", 3, "").answer()).isEqualTo(completed.answer());
	}

	@ParameterizedTest
	@ValueSource(strings = { "Set-Cookie", "set-cookie", "SET-COOKIE2" })
	void answerThatIsStoredSetsNoCookie(String header) {
		assertThatIllegalArgumentException().isThrownBy(() -> UploadAnswer.builder().header(header, "session=1"))
			.withMessageContaining("stored");
	}

	@Test
	void interceptorCannotSendAnUploadToAnEndpoint() {
		TestEngine engine = new TestEngine(TestEngine.disk(this.directory),
				(upload) -> upload.mutate().endpoint("/documents").build());
		assertThatIllegalStateException().isThrownBy(() -> engine.create("a", 0L)).withMessageContaining("endpoint");
		assertThat(engine.stored("a")).isNull();
	}

	@Test
	void uploadThatWasFullWhenTheApplicationStoppedIsDeliveredAtTheNextStart() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		this.engine.create("unfinished", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(restarted.attempts("a")).containsExactly(2);
		assertThat(restarted.attempts("unfinished")).isEmpty();
		assertThat(restarted.inspect("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void oneFailureAtTheStartDoesNotKeepOthersFromDelivery() {
		fail(new IllegalStateException("not now"));
		for (String id : new String[] { "a", "b", "c" }) {
			this.engine.create(id, 3L);
			assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append(id, 0, "abc"));
		}
		TestEngine restarted = restart();
		restarted.listener = (event) -> {
			if (event.upload().id().toString().equals("b")) {
				throw new IllegalStateException("still not");
			}
		};
		restarted.resume();
		assertThat(restarted.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(restarted.stored("b").state()).isEqualTo(UploadState.FINISHING);
		assertThat(restarted.stored("c").state()).isEqualTo(UploadState.COMPLETED);
		assertDelay(restarted, 20);
	}

	/**
	 * Checks that one delivery is to be made again, give or take a tenth of the delay.
	 */
	private static void assertDelay(TestEngine engine, int seconds) {
		assertThat(engine.scheduler.delays()).singleElement()
			.satisfies((delay) -> assertThat(delay).isCloseTo(Duration.ofSeconds(seconds),
					Duration.ofSeconds(1 + seconds / 10)));
	}

	@Test
	void deliveriesThatFailTogetherDoNotComeBackTogether() {
		DeliverySchedule schedule = new DeliverySchedule(this.engine.scheduler, Duration.ofSeconds(10),
				Duration.ofMinutes(10));
		assertThat(IntStream.range(0, 50).mapToObj((i) -> schedule.delay(1))).doesNotContainNull()
			.allSatisfy((delay) -> assertThat(delay).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11)))
			.satisfies((delays) -> assertThat(Set.copyOf(delays)).hasSizeGreaterThan(10));
		assertThat(schedule.delay(1000)).isLessThanOrEqualTo(Duration.ofMinutes(10));
	}

	@Test
	void storageThatFailsDuringTheDeliveryDoesNotLoseIt() {
		FailingUploadStorage storage = new FailingUploadStorage(TestEngine.disk(this.directory.resolve("uploads")));
		TestEngine engine = new TestEngine(storage);
		engine.create("a", 3L);
		storage.failAtUpdate(1);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> engine.append("a", 0, "abc"));
		assertThat(engine.attempts("a")).isEmpty();
		storage.failAtUpdate(2);
		engine.scheduler.run();
		assertThat(engine.attempts("a")).containsExactly(1);
		assertThat(engine.stored("a").state()).isEqualTo(UploadState.FINISHING);
		engine.scheduler.run();
		assertThat(engine.attempts("a")).containsExactly(1, 2);
		assertThat(engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void uploadWhoseFileCanNotBeClosedIsDeliveredNevertheless() {
		TestEngine engine = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
				return new DelegatingUploadWriter(super.append(upload, generation, held)) {

					@Override
					public void close() throws IOException {
						super.close();
						throw new IOException("broken");
					}

				};
			}

		});
		engine.create("a", 3L);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> engine.append("a", 0, "abc"));
		assertThat(engine.attempts("a")).isEmpty();
		engine.scheduler.run();
		assertThat(engine.attempts("a")).containsExactly(1);
		assertThat(engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void deliveryThatFailsWhileTheApplicationStopsIsLeftToTheNextStart() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		this.engine.scheduler.stop();
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(restarted.attempts("a")).containsExactly(2);
	}

	@Test
	void listenerMayMoveTheContentAgainAfterACrash() throws IOException {
		Path target = this.directory.resolve("moved");
		this.engine.listener = (event) -> {
			move(event, target);
			throw new IllegalStateException("after the move");
		};
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.inspect("a").offset()).isEqualTo(2);
		TestEngine restarted = restart();
		restarted.listener = (event) -> move(event, target);
		restarted.resume();
		assertThat(restarted.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(Files.readString(target)).isEqualTo("abc");
	}

	@Test
	void listenerMayDeleteTheContent() {
		this.engine.listener = TusUploadCompletedEvent::delete;
		this.engine.create("a", 3L);
		assertThat(this.engine.append("a", 0, "abc").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.directory.resolve("uploads/a")).doesNotExist();
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
	}

	@Test
	void applicationMayDeleteAnUploadThatWaitsForItsDelivery() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.uploads.delete(UploadId.of("a"))).isTrue();
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void clientMayTerminateAnUploadThatWaitsForItsDelivery() {
		fail(new IllegalStateException("not now"));
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
		this.engine.scheduler.run();
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(restarted.events).isEmpty();
	}

	private void fail(RuntimeException ex) {
		this.engine.listener = (event) -> {
			throw ex;
		};
	}

	private static void move(TusUploadCompletedEvent event, Path target) {
		try {
			event.moveTo(target);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * As code in another language may, or a proxy.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 0, 5 })
	void whenItCantBeToldWhetherAnUploadMayBeDeliveredThenItIsAskedAgain(long length) {
		AtomicBoolean away = new AtomicBoolean(true);
		this.engine = new TestEngine(this.engine.storage, new UploadGuard(List.of((access) -> {
			if (access.intent() == UploadIntent.DELIVER && away.get()) {
				sneakyThrow(new TimeoutException("The service of rights is away"));
			}
		})), AbsentClients.UNKNOWN);
		assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> {
			this.engine.create("a", length);
			this.engine.append("a", 0, "hello");
		});
		this.engine.locker.tryLock(UploadId.of("a")).close();
		away.set(false);
		this.engine.scheduler.run();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenItCantBeStoredThatAnUploadMayNotBeDeliveredThenItIsAskedAgain() {
		FailingUploadStorage storage = new FailingUploadStorage(this.engine.storage);
		this.engine = new TestEngine(storage, new UploadGuard(List.of((access) -> {
			if (access.intent() == UploadIntent.DELIVER) {
				throw new UploadForbiddenException("Not any more");
			}
		})), AbsentClients.UNKNOWN);
		this.engine.create("a", 5L);
		storage.failAtUpdate(1);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> this.engine.append("a", 0, "hello"));
		this.engine.scheduler.run();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void whenItCantBeStoredThatAnUploadWasTakenAgainThenTheDelayGoesOnGrowing() {
		FailingUploadStorage storage = new FailingUploadStorage(this.engine.storage);
		this.engine = new TestEngine(storage);
		this.engine.create("a", 5L);
		for (int attempt = 1; attempt <= 3; attempt++) {
			storage.failAtUpdate(2);
			if (attempt == 1) {
				assertThatExceptionOfType(UploadStorageException.class)
					.isThrownBy(() -> this.engine.append("a", 0, "hello"));
			}
			else {
				this.engine.scheduler.run();
			}
			assertThat(this.engine.scheduler.delays()).singleElement(InstanceOfAssertFactories.DURATION)
				.isCloseTo(Duration.ofSeconds(10L << (attempt - 1)), Duration.ofSeconds(2L << (attempt - 1)));
		}
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable ex) throws T {
		throw (T) ex;
	}

}
