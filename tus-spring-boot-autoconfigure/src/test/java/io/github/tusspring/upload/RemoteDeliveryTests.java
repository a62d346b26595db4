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
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Deliveries out of a storage that other instances share.
 */
class RemoteDeliveryTests {

	private static final UploadId ID = UploadId.of("a");

	private final List<Integer> renewed = new ArrayList<>();

	private final List<Instant> released = new ArrayList<>();

	private final UploadStorage disk;

	private TestEngine engine;

	private boolean broken;

	private Instant claimed;

	RemoteDeliveryTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
	}

	@BeforeEach
	void start() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public boolean isRemote() {
				return true;
			}

			@Override
			public void renew(Upload upload) throws IOException {
				RemoteDeliveryTests.this.renewed.add(upload.attempts());
				fail();
			}

			@Override
			public void release(Upload upload, Instant next) throws IOException {
				RemoteDeliveryTests.this.released.add(next);
				fail();
			}

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload found = super.find(id);
				return (found != null) ? found.mutate().claimed(RemoteDeliveryTests.this.claimed).build() : null;
			}

			@Override
			public void deleteContent(Upload upload) throws IOException {
				fail();
				super.deleteContent(upload);
			}

			private void fail() throws IOException {
				if (RemoteDeliveryTests.this.broken) {
					throw new IOException("away");
				}
			}

		});
		this.engine.create("a", 3L);
	}

	private void failTo(Runnable action) {
		this.engine.listener = (event) -> {
			action.run();
			throw new IllegalStateException("not now");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		this.engine.listener = (event) -> {
		};
	}

	@Test
	void whileADeliveryGoesOnTheStorageIsTold() {
		this.engine.listener = (event) -> this.engine.scheduler.runRegular();
		this.engine.append("a", 0, "abc");
		assertThat(this.renewed).containsExactly(1);
		this.engine.scheduler.runRegular();
		assertThat(this.renewed).as("it is over").hasSize(1);
	}

	@Test
	void whenTheStorageCanNotBeToldThenTheDeliveryGoesOn() {
		this.broken = true;
		this.engine.listener = (event) -> this.engine.scheduler.runRegular();
		assertThat(this.engine.append("a", 0, "abc").state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.renewed).containsExactly(1);
	}

	@Test
	void whenADeliveryFailsThenOtherInstancesHearWhenItIsMadeAgain() {
		failTo(() -> {
		});
		assertThat(this.released).singleElement()
			.satisfies(
					(next) -> assertThat(next).isCloseTo(Instant.now().plusSeconds(10), within(Duration.ofSeconds(3))));
	}

	@Test
	void whenOtherInstancesCanNotHearThatADeliveryHasFailedThenItIsMadeAgainAllTheSame() {
		failTo(() -> this.broken = true);
		this.broken = false;
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
	}

	@Test
	void whenAnotherInstanceDeliversThenALookIsToComeBack() {
		failTo(() -> {
		});
		this.claimed = Instant.now().plusSeconds(30);
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.inspect("a"));
		this.claimed = Instant.now().minusSeconds(1);
		assertThat(this.engine.inspect("a").offset()).isEqualTo(2);
	}

	@Test
	void whenAnotherInstanceDeliversThenThisOneDoesNot() {
		failTo(() -> {
		});
		this.claimed = Instant.now().plusSeconds(30);
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1);
		this.claimed = null;
		this.engine.scheduler.run();
		assertThat(this.engine.attempts("a")).containsExactly(1, 2);
	}

	@Test
	void whenTheContentOfARefusedUploadCanNotBeRemovedThenItIsRefusedAllTheSame() {
		this.engine.listener = (event) -> {
			this.broken = true;
			throw new UploadRejectedException(422, "No cats");
		};
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.REJECTED);
		this.engine.locker.tryLock(ID).close();
	}

	@Test
	void whenTheStorageCanNotBeReadThenTheDeliveryIsTriedAgainAndTheUploadFree() {
		boolean[] away = { false };
		TestEngine reading = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				if (away[0]) {
					throw new IOException("away");
				}
				return super.find(id);
			}

		});
		failTo(() -> {
		});
		reading.service.resume();
		away[0] = true;
		reading.scheduler.runDue();
		reading.locker.tryLock(ID).close();
		assertThat(reading.attempts("a")).isEmpty();
		away[0] = false;
		reading.scheduler.run();
		assertThat(reading.attempts("a")).containsExactly(2);
	}

	@Test
	void whenTheStorageCanNotBeReadThenWhatWaitsIsNotForgotten() {
		failTo(() -> {
		});
		boolean[] away = { false };
		TestEngine other = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				if (away[0]) {
					throw new IOException("away");
				}
				return super.find(id);
			}

		});
		other.service.resume();
		away[0] = true;
		other.service.forgetRemoved();
		assertThat(other.observer.seen).contains("waiting a").doesNotContain("settled a");
		away[0] = false;
		this.engine.scheduler.run();
		other.service.forgetRemoved();
		assertThat(other.observer.seen).contains("settled a");
	}

}
