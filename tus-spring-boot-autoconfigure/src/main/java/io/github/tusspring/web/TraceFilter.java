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
import java.util.function.Predicate;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses TRACE where uploads are: a servlet answers it with all that the request had,
 * credentials too (RFC 9110, section 9.3.8), and not every server keeps it from that.
 */
public final class TraceFilter extends OncePerRequestFilter {

	private final Predicate<HttpServletRequest> uploads;

	/**
	 * Creates a filter.
	 * @param uploads which requests are for uploads
	 */
	public TraceFilter(Predicate<HttpServletRequest> uploads) {
		this.uploads = uploads;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return !request.getMethod().equals("TRACE") || !this.uploads.test(request);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException {
		TusAnswers.headers().forEach(response::setHeader);
		response.setHeader(HttpHeaders.ALLOW, "OPTIONS, HEAD, POST, PATCH, DELETE");
		response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
	}

}
