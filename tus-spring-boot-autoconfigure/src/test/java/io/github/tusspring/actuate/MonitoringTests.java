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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alert rules in {@code docs/monitoring}, beside the meters that
 * exist.
 */
class MonitoringTests {

	private static final Pattern METRIC = Pattern.compile("\\b(tus_[a-z_]+)(?:\\{([^}]*)})?");

	private static final Pattern LABEL = Pattern.compile("(\\w+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");

	private static final Pattern GROUPING = Pattern.compile("by \\(([^)]*)\\)");

	private static final Path DIRECTORY = Path.of("../docs/monitoring");

	/**
	 * What Prometheus or the application's own configuration adds.
	 */
	private static final Set<String> COMMON_LABELS = Set.of("application", "instance", "job");

	private static final int GRID_WIDTH = 24;

	@Test
	void dashboardShowsEveryMeter() throws IOException {
		Set<String> shown = new TreeSet<>();
		dashboard().path("panels").forEach((panel) -> panel.path("targets").forEach((target) -> {
			Matcher metric = METRIC.matcher(target.path("expr").asString());
			while (metric.find()) {
				shown.add(meters().get(metric.group(1)).meterName());
			}
		}));
		assertThat(shown)
			.isEqualTo(Arrays.stream(TusMeter.values()).map(TusMeter::meterName).collect(Collectors.toSet()));
	}

	@Test
	void panelsDoNotOverlap() throws IOException {
		List<Place> places = new ArrayList<>();
		dashboard().path("panels").forEach((panel) -> {
			JsonNode position = panel.path("gridPos");
			Place place = new Place(position.path("x").asInt(), position.path("y").asInt(), position.path("w").asInt(),
					position.path("h").asInt());
			assertThat(place.right()).isLessThanOrEqualTo(GRID_WIDTH);
			assertThat(places).noneMatch(place::overlaps);
			places.add(place);
		});
	}

	@ParameterizedTest
	@MethodSource
	void expressionNamesMetersTagsAndValuesThatExist(String expression) {
		Matcher metric = METRIC.matcher(expression);
		Set<String> tags = new HashSet<>(COMMON_LABELS);
		assertThat(metric.find()).as(expression).isTrue();
		do {
			TusMeter meter = meters().get(metric.group(1));
			assertThat(meter).as(metric.group(1)).isNotNull();
			Set<String> own = new HashSet<>(COMMON_LABELS);
			meter.tags().forEach((tag) -> own.add(tag.key()));
			tags.addAll(own);
			LABEL.matcher(String.valueOf(metric.group(2))).results().forEach((label) -> {
				assertThat(own).as(expression).contains(label.group(1));
				assertThat(label.group(2).split("\\|")).as(expression)
					.allMatch((value) -> isValue(meter, label.group(1), value));
			});
		}
		while (metric.find());
		GROUPING.matcher(expression)
			.results()
			.flatMap((grouping) -> Stream.of(grouping.group(1).split("\\s*,\\s*")))
			.forEach((label) -> assertThat(tags).as(expression).contains(label));
	}

	private static boolean isValue(TusMeter meter, String label, String value) {
		return value.equals("$" + label) || meter.tags()
			.stream()
			.anyMatch((tag) -> tag.key().equals(label) && DocumentedTags.allow(meter, tag, value));
	}

	static Stream<String> expressionNamesMetersTagsAndValuesThatExist() throws IOException {
		Stream.Builder<String> expressions = Stream.builder();
		dashboard().path("panels")
			.forEach((panel) -> panel.path("targets")
				.forEach((target) -> expressions.add(target.path("expr").asString())));
		rules().forEach((rule) -> expressions.add(String.valueOf(rule.get("expr"))));
		return expressions.build();
	}

	@Test
	void everyAlertSaysWhatItMeans() throws IOException {
		assertThat(rules()).isNotEmpty()
			.allSatisfy((rule) -> assertThat(String.valueOf(rule.get("annotations"))).contains("summary")
				.contains("description"));
	}

	/**
	 * All meters by the names that Prometheus has for them.
	 */
	private static Map<String, TusMeter> meters() {
		Map<String, TusMeter> meters = new TreeMap<>();
		PrometheusNamingConvention convention = new PrometheusNamingConvention();
		for (TusMeter meter : TusMeter.values()) {
			switch (meter.kind()) {
				case COUNTER -> meters
					.put(convention.name(meter.meterName(), Meter.Type.COUNTER, meter.baseUnit()) + "_total", meter);
				case GAUGE -> meters.put(convention.name(meter.meterName(), Meter.Type.GAUGE, meter.baseUnit()), meter);
				case TIMER -> Stream.of("_seconds_count", "_seconds_sum", "_seconds_max")
					.forEach((suffix) -> meters.put(meter.meterName().replace('.', '_') + suffix, meter));
			}
		}
		return meters;
	}

	private static JsonNode dashboard() throws IOException {
		return JsonMapper.shared().readTree(Files.readString(DIRECTORY.resolve("grafana-dashboard.json")));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> rules() throws IOException {
		Map<String, Object> file = new Yaml().load(Files.readString(DIRECTORY.resolve("alert-rules.yml")));
		Map<String, Object> group = ((List<Map<String, Object>>) file.get("groups")).get(0);
		return (List<Map<String, Object>>) group.get("rules");
	}

	/**
	 * Where a panel of the dashboard is.
	 */
	private record Place(int left, int top, int width, int height) {

		private int right() {
			return this.left + this.width;
		}

		private int bottom() {
			return this.top + this.height;
		}

		private boolean overlaps(Place other) {
			return this.left < other.right() && other.left < right() && this.top < other.bottom()
					&& other.top < bottom();
		}

	}

}
