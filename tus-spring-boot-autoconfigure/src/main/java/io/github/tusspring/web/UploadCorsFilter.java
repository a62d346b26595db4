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

import java.io.IOException;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.util.StringUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.cors.DefaultCorsProcessor;
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
		setCorsProcessor(new ExposingCorsProcessor());
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return this.source.getCorsConfiguration(request) == null;
	}

	/**
	 * Lets pages read the protocol's headers also where a filter of the application's has
	 * allowed the origin before, and refuses others as the protocol does.
	 */
	private static final class ExposingCorsProcessor extends DefaultCorsProcessor {

		@Override
		public boolean processRequest(@Nullable CorsConfiguration configuration, HttpServletRequest request,
				HttpServletResponse response) throws IOException {
			if (configuration != null && response.getHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN) != null
					&& configuration.checkOrigin(request.getHeader(HttpHeaders.ORIGIN)) != null) {
				response.addHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS,
						StringUtils.collectionToCommaDelimitedString(configuration.getExposedHeaders()));
			}
			return super.processRequest(configuration, request, response);
		}

		@Override
		protected void rejectRequest(ServerHttpResponse response) throws IOException {
			TusAnswers.complete(Map.of()).forEach(response.getHeaders()::set);
			super.rejectRequest(response);
		}

	}

}
