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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ChecksumAlgorithmTests {

	@ParameterizedTest
	@CsvSource({ "sha1,2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
			"sha256,d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592",
			"sha512,07e547d9586f6a73f73fbac0435ed76951218fb7d0c8d788a309d785436bbb64"
					+ "2e93a252a954f23912547d1e8a3b5ed6e1bfd7097821233fa0538f3db854fee6",
			"md5,9e107d9d372bb6826bd81d3542a419d6", "crc32,414fa339", "crc32c,22620404" })
	void knownText(String id, String expected) {
		assertThat(hex(id, "The quick brown fox jumps over the lazy dog")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "sha1,da39a3ee5e6b4b0d3255bfef95601890afd80709",
			"sha256,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			"md5,d41d8cd98f00b204e9800998ecf8427e", "crc32,00000000", "crc32c,00000000" })
	void nothing(String id, String expected) {
		assertThat(hex(id, "")).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "crc32,cbf43926", "crc32c,e3069283" })
	void checkValueOfTheCatalogueOfCrcs(String id, String expected) {
		assertThat(hex(id, "123456789")).isEqualTo(expected);
	}

	@ParameterizedTest
	@EnumSource
	void piecesMakeTheSameAsTheWhole(ChecksumAlgorithm algorithm) {
		ChecksumAlgorithm.Calculation whole = algorithm.start();
		whole.update(bytes("one two three"));
		ChecksumAlgorithm.Calculation pieces = algorithm.start();
		pieces.update(bytes("one "));
		pieces.update(ByteBuffer.allocateDirect(4).put(bytes("two ")).flip());
		pieces.update(bytes("three").asReadOnlyBuffer());
		byte[] value = whole.value();
		assertThat(pieces.value()).isEqualTo(value).hasSize(algorithm.length());
	}

	@Test
	void algorithmIsFoundByItsNameInLowerCase() {
		assertThat(ChecksumAlgorithm.find("sha256")).isEqualTo(ChecksumAlgorithm.SHA256);
		assertThat(ChecksumAlgorithm.find("sha-256")).isNull();
		assertThat(ChecksumAlgorithm.find("")).isNull();
	}

	@Test
	void checksumOfAnotherLengthIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Checksum(ChecksumAlgorithm.SHA1, new byte[19]))
			.withMessage("A sha1 checksum must have 20 bytes");
	}

	private static String hex(String id, String text) {
		ChecksumAlgorithm.Calculation calculation = ChecksumAlgorithm.find(id).start();
		calculation.update(bytes(text));
		return HexFormat.of().formatHex(calculation.value());
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
