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

package io.github.tusspring.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values that tags may have, as {@code docs/metrics.md} says.
 */
final class DocumentedTags {

	private static final Path PAGE = Path.of("../docs/metrics.md");

	private static final Pattern WORD = Pattern.compile("`([^`]+)`");

	private static final String REFUSALS = "Reasons of refusals:";

	private DocumentedTags() {
	}

	static List<String> lines() {
		try {
			return Files.readAllLines(PAGE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Whether a meter's tag may have a value. {@code endpoints} are those that the
	 * application has.
	 */
	static boolean allow(TusMeter meter, TusMeterTag tag, String value, String... endpoints) {
		return switch (tag) {
			case STATUS -> value.matches("4\\d\\d|507");
			case ENDPOINT -> Set.of("default", "other").contains(value) || List.of(endpoints).contains(value);
			default -> values(meter, tag).contains(value);
		};
	}

	/**
	 * Returns all values that a meter's tag may have, but for the numbers and the paths.
	 */
	static Set<String> values(TusMeter meter, TusMeterTag tag) {
		return switch (tag) {
			case REASON -> (meter == TusMeter.REFUSALS) ? reasonsOfRefusals().collect(Collectors.toSet())
					: row("`reason` of an interrupted append");
			case OUTCOME -> row("`outcome` of " + switch (meter) {
				case APPEND -> "an append";
				case DELIVERY -> "a delivery";
				case STORAGE -> "a call of the storage";
				default -> "a wait for a lock";
			});
			default -> row("`" + tag.key() + "`");
		};
	}

	static Stream<String> reasonsOfRefusals() {
		List<String> lines = lines();
		return lines.subList(lines.indexOf(REFUSALS), lines.size())
			.stream()
			.filter((line) -> line.startsWith("| `"))
			.map((line) -> words(line).findFirst().orElseThrow());
	}

	private static Set<String> row(String name) {
		String begin = "| " + name + " |";
		String line = lines().stream().filter((each) -> each.startsWith(begin)).findFirst().orElseThrow();
		return words(line.substring(begin.length())).collect(Collectors.toSet());
	}

	private static Stream<String> words(String text) {
		return WORD.matcher(text).results().map((word) -> word.group(1));
	}

}
