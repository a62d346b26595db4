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

import io.github.tusspring.lock.LocalUploadLocker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What can't be done with an upload just now, or no more.
 */
class UploadInUseTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage disk;

	private TestEngine engine;

	UploadInUseTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
		this.engine = new TestEngine(this.disk);
	}

	@Test
	void whenAnotherInstanceAppendsThenWhoIsAtAWrongOffsetHearsTheRightOne() {
		this.engine.create("a", 6L);
		this.engine.append("a", 0, "abc");
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> this.engine.begin("a", 0))
				.satisfies((ex) -> assertThat(ex.offset()).isEqualTo(3));
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.begin("a", 3));
		}
		this.engine.append("a", 3, "def");
	}

	@Test
	void whenAnotherInstanceLetsGoThenTheAppendBegins() {
		this.engine.create("a", 3L);
		UploadLock[] lock = new UploadLock[1];
		lock[0] = this.engine.locker.tryLock(ID, (request) -> {
			lock[0].close();
			return true;
		});
		assertThat(this.engine.append("a", 0, "abc").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenAnotherInstanceAppendsThenNoOffsetIsToldThatIsNotSecure() {
		List<Long> secured = new ArrayList<>();
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public void secure(Upload upload) throws IOException {
				secured.add(upload.offset());
				super.secure(upload);
			}

		});
		this.engine.create("a", 6L);
		this.engine.append("a", 0, "abc");
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> this.engine.begin("a", 0));
		}
		assertThat(secured).containsExactly(3L);
	}

	@Test
	void whenAnUploadWasFoundAlreadyThenItIsAdmittedWithoutAnotherLook() {
		Upload upload = this.engine.create("a", 3L);
		assertThat(this.engine.service.admit(ID, upload, UploadIntent.INSPECT, TestEngine.CLIENT)).isSameAs(upload);
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.engine.service.admit(ID, null, UploadIntent.INSPECT, TestEngine.CLIENT));
	}

	@Test
	void whenThereAreTooManyAppendsThenTheUploadStaysFree() {
		this.engine = new TestEngine(this.disk, new UploadLimits(0, 0, 1, 0));
		this.engine.create("a", 3L);
		this.engine.create("b", 3L);
		AppendSession session = this.engine.begin("a", 0);
		assertThatExceptionOfType(TooManyAppendsException.class).isThrownBy(() -> this.engine.begin("b", 0));
		this.engine.locker.tryLock(UploadId.of("b")).close();
		session.interrupt();
		assertThat(this.engine.append("b", 0, "abc").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenFinishedUploadsAreToStayThenOnlyUnfinishedOnesAndPartsAreRemoved() {
		UploadService service = keepingFinished();
		this.engine.create("a", 3L);
		this.engine.append("a", 0, "abc");
		assertThatExceptionOfType(UploadForbiddenException.class)
			.isThrownBy(() -> service.terminate(ID, TestEngine.CLIENT));
		assertThat(this.engine.content("a")).isEqualTo("abc");
		this.engine.create("b", 3L);
		this.engine.createPart("p", 0L);
		for (String id : List.of("b", "p")) {
			service.terminate(UploadId.of(id), TestEngine.CLIENT);
			assertThat(this.engine.stored(id)).isNull();
		}
	}

	private UploadService keepingFinished() {
		UploadPolicy policy = new UploadPolicy(null, this.engine.expiration, false, Duration.ofSeconds(1),
				Duration.ofSeconds(2), EndpointRules.NONE);
		DeliverySchedule schedule = new DeliverySchedule(this.engine.scheduler, Duration.ofSeconds(10),
				Duration.ofMinutes(10));
		LocalUploadLocker locker = new LocalUploadLocker();
		return new UploadService(this.disk, locker, policy, List.of(), new UploadEvents((event) -> {
		}), new UploadDelivery(this.disk, locker, this.engine.uploads, (event) -> {
		}, schedule, this.engine.expiration));
	}

	@Test
	void whenThePlaceOfANewUploadIsLockedThenItIsNotCreated() {
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> this.engine.create("a", 0L));
		}
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.create("a", 0L).state()).isEqualTo(UploadState.COMPLETED);
	}

}
