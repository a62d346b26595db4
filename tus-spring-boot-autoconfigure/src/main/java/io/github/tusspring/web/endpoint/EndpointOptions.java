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

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.StringUtils;

/**
 * Answers OPTIONS at an endpoint: the application's answer, with what a tus client wants
 * to know in addition.
 *
 * @param endpoint the endpoint
 * @param match the place in it
 */
record EndpointOptions(EndpointRoute endpoint, EndpointRoute.Match match) {

	/**
	 * What both have something to say of. Spring MVC says of each handler that it takes
	 * no PATCH.
	 */
	private static final Set<String> LISTS = Set.of(HttpHeaders.ALLOW, HttpHeaders.ACCEPT_PATCH);

	void answer(HttpServletRequest request, HttpServletResponse response, FilterChain chain, boolean handled)
			throws ServletException, IOException {
		Map<String, String> capabilities = this.endpoint.handler()
			.capabilities(!this.match.target().isEmpty(), request::getHeader);
		capabilities.forEach(response::setHeader);
		if (!handled) {
			// Whatever the application makes a page of says that nothing is there.
			response.setStatus(HttpServletResponse.SC_NO_CONTENT);
			return;
		}
		OptionsResponse options = new OptionsResponse(response, capabilities);
		chain.doFilter(request, options);
		options.end();
	}

	/**
	 * Joins what the application's answer lists with what is ours, and doesn't let the
	 * application say that there is nothing.
	 */
	private static final class OptionsResponse extends HttpServletResponseWrapper {

		private final Map<String, String> lists = new LinkedCaseInsensitiveMap<>();

		private OptionsResponse(HttpServletResponse response, Map<String, String> capabilities) {
			super(response);
			this.lists.putAll(capabilities);
			this.lists.keySet().retainAll(LISTS);
		}

		@Override
		public void setHeader(String name, @Nullable String value) {
			String ours = this.lists.get(name);
			super.setHeader(name, (value != null && ours != null) ? join(value, ours) : value);
		}

		@Override
		public void addHeader(String name, @Nullable String value) {
			if (this.lists.containsKey(name)) {
				setHeader(name, value);
			}
			else {
				super.addHeader(name, value);
			}
		}

		private static String join(String theirs, String ours) {
			Set<String> all = new LinkedHashSet<>();
			Collections.addAll(all, StringUtils.tokenizeToStringArray(theirs, ","));
			Collections.addAll(all, StringUtils.tokenizeToStringArray(ours, ","));
			return String.join(", ", all);
		}

		@Override
		public void sendError(int status) throws IOException {
			if (!isMissing(status)) {
				super.sendError(status);
			}
		}

		@Override
		public void sendError(int status, String message) throws IOException {
			if (!isMissing(status)) {
				super.sendError(status, message);
			}
		}

		private static boolean isMissing(int status) {
			return status == SC_NOT_FOUND || status == SC_METHOD_NOT_ALLOWED;
		}

		private void end() {
			if (isMissing(getStatus()) && !isCommitted()) {
				setStatus(SC_NO_CONTENT);
			}
		}

	}

}
