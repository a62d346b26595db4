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

import java.util.Locale;
import java.util.Set;

import org.springframework.util.Assert;

/**
 * Identifies an upload: the last segment of its URL and the name of its file. Since the
 * characters are restricted to letters, digits and {@code - _ + = ~}, no path outside a
 * storage can be built from an id, and no encoding is needed in a URL. What names a
 * device on Windows, such as {@code con} or {@code lpt1}, is no id anywhere.
 *
 * @param value the id, 1 to {@value #MAX_LENGTH} characters
 */
public record UploadId(String value) {

	/**
	 * The longest id: leaves room for suffixes in a file name of 255 bytes.
	 */
	public static final int MAX_LENGTH = 128;

	private static final int ABBREVIATED = 8;

	private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul");

	private static final Set<String> NUMBERED_DEVICES = Set.of("com", "lpt");

	public UploadId {
		Assert.isTrue(isValid(value),
				() -> "'value' must have 1 to " + MAX_LENGTH + " letters, digits or any of '-_+=~'");
	}

	/**
	 * Returns the id with the given text.
	 * @param value the id as in a URL or a file name
	 * @return the id
	 * @throws IllegalArgumentException if the text is not an id
	 */
	public static UploadId of(String value) {
		return new UploadId(value);
	}

	/**
	 * Whether the given text is an id.
	 * @param value any text
	 * @return {@code true} if {@link #of(String)} takes it
	 */
	public static boolean isValid(CharSequence value) {
		int length = value.length();
		if (length == 0 || length > MAX_LENGTH) {
			return false;
		}
		for (int i = 0; i < length; i++) {
			if (!isValid(value.charAt(i))) {
				return false;
			}
		}
		return !isDevice(value);
	}

	/**
	 * Whether Windows takes a name for that of a device, with or without a suffix.
	 */
	private static boolean isDevice(CharSequence value) {
		int length = value.length();
		if (length != 3 && length != 4) {
			return false;
		}
		String name = value.toString().toLowerCase(Locale.ROOT);
		return (length == 3) ? DEVICES.contains(name)
				: NUMBERED_DEVICES.contains(name.substring(0, 3)) && Character.isDigit(name.charAt(3));
	}

	private static boolean isValid(char c) {
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_'
				|| c == '+' || c == '=' || c == '~';
	}

	/**
	 * Returns as much of the id as tells uploads apart and opens none: who reads a log
	 * doesn't get to them.
	 * @return the first eight characters of a long id, followed by an ellipsis
	 */
	public String abbreviated() {
		return (this.value.length() > 2 * ABBREVIATED) ? this.value.substring(0, ABBREVIATED) + "…" : this.value;
	}

	@Override
	public String toString() {
		return this.value;
	}

}
