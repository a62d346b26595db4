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

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;

/**
 * Finds out at start-up whether an endpoint has a handler at all, as far as that can be
 * known without a request.
 */
public final class HandlerPresence {

	/**
	 * Types that functions may ask for.
	 */
	private static final List<String> TYPES = List.of("", "application/octet-stream", "multipart/form-data;boundary=x");

	private final HandlerLookup handlers;

	private final @Nullable ServletContext servletContext;

	/**
	 * Creates an instance.
	 * @param handlers finds Spring MVC's handlers
	 * @param servletContext knows the servlets, or {@code null}
	 */
	public HandlerPresence(HandlerLookup handlers, @Nullable ServletContext servletContext) {
		this.handlers = handlers;
		this.servletContext = servletContext;
	}

	/**
	 * Whether there is a handler for an endpoint's requests, or may be one.
	 * @param path the endpoint's path below the context path
	 * @param method the method of the requests
	 * @return {@code false} if there is certainly none
	 */
	public boolean exist(String path, HttpMethod method) {
		String example = HandlerLookup.example(path);
		return this.servletContext == null
				|| new ServletLookup(this.servletContext).hasOther(example, this.handlers.servletPath())
				|| hasSpringHandler(example, method) || !this.handlers.methods(example, method, null).isEmpty();
	}

	private boolean hasSpringHandler(String path, HttpMethod method) {
		return TYPES.stream()
			.anyMatch(
					(type) -> this.handlers.exists(emptyRequest(), path, method.name(), type.isEmpty() ? null : type));
	}

	/**
	 * Returns a request that says nothing.
	 */
	private static HttpServletRequest emptyRequest() {
		InvocationHandler handler = (proxy, method, arguments) -> {
			Class<?> type = method.getReturnType();
			if (type == Enumeration.class) {
				return Collections.emptyEnumeration();
			}
			if (type == Map.class) {
				return Map.of();
			}
			if (type == Collection.class) {
				return List.of();
			}
			if (type == String.class) {
				return switch (method.getName()) {
					case "getContextPath", "getServletPath" -> "";
					case "getProtocol" -> "HTTP/1.1";
					case "getScheme" -> "http";
					case "getServerName", "getRemoteAddr", "getRemoteHost", "getLocalName", "getLocalAddr" ->
						"localhost";
					default -> null;
				};
			}
			if (type == boolean.class) {
				return false;
			}
			return (type == int.class) ? (Object) 0 : (type == long.class) ? (Object) 0L : null;
		};
		return (HttpServletRequest) Proxy.newProxyInstance(HandlerPresence.class.getClassLoader(),
				new Class<?>[] { HttpServletRequest.class }, handler);
	}

}
