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

import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExplicitCompletion} in the engine: uploads that are complete when
 * their client says so.
 */
class ExplicitCompletionTests {

	private static final UploadClient CLIENT = UploadClient.ANONYMOUS.withDraft();

	private static final UploadId ID = UploadId.of("u");

	@TempDir
	private Path directory;

	private FailingUploadStorage storage;

	private TestEngine engine;

	@BeforeEach
	void start() {
		this.storage = new FailingUploadStorage(TestEngine.disk(this.directory));
		this.engine = new TestEngine(this.storage);
	}

	private void create(Long length, Checksum digest) {
		this.engine.create(NewUpload.builder(ID).length(length).digest(digest).draft(9).build());
	}

	private static AppendRequest request(long offset, long contentLength, boolean last) {
		return new AppendRequest(offset, contentLength, null, null, false,
				new ExplicitCompletion(last, null, null, true));
	}

	private AppendSession begin(AppendRequest request) {
		return this.engine.service.append(ID, request, CLIENT, TestEngine.NO_STOP);
	}

	private Upload append(long offset, String text, boolean last) {
		AppendSession session = begin(request(offset, text.length(), last));
		session.write(TestEngine.bytes(text));
		return session.complete(() -> null).upload();
	}

	@Test
	void limitOfAnEndpointHoldsWhateverItsVariablesAre() {
		EndpointRule rule = new EndpointRule("/of/{name}", 4L, null, false, List.of(), List.of());
		this.engine = new TestEngine(this.storage, null, Duration.ofHours(24), new EndpointRules(List.of(rule)));
		UploadClient client = new UploadClient(null, "/of/anna", "/of/{name}", null, null, true);
		this.engine.create(NewUpload.builder(ID).endpoint("/of/anna").endpointPattern("/of/{name}").draft(9).build());
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> this.engine.service.append(ID, request(0, 5, true), client, TestEngine.NO_STOP))
			.withMessageContaining("4");
		this.engine.service.append(ID, request(0, 4, true), client, TestEngine.NO_STOP).interrupt();
	}

	@Test
	void requestMayBeNoLongerThanItsLimit() {
		create(null, null);
		AppendRequest limited = new AppendRequest(0, 6, null, null, false,
				new ExplicitCompletion(false, null, 5L, true));
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> begin(limited));
		AppendSession unknown = begin(
				new AppendRequest(0, -1, null, null, false, new ExplicitCompletion(false, null, 5L, true)));
		unknown.write(TestEngine.bytes("hello"));
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> unknown.write(TestEngine.bytes("!")));
		unknown.interrupt();
		assertThat(this.engine.service.inspect(ID, CLIENT).offset()).isEqualTo(5);
		AppendSession next = begin(
				new AppendRequest(5, -1, null, null, false, new ExplicitCompletion(false, null, 5L, true)));
		next.write(TestEngine.bytes("world"));
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> next.write(TestEngine.bytes("!")));
		next.interrupt();
	}

	@Test
	void lengthThatEndsBeforeTheOffsetIsInconsistent() {
		create(null, null);
		append(0, "hello", false);
		assertThatExceptionOfType(InconsistentLengthException.class).isThrownBy(
				() -> begin(new AppendRequest(5, 1, 4L, null, false, new ExplicitCompletion(false, null, null, true))));
		assertThatExceptionOfType(InconsistentLengthException.class).isThrownBy(
				() -> begin(new AppendRequest(5, 2, 6L, null, false, new ExplicitCompletion(true, null, null, true))));
		assertThat(append(5, "", true).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void bodyThatNoOffsetCanCountIsTooLong() {
		create(null, null);
		append(0, "hello", false);
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> begin(request(5, Long.MAX_VALUE - 4, false)));
	}

	@Test
	void lengthAloneCompletesNothing() {
		create(5L, null);
		assertThat(append(0, "hello", false).state()).isEqualTo(UploadState.RECEIVING);
		this.engine.resume();
		assertThat(this.engine.attempts("u")).isEmpty();
		assertThat(this.engine.service.inspect(ID, CLIENT).offset()).isEqualTo(5);
		assertThat(append(5, "", true).state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.attempts("u")).containsExactly(1);
	}

	@Test
	void emptyUploadIsCompletedByItsClientToo() {
		create(0L, null);
		assertThat(this.engine.attempts("u")).isEmpty();
		assertThat(append(0, "", true).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void lastRequestThatIsInterruptedCompletesNothing() {
		create(null, null);
		AppendSession session = begin(request(0, 10, true));
		session.write(TestEngine.bytes("hello"));
		session.interrupt();
		Upload upload = this.engine.service.inspect(ID, CLIENT);
		assertThat(upload.length()).isEqualTo(10);
		assertThat(upload.offset()).isEqualTo(5);
		assertThat(append(5, "world", true).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whatIsToldOfTheProgressIsDurable() throws Exception {
		try (DiskUploadStorage forced = new DiskUploadStorage(this.directory, Durability.APPEND, 0)) {
			this.engine = new TestEngine(forced);
			create(null, null);
			AppendSession session = begin(request(0, -1, true));
			session.write(TestEngine.bytes("hello"));
			assertThat(session.offset()).isZero();
			assertThat(session.checkpoint()).isEqualTo(5);
			session.write(TestEngine.bytes(" world"));
			assertThat(session.offset()).isEqualTo(5);
			assertThat(session.complete(() -> null).upload().offset()).isEqualTo(11);
			assertThat(this.engine.content("u")).isEqualTo("hello world");
		}
	}

	@Test
	void crashBeforeTheCompletionIsStoredLosesNoByte() {
		create(5L, null);
		this.storage.failAtUpdate(1);
		assertThatExceptionOfType(UploadStorageException.class).isThrownBy(() -> append(0, "hello", true));
		Upload upload = this.engine.service.inspect(ID, CLIENT);
		assertThat(upload.state()).isEqualTo(UploadState.RECEIVING);
		assertThat(upload.offset()).isEqualTo(5);
		assertThat(append(5, "", true).state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.content("u")).isEqualTo("hello");
	}

	@Test
	void deliveryThatFailedIsMadeAgainAndMayBeAskedForAgain() {
		create(null, null);
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not yet");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> append(0, "hello", true));
		assertThat(this.engine.service.inspect(ID, CLIENT).offset()).as("its client knows of every byte").isEqualTo(5);
		this.engine.listener = (event) -> {
		};
		assertThat(append(5, "", true).state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.attempts("u")).containsExactly(1, 2);
	}

	@Test
	void contentIsComparedWithItsDigest() throws Exception {
		byte[] digest = MessageDigest.getInstance("SHA-256").digest("hello".getBytes());
		create(null, new Checksum(ChecksumAlgorithm.SHA256, digest));
		append(0, "hel", false);
		assertThat(append(3, "lo", true).state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void contentThatDoesNotHaveItsDigestIsNeverDelivered() throws Exception {
		byte[] digest = MessageDigest.getInstance("SHA-256").digest("hello".getBytes());
		create(null, new Checksum(ChecksumAlgorithm.SHA256, digest));
		assertThatExceptionOfType(DigestMismatchException.class).isThrownBy(() -> append(0, "hallo", true));
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> this.engine.service.inspect(ID, CLIENT));
		assertThat(this.engine.attempts("u")).isEmpty();
		assertThat(this.directory.resolve("u")).doesNotExist();
		this.engine.locker.tryLock(ID).close();
	}

	@Test
	void deliveryIsRepeatedInTheNameOfItsOwner() {
		this.engine = new TestEngine(this.storage, UploadGuard.OWNERSHIP, new AbsentClients(UploadGuard.OWNERSHIP,
				(upload) -> upload::owner, (user) -> UploadObserver.Scope.NONE));
		this.engine.create(NewUpload.builder(ID).owner("anna").draft(9).build());
		UploadClient anna = new UploadClient("anna", null).withDraft();
		AppendSession session = this.engine.service.append(ID, request(0, 5, true), anna, TestEngine.NO_STOP);
		session.write(TestEngine.bytes("hello"));
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not yet");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> session.complete(() -> null));
		this.engine.listener = (event) -> {
		};
		this.engine.scheduler.run();
		assertThat(this.engine.stored("u").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void clientsOfTheTwoProtocolsDoNotSeeEachOthersUploads() {
		create(null, null);
		this.engine.create("t", 5L);
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.engine.service.inspect(ID, UploadClient.ANONYMOUS));
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.engine.service.inspect(UploadId.of("t"), CLIENT));
	}

	@Test
	void moreBytesThanTheLengthInvalidateTheUpload() {
		create(5L, null);
		AppendSession session = begin(request(0, -1, false));
		assertThatExceptionOfType(InconsistentLengthException.class)
			.isThrownBy(() -> session.write(TestEngine.bytes("hello!")));
		session.overflow();
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> this.engine.service.inspect(ID, CLIENT));
	}

	@Test
	void moreBytesThanTheLengthLeaveACompleteUploadAlone() {
		create(5L, null);
		append(0, "hello", true);
		for (long contentLength : List.of(-1L, 6L)) {
			assertThatExceptionOfType(UploadException.class).isThrownBy(() -> {
				AppendSession session = begin(request(5, contentLength, true));
				try {
					session.write(TestEngine.bytes("!"));
				}
				finally {
					session.overflow();
				}
			});
		}
		assertThat(this.engine.service.inspect(ID, CLIENT).state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.content("u")).isEqualTo("hello");
	}

}
