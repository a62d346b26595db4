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

package io.github.tusspring.web.tomcat;

import java.io.IOException;
import java.util.function.Predicate;

import io.github.tusspring.web.ContinueSender;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.coyote.ContinueResponseTiming;

import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Sends 100 for a Tomcat that was told to wait until the body is read. Tomcat does so by
 * itself for a thread that waits for bytes, but never for a reader that waits for a call:
 * so all requests but those for uploads get their 100 here, as late as a filter can.
 */
public final class TomcatContinueSender extends OncePerRequestFilter implements ContinueSender {

	private final Predicate<HttpServletRequest> uploads;

	/**
	 * Creates an instance.
	 * @param uploads which requests are for uploads
	 */
	public TomcatContinueSender(Predicate<HttpServletRequest> uploads) {
		this.uploads = uploads;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return request.getHeader("Expect") == null || this.uploads.test(request);
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		sendContinue(request);
		chain.doFilter(request, response);
	}

	@Override
	public void sendContinue(HttpServletRequest request) {
		Request tomcatRequest = TomcatRequestValve.find(request);
		if (tomcatRequest != null) {
			tomcatRequest.getResponse().sendAcknowledgement(ContinueResponseTiming.ALWAYS);
		}
	}

}
