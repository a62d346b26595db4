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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tusspring.protocol.tus.TusException;
import io.github.tusspring.protocol.tus.TusOperation;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.upload.UploadMetadata;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Headers of any shape: metadata, checksums, concatenations, lengths, ids. They are
 * understood, or refused with a 4xx.
 */
@Tag("fuzz")
class ProtocolFuzzTests {

	private static final TusProtocol PROTOCOL = new TusProtocol(1_000_000L, true, true, true);

	@FuzzTest(maxDuration = "10s")
	void headersAreUnderstoodOrRefused(byte[] input) {
		check(input);
	}

	@Test
	void mutatedHeadersAreUnderstoodOrRefused() {
		List<byte[]> seeds = Seeds.of(getClass(), "headersAreUnderstoodOrRefused");
		seeds.forEach(ProtocolFuzzTests::check);
		assertThat(new Mutator().run(seeds, ProtocolFuzzTests::check)).isPositive();
	}

	private static void check(byte[] input) {
		String[] lines = new String(input, StandardCharsets.ISO_8859_1).split("\n", -1);
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (int i = 3; i < lines.length; i++) {
			int colon = lines[i].indexOf(':');
			if (colon > 0) {
				headers.merge(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip(),
						(one, other) -> one + "," + other);
			}
		}
		String method = TusProtocol.method(lines[0], headers::get);
		try {
			TusOperation operation = PROTOCOL.read(method, lines.length > 1 && lines[1].equals("1"),
					contentLength(lines), headers::get, (id) -> "/files/" + id);
			if (operation instanceof TusOperation.Create create) {
				checkMetadata(create.metadata());
			}
			TusProtocol.trailer(headers::get);
		}
		catch (TusException ex) {
			assertThat(ex.status()).isBetween(400, 499);
		}
	}

	private static void checkMetadata(UploadMetadata metadata) {
		assertThat(UploadMetadata.parse(metadata.header())).isEqualTo(metadata);
		assertThat(UploadMetadata.of(metadata.asMap()).asMap()).isEqualTo(metadata.asMap());
	}

	private static long contentLength(String[] lines) {
		try {
			return Math.max(-1, Long.parseLong((lines.length > 2) ? lines[2] : "0"));
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

}
