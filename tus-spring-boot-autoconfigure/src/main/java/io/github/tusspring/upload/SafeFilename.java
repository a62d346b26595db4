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
import java.util.regex.Pattern;

/**
 * Turns the name that a client gives a file into one that is valid on every file system.
 */
final class SafeFilename {

	/**
	 * The longest name that file systems take, in UTF-8.
	 */
	private static final int MAX_BYTES = 255;

	private static final int MAX_EXTENSION = 20;

	/**
	 * Separators, characters that Windows forbids, control characters, and those that
	 * make a name look other than it is: marks and overrides of the direction of writing,
	 * and characters of no width.
	 */
	private static final Pattern FORBIDDEN = Pattern
		.compile("[/\\\\:*?\"<>|\\p{Cc}\\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]");

	/**
	 * Names that are devices on Windows, with any extension.
	 */
	private static final Pattern DEVICE = Pattern.compile(
			"(?:con|prn|aux|nul|conin\\$|conout\\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\\s*(?:\\..*)?",
			Pattern.CASE_INSENSITIVE);

	private SafeFilename() {
	}

	static String of(String filename) {
		String name = strip(FORBIDDEN.matcher(filename).replaceAll("_"));
		if (DEVICE.matcher(name).matches()) {
			name = "_" + name;
		}
		name = strip(cut(name));
		return name.isEmpty() ? "_" : name;
	}

	/**
	 * Takes away what Windows doesn't count at a name's end, and spaces before it.
	 */
	private static String strip(String name) {
		int end = name.length();
		while (end > 0 && (name.charAt(end - 1) == '.' || Character.isWhitespace(name.charAt(end - 1)))) {
			end--;
		}
		return name.substring(0, end).stripLeading();
	}

	/**
	 * Shortens a name without its extension.
	 */
	private static String cut(String name) {
		if (length(name) <= MAX_BYTES) {
			return name;
		}
		int dot = name.lastIndexOf('.');
		String extension = (dot > 0 && length(name.substring(dot)) <= MAX_EXTENSION) ? name.substring(dot) : "";
		int room = MAX_BYTES - length(extension);
		int end = 0;
		for (int size = 0; end < name.length();) {
			int next = name.offsetByCodePoints(end, 1);
			size += length(name.substring(end, next));
			if (size > room) {
				break;
			}
			end = next;
		}
		return name.substring(0, end) + extension;
	}

	private static int length(String text) {
		return text.getBytes(StandardCharsets.UTF_8).length;
	}

}
