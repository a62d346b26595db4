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

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Handles requests of other origins' pages where they are for uploads, and leaves all
 * others to the application: {@link CorsFilter} itself would answer every preflight
 * request.
 */
public final class UploadCorsFilter extends CorsFilter {

	private final CorsConfigurationSource source;

	/**
	 * Creates a filter.
	 * @param source has a configuration for the requests that are for uploads
	 */
	public UploadCorsFilter(CorsConfigurationSource source) {
		super(source);
		this.source = source;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return this.source.getCorsConfiguration(request) == null;
	}

}
