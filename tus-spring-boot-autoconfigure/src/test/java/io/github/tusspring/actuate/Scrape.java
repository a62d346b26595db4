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

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Prometheus reads from an application.
 */
public record Scrape(Map<String, Double> samples) {

	private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");

	public static Scrape of(Uploads client) {
		Map<String, Double> samples = new TreeMap<>();
		client.get("/actuator/prometheus").text().lines().forEach((line) -> {
			Matcher sample = SAMPLE.matcher(line);
			if (!line.startsWith("#") && sample.matches()) {
				samples.put(sample.group(1) + "{" + String.valueOf(sample.group(2)) + "}",
						Double.valueOf(sample.group(3)));
			}
		});
		return new Scrape(samples);
	}

	/**
	 * Returns the sum of all samples of a name that have the given tags.
	 */
	public double sum(String name, String... tags) {
		return this.samples.entrySet().stream().filter((sample) -> {
			boolean matches = sample.getKey().startsWith(name + "{");
			for (String tag : tags) {
				matches &= sample.getKey().contains(tag);
			}
			return matches;
		}).mapToDouble(Map.Entry::getValue).sum();
	}

}
