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

package io.github.tusspring.upload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What an application wants to say to the client that sent the last byte, in addition to
 * what the protocol says. It is stored with the upload, so that a client that lost the
 * answer gets it again. Immutable; made by a {@link #builder builder}.
 */
public final class UploadAnswer {

	/**
	 * The longest body: 64 KiB.
	 */
	public static final int MAX_BODY_LENGTH = 64 * 1024;

	private static final Set<String> NOT_STORED = Set.of("set-cookie", "set-cookie2");

	private final int status;

	private final Map<String, String> headers;

	private final byte[] body;

	private UploadAnswer(int status, Map<String, String> headers, byte[] body) {
		this.status = status;
		this.headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
		this.body = body;
	}

	/**
	 * Begins an answer that says nothing.
	 * @return a builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Makes an answer as it is stored, or from what a storage has kept, without headers
	 * that must not be stored.
	 * @param status the status, of the 2xx family or a redirection of an endpoint's
	 * handler to a client that may be redirected, or 0 if the protocol's own is to be
	 * sent
	 * @param headers the headers
	 * @param body the body, empty if there is none
	 * @return the answer
	 * @throws IllegalArgumentException if it can be no answer
	 */
	public static UploadAnswer stored(int status, Map<String, String> headers, byte[] body) {
		Assert.isTrue(status == 0 || (status >= 200 && status < 400), "'status' must be of the 2xx or the 3xx family");
		Builder answer = builder();
		headers.forEach((name, value) -> {
			if (isStored(name)) {
				answer.header(name, value);
			}
		});
		if (body.length > 0) {
			answer.body(headers.getOrDefault("Content-Type", "application/octet-stream"), body);
		}
		return new UploadAnswer(status, answer.headers, answer.body);
	}

	/**
	 * Whether a header may be part of an answer that is stored. A cookie may not: it is
	 * meant for one client, and for one time.
	 * @param name the header's name
	 * @return {@code false} for {@code Set-Cookie}
	 */
	public static boolean isStored(String name) {
		return !NOT_STORED.contains(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * Returns the status that the application has chosen.
	 * @return the status or 0 if the protocol's own is to be sent
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Returns the headers that the application has set.
	 * @return the headers in the order in which they were set
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

	/**
	 * Returns the body that the application has set.
	 * @return the body, empty if there is none
	 */
	public byte[] body() {
		return this.body.clone();
	}

	/**
	 * Whether nothing has been set.
	 * @return {@code true} if the protocol's own answer is enough
	 */
	public boolean isEmpty() {
		return this.headers.isEmpty() && this.body.length == 0 && this.status == 0;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof UploadAnswer that && this.status == that.status
				&& this.headers.equals(that.headers) && Arrays.equals(this.body, that.body));
	}

	@Override
	public int hashCode() {
		return this.headers.hashCode();
	}

	/**
	 * Makes an answer. Not thread-safe: to be filled in by the listeners of one event.
	 */
	public static final class Builder {

		private final Map<String, String> headers = new LinkedHashMap<>();

		private byte[] body = new byte[0];

		private int status;

		private Builder() {
		}

		/**
		 * Sets a header of the answer. The protocol's own headers win over it.
		 * @param name the header's name, any but {@code Set-Cookie}: the answer is stored
		 * @param value the header's value, without line breaks
		 * @return this builder
		 */
		public Builder header(String name, String value) {
			Assert.hasText(name, "'name' must not be empty");
			Assert.isTrue(isStored(name), () -> "'name' must not be " + name + ": the answer is stored and sent again");
			Assert.isTrue(value.chars().noneMatch((c) -> c < ' ' && c != '\t'),
					"'value' must not have control characters");
			this.headers.put(name, value);
			return this;
		}

		/**
		 * Sets a text as the answer's body, in UTF-8.
		 * @param contentType the body's media type
		 * @param body the body
		 * @return this builder
		 */
		public Builder body(String contentType, String body) {
			return body(contentType, body.getBytes(StandardCharsets.UTF_8));
		}

		/**
		 * Sets the answer's body.
		 * @param contentType the body's media type
		 * @param body the body, {@value UploadAnswer#MAX_BODY_LENGTH} bytes at most
		 * @return this builder
		 */
		public Builder body(String contentType, byte[] body) {
			Assert.isTrue(body.length <= MAX_BODY_LENGTH,
					() -> "'body' must not be longer than " + MAX_BODY_LENGTH + " bytes");
			this.body = body.clone();
			return header("Content-Type", contentType);
		}

		/**
		 * Sets the status of the answer.
		 * @param status the status, of the 2xx family
		 * @return this builder
		 */
		public Builder status(int status) {
			Assert.isTrue(status >= 200 && status < 300, "'status' must be of the 2xx family");
			this.status = status;
			return this;
		}

		/**
		 * Makes the answer. What is set afterwards doesn't change it.
		 * @return the answer
		 */
		public UploadAnswer build() {
			return new UploadAnswer(this.status, this.headers, this.body);
		}

	}

}
