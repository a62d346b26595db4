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

import io.github.tusspring.web.TusController;
import org.jspecify.annotations.Nullable;

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

	/**
	 * Creates a mapping.
	 * @param path the creation URL's path
	 * @param controller handles the requests
	 * @param mvc one of Spring MVC's own mappings, or {@code null}
	 */
	UploadHandlerMapping(String path, TusController controller, @Nullable AbstractHandlerMapping mvc) {
		this(Map.of(path, controller, path + "/**", controller, path + "/{id}", controller), ORDER, mvc);
	}

	/**
	 * Creates a mapping.
	 * @param handlers the handlers by their patterns
	 * @param order the mapping's place among all others
	 * @param mvc one of Spring MVC's own mappings, or {@code null}
	 */
	UploadHandlerMapping(Map<String, ?> handlers, int order, @Nullable AbstractHandlerMapping mvc) {
		super(handlers, order);
		HandlerInterceptor[] interceptors = (mvc != null) ? mvc.getAdaptedInterceptors() : null;
		this.complete = interceptors != null;
		if (interceptors != null) {
			setInterceptors((Object[]) interceptors);
		}
	}

	@Override
	protected void detectMappedInterceptors(List<HandlerInterceptor> interceptors) {
		if (!this.complete) {
			super.detectMappedInterceptors(interceptors);
		}
	}

}
