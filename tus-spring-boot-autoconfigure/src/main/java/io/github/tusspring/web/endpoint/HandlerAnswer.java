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

package io.github.tusspring.web.endpoint;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.github.tusspring.upload.UploadAnswer;

/**
 * Makes of a handler's response what can be stored and said again.
 */
final class HandlerAnswer {

	/**
	 * Headers that belong to one answer, to its client or to its connection, those that
	 * filters add to every answer, and those that give credentials or ask for them.
	 */
	private static final Set<String> NOT_STORED = Set.of("content-length", "content-type", "transfer-encoding",
			"connection", "keep-alive", "trailer", "date", "server", "vary", "tus-resumable", "cache-control", "pragma",
			"expires", "x-content-type-options", "x-frame-options", "x-xss-protection", "strict-transport-security",
			"x-request-id", "x-correlation-id", "traceparent", "tracestate", "authorization", "authentication-info",
			"www-authenticate", "x-auth-token", "x-csrf-token", "x-xsrf-token", "clear-site-data");

	private HandlerAnswer() {
	}

	/**
	 * Returns what can be stored.
	 * @param response the response, which holds the body
	 * @param status the status as the handler left it
	 * @param whole whether it holds all of the body
	 * @param redirects whether a redirection is for the client that uploads; else it is
	 * for a page that was sent by a form, and the client would follow it with the method
	 * that it has
	 */
	static UploadAnswer of(HandlerResponse response, int status, boolean whole, boolean redirects) {
		Map<String, String> headers = new LinkedHashMap<>();
		for (String name : response.getHeaderNames()) {
			Collection<String> values = List.copyOf(response.getHeaders(name));
			String value = String.join(", ", values);
			if (isStored(name) && !values.equals(response.initial(name)) && isPrintable(value)) {
				headers.put(name, value);
			}
		}
		byte[] body = whole ? response.held() : new byte[0];
		String contentType = response.getContentType();
		if (contentType != null) {
			headers.put("Content-Type", contentType);
		}
		return UploadAnswer.stored((status < 300 || redirects) ? status : 0, headers, body);
	}

	private static boolean isStored(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return !lower.isEmpty() && UploadAnswer.isStored(lower) && !NOT_STORED.contains(lower)
				&& !lower.startsWith("access-control-") && !lower.startsWith("upload-");
	}

	private static boolean isPrintable(String value) {
		return value.chars().noneMatch((c) -> c < ' ' && c != '\t');
	}

}
