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

package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.tusspring.storage.disk.InfoCache.Version;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class InfoCacheTests {

	private static final int MIB = 1024 * 1024;

	private static final Version VERSION = version(1, true);

	private final InfoCache cache = new InfoCache();

	private static Version version(long size, boolean settled) {
		return new Version(FileTime.fromMillis(0), size, null, settled);
	}

	private static UploadId id(int number) {
		return UploadId.of("upload-" + number);
	}

	private UploadInfo put(int number, String text) {
		UploadInfo info = UploadInfo
			.of(NewUpload.builder(id(number)).metadata(UploadMetadata.of(Map.of("a", text))).build(), Instant.now());
		this.cache.put(id(number), info, VERSION);
		return info;
	}

	private @Nullable UploadInfo get(UploadId id, @Nullable Version version) {
		InfoCache.Entry entry = this.cache.find(id);
		return (entry != null && version != null && entry.isOf(version)) ? entry.info() : null;
	}

	@Test
	void recordIsKeptForTheFileThatItWasReadFrom() {
		UploadInfo info = put(1, "b");
		assertThat(get(id(1), VERSION)).isSameAs(info);
		assertThat(get(id(1), version(2, true))).isNull();
		assertThat(get(id(1), null)).isNull();
		assertThat(get(id(2), VERSION)).isNull();
	}

	@Test
	void recordThatMayChangeWithoutATraceIsNotKept() {
		UploadInfo info = put(1, "b");
		this.cache.put(id(1), info, version(1, false));
		assertThat(get(id(1), VERSION)).isNull();
	}

	@Test
	void recordThatWasWrittenHereIsKeptAsLongAsNoOtherChangeCanHide() {
		UploadInfo info = write(1, () -> {
		});
		assertThat(get(id(1), version(1, false))).isSameAs(info);
		assertThat(get(id(1), version(2, false))).isNull();
		assertThat(get(id(1), VERSION)).isNull();
	}

	@Test
	void recordThatIsBeingWrittenIsNotTakenFromMemory() {
		put(1, "b");
		write(1, () -> assertThat(get(id(1), VERSION)).isNull());
	}

	@Test
	void ofRecordsThatAreWrittenAtTheSameTimeNoneIsKept() {
		write(1, () -> {
			write(1, () -> {
			});
			write(1, () -> {
			});
			assertThat(this.cache.find(id(1))).isNull();
		});
		assertThat(this.cache.find(id(1))).isNull();
		UploadInfo last = write(1, () -> {
		});
		assertThat(get(id(1), version(1, false))).isSameAs(last);
	}

	private UploadInfo write(int number, Runnable meanwhile) {
		UploadInfo info = UploadInfo.of(NewUpload.builder(id(number)).build(), Instant.now());
		this.cache.writing(id(number));
		meanwhile.run();
		this.cache.written(id(number), info, version(1, false));
		return info;
	}

	@Test
	void recordThatIsGoneIsForgotten() {
		UploadInfo info = put(1, "b");
		this.cache.put(id(1), null, VERSION);
		assertThat(get(id(1), VERSION)).isNull();
		this.cache.put(id(1), info, VERSION);
		this.cache.remove(id(1));
		assertThat(get(id(1), VERSION)).isNull();
	}

	@Test
	void recordsThatWereUsedLongestAgoGoWhereThereAreTooMany() {
		for (int i = 0; i < 8192; i++) {
			put(i, "");
		}
		assertThat(get(id(0), VERSION)).isNotNull();
		put(8192, "");
		assertThat(get(id(1), VERSION)).isNull();
		assertThat(get(id(0), VERSION)).isNotNull();
		assertThat(get(id(8192), VERSION)).isNotNull();
	}

	@Test
	void recordsGoWhereTheTextOfClientsIsTooMuch() {
		// A third more in Base64.
		String text = "x".repeat(MIB);
		for (int i = 0; i < 5; i++) {
			put(i, text);
		}
		assertThat(get(id(0), VERSION)).isNotNull();
		put(5, text);
		assertThat(get(id(1), VERSION)).isNull();
		assertThat(get(id(0), VERSION)).isNotNull();
	}

	@Test
	void whenTextIsAsMuchAsMayBeThenItIsKept() {
		this.cache.put(id(1), joined("x".repeat(8 * MIB)), VERSION);
		assertThat(get(id(1), VERSION)).isNotNull();
		this.cache.put(id(2), joined("x"), VERSION);
		assertThat(get(id(1), VERSION)).isNull();
	}

	@Test
	void whenRecordIsReadWhileItIsWrittenThenItsTextIsCountedOnce() {
		UploadInfo info = joined("x".repeat(5 * MIB));
		this.cache.writing(id(1));
		this.cache.put(id(1), info, VERSION);
		this.cache.written(id(1), info, VERSION);
		assertThat(get(id(1), VERSION)).isNotNull();
	}

	private static UploadInfo joined(String urls) {
		return UploadInfo.of(
				NewUpload.builder(id(1)).concatenation(new Concatenation.Final(List.of(id(5)), urls)).build(),
				Instant.now());
	}

	@Test
	void textOfRecordsThatAreReplacedOrRemovedIsNotCounted() {
		String text = "x".repeat(MIB);
		for (int i = 0; i < 20; i++) {
			put(1, text);
			put(2, text);
			this.cache.remove(id(2));
		}
		put(3, text);
		assertThat(get(id(1), VERSION)).isNotNull();
	}

	@Test
	void answersAndUrlsCountAsText() {
		UploadInfo joined = joined("x".repeat(5 * MIB));
		this.cache.put(id(1), joined, VERSION);
		this.cache.put(id(2), joined, VERSION);
		assertThat(get(id(1), VERSION)).isNull();
		UploadAnswer answer = UploadAnswer.builder().body("a/b", "x".repeat(64 * 1024)).build();
		UploadInfo answered = new UploadInfo(NewUpload.builder(id(3)).build(), Instant.now(), false, answer,
				UploadInfo.Mark.INITIAL);
		for (int i = 0; i < 130; i++) {
			this.cache.put(id(100 + i), answered, VERSION);
		}
		assertThat(get(id(100), VERSION)).isNull();
		assertThat(get(id(229), VERSION)).isNotNull();
	}

	@Test
	void whenFileIsMissingThenItHasNoVersion() {
		assertThat(Version.of(null)).isNull();
	}

	@Test
	void whenTimesHaveFractionsOfMillisecondsThenNoChangeHidesForLong(@TempDir Path directory) throws Exception {
		assertThat(versionAfter(directory, Duration.ofMillis(500), 123_456).isSettled()).isTrue();
		assertThat(versionAfter(directory, Duration.ofMinutes(-1), 123_456).isSettled()).isFalse();
	}

	@Test
	void whenTimesHaveNoFractionsThenAChangeMayHideForTwoSeconds(@TempDir Path directory) throws Exception {
		assertThat(versionAfter(directory, Duration.ofMillis(500), 0).isSettled()).isFalse();
		assertThat(versionAfter(directory, Duration.ofSeconds(3), 0).isSettled()).isTrue();
	}

	@Test
	void whenFileIsReplacedThenItIsAnotherVersion(@TempDir Path directory) throws Exception {
		Instant time = Instant.now().minusSeconds(60);
		Path file = Files.writeString(directory.resolve("file"), "abc");
		Files.setLastModifiedTime(file, FileTime.from(time));
		Version version = version(file);
		assertThat(version.isSame(version(file))).isTrue();
		Files.move(Files.writeString(directory.resolve("other"), "def"), file, StandardCopyOption.REPLACE_EXISTING);
		Files.setLastModifiedTime(file, FileTime.from(time));
		assertThat(version.isSame(version(file))).isFalse();
	}

	private static Version versionAfter(Path directory, Duration age, int nanos) throws IOException {
		Path file = Files.writeString(directory.resolve("file"), "abc");
		Instant time = Instant.now().minus(age).truncatedTo(ChronoUnit.MILLIS).plusNanos(nanos);
		Files.setLastModifiedTime(file, FileTime.from(time));
		return version(file);
	}

	private static Version version(Path file) throws IOException {
		return Objects.requireNonNull(Version.of(UploadRecords.attributes(file)));
	}

}
