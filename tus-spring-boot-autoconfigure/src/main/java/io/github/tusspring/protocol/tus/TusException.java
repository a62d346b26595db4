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

package io.github.tusspring.protocol.tus;

import java.util.Map;

/**
 * A request that the protocol does not allow. Has no stack trace: it is normal input.
 */
public final class TusException extends RuntimeException {

	private final int status;

	private final transient Map<String, String> headers;

	TusException(int status, String message) {
		this(status, message, Map.of());
	}

	TusException(int status, String message, Map<String, String> headers) {
		super(message, null, false, false);
		this.status = status;
		this.headers = headers;
	}

	/**
	 * Returns the answer's status.
	 * @return the status
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Returns the headers that the answer needs.
	 * @return the headers
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

}
