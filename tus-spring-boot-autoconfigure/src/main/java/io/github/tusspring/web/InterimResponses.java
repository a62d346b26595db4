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

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Sends interim answers, which the servlet API can't. An implementation for each server
 * finds out once whether it can.
 */
@FunctionalInterface
public interface InterimResponses {

	/**
	 * Sends an interim answer before the final one, while the request's body is received
	 * or before. Calls for one request never overlap, nor do they with the final answer.
	 * @param request the request, of HTTP/1.1 or later
	 * @param status the status, of the 1xx family
	 * @param headers the headers
	 * @return whether that is possible with this request's server; {@code true} also if
	 * the connection turns out to be broken, which is for its reader to see
	 */
	boolean send(HttpServletRequest request, int status, Map<String, String> headers);

}
