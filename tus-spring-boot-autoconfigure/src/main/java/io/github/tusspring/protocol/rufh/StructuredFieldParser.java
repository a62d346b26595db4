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

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.util.Assert;

/**
 * Parses one structured field, step by step as RFC 9651, section 4.2 does. Every failure
 * is an {@link IllegalArgumentException}. Not thread-safe, to be used once.
 */
final class StructuredFieldParser {

	private static final int MAX_INTEGER_DIGITS = 15;

	private static final int MAX_DECIMAL_DIGITS = 12;

	private static final int MAX_FRACTION_DIGITS = 3;

	private static final String TOKEN_CHARACTERS = "!#$%&'*+-.^_`|~:/";

	private final String field;

	private int position;

	StructuredFieldParser(String field) {
		this.field = field;
	}

	Object item() {
		skipSpaces();
		Object value = itemWithParameters();
		end();
		return value;
	}

	Map<String, Object> dictionary() {
		Map<String, Object> members = new LinkedHashMap<>();
		skipSpaces();
		while (hasMore()) {
			String key = key();
			Object value = Boolean.TRUE;
			if (take('=')) {
				value = (peek() == '(') ? innerList() : itemWithParameters();
			}
			else {
				parameters();
			}
			// The last one of a name counts, at its own place.
			members.remove(key);
			members.put(key, value);
			skipOptionalWhitespace();
			if (!hasMore()) {
				return members;
			}
			expect(',');
			skipOptionalWhitespace();
			check(hasMore(), "nothing follows a comma");
		}
		return members;
	}

	private void end() {
		skipSpaces();
		check(!hasMore(), "something follows");
	}

	private List<Object> innerList() {
		expect('(');
		List<Object> items = new ArrayList<>();
		while (true) {
			skipSpaces();
			if (take(')')) {
				parameters();
				return items;
			}
			items.add(itemWithParameters());
			check(peek() == ' ' || peek() == ')', "items must be separated");
		}
	}

	private Object itemWithParameters() {
		Object value = bareItem();
		parameters();
		return value;
	}

	private void parameters() {
		while (take(';')) {
			skipSpaces();
			key();
			if (take('=')) {
				bareItem();
			}
		}
	}

	private String key() {
		check(isLowerCase(peek()) || peek() == '*', "a key begins otherwise");
		int start = this.position;
		while (isLowerCase(peek()) || isDigit(peek()) || "_-.*".indexOf(peek()) >= 0) {
			this.position++;
		}
		return this.field.substring(start, this.position);
	}

	private Object bareItem() {
		char first = peek();
		if (first == '-' || isDigit(first)) {
			return number();
		}
		if (isLetter(first) || first == '*') {
			return token();
		}
		return switch (first) {
			case '"' -> string();
			case ':' -> bytes();
			case '?' -> flag();
			case '@' -> date();
			case '%' -> displayString();
			default -> throw new IllegalArgumentException("no item begins with this");
		};
	}

	private Object number() {
		boolean negative = take('-');
		int start = this.position;
		skipDigits();
		int digits = this.position - start;
		check(digits > 0, "digits are missing");
		if (peek() != '.') {
			check(digits <= MAX_INTEGER_DIGITS, "the number is too long");
			long value = Long.parseLong(this.field, start, this.position, 10);
			return negative ? -value : value;
		}
		check(digits <= MAX_DECIMAL_DIGITS, "the number is too long");
		this.position++;
		int fraction = this.position;
		skipDigits();
		check(this.position > fraction && this.position - fraction <= MAX_FRACTION_DIGITS, "the fraction is malformed");
		double value = Double.parseDouble(this.field.substring(start, this.position));
		return negative ? -value : value;
	}

	private String string() {
		expect('"');
		StringBuilder text = new StringBuilder();
		while (true) {
			char c = next();
			if (c == '"') {
				return text.toString();
			}
			if (c == '\\') {
				c = next();
				check(c == '"' || c == '\\', "nothing else is escaped");
			}
			check(c >= ' ' && c <= '~', "a string is ASCII");
			text.append(c);
		}
	}

	private Token token() {
		int start = this.position;
		while (isLetter(peek()) || isDigit(peek()) || TOKEN_CHARACTERS.indexOf(peek()) >= 0) {
			this.position++;
		}
		return new Token(this.field.substring(start, this.position));
	}

	private byte[] bytes() {
		expect(':');
		int end = this.field.indexOf(':', this.position);
		check(end >= 0, "the bytes don't end");
		String base64 = this.field.substring(this.position, end);
		this.position = end + 1;
		return Base64.getDecoder().decode(base64);
	}

	private Boolean flag() {
		expect('?');
		char value = next();
		check(value == '0' || value == '1', "a boolean is 0 or 1");
		return value == '1';
	}

	private Instant date() {
		expect('@');
		if (number() instanceof Long seconds) {
			return Instant.ofEpochSecond(seconds);
		}
		throw new IllegalArgumentException("a date is an integer");
	}

	private String displayString() {
		expect('%');
		expect('"');
		byte[] bytes = new byte[this.field.length()];
		int count = 0;
		while (true) {
			char c = next();
			check(c >= ' ' && c <= '~', "a string is ASCII");
			if (c == '"') {
				return decode(Arrays.copyOf(bytes, count));
			}
			bytes[count++] = (c == '%') ? (byte) (hexadecimal() << 4 | hexadecimal()) : (byte) c;
		}
	}

	private int hexadecimal() {
		int digit = "0123456789abcdef".indexOf(next());
		check(digit >= 0, "a digit is missing");
		return digit;
	}

	private static String decode(byte[] bytes) {
		String text = new String(bytes, StandardCharsets.UTF_8);
		check(Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes), "the text is not UTF-8");
		return text;
	}

	private void skipDigits() {
		while (isDigit(peek())) {
			this.position++;
		}
	}

	private void skipSpaces() {
		while (peek() == ' ') {
			this.position++;
		}
	}

	private void skipOptionalWhitespace() {
		while (peek() == ' ' || peek() == '\t') {
			this.position++;
		}
	}

	private boolean hasMore() {
		return this.position < this.field.length();
	}

	/**
	 * Returns the next character, or one that nothing begins with at the end.
	 */
	private char peek() {
		return hasMore() ? this.field.charAt(this.position) : '\0';
	}

	private char next() {
		check(hasMore(), "the field ends");
		return this.field.charAt(this.position++);
	}

	private boolean take(char expected) {
		boolean there = peek() == expected;
		if (there) {
			this.position++;
		}
		return there;
	}

	private void expect(char expected) {
		check(take(expected), "something is missing");
	}

	private static boolean isDigit(char c) {
		return c >= '0' && c <= '9';
	}

	private static boolean isLowerCase(char c) {
		return c >= 'a' && c <= 'z';
	}

	private static boolean isLetter(char c) {
		return isLowerCase(c) || (c >= 'A' && c <= 'Z');
	}

	private static void check(boolean condition, String message) {
		Assert.isTrue(condition, message);
	}

	/**
	 * A word without quotes.
	 *
	 * @param value the word
	 */
	record Token(String value) {
	}

}
