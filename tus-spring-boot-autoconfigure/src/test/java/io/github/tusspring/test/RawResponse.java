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

package io.github.tusspring.test;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An answer as it came over the wire.
 *
 * @param statusLine the first line
 * @param status the status
 * @param headerLines the lines of the head in their order
 * @param body the body without its framing
 * @param trailerLines the lines that followed a chunked body
 * @param interim the answers of the 1xx family that came before
 */
public record RawResponse(String statusLine, int status, List<String> headerLines, byte[] body,
		List<String> trailerLines, List<RawResponse> interim) {

	/**
	 * Returns a header's only or first value, or {@code null}.
	 */
	public @Nullable String header(String name) {
		List<String> values = headers(name);
		return values.isEmpty() ? null : values.get(0);
	}

	/**
	 * Returns all values of a header, one for each line.
	 */
	public List<String> headers(String name) {
		return this.headerLines.stream()
			.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
			.map((line) -> line.substring(name.length() + 1).strip())
			.toList();
	}

	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

	@Override
	public String toString() {
		return this.statusLine + " " + this.headerLines + ((this.body.length > 0) ? " " + text() : "");
	}

}
