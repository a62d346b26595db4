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

package io.github.tusspring.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tusspring.protocol.rufh.InteropVersion;
import io.github.tusspring.protocol.rufh.RufhException;
import io.github.tusspring.protocol.rufh.RufhLimits;
import io.github.tusspring.protocol.rufh.RufhOperation;
import io.github.tusspring.protocol.rufh.RufhProtocol;
import io.github.tusspring.protocol.rufh.RufhResponses;
import io.github.tusspring.upload.AppendRequest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Structured fields, digests and descriptions of any shape: they are understood, or
 * refused with a 4xx, in every version.
 */
@Tag("fuzz")
class RufhFuzzTests {

	private static final RufhLimits LIMITS = new RufhLimits(10L, 1_000_000L, 3L, 100_000L, Duration.ofHours(1));

	private static final RufhProtocol PROTOCOL = new RufhProtocol(EnumSet.allOf(InteropVersion.class), false, LIMITS);

	@FuzzTest(maxDuration = "10s")
	void headersAreUnderstoodOrRefused(byte[] input) {
		check(input);
	}

	@Test
	void mutatedHeadersAreUnderstoodOrRefused() {
		List<byte[]> seeds = Seeds.of(getClass(), "headersAreUnderstoodOrRefused");
		seeds.forEach(RufhFuzzTests::check);
		assertThat(new Mutator().run(seeds, RufhFuzzTests::check)).isPositive();
	}

	/**
	 * Takes a method, a length and headers, one a line.
	 */
	private static void check(byte[] input) {
		String[] lines = new String(input, StandardCharsets.ISO_8859_1).split("\n", -1);
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int i = 2; i < lines.length; i++) {
			int colon = lines[i].indexOf(':');
			if (colon > 0) {
				headers.merge(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip(),
						(one, other) -> one + "," + other);
			}
		}
		long length = length(lines);
		PROTOCOL.capabilities(headers::get);
		if (PROTOCOL.isCreation(lines[0], headers::get)) {
			refusable(PROTOCOL.version(headers::get), () -> checkBody(PROTOCOL.create(length, headers::get).body()));
		}
		for (InteropVersion version : InteropVersion.values()) {
			refusable(version, () -> {
				if (PROTOCOL.read(version, lines[0], length, headers::get) instanceof RufhOperation.Append append) {
					checkBody(append.request());
				}
			});
		}
	}

	private static void refusable(InteropVersion version, Runnable read) {
		try {
			read.run();
		}
		catch (RufhException ex) {
			assertThat(new RufhResponses(version, LIMITS).failed(ex, null, null).status()).isBetween(400, 499);
		}
	}

	private static void checkBody(AppendRequest body) {
		if (body != null) {
			assertThat(body.offset()).isBetween(0L, 999_999_999_999_999L);
			assertThat(body.completion()).isNotNull();
		}
	}

	private static long length(String[] lines) {
		try {
			return Math.max(-1, Long.parseLong((lines.length > 1) ? lines[1] : "0"));
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

}
