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

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
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

	/**
	 * Returns what stands for the interim answers of all servers.
	 * @param servers the servers' own
	 * @return sends by the first of them that knows the request's server
	 */
	static InterimResponses any(List<InterimResponses> servers) {
		return (request, status, headers) -> servers.stream()
			.anyMatch((server) -> server.send(request, status, headers));
	}

	/**
	 * Returns an interim answer as it goes over a connection of HTTP/1.1. It has no
	 * reason, but the space where one could be, which some clients want (RFC 9112,
	 * section 4).
	 * @param status the status, of the 1xx family
	 * @param headers the headers
	 * @return the answer's bytes
	 */
	static ByteBuffer toBytes(int status, Map<String, String> headers) {
		StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(" \r\n");
		headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
		return ByteBuffer.wrap(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
	}

}
