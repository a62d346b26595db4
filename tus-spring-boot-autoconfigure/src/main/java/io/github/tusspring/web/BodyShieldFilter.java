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

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Hides from what comes after it that a body looks like a form: no filter and no
 * multipart resolver must read an upload. Parameters are those of the query string.
 */
public final class BodyShieldFilter extends OncePerRequestFilter {

	private final Predicate<HttpServletRequest> uploads;

	/**
	 * Creates a filter.
	 * @param uploads which requests have bodies of ours
	 */
	public BodyShieldFilter(Predicate<HttpServletRequest> uploads) {
		this.uploads = uploads;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return !isForm(request.getContentType()) || !this.uploads.test(request);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		chain.doFilter(new ShieldedRequest(request), response);
	}

	static boolean isForm(@Nullable String contentType) {
		if (contentType == null) {
			return false;
		}
		String type = contentType.strip().toLowerCase(Locale.ROOT);
		return type.startsWith("multipart/") || type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE);
	}

	private static final class ShieldedRequest extends HttpServletRequestWrapper {

		private @Nullable Map<String, String[]> parameters;

		private ShieldedRequest(HttpServletRequest request) {
			super(request);
		}

		@Override
		public String getContentType() {
			return MediaType.APPLICATION_OCTET_STREAM_VALUE;
		}

		@Override
		public @Nullable String getHeader(String name) {
			return HttpHeaders.CONTENT_TYPE.equalsIgnoreCase(name) ? getContentType() : super.getHeader(name);
		}

		@Override
		public Enumeration<String> getHeaders(String name) {
			return HttpHeaders.CONTENT_TYPE.equalsIgnoreCase(name)
					? Collections.enumeration(Collections.singleton(getContentType())) : super.getHeaders(name);
		}

		@Override
		public @Nullable String getParameter(String name) {
			String[] values = getParameterValues(name);
			return (values != null) ? values[0] : null;
		}

		@Override
		public String @Nullable [] getParameterValues(String name) {
			return getParameterMap().get(name);
		}

		@Override
		public Enumeration<String> getParameterNames() {
			return Collections.enumeration(getParameterMap().keySet());
		}

		@Override
		public Map<String, String[]> getParameterMap() {
			if (this.parameters == null) {
				// The container would look for more of them in the body.
				this.parameters = new LinkedHashMap<>();
				for (Map.Entry<String, List<String>> parameter : query(getQueryString()).entrySet()) {
					this.parameters.put(parameter.getKey(), parameter.getValue().toArray(String[]::new));
				}
			}
			return this.parameters;
		}

		private static Map<String, List<String>> query(@Nullable String query) {
			Map<String, List<String>> parameters = new LinkedHashMap<>();
			for (String pair : StringUtils.tokenizeToStringArray(query, "&")) {
				int equals = pair.indexOf('=');
				String name = (equals < 0) ? pair : pair.substring(0, equals);
				String value = (equals < 0) ? "" : pair.substring(equals + 1);
				try {
					parameters
						.computeIfAbsent(URLDecoder.decode(name, StandardCharsets.UTF_8), (key) -> new ArrayList<>())
						.add(URLDecoder.decode(value, StandardCharsets.UTF_8));
				}
				catch (IllegalArgumentException ex) {
					// A client's words: containers leave out what is malformed, too.
				}
			}
			return parameters;
		}

	}

}
