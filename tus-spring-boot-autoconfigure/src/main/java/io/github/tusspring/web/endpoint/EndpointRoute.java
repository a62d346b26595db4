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

import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.web.RequestPaths;
import io.github.tusspring.web.UploadHandler;
import io.github.tusspring.web.UploadLookup;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which requests are for one endpoint of the application's own that is made resumable,
 * and who handles them.
 *
 * @param configured the path under which the endpoint is configured
 * @param pattern matches the endpoint's path, below the context path
 * @param method the method of the request that the endpoint's handler gets
 * @param byPath whether the handler gets the path of the content rather than the content
 * @param handler handles the requests of tus clients
 */
public record EndpointRoute(String configured, PathPattern pattern, HttpMethod method, boolean byPath,
		UploadHandler handler) {

	/**
	 * Creates an endpoint.
	 * @param configured the path under which the endpoint is configured
	 * @param servletPath the path of Spring MVC's servlet, which comes before it
	 * @param method the method of the request that the endpoint's handler gets
	 * @param byPath whether the handler gets the path of the content rather than the
	 * content
	 * @param handler handles the requests of tus clients
	 * @return the endpoint
	 */
	public static EndpointRoute of(String configured, String servletPath, HttpMethod method, boolean byPath,
			UploadHandler handler) {
		return new EndpointRoute(configured, PathPatternParser.defaultInstance.parse(servletPath + configured), method,
				byPath, handler);
	}

	/**
	 * Whether a request is one of ours rather than of the application's own: it says so,
	 * whether there is such an upload or not, or there is one. A GET is always the
	 * application's.
	 * @param request the request
	 * @param match where it points
	 * @param lookup the upload at which it points
	 */
	boolean takes(HttpServletRequest request, Match match, UploadLookup lookup) {
		return isNamed(request, match)
				|| this.handler.finds(request.getMethod(), match.path(), lookup, (name) -> header(request, name));
	}

	/**
	 * Whether a request says by its method and headers that it is one of ours. Whoever
	 * asks may do so before anybody knows who sends it, so no upload is looked at. What a
	 * filter chain lets pass for it must never be the application's.
	 * @param request the request
	 * @param match where it points
	 */
	boolean isNamed(HttpServletRequest request, Match match) {
		String method = request.getMethod();
		if (request.getHeader(TusHeaders.TUS_RESUMABLE) != null) {
			return !method.equals("GET");
		}
		return isMeant(method, match) && this.handler.isNamed(method, match.target(), (name) -> header(request, name));
	}

	/**
	 * Whether a creation has the endpoint's method, as the handler gets it.
	 */
	private boolean isMeant(String method, Match match) {
		return !match.target().isEmpty() || method.equals(this.method.name());
	}

	private static @Nullable String header(HttpServletRequest request, String name) {
		Enumeration<String> values = request.getHeaders(name);
		return values.hasMoreElements() ? String.join(",", Collections.list(values)) : null;
	}

	/**
	 * Matches the path of a request.
	 * @param path the path below the context path
	 * @return where in the endpoint it points, or {@code null} if it doesn't
	 */
	@Nullable Match match(PathContainer path) {
		List<String> segments = RequestPaths.segments(path);
		Match creation = match(segments, "");
		if (creation != null || segments.isEmpty()) {
			return creation;
		}
		return match(segments.subList(0, segments.size() - 1), segments.get(segments.size() - 1));
	}

	/**
	 * Returns what a place in the endpoint is called without the values of its variables.
	 */
	String pattern(Match match) {
		return this.pattern.getPatternString() + (match.target().isEmpty() ? "" : "/{id}");
	}

	private @Nullable Match match(List<String> segments, String target) {
		String path = RequestPaths.encode(segments);
		return this.pattern.matches(PathContainer.parsePath(path)) ? new Match(path, target) : null;
	}

	/**
	 * A place in an endpoint.
	 *
	 * @param path the endpoint's path, with the values of its variables, encoded
	 * @param target what follows it: nothing or an id
	 */
	record Match(String path, String target) {
	}

}
