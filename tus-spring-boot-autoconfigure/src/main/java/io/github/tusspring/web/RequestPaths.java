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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UriUtils;

/**
 * Reads and writes the paths of requests.
 */
public final class RequestPaths {

	private RequestPaths() {
	}

	/**
	 * Returns the path of a request below the context path.
	 * @param request the request
	 * @return the path
	 */
	public static PathContainer withinApplication(HttpServletRequest request) {
		PathContainer parsed = parsed(request);
		return (parsed != null) ? parsed
				: RequestPath.parse(request.getRequestURI(), request.getContextPath()).pathWithinApplication();
	}

	/**
	 * Returns the segments of a path as they are meant.
	 * @param path the path
	 * @return the segments, decoded
	 */
	public static List<String> segments(PathContainer path) {
		List<String> segments = new ArrayList<>();
		for (PathContainer.Element element : path.elements()) {
			if (element instanceof PathContainer.PathSegment segment) {
				segments.add(segment.valueToMatch());
			}
		}
		return segments;
	}

	/**
	 * Returns a path in the one way in which we write it, however a client does.
	 * @param segments the segments, decoded
	 * @return the path, encoded
	 */
	public static String encode(List<String> segments) {
		StringBuilder path = new StringBuilder();
		for (String segment : segments) {
			// A semicolon is allowed in a segment, but begins a parameter for everybody.
			path.append('/').append(UriUtils.encodePathSegment(segment, StandardCharsets.UTF_8).replace(";", "%3B"));
		}
		return path.toString();
	}

	/**
	 * Returns what Spring MVC has made of this very path, which leaves out the path of
	 * its servlet if it has one.
	 */
	private static @Nullable PathContainer parsed(HttpServletRequest request) {
		if (!ServletRequestPathUtils.hasParsedRequestPath(request)) {
			return null;
		}
		RequestPath parsed = ServletRequestPathUtils.getParsedRequestPath(request);
		PathContainer within = parsed.pathWithinApplication();
		int length = request.getContextPath().length() + within.value().length();
		return (parsed.value().length() == length && parsed.value().equals(request.getRequestURI())) ? within : null;
	}

}
