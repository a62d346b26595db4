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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ChecksumTests {

	@Test
	void whenAChecksumIsWrittenThenItCanBeRead() {
		Checksum checksum = new Checksum(ChecksumAlgorithm.CRC32, new byte[] { 1, 2, 3, 4 });
		Checksum read = Checksum.read(Checksum.write(checksum));
		assertThat(read.algorithm()).isEqualTo(ChecksumAlgorithm.CRC32);
		assertThat(read.matches(new byte[] { 1, 2, 3, 4 })).isTrue();
		assertThat(read.matches(new byte[] { 1, 2, 3, 5 })).isFalse();
	}

	@Test
	void whenThereIsNoneThenNoneIsWrittenOrRead() {
		assertThat(Checksum.write(null)).isNull();
		assertThat(Checksum.read(null)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "crc32", "crc32 AQIDBA== more", "crc16 AQIDBA==", "crc32 AQID", "crc32 !" })
	void whenWhatIsReadIsNoChecksumThenItIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> Checksum.read(text));
	}

}
