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

package com.example.tus;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The examples of the documentation, so that tests can run what readers copy.
 */
final class Documentation {

	private Documentation() {
	}

	/**
	 * Returns a block of code.
	 * @param page the page's name
	 * @param heading the heading below which the block stands
	 * @param language the block's language
	 */
	static String code(String page, String heading, String language) throws IOException {
		String text = Files.readString(Path.of("../docs").resolve(page));
		int section = text.indexOf("\n## " + heading + "\n");
		int block = text.indexOf("\n```" + language + "\n", section);
		if (section < 0 || block < 0) {
			throw new IllegalArgumentException("There is no %s below '%s' in %s".formatted(language, heading, page));
		}
		return text.substring(block + language.length() + 5, text.indexOf("\n```\n", block + 4));
	}

}
