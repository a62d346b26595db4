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

package io.github.tusspring.autoconfigure;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.DefaultValue;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an editor shows while somebody types a property, and what the documentation says
 * of it.
 */
class ConfigurationMetadataTests {

	private static final Set<String> WITHOUT_DEFAULT = Set.of("tus.max-size", "tus.expiration.completed-after",
			"tus.append.min-rate", "tus.lock.jdbc.platform", "tus.observations.enabled", "tus.cors.allowed-origins",
			"tus.cors.allowed-origin-patterns", "tus.endpoints", "tus.limits.max-unfinished-size",
			"tus.limits.max-unfinished-size-per-client", "tus.limits.max-stored-size",
			"tus.limits.max-stored-size-per-client", "tus.limits.max-metadata-size", "tus.limits.filetypes",
			"tus.limits.extensions", "tus.rufh.limits.min-size", "tus.rufh.limits.min-append-size",
			"tus.rufh.limits.max-append-size", "tus.security.signing.keys", "tus.storage.s3.bucket",
			"tus.storage.s3.prefix", "tus.storage.s3.endpoint", "tus.storage.s3.region",
			"management.endpoint.tus.roles");

	private static final Path DOCUMENTATION = Path.of("../docs");

	private static final Pattern ROW = Pattern.compile("^\\| `([a-z]+\\.[^`]+)` \\| (.*?) \\|");

	private static final String ENDPOINT = "tus.endpoints[].";

	private final Map<String, JsonNode> properties = properties();

	@Test
	void everyPropertyIsDescribedInSentences() {
		assertThat(this.properties).hasSizeGreaterThan(20);
		this.properties
			.forEach((name, property) -> assertThat(text(property, "description")).as(name).matches("[A-Z0-9].*[.]"));
	}

	@Test
	void everyPropertyHasADefaultWhereThereIsOne() {
		this.properties.forEach((name, property) -> assertThat(property.has("defaultValue")).as(name)
			.isEqualTo(!WITHOUT_DEFAULT.contains(name)));
	}

	@Test
	void hintsAreForPropertiesThatExist() {
		List<String> hints = new ArrayList<>();
		metadata().path("hints").forEach((hint) -> hints.add(text(hint, "name")));
		assertThat(hints).isNotEmpty().allMatch(this.properties::containsKey);
	}

	@Test
	void documentationHasEveryPropertyWithItsDefault() throws IOException {
		Map<String, String> documented = rows("configuration.md", "tus.");
		documented.keySet().removeIf((name) -> name.startsWith(ENDPOINT));
		documented.putAll(rows("operations.md", "management."));
		Map<String, String> expected = new TreeMap<>();
		this.properties
			.forEach((name, property) -> expected.put(name, WITHOUT_DEFAULT.contains(name) ? "" : defaultOf(property)));
		assertThat(documented).containsExactlyEntriesOf(expected);
	}

	/**
	 * The metadata has nothing of what is in a list.
	 */
	@Test
	void documentationHasEveryPropertyOfAnEndpointWithItsDefault() throws IOException {
		Map<String, String> expected = new TreeMap<>();
		components(ENDPOINT, TusEndpointProperties.class, expected);
		assertThat(rows("configuration.md", ENDPOINT)).containsExactlyEntriesOf(expected);
	}

	private static void components(String prefix, Class<?> type, Map<String, String> properties) {
		for (RecordComponent component : type.getRecordComponents()) {
			String name = prefix + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
			if (component.getType().isRecord()) {
				components(name + ".", component.getType(), properties);
			}
			else {
				properties.put(name, defaultOf(type, component));
			}
		}
	}

	private static String defaultOf(Class<?> type, RecordComponent component) {
		return Stream.of(type.getDeclaredConstructors()[0].getParameters())
			.filter((parameter) -> parameter.getName().equals(component.getName()))
			.map((parameter) -> parameter.getAnnotation(DefaultValue.class))
			.filter(Objects::nonNull)
			.map((value) -> String.join(",", value.value()))
			.findFirst()
			.orElse("");
	}

	private static Map<String, String> rows(String page, String prefix) throws IOException {
		Map<String, String> rows = new TreeMap<>();
		for (String line : Files.readAllLines(DOCUMENTATION.resolve(page))) {
			Matcher row = ROW.matcher(line);
			if (row.find() && row.group(1).startsWith(prefix)) {
				rows.put(row.group(1), row.group(2).replace("`", ""));
			}
		}
		return rows;
	}

	private static String defaultOf(JsonNode property) {
		// A list is written in brackets.
		return property.get("defaultValue").asString().replaceAll("^\\[|]$", "");
	}

	private static Map<String, JsonNode> properties() {
		Map<String, JsonNode> properties = new TreeMap<>();
		metadata().path("properties").forEach((property) -> properties.put(text(property, "name"), property));
		return properties;
	}

	/**
	 * Our own metadata: that of others is in jars.
	 */
	private static JsonNode metadata() {
		return JsonMapper.shared().readTree(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
	}

	private static String text(JsonNode node, String name) {
		return node.path(name).asString("");
	}

}
