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

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.util.ContentCachingResponseWrapper;
import org.springframework.web.util.WebUtils;

/**
 * Finds the response below the filters that keep all of a body until their chain returns:
 * what is sent later than that, or for as long as the client likes, would never leave
 * them.
 */
final class UncachedResponse {

	private UncachedResponse() {
	}

	static HttpServletResponse of(HttpServletResponse response) {
		ContentCachingResponseWrapper cache = WebUtils.getNativeResponse(response, ContentCachingResponseWrapper.class);
		return (cache != null) ? of((HttpServletResponse) cache.getResponse()) : response;
	}

}
