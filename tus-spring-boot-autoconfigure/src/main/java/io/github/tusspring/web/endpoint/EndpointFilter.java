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

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.web.PlainPath;
import io.github.tusspring.web.RequestObservation;
import io.github.tusspring.web.RequestPaths;
import io.github.tusspring.web.ServletExchanges;
import io.github.tusspring.web.UploadExchange;
import io.github.tusspring.web.UploadLookup;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Takes the requests of tus clients at the application's own endpoints. Comes after all
 * other filters, so that what they refuse never gets here: neither a client's request nor
 * the call of a handler. Every other request passes untouched.
 */
public final class EndpointFilter extends OncePerRequestFilter {

	private final EndpointRoutes endpoints;

	private final ServletExchanges exchanges;

	private final TusUploads uploads;

	private final HandlerLookup handlers;

	private final boolean byPath;

	/**
	 * Creates a filter.
	 * @param endpoints the endpoints
	 * @param exchanges makes exchanges of requests
	 * @param uploads gives access to the content of uploads
	 * @param handlers finds the endpoints' handlers
	 */
	public EndpointFilter(EndpointRoutes endpoints, ServletExchanges exchanges, TusUploads uploads,
			HandlerLookup handlers) {
		this.endpoints = endpoints;
		this.exchanges = exchanges;
		this.uploads = uploads;
		this.handlers = handlers;
		this.byPath = endpoints.endpoints().stream().anyMatch(EndpointRoute::byPath);
	}

	@Override
	protected boolean shouldNotFilterAsyncDispatch() {
		return false;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		if (request.getDispatcherType() != DispatcherType.REQUEST) {
			if (request.getAttribute(HandlerCall.ATTRIBUTE) instanceof HandlerCall call) {
				call.arrive(request, response, chain);
			}
			else {
				chain.doFilter(request, response);
			}
			return;
		}
		PathContainer path = RequestPaths.withinApplication(request);
		for (EndpointRoute endpoint : this.endpoints.endpoints()) {
			EndpointRoute.Match match = endpoint.match(path);
			if (match == null) {
				continue;
			}
			UploadLookup lookup = new UploadLookup(match.target());
			if (endpoint.takes(request, match, lookup)) {
				handle(request, response, endpoint, match, lookup);
				return;
			}
			if (request.getMethod().equals("OPTIONS")) {
				new EndpointOptions(endpoint, match).answer(request, response, chain,
						this.handlers.isHandled(request, path.value()));
				return;
			}
		}
		pass(request, response, chain, path);
	}

	/**
	 * Lets an ordinary request pass, but for one that would look to a handler as a
	 * delivery by path does.
	 */
	private void pass(HttpServletRequest request, HttpServletResponse response, FilterChain chain, PathContainer path)
			throws IOException, ServletException {
		if (!this.byPath) {
			chain.doFilter(request, response);
			return;
		}
		HttpServletRequest ordinary = PathDeliveryGuard.isUnannounced(request) ? new UnannouncedContentRequest(request)
				: request;
		boolean looksLikeDelivery = this.endpoints.endpoints()
			.stream()
			.anyMatch((endpoint) -> endpoint.byPath() && looksLikeDelivery(request, endpoint, endpoint.match(path)));
		if (!looksLikeDelivery || PathDeliveryGuard.admit(ordinary, response)) {
			chain.doFilter(ordinary, response);
		}
	}

	/**
	 * Whether a request is sent to an endpoint or to the servlet that is its handler.
	 * What Spring MVC handles is known later.
	 */
	private static boolean looksLikeDelivery(HttpServletRequest request, EndpointRoute endpoint,
			EndpointRoute.@Nullable Match match) {
		if (match != null && match.target().isEmpty()) {
			return true;
		}
		// A servlet is found by a path that the container has put in order.
		String servletPath = request.getServletPath() + ((request.getPathInfo() != null) ? request.getPathInfo() : "");
		if (endpoint.pattern().matches(PathContainer.parsePath(StringUtils.trimTrailingCharacter(servletPath, '/')))) {
			return true;
		}
		String path = HandlerLookup.example(endpoint.pattern().getPatternString());
		ServletLookup servlets = new ServletLookup(request.getServletContext());
		ServletLookup.Found handler = servlets.find(path);
		return handler != null && servlets.isSentTo(request, handler) && !handler.isSpringMvc();
	}

	private void handle(HttpServletRequest request, HttpServletResponse response, EndpointRoute endpoint,
			EndpointRoute.Match match, UploadLookup lookup) {
		RequestObservation.pattern(request, endpoint.pattern(match));
		HandlerRequest handlerRequest = new HandlerRequest(request);
		HandlerResponse handlerResponse = new HandlerResponse(response);
		EndpointHandOver handOver = new EndpointHandOver(endpoint, match.path(), handlerRequest, handlerResponse,
				this.exchanges.sender(request), this.uploads, this.handlers);
		UploadExchange exchange = this.exchanges.exchange(handlerRequest, handlerResponse,
				request.getContextPath() + match.path(), lookup, handOver);
		if (!PlainPath.isPlain(request) || request.getRequestURI().endsWith("/")) {
			// Spring MVC and Spring Security take a slash at the end for another path.
			endpoint.handler().refusePath(exchange);
			return;
		}
		endpoint.handler().handle(exchange);
	}

}
