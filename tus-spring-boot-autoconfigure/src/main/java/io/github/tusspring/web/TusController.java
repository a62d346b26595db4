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
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Takes the requests of tus clients in Spring MVC: the creation URL and the uploads below
 * it.
 */
public final class TusController implements HttpRequestHandler {

	private final UploadHandler handler;

	private final ServletExchanges exchanges;

	private final String path;

	private final int pathElements;

	/**
	 * Creates a controller.
	 * @param handler handles the requests
	 * @param exchanges makes exchanges of requests
	 * @param path the creation URL's path below the context path and the servlet's path
	 */
	public TusController(UploadHandler handler, ServletExchanges exchanges, String path) {
		this.handler = handler;
		this.exchanges = exchanges;
		this.path = path;
		this.pathElements = PathContainer.parsePath(path).elements().size();
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
		RequestPath requestPath = ServletRequestPathUtils.hasParsedRequestPath(request)
				? ServletRequestPathUtils.getParsedRequestPath(request)
				: ServletRequestPathUtils.parseAndCache(request);
		String base = prefix(requestPath) + this.path;
		String target = target(requestPath);
		UploadExchange exchange = this.exchanges.exchange(request, response, base, new UploadLookup(target), null);
		if (!PlainPath.isPlain(request) || (!target.isEmpty() && requestPath.value().endsWith("/"))) {
			this.handler.refusePath(exchange);
			return;
		}
		this.handler.handle(exchange);
	}

	/**
	 * Returns the context path and, which {@link RequestPath#contextPath()} leaves out,
	 * the servlet's path.
	 */
	private static String prefix(RequestPath requestPath) {
		String path = requestPath.value();
		return path.substring(0, path.length() - requestPath.pathWithinApplication().value().length());
	}

	private String target(RequestPath requestPath) {
		List<PathContainer.Element> elements = requestPath.pathWithinApplication().elements();
		String target = "";
		for (PathContainer.Element element : elements.subList(Math.min(this.pathElements, elements.size()),
				elements.size())) {
			if (element instanceof PathContainer.PathSegment segment) {
				target = target.isEmpty() ? segment.valueToMatch() : target + "/" + segment.valueToMatch();
			}
		}
		return target;
	}

}
