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
import java.util.Objects;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.util.StringUtils;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UrlPathHelper;

/**
 * Finds out which of Spring MVC's handlers an endpoint has, and whether that wants its
 * content as a part of a form. Thread-safe.
 */
public final class HandlerLookup {

	private static final String FORM = "multipart/form-data;boundary=x";

	private final Supplier<List<HandlerMapping>> mappings;

	private final String servletPath;

	/**
	 * Creates an instance.
	 * @param mappings gives the mappings in their order
	 * @param servletPath the path of Spring MVC's servlet, empty for the root
	 */
	public HandlerLookup(Supplier<List<HandlerMapping>> mappings, String servletPath) {
		this.mappings = mappings;
		this.servletPath = servletPath;
	}

	String servletPath() {
		return this.servletPath;
	}

	/**
	 * Finds the handler of a request.
	 * @return the handler or {@code null}
	 */
	@Nullable Object find(HttpServletRequest request, String path, String method, @Nullable String contentType) throws Exception {
		HandlerProbe probe = new HandlerProbe(request, this.servletPath, path, method, contentType);
		ServletRequestPathUtils.parseAndCache(probe);
		UrlPathHelper.defaultInstance.resolveAndCacheLookupPath(probe);
		for (HandlerMapping mapping : this.mappings.get()) {
			HandlerExecutionChain chain = mapping.getHandler(probe);
			if (chain != null) {
				return chain.getHandler();
			}
		}
		return null;
	}

	/**
	 * Returns the name of the part that a handler wants.
	 * @param request the request
	 * @param path the endpoint's path
	 * @param body what the handler is going to get
	 * @return the part's name, or {@code null} if the handler wants the content as the
	 * body
	 */
	@Nullable String part(HttpServletRequest request, String path, HandlerBody body) {
		if (!path.startsWith(this.servletPath)) {
			return null;
		}
		try {
			return part(find(request, path, body.method(), body.headers().get("Content-Type")));
		}
		catch (HttpMediaTypeNotSupportedException ex) {
			return consumesForms(request, path, body.method());
		}
		catch (Exception ex) {
			// The handler will say so itself.
			return null;
		}
	}

	private @Nullable String consumesForms(HttpServletRequest request, String path, String method) {
		try {
			Object handler = find(request, path, method, FORM);
			return (handler instanceof HandlerMethod)
					? Objects.requireNonNullElse(part(handler), HandlerBody.DEFAULT_PART) : null;
		}
		catch (Exception ex) {
			return null;
		}
	}

	private static @Nullable String part(@Nullable Object handler) {
		if (!(handler instanceof HandlerMethod method)) {
			return null;
		}
		String other = null;
		for (MethodParameter parameter : method.getMethodParameters()) {
			Class<?> type = contentType(parameter);
			if (MultipartFile.class.isAssignableFrom(type) || Part.class.isAssignableFrom(type)) {
				return name(parameter);
			}
			if (parameter.hasParameterAnnotation(RequestPart.class)) {
				other = name(parameter);
			}
		}
		return other;
	}

	/**
	 * Returns the type of a parameter, or of what is in it if it is a collection, an
	 * array or an optional.
	 */
	private static Class<?> contentType(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		if (type.isArray()) {
			return type.getComponentType();
		}
		return parameter.nested().getNestedParameterType();
	}

	private static String name(MethodParameter parameter) {
		RequestPart part = parameter.getParameterAnnotation(RequestPart.class);
		RequestParam param = parameter.getParameterAnnotation(RequestParam.class);
		String name = (part != null) ? part.name() : (param != null) ? param.name() : "";
		if (!StringUtils.hasText(name)) {
			name = parameter.getParameterName();
		}
		return StringUtils.hasText(name) ? name : HandlerBody.DEFAULT_PART;
	}

}
