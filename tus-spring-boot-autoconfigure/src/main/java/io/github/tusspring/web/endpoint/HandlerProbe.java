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
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

/**
 * A request that is never handled: only asked which handler it would have.
 */
final class HandlerProbe extends HttpServletRequestWrapper {

	private final Map<String, Object> attributes = new HashMap<>();

	private final String servletPath;

	private final String path;

	private final String method;

	private final @Nullable String contentType;

	/**
	 * Creates a probe.
	 * @param request has what the probe doesn't say
	 * @param servletPath the path of Spring MVC's servlet, empty for the root
	 * @param path the path below the context path
	 * @param method the method
	 * @param contentType the content type or {@code null}
	 */
	HandlerProbe(HttpServletRequest request, String servletPath, String path, String method,
			@Nullable String contentType) {
		super(request);
		this.servletPath = servletPath;
		this.path = path;
		this.method = method;
		this.contentType = contentType;
	}

	@Override
	public String getMethod() {
		return this.method;
	}

	@Override
	public String getRequestURI() {
		return getContextPath() + this.path;
	}

	@Override
	public StringBuffer getRequestURL() {
		return new StringBuffer("http://localhost").append(getRequestURI());
	}

	@Override
	public String getServletPath() {
		return this.servletPath.isEmpty() ? this.path : this.servletPath;
	}

	@Override
	public @Nullable String getPathInfo() {
		return this.servletPath.isEmpty() ? null : this.path.substring(this.servletPath.length());
	}

	@Override
	public HttpServletMapping getHttpServletMapping() {
		return new Mapping(this.servletPath.isEmpty() ? MappingMatch.DEFAULT : MappingMatch.PATH,
				this.servletPath.isEmpty() ? "/" : this.servletPath + "/*");
	}

	@Override
	public @Nullable String getContentType() {
		return this.contentType;
	}

	@Override
	public @Nullable String getHeader(String name) {
		return "Content-Type".equalsIgnoreCase(name) ? this.contentType : super.getHeader(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		return "Content-Type".equalsIgnoreCase(name) && this.contentType != null
				? Collections.enumeration(List.of(this.contentType)) : super.getHeaders(name);
	}

	@Override
	public @Nullable Object getAttribute(String name) {
		return this.attributes.get(name);
	}

	@Override
	public Enumeration<String> getAttributeNames() {
		return Collections.enumeration(this.attributes.keySet());
	}

	@Override
	public void setAttribute(String name, @Nullable Object value) {
		this.attributes.put(name, value);
	}

	@Override
	public void removeAttribute(String name) {
		this.attributes.remove(name);
	}

	private record Mapping(MappingMatch match, String pattern) implements HttpServletMapping {

		@Override
		public String getMatchValue() {
			return "";
		}

		@Override
		public String getPattern() {
			return this.pattern;
		}

		@Override
		public String getServletName() {
			return "";
		}

		@Override
		public MappingMatch getMappingMatch() {
			return this.match;
		}

	}

}
