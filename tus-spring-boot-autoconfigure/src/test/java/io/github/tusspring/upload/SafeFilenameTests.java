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

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class SafeFilenameTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "a.txt | a.txt", "größe €.txt | größe €.txt", "../../etc/passwd | .._.._etc_passwd",
					"..\\..\\boot.ini | .._.._boot.ini", "/etc/passwd | _etc_passwd", "C:\\x | C__x",
					"a.txt:stream | a.txt_stream", "CON | _CON", "con.txt | _con.txt", "Aux.tar.gz | _Aux.tar.gz",
					"COM1 | _COM1", "lpt9.x | _lpt9.x", "nul .txt | _nul .txt", "console.txt | console.txt",
					"a.txt... | a.txt", "a. . . | a", ". | _", ".. | _", ".htaccess | .htaccess",
					"a*b?c.txt | a_b_c.txt", "a<b>c | a_b_c" },
			quoteCharacter = '`')
	void isOneOnEveryFileSystem(String filename, String safe) {
		assertThat(metadata(filename).safeFilename()).isEqualTo(safe);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nb", "a\u0000b", "a\u001bb", "a\u202eb", "a\u2066b", "a\u200fb", "a\u200bb",
			"a\ufeffb", "a\u2028b", "a\ud800b", "a\u0085b" })
	void hasNoCharactersThatShowAnotherName(String filename) {
		assertThat(metadata(filename).safeFilename()).matches("a_+b");
	}

	@Test
	void hasNoMoreThan255BytesAndKeepsItsExtension() {
		String safe = metadata("\uD83D\uDE00".repeat(300) + ".jpeg").safeFilename();
		assertThat(safe).endsWith("\uD83D\uDE00.jpeg");
		assertThat(safe.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(251, 255);
		assertThat(metadata("x".repeat(400)).safeFilename()).hasSize(255);
		assertThat(metadata("x." + "y".repeat(400)).safeFilename()).hasSize(255);
		assertThat(metadata("x".repeat(254) + "." + "y".repeat(40)).safeFilename()).hasSize(254);
	}

	@Test
	void isNullWithoutAName() {
		assertThat(UploadMetadata.EMPTY.safeFilename()).isNull();
		assertThat(metadata("").safeFilename()).isNull();
		assertThat(metadata(" ").safeFilename()).isNull();
	}

	@Test
	void staysAsItIsWhenMadeSafeAgain() {
		for (String filename : new String[] { "con.", " con", ". con", "x".repeat(254) + " .txt", "a/./." }) {
			String safe = metadata(filename).safeFilename();
			assertThat(metadata(safe).safeFilename()).isEqualTo(safe);
		}
	}

	private static UploadMetadata metadata(String filename) {
		return UploadMetadata.of(Map.of("filename", filename));
	}

	@Test
	void whenANameIsCutThenAnExtensionStaysUnlessItIsLong() {
		String longest = "." + "e".repeat(19);
		assertThat(SafeFilename.of("x".repeat(300) + longest)).hasSize(255).endsWith("x" + longest);
		assertThat(SafeFilename.of("x".repeat(300) + longest + "e")).isEqualTo("x".repeat(255));
	}

}
