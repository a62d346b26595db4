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

package io.github.tusspring.storage.s3;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link PartSizes}.
 */
class PartSizesTests {

	private static final long MIB = 1024 * 1024;

	private static final long TIB = MIB * MIB;

	@ParameterizedTest
	@ValueSource(longs = { 1, 5 * MIB, 64 * MIB, 10_000 * 5 * MIB + 1, 160_000 * MIB, TIB, 5 * TIB })
	void partsOfADeclaredLengthSuffice(long length) {
		PartSizes sizes = sizes(16 * MIB, 4096 * MIB, false);
		long offset = 0;
		int number = 1;
		for (; offset < length; number++) {
			offset += Math.min(sizes.minimum(length, offset, number), length - offset);
		}
		assertThat(number - 1).isLessThanOrEqualTo(10_000);
	}

	@Test
	void partsOfAnUnknownLengthGrowToFiveTebibytes() {
		PartSizes sizes = sizes(5 * MIB, 4096 * MIB, false);
		long offset = 0;
		int number = 1;
		for (; offset < 5 * TIB; number++) {
			long size = sizes.minimum(null, offset, number);
			assertThat(size).isBetween(S3Settings.MIN_PART_SIZE, S3Settings.MAX_PART_SIZE);
			offset += size;
		}
		assertThat(number - 1).isLessThanOrEqualTo(10_000);
	}

	@Test
	void partsOfAnUnknownLengthHaveRoomInTheMemory() {
		PartSizes sizes = sizes(16 * MIB, 256 * MIB, false);
		long offset = 0;
		for (int number = 1; number <= 10_000; number++) {
			long size = Math.max(sizes.minimum(null, offset, number), sizes.target(null, offset, number));
			assertThat(size).isLessThanOrEqualTo(128 * MIB);
			offset += size;
		}
		assertThat(offset).isGreaterThan(950L * 1024 * MIB);
	}

	@Test
	void declaredLengthChoosesLargerPartsWithinTheMemory() {
		assertThat(sizes(16 * MIB, 256 * MIB, false).target(64 * MIB, 0, 1)).isEqualTo(32 * MIB);
		assertThat(sizes(16 * MIB, 256 * MIB, false).target(10 * MIB, 0, 1)).isEqualTo(16 * MIB);
		assertThat(sizes(16 * MIB, 64 * MIB, false).target(64 * MIB, 0, 1)).isEqualTo(16 * MIB);
	}

	@Test
	void equalPartsDoNotChange() {
		PartSizes sizes = sizes(16 * MIB, 256 * MIB, true);
		assertThat(sizes.target(64 * MIB, 0, 1)).isEqualTo(16 * MIB);
		assertThat(sizes.target(64 * MIB, 48 * MIB, 4)).isEqualTo(16 * MIB);
		assertThat(sizes.minimum(64 * MIB, 48 * MIB, 4)).isEqualTo(16 * MIB);
	}

	@Test
	void lengthThatNoObjectCanHaveIsImpossible() {
		assertThat(sizes(16 * MIB, 4096 * MIB, false).isPossible(5 * TIB)).isTrue();
		assertThat(sizes(16 * MIB, 4096 * MIB, false).isPossible(5 * TIB + 1)).isFalse();
		assertThat(sizes(16 * MIB, 4096 * MIB, false).isPossible(Long.MAX_VALUE)).isFalse();
		assertThat(sizes(16 * MIB, 256 * MIB, false).isPossible(TIB)).isTrue();
		assertThat(sizes(16 * MIB, 256 * MIB, false).isPossible(2 * TIB)).isFalse();
	}

	@Test
	void whenLengthIsDeclaredThenAPartIsItsShareOfTheRest() {
		PartSizes sizes = sizes(5 * MIB, 256 * MIB, false);
		long length = 9000 * 8 * MIB;
		assertThat(sizes.minimum(length, 0, 1)).isEqualTo(8 * MIB);
		assertThat(sizes.minimum(length + 1, 0, 1)).isEqualTo(8 * MIB + 1);
		assertThat(sizes.minimum(length, length / 2, 5001)).isEqualTo(8 * MIB);
		assertThat(sizes.minimum(length, length - 7 * MIB, 10_000)).as("the last number takes all").isEqualTo(7 * MIB);
	}

	@Test
	void whenTheRestIsOnePartThenItIsNotMadeLarger() {
		PartSizes sizes = sizes(16 * MIB, 256 * MIB, false);
		assertThat(sizes.target(64 * MIB, 48 * MIB, 4)).isEqualTo(16 * MIB);
		assertThat(sizes.target(64 * MIB, 47 * MIB, 4)).isEqualTo(32 * MIB);
	}

	@Test
	void whenPartsAreEqualThenTheyAreAsLongAsTheLengthNeeds() {
		PartSizes sizes = sizes(16 * MIB, 256 * MIB, true);
		assertThat(sizes.target(null, 0, 1)).isEqualTo(16 * MIB);
		assertThat(sizes.target(9000 * 20 * MIB, 0, 1)).isEqualTo(20 * MIB);
	}

	@Test
	void whenPartsFillTheMemoryThenTheLengthIsStillPossible() {
		PartSizes sizes = sizes(16 * MIB, 256 * MIB, false);
		assertThat(sizes.isPossible(9000 * 128 * MIB)).isTrue();
		assertThat(sizes.isPossible(9000 * 128 * MIB + 1)).isFalse();
	}

	private static PartSizes sizes(long partSize, long memory, boolean equal) {
		return new PartSizes(new S3Settings("bucket", "", partSize, 10_000, 4, memory, equal,
				ConditionalWrites.REQUIRED, Duration.ZERO));
	}

}
