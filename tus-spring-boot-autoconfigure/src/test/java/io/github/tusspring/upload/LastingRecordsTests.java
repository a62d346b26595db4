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

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LastingRecordsTests {

	private static final Instant LONG_AGO = Instant.now().minus(Duration.ofDays(1));

	private final LastingRecords records = new LastingRecords();

	@Test
	void whenARecordHasNotChangedThenItIsKnown() {
		this.records.add(UploadId.of("ab"), LONG_AGO);
		assertThat(this.records.contains(UploadId.of("ab"), LONG_AGO)).isTrue();
		assertThat(this.records.contains(UploadId.of("ab"), LONG_AGO.plusMillis(1))).isFalse();
		assertThat(this.records.contains(UploadId.of("ba"), LONG_AGO)).isFalse();
	}

	@Test
	void whenARecordMayStillChangeWithoutAnotherTimeThenItIsNotKept() {
		Instant now = Instant.now();
		this.records.add(UploadId.of("a"), now);
		assertThat(this.records.contains(UploadId.of("a"), now)).isFalse();
	}

	@Test
	void whenThereAreManyThenNoMoreAreKept() {
		int count = 200_100;
		for (int i = 0; i < count; i++) {
			this.records.add(UploadId.of("upload" + i), LONG_AGO);
		}
		assertThat(IntStream.range(0, count)
			.filter((i) -> this.records.contains(UploadId.of("upload" + i), LONG_AGO))
			.count()).isEqualTo(200_000);
	}

}
