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
