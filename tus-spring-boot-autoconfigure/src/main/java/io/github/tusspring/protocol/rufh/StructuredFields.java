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

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads structured fields (RFC 9651), strictly: what isn't exactly of the type that a
 * field has counts as absent, as the draft wants it (section State).
 */
final class StructuredFields {

	private StructuredFields() {
	}

	/**
	 * Reads an Integer that is not negative. Parameters are ignored.
	 * @return the value, or {@code null} if it is anything else
	 */
	static @Nullable Long size(@Nullable String field) {
		return (item(field) instanceof Long value && value >= 0) ? value : null;
	}

	/**
	 * Reads a Boolean. Parameters are ignored.
	 * @return the value, or {@code null} if it is anything else
	 */
	static @Nullable Boolean flag(@Nullable String field) {
		return (item(field) instanceof Boolean value) ? value : null;
	}

	private static @Nullable Object item(@Nullable String field) {
		try {
			return (field != null) ? new StructuredFieldParser(field).item() : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * Reads a Dictionary. Parameters are left out.
	 * @return the members in their order: a {@link Long}, {@link Double}, {@link String},
	 * {@link StructuredFieldParser.Token}, {@link Boolean}, {@code byte[]},
	 * {@link java.time.Instant} or {@link java.util.List} each
	 * @throws IllegalArgumentException if it is malformed
	 */
	static Map<String, Object> dictionary(String field) {
		return new StructuredFieldParser(field).dictionary();
	}

}
