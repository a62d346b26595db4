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

import java.util.List;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Closes the connection of a request without an answer, which the servlet API can't.
 */
@FunctionalInterface
public interface ConnectionAborter {

	/**
	 * Closes the connection, or on HTTP/2 the stream, and ends the asynchronous
	 * processing of the request. May be called by any thread.
	 * @param request the request
	 * @return whether that is possible with this request's server: if so, the request
	 * must not be used any more
	 */
	boolean abort(HttpServletRequest request);

	/**
	 * Returns an aborter that stands for those of all servers.
	 * @param aborters the aborters
	 * @return the first of them that knows the request's server closes its connection
	 */
	static ConnectionAborter any(List<ConnectionAborter> aborters) {
		return (request) -> aborters.stream().anyMatch((aborter) -> aborter.abort(request));
	}

}
