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

import java.util.Optional;

import io.github.tusspring.upload.UploadObserver;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Tells Spring's observation of a request, if there is one, what it can't know.
 */
public final class RequestObservation {

	/**
	 * The status by which nginx logs a request whose client has gone. No client sees it.
	 */
	static final int CLIENT_GONE = 499;

	private RequestObservation() {
	}

	/**
	 * Notes which path was asked for.
	 * @param request the request
	 * @param pattern the path with its variables
	 */
	public static void pattern(HttpServletRequest request, String pattern) {
		context(request).ifPresent((context) -> context.setPathPattern(pattern));
	}

	/**
	 * Keeps the path that was noted, while the request is dispatched elsewhere.
	 * @param request the request
	 * @return closed when the dispatch is over
	 */
	public static UploadObserver.Scope keepPattern(HttpServletRequest request) {
		ServerRequestObservationContext context = context(request).orElse(null);
		String pattern = (context != null) ? context.getPathPattern() : null;
		return (pattern != null) ? () -> context.setPathPattern(pattern) : UploadObserver.Scope.NONE;
	}

	/**
	 * Notes that the connection is closed without an answer. Containers would make a
	 * server's error of it.
	 */
	static void aborted(HttpServletRequest request) {
		context(request).ifPresent((context) -> {
			HttpServletResponse response = context.getResponse();
			if (response != null) {
				context.setResponse(new Unanswered(response));
			}
		});
	}

	private static Optional<ServerRequestObservationContext> context(HttpServletRequest request) {
		return ServerHttpObservationFilter.findObservationContext(request);
	}

	private static final class Unanswered extends HttpServletResponseWrapper {

		private Unanswered(HttpServletResponse response) {
			super(response);
		}

		@Override
		public int getStatus() {
			return CLIENT_GONE;
		}

	}

}
