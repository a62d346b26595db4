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
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.support.RequestContextUtils;
import org.springframework.web.util.WebUtils;

/**
 * Keeps the content of requests from outside away from handlers that get paths: nothing
 * in a body tells a path of a client's choice from one of ours. A handler may be reached
 * by more paths than its endpoint's, so Spring MVC's are known when they are found.
 * Thread-safe.
 */
public final class PathDeliveryGuard implements HandlerInterceptor {

	private static final Set<String> WITHOUT_CONTENT = Set.of("GET", "HEAD", "DELETE", "OPTIONS", "TRACE");

	private final List<Endpoint> endpoints;

	private final Map<Servlet, HandlerLookup> lookups = new ConcurrentHashMap<>();

	/**
	 * Creates a guard.
	 * @param endpoints the endpoints, of which those count that want paths
	 */
	public PathDeliveryGuard(EndpointRoutes endpoints) {
		this.endpoints = endpoints.endpoints().stream().filter(EndpointRoute::byPath).map(Endpoint::of).toList();
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
			throws Exception {
		return this.endpoints.isEmpty() || request.getAttribute(TusAttributes.LOCATION) != null
				|| !getsPaths(handler, request) || admit(request, response);
	}

	private boolean getsPaths(Object handler, HttpServletRequest request) {
		ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
		return context != null && HandlerCallMapping.isApplications(handler)
				&& this.endpoints.stream().anyMatch((endpoint) -> getsPaths(handler, request, endpoint, context));
	}

	private boolean getsPaths(Object handler, HttpServletRequest request, Endpoint endpoint,
			ApplicationContext context) {
		ServletLookup servlets = new ServletLookup(request.getServletContext());
		ServletLookup.Found found = servlets.find(endpoint.example());
		if (!servlets.isSentTo(request, found)) {
			return false;
		}
		// A servlet may have more than one path: the endpoint's counts.
		Servlet servlet = new Servlet(context, (found != null) ? found.path() : "");
		return this.lookups
			.computeIfAbsent(servlet,
					(key) -> new HandlerLookup(() -> HandlerLookup.mappings(key.context()), key.path()))
			.getsPaths(handler, request, endpoint.example(), endpoint.method());
	}

	/**
	 * Lets a request from outside pass if it has no content, and answers it otherwise.
	 * What the handler's method is doesn't matter: one that is mapped without any takes
	 * them all.
	 */
	static boolean admit(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!WITHOUT_CONTENT.contains(request.getMethod()) || announcesContent(request)) {
			refuse(response);
			return false;
		}
		UnannouncedContentRequest unannounced = WebUtils.getNativeRequest(request, UnannouncedContentRequest.class);
		if (unannounced != null) {
			unannounced.withhold();
		}
		return true;
	}

	/**
	 * Whether a request may have content of which nobody knows.
	 */
	static boolean isUnannounced(HttpServletRequest request) {
		return WITHOUT_CONTENT.contains(request.getMethod()) && !announcesContent(request);
	}

	private static boolean announcesContent(HttpServletRequest request) {
		return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
	}

	private static void refuse(HttpServletResponse response) throws IOException {
		byte[] message = "This endpoint takes resumable uploads only: an ordinary request could name any file"
			.getBytes(StandardCharsets.UTF_8);
		response.setStatus(HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE);
		response.setContentType("text/plain;charset=UTF-8");
		response.setContentLength(message.length);
		response.getOutputStream().write(message);
	}

	/**
	 * An endpoint that wants paths.
	 *
	 * @param example a path that matches the endpoint's
	 * @param method the method of its requests
	 */
	private record Endpoint(String example, HttpMethod method) {

		static Endpoint of(EndpointRoute endpoint) {
			return new Endpoint(HandlerLookup.example(endpoint.pattern().getPatternString()), endpoint.method());
		}

	}

	/**
	 * A servlet of Spring MVC's, by one of its paths.
	 *
	 * @param context the servlet's context
	 * @param path the servlet's path, empty for the root
	 */
	private record Servlet(ApplicationContext context, String path) {
	}

}
