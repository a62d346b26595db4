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

package io.github.tusspring.test.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a client hears of a request that it has sent.
 *
 * @param location the upload's path, or {@code null} if none was created
 * @param status the status of the answer
 * @param headers the headers of the answer
 * @param body the body of the answer
 */
public record TestUpload(@Nullable String location, int status, Map<String, List<String>> headers, byte[] body) {

	/**
	 * Returns the upload's id.
	 * @return the last segment of its path
	 * @throws IllegalStateException if no upload was created
	 */
	public String id() {
		if (this.location == null) {
			throw new IllegalStateException("No upload was created: the answer is " + this.status + " " + text());
		}
		return this.location.substring(this.location.lastIndexOf('/') + 1);
	}

	/**
	 * Returns a header of the answer.
	 * @param name the header's name, in any case
	 * @return its value, or {@code null} if there is none
	 */
	public @Nullable String header(String name) {
		return this.headers.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(name))
			.map((header) -> header.getValue().get(0))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Returns the body of the answer as text.
	 * @return the text, in UTF-8
	 */
	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

}
