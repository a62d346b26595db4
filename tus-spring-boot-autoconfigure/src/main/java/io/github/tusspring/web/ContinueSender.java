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

/**
 * Sends the interim answer 100 to a client that waits for it before it sends a body. Only
 * needed with a server that leaves that to the application: most send it when somebody
 * begins to read.
 */
@FunctionalInterface
public interface ContinueSender {

	/**
	 * Sends nothing.
	 */
	ContinueSender NONE = (request) -> {
	};

	/**
	 * Sends the interim answer, if the client waits for one and has not got it.
	 * @param request the request, whose body is wanted
	 */
	void sendContinue(HttpServletRequest request);

}
