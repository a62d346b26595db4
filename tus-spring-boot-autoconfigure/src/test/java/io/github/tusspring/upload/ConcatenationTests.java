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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.Assert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

class ConcatenationTests {

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

	private void part(String id, String text) {
		this.engine.createPart(id, (long) text.length());
		this.engine.append(id, 0, text);
	}

	@Test
	void finalUploadOfFullPartsIsFinishedAtOnce() {
		part("p", "one");
		part("q", "two");
		Upload created = this.engine.createFinal("a", "p", "q", "p");
		assertThat(created.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(created.length()).isEqualTo(9);
		assertThat(this.engine.content("a")).isEqualTo("onetwoone");
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.attempts("p")).isEmpty();
	}

	@Test
	void firstPartGoesWithTheContentThatItsFileHasBecome() throws IOException {
		part("p", "one");
		part("q", "two");
		this.engine.createFinal("a", "p", "q");
		this.engine.createFinal("b", "p", "q");
		Path taken = this.engine.uploads.moveTo(UploadId.of("a"), this.directory.resolve("a"));
		Files.writeString(taken, "o");
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> this.engine.append("p", 1, "ut"));
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> this.engine.createFinal("c", "p"));
		assertThat(taken).hasContent("o");
		assertThat(this.engine.content("b")).isEqualTo("onetwo");
		assertThat(this.engine.inspect("q").offset()).isEqualTo(3);
	}

	@Test
	void firstPartStaysWhereTheContentIsACopyOfIt() throws IOException {
		part("p", "one");
		this.engine.createFinal("a", "p");
		this.engine.createFinal("b", "p");
		this.engine.uploads.moveTo(UploadId.of("b"), this.directory.resolve("b"));
		assertThat(this.engine.inspect("p").offset()).isEqualTo(3);
		this.engine.uploads.delete(UploadId.of("p"));
		assertThat(this.engine.uploads.moveTo(UploadId.of("a"), this.directory.resolve("a"))).hasContent("one");
	}

	@Test
	void finalUploadThatIsGoneIsForgotten() {
		for (int i = 0; i < 20; i++) {
			this.engine.createPart("p" + i, 3L);
			this.engine.createFinal("f" + i, "p" + i);
		}
		assertThat(this.engine.service.awaitedParts()).isEqualTo(20);
		for (int i = 0; i < 19; i++) {
			this.engine.uploads.delete(UploadId.of("f" + i));
		}
		this.engine.service.forgetRemoved();
		assertThat(this.engine.service.awaitedParts()).isEqualTo(1);
		this.engine.append("p19", 0, "abc");
		this.engine.scheduler.run();
		assertThat(this.engine.content("f19")).isEqualTo("abc");
		assertThat(this.engine.service.awaitedParts()).isZero();
	}

	@Test
	void whenAPartIsRemovedThenTheWaitingFinalUploadIsRemovedLater() {
		this.engine.createPart("p", 3L);
		part("q", "two");
		this.engine.createFinal("f", "p", "q");
		this.engine.uploads.delete(UploadId.of("p"));
		this.engine.service.forgetRemoved();
		this.engine.scheduler.run();
		assertThat(this.engine.stored("f")).isNull();
		assertThat(this.engine.service.awaitedParts()).isZero();
	}

	@Test
	void finalUploadThatAnotherInstanceHasMadeIsForgotten() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("f", "p");
		TestEngine other = restart();
		other.resume();
		other.append("p", 0, "abc");
		other.scheduler.run();
		assertThat(this.engine.stored("f").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.service.awaitedParts()).isEqualTo(1);
		this.engine.service.forgetRemoved();
		assertThat(this.engine.service.awaitedParts()).isZero();
	}

	@Test
	void partThatIsRemovedMeanwhileIsTheClientsFault() {
		part("p", "one");
		part("q", "two");
		this.engine.createPart("r", 3L);
		for (String gone : List.of("q", "r")) {
			TestEngine racing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

				@Override
				public Upload create(NewUpload upload) throws IOException {
					Upload created = super.create(upload);
					super.delete(UploadId.of(gone));
					return created;
				}

			});
			assertThatExceptionOfType(InvalidUploadException.class)
				.isThrownBy(() -> racing.createFinal("a", "p", gone));
			assertThat(this.engine.stored("a")).isNull();
		}
	}

	@Test
	void whenThePartOfAWaitingFinalUploadGoesWithTheContentOfAnotherThenItWaitsNoMore() throws IOException {
		part("p", "one");
		this.engine.createPart("q", 3L);
		this.engine.createFinal("b", "p", "q");
		this.engine.createFinal("a", "p");
		this.engine.uploads.moveTo(UploadId.of("a"), this.directory.resolve("a"));
		this.engine.append("q", 0, "two");
		this.engine.scheduler.run();
		assertThat(this.engine.stored("b")).isNull();
		assertThat(this.engine.attempts("b")).isEmpty();
		assertThat(this.engine.scheduler.delays()).isEmpty();
		assertThat(this.engine.service.awaitedParts()).isZero();
		assertThat(this.engine.eventNames()).contains("Terminated");
	}

	@Test
	void whenAPartIsRemovedWhileTheApplicationIsStoppedThenItsFinalUploadWaitsNoMore() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		this.engine.uploads.delete(UploadId.of("p"));
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(restarted.stored("a")).isNull();
		assertThat(restarted.service.awaitedParts()).isZero();
	}

	@Test
	void whenAPartCanNotBeHadNowThenItsFinalUploadIsNotTakenForMade() {
		part("p", "one");
		TestEngine racing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
				throw new UploadLockedException(UploadId.of("p"));
			}

		});
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> racing.createFinal("a", "p"));
		assertThat(this.engine.stored("a")).isNull();
	}

	@Test
	void partThatIsRemovedWhileItIsReadIsTheClientsFault() {
		part("p", "one");
		part("q", "two");
		TestEngine racing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
				super.delete(UploadId.of("q"));
				return super.concatenate(upload, parts);
			}

		});
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> racing.createFinal("a", "p", "q"));
		assertThat(this.engine.stored("a")).isNull();
	}

	@Test
	void finalUploadThatIsMadeWhileItsPartsAreLookedForStaysThoughItsPartsAreRemovedThen() {
		TestEngine[] engine = new TestEngine[1];
		AtomicBoolean filled = new AtomicBoolean();
		engine[0] = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload recall(UploadId id) throws IOException {
				return super.find(id);
			}

			@Override
			public Upload find(UploadId id) throws IOException {
				// A full part is found after the final upload was created only if it may
				// be gone.
				if (id.equals(UploadId.of("p")) && super.find(UploadId.of("a")) != null
						&& filled.compareAndSet(false, true)) {
					engine[0].append("q", 0, "two");
					engine[0].scheduler.runDue();
				}
				return super.find(id);
			}

		});
		engine[0].listener = (event) -> {
			engine[0].uploads.delete(UploadId.of("p"));
			engine[0].uploads.delete(UploadId.of("q"));
		};
		engine[0].createPart("p", 3L);
		engine[0].append("p", 0, "one");
		engine[0].createPart("q", 3L);
		engine[0].createFinal("a", "p", "q");
		assertThat(filled).isTrue();
		assertThat(engine[0].attempts("a")).containsExactly(1);
		assertThat(engine[0].content("a")).isEqualTo("onetwo");
	}

	@Test
	void finalUploadWaitsForItsParts() {
		part("p", "one");
		this.engine.createPart("q", 3L);
		this.engine.append("q", 0, "t");
		Upload created = this.engine.createFinal("a", "p", "q");
		assertThat(created.state()).isEqualTo(UploadState.RECEIVING);
		assertThat(this.engine.inspect("a").length()).isEqualTo(6);
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).isEmpty();
		this.engine.append("q", 1, "wo");
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.content("a")).isEqualTo("onetwo");
		assertThat(this.engine.inspect("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void lengthIsKnownAsSoonAsThatOfAllParts() {
		part("p", "one");
		this.engine.createPart("q", null);
		this.engine.createFinal("a", "p", "q");
		assertThat(this.engine.inspect("a").length()).isNull();
		this.engine.append("q", TestEngine.declare(0, 4), "tw");
		assertThat(this.engine.inspect("a").length()).isEqualTo(7);
	}

	@Test
	void partThatIsCutOffAfterItsLastByteFinishesTheFinalUpload() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		AppendSession session = this.engine.begin("p", 0);
		session.write(TestEngine.bytes("one"));
		session.interrupt();
		this.engine.scheduler.run();
		assertThat(this.engine.content("a")).isEqualTo("one");
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 3 })
	void partThatIsFilledBetweenTheLookAtItAndTheRegistrationIsSeen(int look) {
		TestEngine[] engine = new TestEngine[1];
		AtomicInteger looks = new AtomicInteger(Integer.MAX_VALUE);
		engine[0] = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				if (id.equals(UploadId.of("p")) && looks.decrementAndGet() == 0) {
					engine[0].append("p", 0, "one");
				}
				return found;
			}

		});
		engine[0].createPart("p", 3L);
		// The first look is at what the client asks for, and what is remembered is
		// doubted.
		looks.set(look);
		engine[0].createFinal("a", "p");
		assertThat(engine[0].attempts("a")).containsExactly(1);
	}

	@Test
	void partThatIsRememberedAsItWasIsLookedAtAgain() {
		part("p", "one");
		TestEngine forgetful = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload recall(UploadId id) throws IOException {
				Upload found = super.recall(id);
				return id.equals(UploadId.of("p")) ? found.withOffset(1) : found;
			}

		});
		assertThat(forgetful.createFinal("a", "p").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void waitingGoesOnAfterARestart() {
		part("p", "one");
		this.engine.createPart("q", 3L);
		this.engine.createFinal("a", "p", "q");
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(restarted.attempts("a")).isEmpty();
		restarted.append("q", 0, "two");
		restarted.scheduler.run();
		assertThat(restarted.attempts("a")).containsExactly(1);
		assertThat(restarted.content("a")).isEqualTo("onetwo");
	}

	@Test
	void partsThatWereFullBeforeARestartAreConcatenatedAfterIt() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		this.engine.append("p", 0, "one");
		TestEngine restarted = restart();
		restarted.resume();
		assertThat(restarted.attempts("a")).containsExactly(1);
		assertThat(restarted.content("a")).isEqualTo("one");
	}

	@Test
	void finalUploadWhoseLockIsTakenIsLookedAtAgain() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		this.engine.append("p", 0, "one");
		try (UploadLock lock = this.engine.locker.tryLock(UploadId.of("a"))) {
			assertThat(lock.generation()).isPositive();
			this.engine.scheduler.run();
			assertThat(this.engine.attempts("a")).isEmpty();
		}
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
	}

	@Test
	void concatenationThatFailsWithoutAClientIsTriedAgain() {
		TestEngine failing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			private int calls;

			@Override
			public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
				if (++this.calls == 1) {
					throw new InsufficientStorageException("full");
				}
				return super.concatenate(upload, parts);
			}

		});
		failing.createPart("p", 3L);
		failing.createFinal("a", "p");
		failing.append("p", 0, "one");
		failing.scheduler.run();
		assertThat(failing.attempts("a")).isEmpty();
		failing.scheduler.run();
		assertThat(failing.attempts("a")).containsExactly(1);
	}

	@Test
	void concatenationThatFailsBeforeItsClientHearsOfItLeavesNothing() {
		TestEngine failing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
				throw new InsufficientStorageException("full");
			}

		});
		part("p", "one");
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(() -> failing.createFinal("a", "p"));
		assertThat(failing.stored("a")).isNull();
		assertThat(failing.stored("p").isFull()).isTrue();
	}

	@Test
	void onlyPartialUploadsCanBeConcatenated() {
		this.engine.create("whole", 3L);
		part("p", "one");
		this.engine.createFinal("final", "p");
		for (String part : List.of("whole", "final", "unknown")) {
			assertThatExceptionOfType(InvalidUploadException.class)
				.isThrownBy(() -> this.engine.createFinal("a", part));
		}
		assertThat(this.engine.stored("a")).isNull();
	}

	@Test
	void finalUploadMayHaveAsManyPartsAsTheLimitSays() {
		part("p", "one");
		TestEngine limited = new TestEngine(this.engine.storage, new UploadLimits(0, 0, 0, 0, 0, 0, 3));
		assertThat(limited.createFinal("a", "p", "p", "p").length()).isEqualTo(9);
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> limited.createFinal("b", "p", "p", "p", "p"))
			.withMessageContaining("'tus.limits.max-parts'");
		assertThat(limited.stored("b")).isNull();
	}

	@Test
	void partsOfSomebodyElseCanNotBeConcatenated() {
		this.engine.create(NewUpload.builder(UploadId.of("p"))
			.length(0L)
			.owner("ben")
			.concatenation(new Concatenation.Partial())
			.build());
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
	}

	@Test
	void partsThatAreTooLongTogetherAreRefused() {
		TestEngine limited = new TestEngine(this.engine.storage, 5L, Duration.ofHours(1));
		part("p", "one");
		part("q", "two");
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> limited.createFinal("a", "p", "q"));
		assertThat(limited.stored("a")).isNull();
	}

	@Test
	void partsThatAreLongerTogetherThanANumberCanSayAreRefused() {
		part("p", "one");
		part("max", "two");
		TestEngine huge = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				return id.equals(UploadId.of("max")) ? found.withLength(Long.MAX_VALUE) : found;
			}

		});
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> huge.createFinal("b", "max", "p"));
		assertThat(this.engine.stored("b")).isNull();
	}

	@Test
	void partsOfUnknownLengthThatBecomeTooLongRemoveTheFinalUpload() {
		TestEngine limited = new TestEngine(this.engine.storage, 5L, Duration.ofHours(1));
		limited.createPart("p", null);
		limited.createPart("q", null);
		limited.createFinal("a", "p", "q");
		limited.append("p", TestEngine.declare(0, 3), "one");
		limited.append("q", TestEngine.declare(0, 3), "two");
		limited.scheduler.run();
		assertThat(limited.stored("a")).isNull();
		assertThat(limited.attempts("a")).isEmpty();
	}

	@Test
	void finalUploadCanNotBeAppendedTo() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		assertThatExceptionOfType(UploadForbiddenException.class).isThrownBy(() -> this.engine.begin("a", 0));
		this.engine.append("p", 0, "one");
		this.engine.scheduler.run();
		assertThatExceptionOfType(UploadForbiddenException.class).isThrownBy(() -> this.engine.begin("a", 3));
	}

	@Test
	void finalUploadThatWasTerminatedIsNotMade() {
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
		this.engine.append("p", 0, "one");
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).isEmpty();
		assertThat(this.engine.scheduler.delays()).isEmpty();
	}

	@Test
	void failedDeliveryOfAFinalUploadIsRepeated() {
		part("p", "one");
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
		this.engine.listener = (event) -> {
		};
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenNobodyCanSayWhetherAFinalUploadMayBeDeliveredThenItIsNotMade() {
		part("p", "one");
		UploadGuard guard = new UploadGuard(List.of((access) -> {
			if (access.intent() == UploadIntent.DELIVER) {
				throw new IllegalStateException("The database of rights is gone");
			}
		}));
		TestEngine asking = new TestEngine(this.engine.storage, guard, AbsentClients.UNKNOWN);
		assertThatIllegalStateException().isThrownBy(() -> asking.createFinal("a", "p"));
		asking.resume();
		assertThat(asking.attempts("a")).isEmpty();
		assertThat(asking.stored("a")).isNull();
	}

	@Test
	void whenItsClientDoesNotWaitThenItIsDeliveredInItsNameAndTheClientsRightIsAskedForAgain() {
		Principal anna = () -> "anna";
		List<String> names = new ArrayList<>();
		List<UploadIntent> asked = new ArrayList<>();
		UploadGuard guard = new UploadGuard(List.of((access) -> {
			if (access.user() == anna) {
				asked.add(access.intent());
			}
		}));
		AbsentClients absent = new AbsentClients(guard, (upload) -> anna, (user) -> {
			names.add(user.getName());
			return UploadObserver.Scope.NONE;
		});
		TestEngine knowing = new TestEngine(this.engine.storage, guard, absent);
		knowing.createPart("p", 3L);
		knowing.createFinal("a", "p");
		knowing.append("p", 0, "one");
		knowing.scheduler.run();
		assertThat(knowing.attempts("a")).containsExactly(1);
		assertThat(names).containsExactly("anna");
		assertThat(asked).containsExactly(UploadIntent.DELIVER);
	}

	@Test
	void whenClientWaitsThenFinalUploadIsDeliveredInTheRequestsOwnName() {
		part("p", "one");
		TestEngine knowing = new TestEngine(this.engine.storage, UploadGuard.OWNERSHIP,
				new AbsentClients(UploadGuard.OWNERSHIP, (upload) -> () -> "anna", (user) -> {
					throw new IllegalStateException("The client is there");
				}));
		assertThat(knowing.createFinal("a", "p").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenPartsOfUnknownLengthBecomeMoreThanAQuotaThenTheFinalUploadIsRemoved() {
		UploadStorage storage = new QuotaUploadStorage(this.engine.storage, new QuotaLimits(0, 0, 0, 0, 10, 0),
				List::of);
		assertThatLateFinalUploadIsRemoved(new TestEngine(storage));
	}

	@Test
	void whenAnApplicationsQuotaRefusesPartsOfUnknownLengthThenTheFinalUploadIsRemoved() {
		UploadQuota quota = (demand) -> {
			if (demand.bytes() > 10) {
				throw new UploadRejectedException(402, "Pay first");
			}
		};
		UploadStorage storage = new QuotaUploadStorage(this.engine.storage, new QuotaLimits(0, 0, 0, 0, 0, 0),
				() -> List.of(quota));
		assertThatLateFinalUploadIsRemoved(new TestEngine(storage));
	}

	private static void assertThatLateFinalUploadIsRemoved(TestEngine limited) {
		limited.createPart("p", null);
		limited.createFinal("a", "p", "p", "p");
		limited.append("p", TestEngine.declare(0, 4), "four");
		limited.scheduler.run();
		assertThat(limited.stored("a")).isNull();
		assertThat(limited.attempts("a")).isEmpty();
		assertThat(limited.scheduler.delays()).isEmpty();
		assertThat(limited.eventNames()).contains("Terminated");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void whenWhatBecomesOfALateFinalUploadCanNotBeStoredThenItIsDeliveredAgain(int update) {
		FailingUploadStorage storage = new FailingUploadStorage(this.engine.storage);
		TestEngine failing = new TestEngine(storage);
		failing.createPart("p", 3L);
		failing.createFinal("a", "p");
		failing.append("p", 0, "one");
		storage.failAtUpdate(update);
		failing.scheduler.runDue();
		assertThat(failing.stored("a").state()).isNotEqualTo(UploadState.COMPLETED);
		assertThat(failing.scheduler.delays()).hasSize(1);
		failing.scheduler.run();
		assertThat(failing.stored("a").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(failing.attempts("a")).hasSize(update);
	}

	@Test
	void whenThereIsNoRoomThenConcatenationIsTriedLessAndLessOften() {
		TestEngine failing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
				throw new InsufficientStorageException("full");
			}

		});
		failing.createPart("p", 3L);
		failing.createFinal("a", "p");
		failing.append("p", 0, "one");
		failing.scheduler.runDue();
		Duration first = failing.scheduler.delays().get(0);
		// As an instance does that looks for what others have left.
		failing.resume();
		assertThat(failing.scheduler.delays()).hasSize(1);
		failing.scheduler.run();
		assertThat(failing.scheduler.delays()).singleElement(InstanceOfAssertFactories.DURATION).isGreaterThan(first);
	}

	@Test
	void whenAFinalUploadIsRemovedBeforeItsClientHearsOfItThenItsCreationIsTakenBack() {
		part("p", "one");
		TestEngine racing = new TestEngine(new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				Upload created = super.create(upload);
				super.delete(UploadId.of("p"));
				return created;
			}

		});
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> racing.createFinal("a", "p"));
		assertThat(racing.eventNames()).containsExactly("Created", "Terminated");
	}

	@Test
	void whenApplicationFailedToTakeItThenAskingAgainDeliversTheSameUpload() {
		part("p", "one");
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
		this.engine.listener = (event) -> {
		};
		Upload again = this.engine.createFinal("b", "p");
		assertThat(again.id()).isEqualTo(UploadId.of("a"));
		assertThat(again.state()).isEqualTo(UploadState.COMPLETED);
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
		assertThat(this.engine.attempts("b")).isEmpty();
		assertThat(this.engine.stored("b")).isNull();
		assertThat(this.engine.createFinal("c", "p").id()).isEqualTo(UploadId.of("c"));
	}

	@Test
	void whenApplicationFailedWhenItHadMovedTheContentThenAskingAgainDeliversTheSameUpload() {
		part("p", "one");
		AtomicBoolean fail = new AtomicBoolean(true);
		this.engine.listener = (event) -> {
			try {
				event.moveTo(this.directory.resolve("taken"));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			Assert.state(!fail.get(), "not now");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
		assertThat(this.engine.stored("p")).isNull();
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> this.engine.create(
				NewUpload.builder(UploadId.of("c")).concatenation(TestEngine.concatenation("p")).owner("ben").build()));
		fail.set(false);
		Upload again = this.engine.createFinal("b", "p");
		assertThat(again.id()).isEqualTo(UploadId.of("a"));
		assertThat(again.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.directory.resolve("taken")).hasContent("one");
	}

	@Test
	void whenClientHasHeardOfItThenAskingAgainMakesAnother() {
		part("p", "one");
		assertThat(this.engine.createFinal("a", "p").id()).isEqualTo(UploadId.of("a"));
		assertThat(this.engine.createFinal("b", "p").id()).isEqualTo(UploadId.of("b"));
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.attempts("b")).containsExactly(1);
		this.engine.createPart("q", 3L);
		this.engine.createFinal("c", "q");
		assertThat(this.engine.createFinal("d", "q").id()).isEqualTo(UploadId.of("d"));
	}

	@Test
	void whileItIsPutTogetherOrDeliveredThenAskingAgainIsPutOffAndAnsweredWithTheSameUpload() {
		part("p", "one");
		List<Throwable> refusals = new ArrayList<>();
		this.engine.listener = (event) -> {
			// So that it doesn't wait.
			Thread.currentThread().interrupt();
			refusals.add(catchThrowable(() -> this.engine.createFinal("b", "p")));
			assertThat(Thread.interrupted()).isTrue();
		};
		this.engine.createFinal("a", "p");
		assertThat(refusals).singleElement().isInstanceOf(UploadLockedException.class);
		Upload again = this.engine.createFinal("b", "p");
		assertThat(again.id()).isEqualTo(UploadId.of("a"));
		assertThat(again.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThat(this.engine.stored("b")).isNull();
		assertThat(this.engine.createFinal("c", "p").id()).isEqualTo(UploadId.of("c"));
	}

	@Test
	void whenTheAnswerWasLostAndThePartsAreGoneThenAskingAgainIsAnsweredWithTheSameUpload() {
		part("p", "one");
		part("q", "two");
		this.engine.listener = (event) -> {
			try {
				event.moveTo(this.directory.resolve("taken"));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		};
		this.engine.createFinal("a", "p", "q");
		for (String again : List.of("b", "c")) {
			assertThat(this.engine.createFinal(again, "p", "q").id()).isEqualTo(UploadId.of("a"));
		}
		assertThat(this.engine.attempts("a")).containsExactly(1);
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> this.engine.createFinal("d", "p"));
		this.engine.uploads.delete(UploadId.of("a"));
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> this.engine.createFinal("e", "p", "q"));
	}

	@Test
	void whenAnotherFinalUploadIsAskedForThenItIsAnother() {
		part("p", "one");
		part("q", "two");
		this.engine.createFinal("a", "p", "q");
		assertThat(this.engine.createFinal("b", "p", "q", "q").id()).isEqualTo(UploadId.of("b"));
		NewUpload.Builder same = NewUpload.builder(UploadId.of("c"))
			.concatenation(TestEngine.concatenation("p", "q", "q"));
		for (NewUpload other : List.of(same.metadata(UploadMetadata.of(Map.of("filename", "x"))).build(),
				same.id(UploadId.of("d")).metadata(UploadMetadata.EMPTY).owner("ben").build())) {
			assertThat(this.engine.create(other).upload().id()).isEqualTo(other.id());
		}
	}

	@Test
	void whenItWasRefusedOrRemovedThenAskingAgainMakesAnother() {
		part("p", "one");
		this.engine.listener = (event) -> {
			throw new UploadRejectedException(422, "no");
		};
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
		this.engine.listener = (event) -> {
		};
		assertThat(this.engine.createFinal("b", "p").id()).isEqualTo(UploadId.of("b"));
		this.engine.uploads.delete(UploadId.of("b"));
		assertThat(this.engine.createFinal("c", "p").id()).isEqualTo(UploadId.of("c"));
	}

}
