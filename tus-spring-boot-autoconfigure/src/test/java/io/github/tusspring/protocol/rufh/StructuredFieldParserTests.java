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

package io.github.tusspring.protocol.rufh;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link StructuredFieldParser} and {@link StructuredFields}, by the sections
 * of RFC 9651.
 */
class StructuredFieldParserTests {

	private static Object item(String field) {
		return new StructuredFieldParser(field).item();
	}

	private static Map<String, Object> dictionary(String field) {
		return new StructuredFieldParser(field).dictionary();
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "42, 42", "-42, -42", "00, 0", "999999999999999, 999999999999999",
			"-999999999999999, -999999999999999" })
	void section331Integers(String field, long value) {
		assertThat(item(field)).isEqualTo(value);
	}

	@ParameterizedTest
	@CsvSource({ "4.5, 4.5", "-0.001, -0.001", "123456789012.125, 123456789012.125" })
	void section332Decimals(String field, double value) {
		assertThat(item(field)).isEqualTo(value);
	}

	@Test
	void section333Strings() {
		assertThat(item("\"a \\\"b\\\\\"")).isEqualTo("a \"b\\");
		assertThat(item("\"~\"")).isEqualTo("~");
	}

	@ParameterizedTest
	@ValueSource(strings = { "abc", "*", "a/b:c", "A1!#$%&'*+-.^_`|~", "zZ09" })
	void section334Tokens(String field) {
		assertThat(item(field)).isEqualTo(new StructuredFieldParser.Token(field));
	}

	@Test
	void section335Bytes() {
		assertThat((byte[]) item(":aGVsbG8=:")).asString().isEqualTo("hello");
		assertThat((byte[]) item("::")).isEmpty();
		assertThat((byte[]) item(":aGVsbG8:")).as("padding may be left out").asString().isEqualTo("hello");
	}

	@Test
	void section336Booleans() {
		assertThat(item("?1")).isEqualTo(true);
		assertThat(item("?0")).isEqualTo(false);
	}

	@Test
	void section337Dates() {
		assertThat(item("@1659578233")).isEqualTo(Instant.ofEpochSecond(1659578233));
	}

	@Test
	void section338DisplayStrings() {
		assertThat(item("%\"f%c3%bc! %20~\"")).isEqualTo("fü!  ~");
	}

	@Test
	void section312ParametersAreLeftOut() {
		assertThat(item("5;a;b=?0;  c=\"x\"")).isEqualTo(5L);
	}

	@Test
	void section32Dictionaries() {
		assertThat(dictionary("a=1, b;x=2,\tc=(1 \"x\";y);z=?0,  a=3")).containsExactly(entry("b", true),
				entry("c", List.of(1L, "x")), entry("a", 3L));
		assertThat(dictionary("")).isEmpty();
		assertThat(dictionary("  a=1\t ,b ")).containsExactly(entry("a", 1L), entry("b", true));
		assertThat(dictionary("*kz09_-.*=?0")).containsExactly(entry("*kz09_-.*", false));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "1000000000000000", "-", "--1", "+1", "1.", ".5", "1.1234", "-.5",
			"1234567890123.1", "1 2", "1,2", "1;", "1;A=1", "1; =1", "\"", "\"a", "\"\\a\"", "\"\u00e4\"", "\"\u007f\"",
			":a", ":a*=:", ":a a:", "?", "?2", "?true", "@1.5", "@", "%\"", "%\"%C3\"", "%\"%c3\"", "%\"%zz\"",
			"%\"%z1%80%80%80\"", "%\"\u0001\"", "%\"\u007f\"", "%a", "(1)", "=1", "\t1", "1\t", "{", "\u00e4" })
	void section42AnythingElseFails(String field) {
		assertThatIllegalArgumentException().isThrownBy(() -> item(field));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a=1,", ",a=1", "a=1 b=2", "a=1;,b", "A=1", "a=", "a==1", "a=(1", "a=(1,2)", "a=(1\"x\")",
			"a=1,,b=2", "1=a", "a =1" })
	void section422MalformedDictionariesFail(String field) {
		assertThatIllegalArgumentException().isThrownBy(() -> dictionary(field));
	}

	@Test
	void fieldOfAnotherTypeIsAbsent() {
		assertThat(StructuredFields.size("?1")).isNull();
		assertThat(StructuredFields.size("-1")).isNull();
		assertThat(StructuredFields.size("1.0")).isNull();
		assertThat(StructuredFields.size(null)).isNull();
		assertThat(StructuredFields.size(" 7 ")).isEqualTo(7);
		assertThat(StructuredFields.flag("1")).isNull();
		assertThat(StructuredFields.flag("?1;x")).isTrue();
	}

}
