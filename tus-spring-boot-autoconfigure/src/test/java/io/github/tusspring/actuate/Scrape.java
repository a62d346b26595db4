package io.github.tusspring.actuate;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Prometheus reads from an application.
 */
record Scrape(Map<String, Double> samples) {

	private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");

	static Scrape of(Uploads client) {
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
	double sum(String name, String... tags) {
		return this.samples.entrySet().stream().filter((sample) -> {
			boolean matches = sample.getKey().startsWith(name + "{");
			for (String tag : tags) {
				matches &= sample.getKey().contains(tag);
			}
			return matches;
		}).mapToDouble(Map.Entry::getValue).sum();
	}

}
