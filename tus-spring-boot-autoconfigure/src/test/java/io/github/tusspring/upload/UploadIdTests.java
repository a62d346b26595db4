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

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.support.DefaultConversionService;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UploadIdTests {

	@ParameterizedTest
	@ValueSource(strings = { "a", "0", "-", "24e533e02ec3bc40c387f1a0e460e216", "A-z_0+9=~", "azAZ09" })
	void idIsOfCharactersThatNeedNoEncoding(String value) {
		assertThat(UploadId.isValid(value)).isTrue();
		assertThat(UploadId.of(value)).hasToString(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "a.b", "a/b", "a\\b", "a b", "a%2e", "a\u0000", "a\n", "ä", "a:b", "a*",
			"a?", "a;b", "a#b", "\uff0e\uff0e", "`", "{", "@", "[" })
	void nothingElseIsAnId(String value) {
		assertThat(UploadId.isValid(value)).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> UploadId.of(value)).withMessageContaining("1 to 128");
	}

	@ParameterizedTest
	@ValueSource(strings = { "con", "PRN", "Aux", "nul", "com0", "COM9", "lpt1" })
	void deviceOfWindowsIsNoId(String value) {
		assertThat(UploadId.isValid(value)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "co", "cons", "com", "comA", "com10", "lpt", "xul" })
	void whatOnlyBeginsAsADeviceIsAnId(String value) {
		assertThat(UploadId.isValid(value)).isTrue();
	}

	@Test
	void idLeavesRoomForSuffixesInAFileName() {
		assertThat(UploadId.isValid("x".repeat(UploadId.MAX_LENGTH))).isTrue();
		assertThat(UploadId.isValid("x".repeat(UploadId.MAX_LENGTH + 1))).isFalse();
		assertThat(UploadId.MAX_LENGTH).isLessThan(240);
	}

	@Test
	void randomIdsDiffer() {
		UploadIdGenerator generator = UploadIdGenerator.random();
		Set<UploadId> ids = new HashSet<>();
		for (int i = 0; i < 1000; i++) {
			UploadId id = generator.generate();
			assertThat(id.toString()).matches("[0-9a-f]{32}");
			ids.add(id);
		}
		assertThat(ids).hasSize(1000);
	}

	@Test
	void isAbbreviatedForLogs() {
		assertThat(UploadId.of("0123456789abcdef0123456789abcdef").abbreviated()).isEqualTo("01234567…");
		assertThat(UploadId.of("0123456789abcdef").abbreviated()).isEqualTo("0123456789abcdef");
	}

	@Test
	void messagesNameItsBeginningOnly() {
		UploadId id = UploadIdGenerator.random().generate();
		assertThat(List.of(new UploadNotFoundException(id), new UploadGoneException(id), new UploadExistsException(id),
				new UploadLockedException(id)))
			.allSatisfy((ex) -> assertThat(ex).message().contains(id.abbreviated()).doesNotContain(id.toString()));
	}

	@Test
	void pathVariableIsConverted() {
		ConversionService conversion = new DefaultConversionService();
		assertThat(conversion.convert("a1", UploadId.class)).isEqualTo(UploadId.of("a1"));
		assertThatExceptionOfType(ConversionFailedException.class)
			.isThrownBy(() -> conversion.convert("../a1", UploadId.class));
	}

}
