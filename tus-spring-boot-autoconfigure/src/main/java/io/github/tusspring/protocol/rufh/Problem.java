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

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What was wrong, in a form for machines (RFC 9457).
 *
 * @param type the last part of a type that IANA has registered, or {@code null} if the
 * status says it all
 * @param title what was wrong, for people
 * @param members what else is known, by name
 */
record Problem(@Nullable String type, String title, Map<String, Long> members) {

	static final String CONTENT_TYPE = "application/problem+json";

	private static final String REGISTRY = "https://iana.org/assignments/http-problem-types#";

	static Problem of(String title) {
		return new Problem(null, title, Map.of());
	}

	static Problem inconsistentLength() {
		return new Problem("inconsistent-upload-length", "inconsistent length values for upload", Map.of());
	}

	static Problem completedUpload() {
		return new Problem("completed-upload", "upload is already completed", Map.of());
	}

	static Problem mismatchingOffset(long expected, @Nullable Long provided) {
		Map<String, Long> members = new LinkedHashMap<>();
		members.put("expected-offset", expected);
		if (provided != null) {
			members.put("provided-offset", provided);
		}
		return new Problem("mismatching-upload-offset", "offset from request does not match offset of resource",
				members);
	}

	/**
	 * Returns the problem as JSON.
	 * @param status the answer's status
	 */
	byte[] json(int status) {
		StringBuilder json = new StringBuilder("{");
		if (this.type != null) {
			append(json, "type", REGISTRY + this.type).append(',');
		}
		append(json, "title", this.title).append(",\"status\":").append(status);
		this.members.forEach((name, value) -> json.append(",\"").append(name).append("\":").append(value));
		return json.append('}').toString().getBytes(StandardCharsets.UTF_8);
	}

	private static StringBuilder append(StringBuilder json, String name, String value) {
		json.append('"').append(name).append("\":\"");
		for (char c : value.toCharArray()) {
			if (c == '"' || c == '\\') {
				json.append('\\').append(c);
			}
			else if (c < ' ') {
				json.append(String.format("\\u%04x", (int) c));
			}
			else {
				json.append(c);
			}
		}
		return json.append('"');
	}

}
