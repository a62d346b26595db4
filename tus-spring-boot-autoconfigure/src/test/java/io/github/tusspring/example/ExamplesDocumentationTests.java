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

package io.github.tusspring.example;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Keeps the examples of the documentation the same as the code that is tested.
 */
class ExamplesDocumentationTests {

	private static final Path SOURCES = Path.of("src/test/java/io/github/tusspring");

	private static final List<String> EXAMPLES = List.of("web/TusRequestsTests.java", "example/JdkTusServer.java",
			"example/JdkTusExchange.java", "example/JdkBodyTransfer.java", "example/TypeCheck.java",
			"example/VirusScan.java");

	private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

	@Test
	void listenersThatLookAtContentsAreTheTestedOnes() throws IOException {
		String page = Files.readString(Path.of("../docs/security.md"));
		for (String listener : List.of("TypeCheck", "VirusScan")) {
			String source = Files.readString(SOURCES.resolve("example/" + listener + ".java"));
			String body = source.substring(source.indexOf("class " + listener));
			assertThat(page).containsIgnoringWhitespaces(body);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "endpoints.md", "engine.md", "migration.md" })
	void examplesAreTheTestedOnes(String page) throws IOException {
		StringBuilder tested = new StringBuilder();
		for (String example : EXAMPLES) {
			tested.append(Files.readString(SOURCES.resolve(example)));
		}
		List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../docs", page)))
			.results()
			.map((MatchResult result) -> result.group(1))
			.toList();
		assertThat(blocks).isNotEmpty().allSatisfy((block) -> assertThat(tested).containsIgnoringWhitespaces(block));
	}

}
