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

package io.github.tusspring.protocol.rufh;

import java.util.Base64;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes digest fields (RFC 9530). Of the algorithms that are registered as
 * active, SHA-512 goes before SHA-256; all others are ignored.
 */
final class DigestFields {

	private static final Map<String, ChecksumAlgorithm> ALGORITHMS = Map.of("sha-512", ChecksumAlgorithm.SHA512,
			"sha-256", ChecksumAlgorithm.SHA256);

	private DigestFields() {
	}

	/**
	 * Reads the digest that bytes are expected to have.
	 * @return the digest, or {@code null} if there is none of a known algorithm
	 * @throws RufhException if the field is malformed
	 */
	static @Nullable Checksum read(String name, @Nullable String field) {
		if (field == null) {
			return null;
		}
		try {
			Map<String, Object> members = StructuredFields.dictionary(field);
			Checksum sha512 = checksum(members, "sha-512");
			Checksum sha256 = checksum(members, "sha-256");
			return (sha512 != null) ? sha512 : sha256;
		}
		catch (IllegalArgumentException ex) {
			throw new RufhException(400, name + " is malformed: " + ex.getMessage());
		}
	}

	private static @Nullable Checksum checksum(Map<String, Object> members, String name) {
		Object value = members.get(name);
		if (value == null) {
			return null;
		}
		if (value instanceof byte[] bytes) {
			return new Checksum(ALGORITHMS.get(name), bytes);
		}
		throw new IllegalArgumentException(name + " must have a byte sequence");
	}

	/**
	 * Reads which digests a client would like to hear.
	 * @return the algorithms, the one that it prefers first
	 */
	static List<ChecksumAlgorithm> wanted(@Nullable String field) {
		Map<ChecksumAlgorithm, Long> wanted = new EnumMap<>(ChecksumAlgorithm.class);
		try {
			Map<String, Object> members = (field != null) ? StructuredFields.dictionary(field) : Map.of();
			ALGORITHMS.forEach((name, algorithm) -> {
				if (members.get(name) instanceof Long preference && preference > 0) {
					wanted.put(algorithm, preference);
				}
			});
		}
		catch (IllegalArgumentException ex) {
			// A wish that can't be understood is ignored.
		}
		return wanted.keySet().stream().sorted(Comparator.comparing(wanted::get).reversed()).toList();
	}

	static String write(Checksum checksum) {
		String name = (checksum.algorithm() == ChecksumAlgorithm.SHA512) ? "sha-512" : "sha-256";
		return name + "=:" + Base64.getEncoder().encodeToString(checksum.value()) + ":";
	}

}
