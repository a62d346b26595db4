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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.util.MimeType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for uploads that an endpoint of the application's own is going to take.
 */
class EndpointUploadTests {

	private static final String PATH = "/documents";

	private static final UploadClient CLIENT = new UploadClient(null, PATH);

	@TempDir
	private Path directory;

	private TestEngine engine;

	@BeforeEach
	void start() {
		this.engine = restart(false);
	}

	private TestEngine restart(boolean keep) {
		EndpointRule endpoint = new EndpointRule(PATH, 10L, Duration.ofHours(1), keep, List.of(),
				List.of(MimeType.valueOf("image/*"), MimeType.valueOf("text/plain")));
		return new TestEngine(TestEngine.disk(this.directory), null, Duration.ofHours(24),
				new EndpointRules(List.of(endpoint)));
	}

	private UploadOutcome create(String id, Long length, Concatenation concatenation) {
		return this.engine.create(NewUpload.builder(UploadId.of(id))
			.length(length)
			.metadata(UploadMetadata.of(java.util.Map.of("filetype", "text/plain;charset=UTF-8")))
			.concatenation(concatenation)
			.endpoint(PATH)
			.endpointPattern(PATH)
			.build());
	}

	private UploadOutcome append(String id, long offset, String text) {
		AppendSession session = this.engine.service.append(UploadId.of(id),
				new AppendRequest(offset, -1, null, null, false), CLIENT, TestEngine.NO_STOP);
		session.write(TestEngine.bytes(text));
		return session.complete(() -> null);
	}

	private Delivery fill(String id) {
		create(id, 3L, null);
		return (Delivery) append(id, 0, "abc");
	}

	private Upload inspect(String id) {
		return this.engine.service.inspect(UploadId.of(id), CLIENT);
	}

	@Test
	void fullUploadWaitsForTheEndOfItsDelivery() {
		Delivery delivery = fill("a");
		assertThat(delivery.upload().state()).isEqualTo(UploadState.FINISHING);
		assertThat(delivery.upload().attempts()).isEqualTo(1);
		assertThat(delivery.upload().expires()).isNull();
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> inspect("a"));
		assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> append("a", 3, ""));
		assertThat(this.engine.attempts("a")).as("no event").isEmpty();
		delivery.close();
	}

	@Test
	void whenHandlerFailedThenAFinalUploadThatIsAskedForAgainIsHandedOverAgain() {
		create("p", 3L, new Concatenation.Partial());
		append("p", 0, "abc");
		Delivery failed = (Delivery) create("a", null, TestEngine.concatenation("p"));
		failed.fail(new IllegalStateException("not now"));
		failed.close();
		Delivery delivery = (Delivery) create("b", null, TestEngine.concatenation("p"));
		assertThat(delivery.upload().id()).isEqualTo(UploadId.of("a"));
		assertThat(delivery.upload().attempts()).isEqualTo(2);
		delivery.succeed(UploadAnswer.builder().status(202).build());
		delivery.close();
		Upload again = create("c", null, TestEngine.concatenation("p")).upload();
		assertThat(again.id()).isEqualTo(UploadId.of("a"));
		assertThat(again.answer().status()).isEqualTo(202);
	}

	@Test
	void uploadThatWasTakenIsCompletedAndItsContentRemoved() {
		Delivery delivery = fill("a");
		Upload completed = delivery.succeed(UploadAnswer.builder().status(202).build());
		assertThat(completed.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(completed.expires()).isNull();
		assertThat(this.directory.resolve("a")).exists();
		delivery.close();
		assertThat(this.directory.resolve("a")).doesNotExist();
		assertThat(inspect("a").offset()).isEqualTo(3);
		assertThat(append("a", 3, "").upload().answer().status()).isEqualTo(202);
	}

	@Test
	void contentThatIsToBeKeptStays() {
		this.engine = restart(true);
		Delivery delivery = fill("a");
		delivery.succeed(null);
		delivery.close();
		assertThat(this.directory.resolve("a")).hasContent("abc");
	}

	@Test
	void uploadThatWasRefusedIsGone() {
		Delivery delivery = fill("a");
		delivery.reject();
		delivery.close();
		assertThat(this.directory.resolve("a")).doesNotExist();
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> inspect("a"));
	}

	@Test
	void uploadWhoseClientComesBackToAnotherInstanceWaitsNoMore() {
		TestEngine other = restart(true);
		fill("a").close();
		other.service.settle();
		assertThat(other.observer.seen).contains("waiting a").doesNotContain("settled a");
		Delivery delivery = (Delivery) append("a", 3, "");
		delivery.succeed(null);
		delivery.close();
		other.service.settle();
		assertThat(other.observer.seen).contains("settled a");
	}

	@Test
	void deliveryThatWasOnlyClosedHasFailed() {
		fill("a").close();
		assertThat(inspect("a").offset()).isEqualTo(2);
		Delivery again = (Delivery) append("a", 2, "c");
		assertThat(again.upload().attempts()).isEqualTo(2);
		again.succeed(null);
		again.close();
		assertThat(inspect("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whatIsSaidSecondChangesNothing() {
		Delivery delivery = fill("a");
		delivery.succeed(null);
		delivery.reject();
		delivery.fail(new IllegalStateException());
		delivery.close();
		delivery.close();
		assertThat(inspect("a").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void uploadWaitsForItsClientAndNotForTheSchedule() {
		fill("a").close();
		this.engine.scheduler.run();
		this.engine = restart(false);
		this.engine.resume();
		this.engine.scheduler.run();
		assertThat(this.engine.events).isEmpty();
		assertThat(this.engine.stored("a").attempts()).isEqualTo(1);
		assertThat(inspect("a").offset()).isEqualTo(2);
	}

	@Test
	void uploadWhoseClientLeftBeforeTheDeliveryIsNamedInTheLogOnce() {
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.start();
		Logger logger = (Logger) LoggerFactory.getLogger(UploadDelivery.class);
		logger.setLevel(Level.INFO);
		logger.addAppender(log);
		create("a", 3L, null);
		AppendSession session = this.engine.service.append(UploadId.of("a"),
				new AppendRequest(0, -1, null, null, false), CLIENT, TestEngine.NO_STOP);
		session.write(TestEngine.bytes("abc"));
		session.interrupt();
		this.engine.service
			.append(UploadId.of("a"), new AppendRequest(3, -1, null, null, false), CLIENT, TestEngine.NO_STOP)
			.interrupt();
		assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("All of upload 'a' is there: it waits for its client to come back to '/documents'");
		this.engine = restart(false);
		this.engine.resume();
		logger.detachAppender(log);
		logger.setLevel(null);
		assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
			.hasSize(2)
			.last()
			.isEqualTo("Full uploads that wait for their clients to come back: 1");
	}

	@Test
	void uploadThatNobodyComesBackForExpires() {
		fill("a").close();
		assertThat(inspect("a").expires()).isNotNull();
		clean(Duration.ofMinutes(50));
		assertThat(this.engine.stored("a")).isNotNull();
		clean(Duration.ofMinutes(70));
		assertThat(this.engine.stored("a")).isNull();
	}

	@Test
	void contentThatACrashLeftBehindIsRemovedWithItsRecord() throws IOException {
		Delivery delivery = fill("a");
		delivery.succeed(null);
		delivery.close();
		Files.writeString(this.directory.resolve("a"), "abc");
		clean(Duration.ofMinutes(70));
		assertThat(this.directory).isEmptyDirectory();
		assertThat(this.engine.eventNames()).doesNotContain("Expired");
	}

	private void clean(Duration later) {
		this.engine.cleaner(Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC)).clean();
	}

	@Test
	void uploadCanBeReachedWhereItBelongsOnly() {
		create("a", 3L, null);
		for (String elsewhere : new String[] { null, "/other" }) {
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> this.engine.service.inspect(UploadId.of("a"), new UploadClient(null, elsewhere)));
		}
		assertThat(inspect("a").endpoint()).isEqualTo(PATH);
	}

	@Test
	void finalUploadNeedsFullPartsOfTheSameEndpoint() {
		create("part", 3L, new Concatenation.Partial());
		Concatenation.Final parts = new Concatenation.Final(List.of(UploadId.of("part")), "part");
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> create("early", null, parts));
		append("part", 0, "abc");
		Delivery delivery = (Delivery) create("final", null, parts);
		assertThat(delivery.upload().state()).isEqualTo(UploadState.FINISHING);
		delivery.close();
		this.engine.createPart("other", 0L);
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> create("mixed", null, new Concatenation.Final(List.of(UploadId.of("other")), "other")));
	}

	@Test
	void endpointHasItsOwnLimitAndFiletypes() {
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> create("a", 11L, null));
		assertThatExceptionOfType(UploadRejectedException.class)
			.isThrownBy(() -> this.engine
				.create(NewUpload.builder(UploadId.of("b")).length(3L).endpoint(PATH).endpointPattern(PATH).build()))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(415));
	}

}
