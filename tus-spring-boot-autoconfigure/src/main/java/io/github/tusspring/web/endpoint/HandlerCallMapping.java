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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.resource.DefaultServletHttpRequestHandler;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * Hears when it is the turn of an endpoint's handler: finds it as Spring MVC's other
 * mappings do, and comes after all of their interceptors. Until then nothing that is said
 * is the handler's. Thread-safe.
 */
public final class HandlerCallMapping implements HandlerMapping, Ordered {

	private final Map<ApplicationContext, List<HandlerMapping>> mappings = new ConcurrentHashMap<>();

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean usesPathPatterns() {
		return true;
	}

	@Override
	public @Nullable HandlerExecutionChain getHandler(HttpServletRequest request) throws Exception {
		if (!(request.getAttribute(HandlerCall.ATTRIBUTE) instanceof HandlerCall call)) {
			return null;
		}
		ApplicationContext context = RequestContextUtils.findWebApplicationContext(request);
		if (context == null) {
			return null;
		}
		boolean expected = call.search();
		for (HandlerMapping mapping : this.mappings.computeIfAbsent(context, this::others)) {
			HandlerExecutionChain chain = mapping.getHandler(request);
			if (chain != null) {
				if (expected && isApplications(chain.getHandler())) {
					chain.addInterceptor(new Turn(call));
				}
				return chain;
			}
		}
		return null;
	}

	/**
	 * Returns the mappings of a servlet, in its order.
	 */
	private List<HandlerMapping> others(ApplicationContext context) {
		List<HandlerMapping> others = HandlerLookup.mappings(context);
		others.remove(this);
		return others;
	}

	/**
	 * Whether a handler is one of the application's own: what looks for a file of that
	 * name takes no upload.
	 */
	static boolean isApplications(@Nullable Object handler) {
		return handler != null && !(handler instanceof ResourceHttpRequestHandler)
				&& !(handler instanceof DefaultServletHttpRequestHandler);
	}

	private record Turn(HandlerCall call) implements HandlerInterceptor {

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			this.call.enter();
			return true;
		}

	}

}
