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

import java.util.List;
import java.util.Map;

import io.github.tusspring.upload.UploadId;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.RequestPath;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.handler.AbstractHandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Maps the creation URL and all uploads below it, with the interceptors that Spring MVC
 * has made for its own mappings: one of them may be what keeps strangers out, and one may
 * keep a state.
 */
final class UploadHandlerMapping extends SimpleUrlHandlerMapping {

	/**
	 * Before the mappings of the application.
	 */
	static final int ORDER = -10;

	private final boolean complete;

	private final @Nullable String path;

	/**
	 * Creates a mapping.
	 * @param path the creation URL's path
	 * @param controller handles the requests
	 * @param mvc one of Spring MVC's own mappings, or {@code null}
	 */
	UploadHandlerMapping(String path, Object controller, @Nullable AbstractHandlerMapping mvc) {
		this(Map.of(path, controller, path + "/**", controller, path + "/{id}", controller), ORDER, mvc, path);
	}

	/**
	 * Creates a mapping.
	 * @param handlers the handlers by their patterns
	 * @param order the mapping's place among all others
	 * @param mvc one of Spring MVC's own mappings, or {@code null}
	 */
	UploadHandlerMapping(Map<String, ?> handlers, int order, @Nullable AbstractHandlerMapping mvc) {
		this(handlers, order, mvc, null);
	}

	private UploadHandlerMapping(Map<String, ?> handlers, int order, @Nullable AbstractHandlerMapping mvc,
			@Nullable String path) {
		super(handlers, order);
		this.path = path;
		HandlerInterceptor[] interceptors = (mvc != null) ? mvc.getAdaptedInterceptors() : null;
		this.complete = interceptors != null;
		if (interceptors != null) {
			setInterceptors((Object[]) interceptors);
		}
	}

	/**
	 * Finds the handler of an upload's URL, by far the most frequent, without trying and
	 * sorting patterns. All others are found by those.
	 */
	@Override
	protected @Nullable Object lookupHandler(RequestPath path, String lookupPath, HttpServletRequest request)
			throws Exception {
		String value = path.pathWithinApplication().value();
		if (this.path != null && value.length() > this.path.length() && value.charAt(this.path.length()) == '/'
				&& value.startsWith(this.path)) {
			String id = value.substring(this.path.length() + 1);
			Object handler = UploadId.isValid(id) ? getHandlerMap().get(this.path) : null;
			if (handler != null) {
				return buildPathExposingHandler(handler, this.path + "/{id}", id, Map.of("id", id));
			}
		}
		return super.lookupHandler(path, lookupPath, request);
	}

	@Override
	protected void detectMappedInterceptors(List<HandlerInterceptor> interceptors) {
		if (!this.complete) {
			super.detectMappedInterceptors(interceptors);
		}
	}

}
