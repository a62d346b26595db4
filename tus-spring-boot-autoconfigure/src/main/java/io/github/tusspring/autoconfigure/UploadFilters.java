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

import java.util.function.Predicate;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Registers the filters of uploads.
 */
final class UploadFilters {

	/**
	 * After the filter that handles forwarded headers, before any that refuses requests.
	 */
	static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	private UploadFilters() {
	}

	static <T extends Filter> FilterRegistrationBean<T> register(String name, T filter, int order) {
		return register(name, order, new FilterRegistrationBean<>(filter));
	}

	/**
	 * Registers a filter before those that the application has put first.
	 */
	static <T extends Filter> FilterRegistrationBean<T> registerFirst(String name, T filter) {
		return register(name, Ordered.HIGHEST_PRECEDENCE, new FirstRegistration<>(filter));
	}

	private static <T extends Filter> FilterRegistrationBean<T> register(String name, int order,
			FilterRegistrationBean<T> registration) {
		// The application may have a filter of the same class.
		registration.setName(name);
		registration.setOrder(order);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		return registration;
	}

	/**
	 * Matches the requests to a creation URL and to all that is below it.
	 */
	static Predicate<HttpServletRequest> below(String path) {
		PathPattern pattern = PathPatternParser.defaultInstance.parse(path + "/**");
		return (request) -> pattern.matches(ServletRequestPathUtils.parse(request).pathWithinApplication());
	}

	private static final class FirstRegistration<T extends Filter> extends FilterRegistrationBean<T>
			implements PriorityOrdered {

		private FirstRegistration(T filter) {
			super(filter);
		}

	}

}
