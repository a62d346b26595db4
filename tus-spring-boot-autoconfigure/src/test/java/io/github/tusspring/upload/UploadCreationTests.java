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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What is asked before an upload is created, and what becomes of one that can't be.
 */
class UploadCreationTests {

	private static final UploadId ID = UploadId.of("a");

	private final UploadStorage disk;

	UploadCreationTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
	}

	@Test
	void whenAClientMayNotCreateUploadsThenThereIsNone() {
		UploadGuard guard = new UploadGuard(List.of((access) -> {
			if (access.intent() == UploadIntent.CREATE) {
				throw new UploadForbiddenException("no");
			}
		}));
		TestEngine engine = new TestEngine(this.disk, guard, AbsentClients.UNKNOWN);
		assertThatExceptionOfType(UploadForbiddenException.class).isThrownBy(() -> engine.create("a", 3L));
		assertThat(engine.stored("a")).isNull();
	}

	@Test
	void whenAnInterceptorMakesAnUploadLongerThanTheLimitThenItIsRefused() {
		TestEngine engine = new TestEngine(this.disk, 5L, Duration.ofHours(1), (upload) -> upload.withLength(6));
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> engine.create("a", 3L));
		assertThat(engine.stored("a")).isNull();
	}

	@Test
	void whenTheLengthsOfAllPartsAreKnownThenInterceptorsHearOfTheLength() {
		List<Long> lengths = new ArrayList<>();
		TestEngine engine = new TestEngine(this.disk, (upload) -> {
			lengths.add(upload.length());
			return upload;
		});
		engine.createPart("p", 3L);
		engine.createFinal("a", "p", "p");
		assertThat(lengths).containsExactly(3L, 6L);
	}

	@Test
	void whenAnEmptyUploadCanNotBeStoredThenItsIdIsFree() {
		TestEngine engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				throw new IOException("The disk is broken");
			}

		});
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> engine.create("a", 0L));
		engine.locker.tryLock(ID).close();
	}

	@Test
	void whenAnEmptyUploadIsDeliveredThenNobodyElseCanHaveIt() {
		TestEngine engine = new TestEngine(this.disk);
		List<Throwable> thrown = new ArrayList<>();
		engine.listener = (event) -> thrown.add(catchThrowable(() -> engine.locker.tryLock(ID)));
		engine.create("a", 0L);
		assertThat(thrown).singleElement().isInstanceOf(UploadLockedException.class);
		engine.locker.tryLock(ID).close();
	}

	@Test
	void whenABodyIsAnnouncedThatIsLongerThanItsUploadThenThatIsTheEndOfIt() {
		TestEngine engine = new TestEngine(this.disk);
		UploadClient client = TestEngine.CLIENT.withDraft();
		engine.create(NewUpload.builder(ID).length(3L).draft(9).build());
		AppendRequest request = new AppendRequest(0, 4, null, null, false,
				new ExplicitCompletion(false, null, null, true));
		assertThatExceptionOfType(InconsistentLengthException.class)
			.isThrownBy(() -> engine.service.append(ID, request, client, TestEngine.NO_STOP));
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> engine.service.inspect(ID, client));
	}

	@Test
	void whenAWaitingFinalUploadIsRemovedThenItsPartsAreAwaitedNoMore() {
		TestEngine engine = new TestEngine(this.disk);
		engine.createPart("p", 3L);
		engine.createFinal("a", "p");
		engine.createFinal("b", "p");
		engine.service.terminate(ID, TestEngine.CLIENT);
		assertThat(engine.service.awaitedParts()).isEqualTo(1);
		engine.service.discard(UploadId.of("b"), TestEngine.CLIENT);
		assertThat(engine.service.awaitedParts()).isZero();
	}

}
