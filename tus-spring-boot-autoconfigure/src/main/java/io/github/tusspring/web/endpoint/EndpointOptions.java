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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Answers OPTIONS at an endpoint: the application's answer, with what a tus client wants
 * to know in addition.
 *
 * @param endpoint the endpoint
 * @param match the place in it
 */
record EndpointOptions(EndpointRoute endpoint, EndpointRoute.Match match) {

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
		OptionsResponse options = new OptionsResponse(response, capabilities.getOrDefault("Allow", ""));
		chain.doFilter(request, options);
		options.end();
	}

	/**
	 * Joins the methods of the application's with ours, and doesn't let the application
	 * say that there is nothing.
	 */
	private static final class OptionsResponse extends HttpServletResponseWrapper {

		private final String allow;

		private OptionsResponse(HttpServletResponse response, String allow) {
			super(response);
			this.allow = allow;
		}

		@Override
		public void setHeader(String name, @Nullable String value) {
			super.setHeader(name, (value != null && name.equalsIgnoreCase("Allow")) ? join(value) : value);
		}

		@Override
		public void addHeader(String name, @Nullable String value) {
			if (name.equalsIgnoreCase("Allow")) {
				setHeader(name, value);
			}
			else {
				super.addHeader(name, value);
			}
		}

		private String join(String methods) {
			Set<String> all = new LinkedHashSet<>(Arrays.asList(methods.split("\\s*,\\s*")));
			all.addAll(Arrays.asList(this.allow.split("\\s*,\\s*")));
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
