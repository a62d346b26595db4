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
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The one upload that a signed URL is for.
 */
class SignedCreationTests {

	private static final UploadId ID = UploadId.of("signed");

	private static final UploadGrant GRANT = UploadGrant.toCreate(ID, Instant.parse("2100-01-01T00:00:00Z"));

	private static final UploadClient HOLDER = new UploadClient(null, null, null, null, GRANT);

	private final UploadStorage disk;

	private TestEngine engine;

	SignedCreationTests(@TempDir Path directory) {
		this.disk = TestEngine.disk(directory);
		this.engine = new TestEngine(this.disk);
	}

	private Upload create() {
		return this.engine.service.create(NewUpload.builder(UploadId.of("other")).length(3L).build(), HOLDER).upload();
	}

	private void assertUsedUp() {
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(this::create);
	}

	@Test
	void whenAnUploadIsGrantedThenItHasTheIdThatWasSigned() {
		assertThat(create().id()).isEqualTo(ID);
		assertThat(this.engine.stored("other")).isNull();
	}

	@Test
	void whenTheUploadIsGoneThenTheUrlMakesNoOther() {
		create();
		this.engine.service.terminate(ID, HOLDER);
		assertUsedUp();
	}

	@Test
	void whenTheCreationFailsThenTheUrlCanBeUsedAgain() {
		boolean[] broken = { true };
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload create(NewUpload upload) throws IOException {
				if (broken[0]) {
					throw new InsufficientStorageException("full");
				}
				return super.create(upload);
			}

		});
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(this::create);
		broken[0] = false;
		assertThat(create().id()).isEqualTo(ID);
	}

	@Test
	void whenTheUrlCanNotBeGivenBackThenWhatWentWrongFirstIsHeard() {
		this.engine = new TestEngine(new ForwardingUploadStorage(this.disk) {

			@Override
			public Upload create(NewUpload upload) {
				throw new InsufficientStorageException("full");
			}

			@Override
			public void giveBack(UploadId id, Instant until) throws IOException {
				throw new IOException("The disk is broken");
			}

		});
		assertThatExceptionOfType(InsufficientStorageException.class).isThrownBy(this::create);
	}

	@Test
	void whenTheRequestThatCreatedTheUploadFailsThenTheUrlCanBeUsedAgain() {
		create();
		this.engine.service.discard(ID, HOLDER);
		assertThat(this.engine.stored("signed")).isNull();
		assertThat(this.engine.eventNames()).containsExactly("Created", "Terminated");
		assertThat(create().id()).isEqualTo(ID);
	}

	@Test
	void whenTheApplicationHasTakenTheUploadThenTheUrlMakesNoOther() {
		create();
		AppendSession session = this.engine.service.append(ID, TestEngine.request(0), HOLDER, TestEngine.NO_STOP);
		session.write(TestEngine.bytes("abc"));
		session.complete(() -> null);
		this.engine.service.discard(ID, HOLDER);
		this.engine.uploads.delete(ID);
		assertUsedUp();
	}

	@Test
	void whenTheUploadCanNotBeDiscardedThenTheUrlMakesNoOther() {
		create();
		try (UploadLock lock = this.engine.locker.tryLock(ID)) {
			assertThat(lock.generation()).isPositive();
			this.engine.service.discard(ID, HOLDER);
		}
		assertThat(this.engine.stored("signed")).isNotNull();
		this.engine.service.terminate(ID, HOLDER);
		assertUsedUp();
	}

	@Test
	void whenAnUploadWithoutAGrantIsDiscardedThenNoUrlIsGivenBack() {
		create();
		this.engine.service.discard(ID, TestEngine.CLIENT);
		assertThat(this.engine.stored("signed")).isNull();
		assertUsedUp();
	}

}
