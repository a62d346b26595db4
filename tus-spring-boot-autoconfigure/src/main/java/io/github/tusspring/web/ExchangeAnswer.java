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

package io.github.tusspring.web;

import java.util.Map;

/**
 * An answer to a request.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, which may be empty
 */
public record ExchangeAnswer(int status, Map<String, String> headers, byte[] body) {

	static final byte[] NO_BODY = new byte[0];

	/**
	 * No answer at all: the connection, or on HTTP/2 the stream, is to be closed. Only a
	 * {@link BodyReceiver} gives it.
	 */
	public static final ExchangeAnswer CLOSE = new ExchangeAnswer(0, Map.of(), NO_BODY);

}
