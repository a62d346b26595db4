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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.StorageOperation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/metrics.md} says of meters, beside the meters that exist.
 */
class MetricsDocumentationTests {

	private static final Pattern METER = Pattern
		.compile("^\\| `(tus\\.[^`]+)` \\| (\\w+) \\| (.*?) \\| (.*?) \\| .+\\|$");

	private static final Pattern WORD = Pattern.compile("`([^`]+)`");

	private static final Path PAGE = Path.of("../docs/metrics.md");

	@Test
	void everyMeterIsDocumentedWithItsTags() throws IOException {
		List<String> documented = Files.readAllLines(PAGE)
			.stream()
			.map(METER::matcher)
			.filter(Matcher::matches)
			.map((row) -> String.join("|", row.group(1), row.group(2), row.group(3), row.group(4).strip()))
			.toList();
		assertThat(documented)
			.containsExactlyElementsOf(Arrays.stream(TusMeter.values()).map(MetricsDocumentationTests::row).toList());
	}

	private static String row(TusMeter meter) {
		String tags = meter.tags()
			.stream()
			.skip(2)
			.map((tag) -> "`" + tag.key() + "`")
			.collect(Collectors.joining(", "));
		return String.join("|", meter.meterName(), TusMeterTag.value(meter.kind()), tags,
				Objects.requireNonNullElse(meter.baseUnit(), ""));
	}

	@Test
	void everyReasonOfARefusalIsDocumented() throws IOException {
		List<String> lines = Files.readAllLines(PAGE);
		List<String> documented = lines.subList(lines.indexOf("Reasons of refusals:"), lines.size())
			.stream()
			.filter((line) -> line.startsWith("| `"))
			.map(MetricsDocumentationTests::firstWord)
			.toList();
		assertThat(documented).containsExactlyElementsOf(values(RefusalReason.values()));
	}

	@Test
	void otherValuesAreDocumented() throws IOException {
		assertThat(words("| `operation` |")).containsExactlyElementsOf(values(StorageOperation.values()));
		assertThat(words("| `reason` of an interrupted append |"))
			.containsExactlyInAnyOrderElementsOf(Arrays.stream(AppendOutcome.values())
				.filter(AppendOutcome::isInterrupted)
				.map(MeterTags::reason)
				.collect(Collectors.toSet()));
		assertThat(words("| `outcome` of an append |")).containsExactlyInAnyOrderElementsOf(
				Arrays.stream(AppendOutcome.values()).map(MeterTags::outcome).collect(Collectors.toSet()));
	}

	private static List<String> words(String row) throws IOException {
		String line = Files.readAllLines(PAGE)
			.stream()
			.filter((each) -> each.startsWith(row))
			.findFirst()
			.orElseThrow();
		return WORD.matcher(line.substring(row.length())).results().map((word) -> word.group(1)).toList();
	}

	private static String firstWord(String line) {
		return WORD.matcher(line).results().findFirst().orElseThrow().group(1);
	}

	private static List<String> values(Enum<?>[] constants) {
		return Stream.of(constants).map(TusMeterTag::value).toList();
	}

}
