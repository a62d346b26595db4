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

import java.util.List;
import java.util.Locale;
import java.util.Set;

import io.github.tusspring.web.RequestPaths;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.web.cors.CorsUtils;

/**
 * Which requests are for endpoints of the application's own that are made resumable.
 *
 * @param endpoints the endpoints
 */
public record EndpointRoutes(List<EndpointRoute> endpoints) {

	/**
	 * Headers that only clients of our protocols send, in lower case.
	 */
	private static final Set<String> PROTOCOL = Set.of("tus-resumable", "upload-complete", "upload-incomplete",
			"upload-offset", "upload-draft-interop-version");

	public EndpointRoutes {
		endpoints = List.copyOf(endpoints);
	}

	/**
	 * Whether a request to an endpoint is one of ours rather than of the application's
	 * own, as its path, its method and its headers say, or asks whether such a one may be
	 * sent.
	 * @param request the request
	 * @return {@code true} if it is ours
	 */
	public boolean take(HttpServletRequest request) {
		boolean preflight = CorsUtils.isPreFlightRequest(request);
		if (preflight && !asksForProtocol(request)) {
			return false;
		}
		PathContainer path = RequestPaths.withinApplication(request);
		return this.endpoints.stream().anyMatch((endpoint) -> {
			EndpointRoute.Match match = endpoint.match(path);
			return match != null && (preflight || endpoint.isNamed(request, match));
		});
	}

	private static boolean asksForProtocol(HttpServletRequest request) {
		String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
		return headers != null && PROTOCOL.stream().anyMatch(headers.toLowerCase(Locale.ROOT)::contains);
	}

	/**
	 * Whether a request is sent to an endpoint or to an upload below it.
	 * @param request the request
	 * @return {@code true} if an endpoint is there
	 */
	public boolean isEndpoint(HttpServletRequest request) {
		PathContainer path = RequestPaths.withinApplication(request);
		return this.endpoints.stream().anyMatch((endpoint) -> endpoint.match(path) != null);
	}

}
