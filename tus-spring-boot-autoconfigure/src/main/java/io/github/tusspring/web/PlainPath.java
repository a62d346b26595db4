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

import io.github.tusspring.upload.InvalidUploadException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.util.StringUtils;

/**
 * Tells paths that everybody reads alike from those that a filter, a rule of Spring
 * Security, the container and a handler mapping may take for different ones: with
 * parameters, empty or dotted segments, slashes that are encoded, letters that needn't be
 * encoded. No client has a reason to send one, and what was let in as something else must
 * not become an upload.
 */
public final class PlainPath {

	private PlainPath() {
	}

	/**
	 * Whether the path of a request can be read in one way only. It may end with a slash.
	 * @param request the request
	 * @return {@code false} if the request has to be refused
	 */
	public static boolean isPlain(HttpServletRequest request) {
		PathContainer path = RequestPaths.withinApplication(request);
		return isPlainBefore(request.getContextPath()) && (isPlain(path.value(), request) || isPlain(path, request));
	}

	/**
	 * Whether the context path is written plainly: the container finds the application by
	 * a path that it has put in order, and a proxy's rules may know the other one.
	 */
	private static boolean isPlainBefore(String contextPath) {
		return contextPath.isEmpty() || decode(PathContainer.parsePath(contextPath)) != null;
	}

	/**
	 * Whether the text of a path is beyond doubt, as that of nearly all is.
	 */
	private static boolean isPlain(String path, HttpServletRequest request) {
		boolean slash = false;
		for (int i = 0; i < path.length(); i++) {
			char c = path.charAt(i);
			boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
					|| c == '_';
			if (!letter && (c != '/' || slash)) {
				return false;
			}
			slash = !letter;
		}
		return request.getPathInfo() == null && path.equals(request.getServletPath());
	}

	private static boolean isPlain(PathContainer container, HttpServletRequest request) {
		String pathInfo = request.getPathInfo();
		// Servlets, and filters by their URL patterns, are found by the container's path.
		String path = (pathInfo != null) ? request.getServletPath() + pathInfo : request.getServletPath();
		return path.equals(decode(container));
	}

	/**
	 * Returns the path as it is meant, or {@code null} if it isn't plain.
	 */
	private static @Nullable String decode(PathContainer container) {
		StringBuilder decoded = new StringBuilder();
		boolean slash = false;
		for (PathContainer.Element element : container.elements()) {
			if (element instanceof PathContainer.PathSegment segment) {
				if (!isPlain(segment)) {
					return null;
				}
				decoded.append(segment.valueToMatch());
				slash = false;
			}
			else if (slash) {
				return null;
			}
			else {
				decoded.append('/');
				slash = true;
			}
		}
		return decoded.toString();
	}

	private static boolean isPlain(PathContainer.PathSegment segment) {
		String decoded = segment.valueToMatch();
		return segment.value().indexOf(';') < 0 && !decoded.equals(".") && !decoded.equals("..")
				&& !hasSeparator(decoded) && !encodesNeedlessly(segment.value());
	}

	private static boolean hasSeparator(String decoded) {
		for (int i = 0; i < decoded.length(); i++) {
			char c = decoded.charAt(i);
			if (c < ' ' || c == 0x7f || c == '/' || c == '\\') {
				return true;
			}
		}
		return false;
	}

	/**
	 * Whether a letter or a digit is encoded (RFC 3986, section 2.3): a comparison of
	 * texts would miss it.
	 */
	private static boolean encodesNeedlessly(String value) {
		for (int i = value.indexOf('%'); i >= 0; i = value.indexOf('%', i + 1)) {
			String decoded = StringUtils.uriDecode(value.substring(i, i + 3), StandardCharsets.ISO_8859_1);
			char c = decoded.charAt(0);
			if (c < 0x80 && Character.isLetterOrDigit(c)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns the answer to a request whose path is not plain.
	 * @return the answer, with the status 400
	 */
	static ExchangeAnswer refusal() {
		return TusAnswers.failed(new InvalidUploadException("The path must be written plainly: without parameters, "
				+ "empty segments, a slash at its end, or characters that need not be encoded"));
	}

}
