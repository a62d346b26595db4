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

package io.github.tusspring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.web.endpoint.HandlerPresence;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.http.HttpMethod;
import org.springframework.util.StringUtils;

/**
 * Checks at start-up that each endpoint can be told from all others and has a handler.
 */
final class EndpointCheck implements SmartInitializingSingleton {

	private final TusProperties properties;

	private final HandlerPresence handlers;

	private final String servletPath;

	EndpointCheck(TusProperties properties, HandlerPresence handlers, String servletPath) {
		this.properties = properties;
		this.handlers = handlers;
		this.servletPath = servletPath;
	}

	/**
	 * Checks that no request can be one to two endpoints, or to an endpoint and an
	 * upload.
	 */
	static void checkPaths(TusProperties properties) {
		String uploads = properties.path();
		List<String> paths = new ArrayList<>();
		for (int i = 0; i < properties.endpoints().size(); i++) {
			String path = properties.endpoints().get(i).path();
			String name = "'tus.endpoints[" + i + "].path'";
			if (collide(path, uploads) || isBelow(path, uploads)) {
				throw new InvalidEndpointException(
						name + " is '" + path + "', which collides with 'tus.path', '" + uploads + "'.",
						"Give 'tus.path' or the endpoint a path that is not below the other.");
			}
			for (int j = 0; j < i; j++) {
				if (collide(path, paths.get(j))) {
					throw new InvalidEndpointException(
							name + " is '" + path + "', which collides with 'tus.endpoints[" + j + "].path', '"
									+ paths.get(j) + "'.",
							"Give each endpoint a path that no other matches, and that is no upload's URL of another.");
				}
			}
			paths.add(path);
		}
	}

	/**
	 * Whether some request would be one to both endpoints, or to one and an upload of the
	 * other.
	 */
	private static boolean collide(String one, String other) {
		return Math.abs(segments(one).length - segments(other).length) <= 1 && meet(one, other);
	}

	private static boolean isBelow(String path, String other) {
		return segments(path).length >= segments(other).length && meet(path, other);
	}

	/**
	 * Whether two paths may be the same as far as both go.
	 */
	private static boolean meet(String one, String other) {
		String[] ones = segments(one);
		String[] others = segments(other);
		for (int i = 0; i < Math.min(ones.length, others.length); i++) {
			if (!ones[i].equals(others[i]) && !isVariable(ones[i]) && !isVariable(others[i])) {
				return false;
			}
		}
		return true;
	}

	private static String[] segments(String path) {
		return StringUtils.tokenizeToStringArray(path, "/");
	}

	private static boolean isVariable(String segment) {
		return segment.startsWith("{");
	}

	@Override
	public void afterSingletonsInstantiated() {
		for (int i = 0; i < this.properties.endpoints().size(); i++) {
			TusEndpointProperties endpoint = this.properties.endpoints().get(i);
			String path = this.servletPath + endpoint.path();
			if (!this.handlers.exist(path, HttpMethod.valueOf(endpoint.method().name()))) {
				throw new InvalidEndpointException(
						"'tus.endpoints[" + i + "].path' is '" + endpoint.path()
								+ "', but nothing in the application handles " + endpoint.method() + " " + path + ".",
						"Add a handler such as a controller's method with @" + mapping(endpoint.method()) + "(\""
								+ endpoint.path() + "\"), or correct the path.");
			}
		}
	}

	private static String mapping(TusEndpointProperties.Method method) {
		return (method == TusEndpointProperties.Method.PUT) ? "PutMapping" : "PostMapping";
	}

}
