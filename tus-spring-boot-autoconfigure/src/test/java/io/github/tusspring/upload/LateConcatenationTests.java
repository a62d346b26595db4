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
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Final uploads that others are at when their parts are full.
 */
class LateConcatenationTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage disk;

	private TestEngine engine;

	LateConcatenationTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
	}

	@Test
	void whenTheDiskFailsWithoutAClientThenTheConcatenationIsTriedAgain() {
		boolean[] broken = { true };
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
				if (broken[0]) {
					throw new IOException("The disk is broken");
				}
				return super.concatenate(upload, parts);
			}

		});
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		this.engine.append("p", 0, "one");
		this.engine.scheduler.runDue();
		this.engine.locker.tryLock(ID).close();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.RECEIVING);
		broken[0] = false;
		this.engine.scheduler.run();
		assertThat(this.engine.content("a")).isEqualTo("one");
	}

	@Test
	void whenAnotherThreadHasTheFinalUploadThenItsClientHearsOfItAsItIs() {
		UploadLock[] lock = new UploadLock[1];
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				Upload created = super.create(upload);
				if (upload.isFinal()) {
					lock[0] = LateConcatenationTests.this.engine.locker.tryLock(upload.id());
				}
				return created;
			}

		});
		this.engine.createPart("p", 3L);
		this.engine.append("p", 0, "one");
		Upload created = this.engine.createFinal("a", "p");
		assertThat(created.id()).isEqualTo(ID);
		assertThat(created.state()).isEqualTo(UploadState.RECEIVING);
		lock[0].close();
	}

	@Test
	void whenAnotherInstanceHasMadeTheFinalUploadThenItsClientHearsOfThat() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				Upload created = super.create(upload);
				if (upload.isFinal()) {
					new TestEngine(LateConcatenationTests.this.disk).resume();
				}
				return created;
			}

		});
		this.engine.createPart("p", 3L);
		this.engine.append("p", 0, "one");
		assertThat(this.engine.createFinal("a", "p").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.attempts("a")).as("by this instance").isEmpty();
		this.engine.locker.tryLock(ID).close();
	}

	@Test
	void whenAWaitingFinalUploadCanNotBeReadThenItGoesOnWaiting() {
		boolean[] broken = { false };
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				if (broken[0]) {
					throw new IOException("The disk is broken");
				}
				return super.find(id);
			}

		});
		this.engine.createPart("p", 3L);
		this.engine.createFinal("a", "p");
		broken[0] = true;
		this.engine.service.forgetRemoved();
		assertThat(this.engine.service.awaitedParts()).isEqualTo(1);
	}

	@Test
	void whenAnotherInstanceDeliversTheFinalUploadThenAskingAgainIsPutOff() {
		Instant[] claimed = new Instant[1];
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				return (found != null) ? found.mutate().claimed(claimed[0]).build() : null;
			}

		});
		this.engine.createPart("p", 3L);
		this.engine.append("p", 0, "one");
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
		this.engine.listener = (event) -> {
		};
		claimed[0] = Instant.now().plusSeconds(30);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.createFinal("b", "p"));
		this.engine.locker.tryLock(ID).close();
		claimed[0] = null;
		assertThat(this.engine.createFinal("b", "p").id()).isEqualTo(ID);
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
	}

	@Test
	void whenAnotherInstanceLooksWhileAFinalUploadForAnEndpointIsCreatedThenItsHandlerRunsHereAllTheSame() {
		this.engine = withAnotherInstance((other) -> other.resume());
		createFullPartForEndpoint();
		UploadOutcome outcome = this.engine.create(finalForEndpoint());
		assertThat(outcome).isInstanceOf(Delivery.class);
		((Delivery) outcome).close();
	}

	@Test
	void whenAnotherInstanceHasTheLockOfAFinalUploadForAnEndpointThenItsClientHasToComeBack() {
		UploadLock[] lock = new UploadLock[1];
		this.engine = withAnotherInstance((other) -> lock[0] = this.engine.locker.tryLock(ID));
		createFullPartForEndpoint();
		NewUpload wanted = finalForEndpoint();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.create(wanted));
		lock[0].close();
		UploadOutcome outcome = this.engine.create(wanted);
		assertThat(outcome).isInstanceOf(Delivery.class);
		((Delivery) outcome).close();
	}

	@Test
	void whenAnotherInstanceDeliversTheNewFinalUploadThenItsClientHasToComeBack() {
		this.engine = withAnotherInstance((other) -> {
			other.listener = (event) -> {
				throw new IllegalStateException("not now");
			};
			other.resume();
		});
		createFullPart();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
		assertThat(this.engine.createFinal("b", "p").id()).isEqualTo(ID);
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenAnotherInstanceHasRefusedTheNewFinalUploadThenItIsGone() {
		this.engine = withAnotherInstance((other) -> {
			other.listener = (event) -> {
				throw new UploadRejectedException(422, "No");
			};
			other.resume();
		});
		createFullPart();
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> this.engine.createFinal("a", "p"));
	}

	@Test
	void whenAFinalUploadIsNewThenOtherInstancesLeaveItToTheOneThatHasCreatedIt() throws IOException {
		AtomicReference<Duration> age = new AtomicReference<>(Duration.ofSeconds(20));
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public boolean isRemote() {
				return true;
			}

			@Override
			public Stream<Upload> unsettled() throws IOException {
				return super.unsettled()
					.map((upload) -> upload.mutate().created(Instant.now().minus(age.get())).build());
			}

		});
		createFullPart();
		this.disk.create(NewUpload.builder(ID).concatenation(TestEngine.concatenation("p")).build());
		this.engine.resume();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.RECEIVING);
		age.set(Duration.ofSeconds(31));
		this.engine.resume();
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	/**
	 * Returns an instance beside which another one does something as soon as a final
	 * upload is created.
	 */
	private TestEngine withAnotherInstance(Consumer<TestEngine> action) {
		return new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				Upload created = super.create(upload);
				if (upload.isFinal()) {
					action.accept(new TestEngine(LateConcatenationTests.this.disk));
				}
				return created;
			}

		});
	}

	private void createFullPart() {
		this.engine.createPart("p", 3L);
		this.engine.append("p", 0, "one");
	}

	private void createFullPartForEndpoint() {
		UploadId part = UploadId.of("p");
		this.engine.create(NewUpload.builder(part)
			.length(3L)
			.concatenation(new Concatenation.Partial())
			.endpoint("/documents")
			.build());
		AppendSession session = this.engine.service.append(part, TestEngine.request(0),
				new UploadClient(null, "/documents", null, null, null, false), TestEngine.NO_STOP);
		session.write(TestEngine.bytes("one"));
		session.complete(() -> null);
	}

	private static NewUpload finalForEndpoint() {
		return NewUpload.builder(ID).concatenation(TestEngine.concatenation("p")).endpoint("/documents").build();
	}

	@Test
	void whenAPartIsGoneThenTheLengthOfAWaitingFinalUploadIsNotTold() {
		this.engine = new TestEngine(this.disk);
		this.engine.createPart("p", 3L);
		this.engine.createPart("q", null);
		this.engine.createFinal("a", "p", "q");
		this.engine.uploads.delete(UploadId.of("p"));
		assertThat(this.engine.inspect("a").length()).isNull();
	}

}
