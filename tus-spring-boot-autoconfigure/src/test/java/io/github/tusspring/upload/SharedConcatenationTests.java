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
import java.util.stream.Stream;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.storage.disk.SharedDiskUploadStorage;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Final uploads whose parts are filled by another instance. An instance is dead whose
 * tasks nobody runs.
 */
class SharedConcatenationTests {

	@TempDir
	private Path directory;

	private SharedDiskUploadStorage[] storages;

	private TestEngine here;

	private TestEngine there;

	@BeforeEach
	void start() throws IOException {
		this.storages = new SharedDiskUploadStorage[] { open(), open() };
		this.here = new TestEngine(this.storages[0]);
		this.there = new TestEngine(new DelegatingUploadStorage(this.storages[1]) {

			@Override
			public Stream<Upload> unsettled() throws IOException {
				return super.unsettled()
					.map((upload) -> upload.mutate().created(Instant.now().minusSeconds(31)).build());
			}

		});
		this.here.createPart("p", 3L);
		this.here.createPart("q", 3L);
		this.here.createFinal("a", "p", "q");
		// The first pass looks at all that is in the directory.
		settle();
	}

	private void settle() {
		this.there.service.settle();
		this.there.scheduler.runDue();
	}

	private SharedDiskUploadStorage open() throws IOException {
		return new SharedDiskUploadStorage(this.directory, Durability.NONE, 0);
	}

	@AfterEach
	void stop() throws IOException {
		for (SharedDiskUploadStorage storage : this.storages) {
			storage.close();
		}
	}

	@Test
	void whenTheLastPartIsFilledElsewhereThenTheFinalUploadIsDeliveredThere() {
		this.here.append("q", 0, "two");
		this.there.append("p", 0, "one");
		this.there.scheduler.runDue();
		assertThat(this.there.attempts("a")).containsExactly(1);
		assertThat(this.there.content("a")).isEqualTo("onetwo");
	}

	@Test
	void whenAnotherPartIsOpenThenItWaitsForThat() {
		this.there.append("p", 0, "one");
		this.there.scheduler.runDue();
		assertThat(this.there.attempts("a")).isEmpty();
		this.there.append("q", 0, "two");
		this.there.scheduler.runDue();
		assertThat(this.there.content("a")).isEqualTo("onetwo");
	}

	@Test
	void whenTheInstanceDiesThatHasFilledTheLastPartThenAnotherOneGoesOn() {
		this.there.append("q", 0, "two");
		this.there.scheduler.runDue();
		this.here.append("p", 0, "one");
		assertThat(this.there.stored("a").state()).isEqualTo(UploadState.RECEIVING);
		settle();
		assertThat(this.there.content("a")).isEqualTo("onetwo");
		assertThat(this.directory.resolve(".due")).isEmptyDirectory();
		assertThat(this.directory.resolve(".wait")).isEmptyDirectory();
	}

	@Test
	void whileManyWaitNobodyLooksAtThem() throws IOException {
		for (int i = 0; i < 100; i++) {
			this.here.createFinal("final" + i, "p");
		}
		this.there.service.settle();
		assertThat(this.there.scheduler.delays()).isEmpty();
		assertThat(this.directory.resolve(".due")).isEmptyDirectory();
	}

	@Test
	void whenManyCanBeGoneOnWithThenTheyTakeOneThreadOfTheDeliveries() {
		for (int i = 0; i < 100; i++) {
			this.here.createFinal("final" + i, "p");
		}
		this.there.append("p", 0, "one");
		assertThat(this.there.scheduler.delays()).hasSize(1);
		this.there.scheduler.runDue();
		assertThat(this.there.content("final99")).isEqualTo("one");
	}

	@Test
	void whenTheFinalUploadIsGoneThenWhatItWaitedForIsForgotten() throws IOException {
		this.there.uploads.delete(UploadId.of("a"));
		this.storages[1].tidy();
		assertThat(this.directory.resolve(".wait")).isEmptyDirectory();
		this.there.append("p", 0, "one");
		this.there.scheduler.runDue();
		assertThat(this.there.stored("a")).isNull();
	}

	@Test
	void whenThePartIsRemovedThenSoIsTheFinalUpload() throws IOException {
		this.here.uploads.delete(UploadId.of("p"));
		settle();
		assertThat(this.there.stored("a")).isNull();
		assertThat(this.there.events).hasOnlyElementsOfType(TusUploadTerminatedEvent.class).hasSize(1);
		assertThat(this.directory.resolve(".due")).isEmptyDirectory();
		assertThat(this.directory.resolve(".wait")).isEmptyDirectory();
	}

	@Test
	void whenTheInstanceDiesThatHasRemovedThePartThenTheFinalUploadIsRemovedLater() throws IOException {
		try (DiskUploadStorage alone = new DiskUploadStorage(this.directory, Durability.NONE, 0)) {
			alone.delete(UploadId.of("p"));
		}
		settle();
		assertThat(this.there.stored("a")).isNotNull();
		this.storages[0].tidy();
		settle();
		assertThat(this.there.stored("a")).isNull();
		assertThat(this.directory.resolve(".wait")).isEmptyDirectory();
	}

}
