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
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is counted, and what is read because a limit refuses something.
 */
class QuotaUploadStorageTests {

	private final List<String> found = new ArrayList<>();

	@TempDir
	private Path directory;

	@Test
	void clientThatHasTooMuchHasOnlyItsOwnLookedAt() throws IOException {
		UploadStorage storage = storage(new QuotaLimits(0, 0, 0, 1, 0, 0));
		storage.create(upload("a", "anna"));
		storage.create(upload("b", "ben"));
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("c", "ben")));
		assertThat(this.found).containsOnlyOnce("b").doesNotContain("a");
	}

	@Test
	void allAreLookedAtWhereTheLimitIsForAll() throws IOException {
		UploadStorage storage = storage(new QuotaLimits(0, 0, 2, 1, 0, 0));
		storage.create(upload("a", "anna"));
		storage.create(upload("b", "ben"));
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("c", "carl")));
		assertThat(this.found).contains("a", "b");
	}

	@Test
	void whatIsThereCountsOnceItIsLoaded() throws IOException {
		UploadStorage before = storage(new QuotaLimits(0, 0, 0, 0, 0, 0));
		before.create(upload("a", "anna"));
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		storage.load();
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("b", "ben")));
		storage.delete(UploadId.of("a"));
		storage.create(upload("b", "ben"));
	}

	@Test
	void creationThatFailsIsNotCounted() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 2, 0, 0, 0));
		storage.create(upload("a", "anna"));
		assertThatExceptionOfType(UploadExistsException.class).isThrownBy(() -> storage.create(upload("a", "anna")));
		storage.create(upload("b", "anna"));
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("c", "anna")));
	}

	@Test
	void whatOthersHaveRemovedIsLookedAtBeforeSomethingIsRefused() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		storage.create(upload("a", "anna"));
		TestEngine.disk(this.directory).delete(UploadId.of("a"));
		storage.create(upload("b", "anna"));
	}

	@Test
	void whatOthersHaveRemovedIsForgottenWhenAllAreListed() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 9, 0, 0, 0));
		storage.create(upload("a", "anna"));
		storage.create(upload("b", "ben"));
		storage.create(upload("c", "carl"));
		TestEngine.disk(this.directory).delete(UploadId.of("a"));
		try (Stream<Upload> uploads = storage.list()) {
			assertThat(uploads.limit(1)).hasSize(1);
		}
		assertThat(this.found).isEmpty();
		assertThat(ids(storage)).containsExactlyInAnyOrder("b", "c");
		assertThat(ids(storage)).containsExactlyInAnyOrder("b", "c");
		assertThat(this.found).containsExactly("a");
	}

	private static List<String> ids(UploadStorage storage) throws IOException {
		try (Stream<Upload> uploads = storage.list()) {
			return uploads.map((upload) -> upload.id().toString()).toList();
		}
	}

	@Test
	void bytesOfAnUploadWithoutALengthCountAsTheyCome() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(5, 0, 0, 0, 0, 0));
		Upload upload = storage.create(NewUpload.builder(UploadId.of("a")).build());
		try (UploadWriter writer = storage.append(upload, 1, false)) {
			writer.write(TestEngine.bytes("abc"));
			writer.write(TestEngine.bytes("de"));
			assertThatExceptionOfType(QuotaExceededException.class)
				.isThrownBy(() -> writer.write(TestEngine.bytes("f")));
			writer.commit();
			assertThat(writer.offset()).isEqualTo(5);
		}
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("b", "anna")));
	}

	@Test
	void contentThatHasGoneTakesNoRoom() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		for (int i = 0; i < 4; i++) {
			this.found.clear();
			Upload upload = storage.create(upload("a" + i, "anna"));
			assertThat(this.found).as("there is room without a look").isEmpty();
			try (UploadWriter writer = storage.append(upload, 1, false)) {
				writer.write(TestEngine.bytes("abc"));
			}
			Upload full = storage.find(upload.id());
			switch (i) {
				case 0 -> storage.deleteContent(full);
				case 1 -> storage.moveContent(full, this.directory.resolveSibling("moved"));
				case 2 -> storage.delete(full);
				default -> storage.delete(full.id());
			}
		}
		this.found.clear();
		storage.create(upload("b", "anna"));
		assertThat(this.found).isEmpty();
	}

	@Test
	void uploadThatIsFinishedIsNoUnfinishedOne() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(3, 0, 0, 0, 0, 0));
		Upload upload = storage.create(upload("a", "anna"));
		try (UploadWriter writer = storage.append(upload, 1, false)) {
			writer.write(TestEngine.bytes("abc"));
			writer.commit();
		}
		storage.update(storage.find(upload.id()).withState(UploadState.COMPLETED));
		this.found.clear();
		storage.create(upload("b", "anna"));
		assertThat(this.found).isEmpty();
	}

	@Test
	void finalUploadTakesRoomForAllItsParts() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 0, 0, 8, 0));
		Upload part = storage.create(upload("part", "anna"));
		try (UploadWriter writer = storage.append(part, 1, false)) {
			writer.write(TestEngine.bytes("abc"));
		}
		Upload full = storage.find(part.id());
		Upload joined = storage.create(NewUpload.builder(UploadId.of("final"))
			.concatenation(new Concatenation.Final(List.of(part.id(), part.id()), "part part"))
			.build());
		assertThatExceptionOfType(QuotaExceededException.class)
			.isThrownBy(() -> storage.concatenate(joined, List.of(full, full)));
		assertThat(storage.concatenate(joined, List.of(full)).offset()).isEqualTo(3);
	}

	@Test
	void applicationIsAskedToo() throws IOException {
		List<UploadDemand> demands = new ArrayList<>();
		QuotaUploadStorage storage = new QuotaUploadStorage(TestEngine.disk(this.directory),
				new QuotaLimits(0, 0, 0, 0, 0, 0), () -> List.of(demands::add));
		Upload upload = storage.create(NewUpload.builder(UploadId.of("a")).owner("anna").build());
		try (UploadWriter writer = storage.append(upload, 1, false)) {
			writer.write(TestEngine.bytes("abc"));
			writer.write(TestEngine.bytes("de"));
			writer.write(ByteBuffer.allocate(1024 * 1024));
		}
		assertThat(demands).extracting(UploadDemand::bytes).containsExactly(0L, 3L, 5L + 1024 * 1024);
		assertThat(demands).extracting(UploadDemand::owner).containsOnly("anna");
	}

	@Test
	void whatOneCountsThatComesSecondIsNotCounted() throws IOException {
		AtomicReference<UploadStorage> all = new AtomicReference<>();
		QuotaUploadStorage storage = new QuotaUploadStorage(
				new ForwardingUploadStorage(TestEngine.disk(this.directory)) {

					@Override
					public Upload create(NewUpload upload) throws IOException {
						if (upload.length() == 90) {
							throw new UploadExistsException(upload.id());
						}
						if (upload.id().toString().equals("a")) {
							assertThatExceptionOfType(UploadExistsException.class)
								.isThrownBy(() -> all.get().create(upload.withLength(90)));
						}
						return super.create(upload);
					}

					@Override
					public Upload find(UploadId id) throws IOException {
						QuotaUploadStorageTests.this.found.add(id.toString());
						return super.find(id);
					}

				}, new QuotaLimits(0, 0, 0, 0, 100, 0), List::of);
		all.set(storage);
		storage.create(upload("a", "anna"));
		this.found.clear();
		storage.create(upload("b", "ben").withLength(97));
		assertThat(this.found).isEmpty();
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("c", "ben")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "removed by the application", "moved", "terminated", "deleted" })
	void whenContentGoesThenItsRoomIsKnownToBeFreeWithoutALook(String how) throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		Upload full = fill(storage, storage.create(upload("a", "anna")));
		Path moved = this.directory.resolveSibling("moved-" + this.directory.getFileName());
		switch (how) {
			case "removed by the application" -> storage.deleteContent(full);
			case "moved" -> storage.moveContent(full, moved);
			case "terminated" -> assertThat(storage.delete(full)).isTrue();
			default -> assertThat(storage.delete(full.id())).isTrue();
		}
		assertThat(storage.hasContent(full)).isFalse();
		this.found.clear();
		storage.create(upload("b", "ben"));
		assertThat(this.found).isEmpty();
		Files.deleteIfExists(moved);
	}

	@Test
	void whenThereIsNothingToDeleteThenThatIsSaid() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		Upload upload = storage.create(upload("a", "anna"));
		storage.delete(upload.id());
		assertThat(storage.delete(upload.id())).isFalse();
		assertThat(storage.delete(upload)).isFalse();
	}

	@Test
	void whenAnUploadIsFullThenItIsKnownToBeFinishedWithoutALook() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(3, 0, 0, 0, 0, 0));
		Upload full = fill(storage, storage.create(upload("a", "anna")));
		storage.update(full.withState(UploadState.COMPLETED));
		assertThat(storage.find(full.id()).state()).isEqualTo(UploadState.COMPLETED);
		this.found.clear();
		storage.create(upload("b", "ben"));
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenAllAreListedThenWhatHasLostItsContentCountsNoMore() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		Upload full = fill(storage, storage.create(upload("a", "anna")));
		storage.update(full.withState(UploadState.COMPLETED));
		TestEngine.disk(this.directory).deleteContent(full);
		storage.load();
		this.found.clear();
		storage.create(upload("b", "ben"));
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenTheContentOfAnUploadHasGoneBeforeThenItIsNotCounted() throws IOException {
		UploadStorage before = TestEngine.disk(this.directory);
		Upload full = fill(before, before.create(upload("a", "anna")));
		before.update(full.withState(UploadState.COMPLETED));
		before.deleteContent(full);
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		storage.load();
		storage.create(upload("b", "ben"));
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenAnUploadOfAnotherInstanceIsContinuedThenItCountsHere() throws IOException {
		QuotaUploadStorage storage = storage(new QuotaLimits(0, 0, 1, 0, 0, 0));
		Upload foreign = TestEngine.disk(this.directory).create(upload("a", "anna"));
		storage.create(upload("b", "ben"));
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.append(foreign, 1, false));
	}

	@Test
	void whenNothingIsLimitedThenOnlyWhatIsOfInterestIsRead() throws IOException {
		BiPredicate<UploadId, Instant> interest = (id, changed) -> true;
		List<Object> interests = new ArrayList<>();
		UploadStorage disk = new DelegatingUploadStorage(TestEngine.disk(this.directory)) {

			@Override
			public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
				interests.add(interest);
				return super.list(interest);
			}

		};
		disk.create(upload("a", "anna"));
		UploadStorage unlimited = new QuotaUploadStorage(disk, new QuotaLimits(0, 0, 0, 0, 0, 0), List::of);
		assertThat(ids(unlimited)).containsExactly("a");
		try (Stream<Upload> uploads = unlimited.list(interest)) {
			assertThat(uploads).hasSize(1);
		}
		assertThat(interests).containsExactly(interest);
		UploadStorage limited = new QuotaUploadStorage(disk, new QuotaLimits(0, 0, 9, 0, 0, 0), List::of);
		limited.list(interest).close();
		assertThat(interests).as("each is to be counted").hasSize(1);
	}

	private static Upload fill(UploadStorage storage, Upload upload) throws IOException {
		try (UploadWriter writer = storage.append(upload, 1, false)) {
			writer.write(TestEngine.bytes("abc"));
		}
		return storage.find(upload.id());
	}

	private QuotaUploadStorage storage(QuotaLimits limits) {
		return new QuotaUploadStorage(new ForwardingUploadStorage(TestEngine.disk(this.directory)) {

			@Override
			public Upload find(UploadId id) throws IOException {
				QuotaUploadStorageTests.this.found.add(id.toString());
				return super.find(id);
			}

		}, limits, List::of);
	}

	private static NewUpload upload(String id, String owner) {
		return NewUpload.builder(UploadId.of(id)).length(3L).owner(owner).build();
	}

}
