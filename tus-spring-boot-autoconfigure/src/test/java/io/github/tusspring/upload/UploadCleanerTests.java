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
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class UploadCleanerTests {

	@TempDir
	private Path directory;

	private TestEngine engine;

	@BeforeEach
	void start() {
		this.engine = new TestEngine(TestEngine.disk(this.directory.resolve("uploads")));
	}

	@Test
	void stopEndsAPassAndLetsNoneBegin() {
		UploadCleaner[] cleaner = new UploadCleaner[1];
		List<UploadId> listed = new ArrayList<>();
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Stream<Upload> list() throws IOException {
				return super.list().peek((upload) -> {
					listed.add(upload.id());
					cleaner[0].stop();
				});
			}

		};
		cleaner[0] = new UploadCleaner(storage, this.engine.locker, this.engine.expiration,
				new UploadEvents((event) -> {
				}), Clock.fixed(Instant.now().plus(Duration.ofDays(9)), ZoneOffset.UTC));
		this.engine.create("one", 3L);
		this.engine.create("two", 3L);
		cleaner[0].clean();
		assertThat(listed).hasSize(1);
		assertThat(this.engine.stored("one")).isNotNull();
		assertThat(this.engine.stored("two")).isNotNull();
		cleaner[0].start();
		cleaner[0].clean();
		assertThat(listed).hasSize(2);
	}

	@Test
	void uploadThatWasSilentForTooLongIsRemovedAndItsExpiryPublished() {
		this.engine.create("a", 6L);
		this.engine.append("a", 0, "abc");
		this.engine.events.clear();
		clean(Duration.ofHours(23));
		assertThat(this.engine.stored("a")).isNotNull();
		assertThat(this.engine.events).isEmpty();
		clean(Duration.ofHours(25));
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.events).hasOnlyElementsOfType(TusUploadExpiredEvent.class)
			.map((event) -> ((TusUploadExpiredEvent) event).upload().offset())
			.containsExactly(3L);
		assertThat(this.directory.resolve("uploads")).isEmptyDirectory();
	}

	@Test
	void whileItIsAnotherInstancesTurnNothingIsLookedAt() {
		this.engine.create("a", 3L);
		boolean[] mine = { false };
		UploadStorage shared = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public boolean beginPass(Duration interval) throws IOException {
				return mine[0];
			}

		};
		UploadCleaner cleaner = new UploadCleaner(shared, this.engine.locker, this.engine.expiration,
				new UploadEvents((event) -> {
				}), Clock.fixed(Instant.now().plus(Duration.ofDays(9)), ZoneOffset.UTC));
		cleaner.clean(Duration.ofHours(1));
		assertThat(this.engine.stored("a")).isNotNull();
		mine[0] = true;
		cleaner.clean(Duration.ofHours(1));
		assertThat(this.engine.stored("a")).isNull();
	}

	@Test
	void whenItCannotBeNotedThatAPassBeginsThenRoomIsMadeAllTheSame() {
		this.engine.create("a", 3L);
		UploadStorage full = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public boolean beginPass(Duration interval) throws IOException {
				throw new InsufficientStorageException("The store is full");
			}

		};
		new UploadCleaner(full, this.engine.locker, this.engine.expiration, new UploadEvents((event) -> {
		}), Clock.fixed(Instant.now().plus(Duration.ofDays(9)), ZoneOffset.UTC)).clean(Duration.ofHours(1));
		assertThat(this.engine.stored("a")).isNull();
	}

	@Test
	void finishedUploadStays() {
		this.engine.create("a", 3L);
		this.engine.append("a", 0, "abc");
		clean(Duration.ofDays(1000));
		assertThat(this.engine.content("a")).isEqualTo("abc");
	}

	@Test
	void finishedUploadLivesFromWhenTheApplicationTookIt() throws IOException {
		this.engine.listener = (event) -> {
			throw new IllegalStateException("out of order");
		};
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		Files.setLastModifiedTime(this.directory.resolve("uploads/a"),
				FileTime.from(Instant.now().minus(Duration.ofDays(2))));
		this.engine.listener = (event) -> {
		};
		this.engine.scheduler.run();
		ExpirationPolicy expiration = new ExpirationPolicy(Duration.ofHours(24), true, Duration.ofHours(1),
				EndpointRules.NONE);
		clean(expiration, Duration.ofMinutes(59));
		assertThat(this.engine.content("a")).isEqualTo("abc");
		clean(expiration, Duration.ofMinutes(61));
		assertThat(this.engine.stored("a")).isNull();
	}

	private void clean(ExpirationPolicy expiration, Duration later) {
		new UploadCleaner(this.engine.storage, this.engine.locker, expiration, new UploadEvents((event) -> {
		}), Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC)).clean();
	}

	@Test
	void uploadThatAnotherInstanceDeliversToAnEndpointStaysUntilItsClaimIsOver() throws IOException {
		AtomicReference<Instant> claimed = new AtomicReference<>(Instant.now().plusSeconds(30));
		UploadStorage disk = TestEngine.disk(this.directory.resolve("shared"));
		TestEngine engine = new TestEngine(new ForwardingUploadStorage(disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				Upload upload = super.find(id);
				return (upload != null) ? upload.mutate().claimed(claimed.get()).build() : null;
			}

		});
		UploadId id = UploadId.of("a");
		disk.create(NewUpload.builder(id).length(1L).endpoint("/reports").build());
		Files.writeString(this.directory.resolve("shared/a"), "x");
		disk.update(disk.find(id).mutate().offset(1).state(UploadState.FINISHING).build());
		Clock later = Clock.fixed(Instant.now().plus(Duration.ofHours(25)), ZoneOffset.UTC);
		engine.cleaner(later).clean();
		assertThat(disk.find(id)).isNotNull();
		claimed.set(Instant.now().minusSeconds(1));
		engine.cleaner(later).clean();
		assertThat(disk.find(id)).isNull();
	}

	@Test
	void uploadThatWaitsForItsDeliveryStays() {
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		clean(Duration.ofDays(1000));
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.FINISHING);
	}

	@Test
	void recordWhoseContentTheApplicationTookIsForgottenWithoutAnEvent() throws IOException {
		this.engine.create("a", 3L);
		this.engine.append("a", 0, "abc");
		Path target = this.engine.uploads.moveTo(UploadId.of("a"), this.directory.resolve("target"));
		this.engine.events.clear();
		clean(Duration.ofHours(23));
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
		clean(Duration.ofHours(25));
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.events).isEmpty();
		assertThat(target).hasContent("abc");
	}

	@Test
	void rejectedUploadIsForgottenWithoutAnEvent() {
		this.engine.listener = (event) -> {
			throw new UploadRejectedException(422, "No");
		};
		this.engine.create("a", 3L);
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"));
		this.engine.events.clear();
		clean(Duration.ofHours(25));
		assertThat(this.directory.resolve("uploads")).isEmptyDirectory();
		assertThat(this.engine.events).isEmpty();
	}

	@Test
	void uploadThatIsInUseStays() {
		this.engine.create("a", 6L);
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		clean(Duration.ofHours(25));
		session.write(TestEngine.bytes("def"));
		assertThat(session.complete(() -> null).upload().state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.engine.content("a")).isEqualTo("abcdef");
	}

	@Test
	void uploadThatWasContinuedMeanwhileStays() {
		this.engine.create("a", 6L);
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Stream<Upload> list() throws IOException {
				return super.list().map((upload) -> upload.withModified(Instant.now().minus(Duration.ofHours(25))));
			}

		};
		new UploadCleaner(storage, this.engine.locker, this.engine.expiration, new UploadEvents((event) -> {
		}), Clock.systemUTC()).clean();
		assertThat(this.engine.stored("a")).isNotNull();
	}

	@Test
	void uploadThatVanishesUnderTheCleanerIsNoneOfItsBusiness() {
		for (String id : List.of("a", "b", "c")) {
			this.engine.create(id, 6L);
		}
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Upload find(UploadId id) throws IOException {
				delete(id);
				return super.find(id);
			}

		};
		clean(storage, Duration.ofHours(25));
		assertThat(this.engine.eventNames()).doesNotContain("Expired");
		assertThat(this.directory.resolve("uploads")).isEmptyDirectory();
	}

	@Test
	void uploadThatCanNotBeRemovedDoesNotKeepOthers() {
		for (String id : List.of("a", "b", "c")) {
			this.engine.create(id, 6L);
		}
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public boolean delete(UploadId id) throws IOException {
				if (id.toString().equals("b")) {
					throw new IllegalStateException("broken");
				}
				return super.delete(id);
			}

		};
		clean(storage, Duration.ofHours(25));
		assertThat(this.engine.stored("a")).isNull();
		assertThat(this.engine.stored("b")).isNotNull();
		assertThat(this.engine.stored("c")).isNull();
	}

	@Test
	void recordsOfFinishedUploadsThatNeverExpireAreReadOnlyOnceUntilTheyAreChanged() {
		this.engine.create("a", 3L);
		this.engine.append("a", 0, "abc");
		this.engine.create("b", 3L);
		List<String> read = new ArrayList<>();
		Map<String, Instant> changed = new HashMap<>(
				Map.of("a", Instant.now().minus(Duration.ofDays(3)), "b", Instant.now().minus(Duration.ofDays(3))));
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
				return list().sorted(Comparator.comparing((upload) -> upload.id().toString()))
					.filter((upload) -> interest.test(upload.id(), changed.get(upload.id().toString())))
					.peek((upload) -> read.add(upload.id().toString()));
			}

		};
		UploadCleaner cleaner = new UploadCleaner(storage, this.engine.locker, this.engine.expiration,
				new UploadEvents((event) -> {
				}), Clock.systemUTC());
		cleaner.clean();
		cleaner.clean();
		assertThat(read).containsExactly("a", "b", "b");
		changed.put("a", Instant.now().minus(Duration.ofDays(2)));
		cleaner.clean();
		assertThat(read).containsExactly("a", "b", "b", "a", "b");
		// Nothing that was changed within the time of an upload can be over.
		changed.put("b", Instant.now().minus(Duration.ofHours(23)));
		cleaner.clean();
		assertThat(read).containsExactly("a", "b", "b", "a", "b");
	}

	@Test
	void storageThatCanNotBeListedIsTriedAgainNextTime() {
		UploadStorage storage = new ForwardingUploadStorage(this.engine.storage) {

			@Override
			public Stream<Upload> list() throws IOException {
				throw new IOException("broken");
			}

		};
		assertThatNoException().isThrownBy(() -> clean(storage, Duration.ZERO));
	}

	@Test
	void expiredUploadIsGoneBeforeItIsRemoved() throws Exception {
		TestEngine engine = new TestEngine(this.engine.storage, null, Duration.ofMillis(1));
		engine.create("a", 6L);
		Thread.sleep(5);
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> engine.inspect("a"));
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> engine.begin("a", 0));
	}

	private void clean(Duration later) {
		this.engine.cleaner(clock(later)).clean();
	}

	private void clean(UploadStorage storage, Duration later) {
		new UploadCleaner(storage, this.engine.locker, this.engine.expiration,
				new UploadEvents(this.engine.events::add), clock(later))
			.clean();
	}

	private static Clock clock(Duration later) {
		return Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC);
	}

}
