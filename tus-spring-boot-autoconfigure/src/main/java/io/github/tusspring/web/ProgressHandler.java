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
import java.util.List;
import java.util.Map;

import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadService;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.HttpRequestHandler;

/**
 * Answers {@code GET <upload>/events} with server-sent events about the upload, for those
 * who may look at it.
 */
public final class ProgressHandler implements HttpRequestHandler {

	/**
	 * What follows the path of an upload.
	 */
	static final String SUFFIX = "/events";

	private static final int TOO_MANY = 429;

	private final UploadService service;

	private final ServletExchanges exchanges;

	private final ProgressEvents events;

	private final @Nullable String pattern;

	/**
	 * Creates a handler.
	 * @param service owns the rules
	 * @param exchanges makes exchanges of requests
	 * @param events tells what happens
	 * @param pattern the path under which the uploads' endpoint is configured, or
	 * {@code null} for those at the creation URL
	 */
	public ProgressHandler(UploadService service, ServletExchanges exchanges, ProgressEvents events,
			@Nullable String pattern) {
		this.service = service;
		this.exchanges = exchanges;
		this.events = events;
		this.pattern = pattern;
	}

	/**
	 * Returns the pattern of the URLs at which uploads can be followed.
	 * @param path the path of tus or of an endpoint, which may have variables
	 * @return the pattern
	 */
	public static String pattern(String path) {
		return path + (path.contains("{id}") ? "/*" : "/{id}") + SUFFIX;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!request.getMethod().equals("GET")) {
			response.setHeader("Allow", "GET");
			response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
			return;
		}
		if (!PlainPath.isPlain(request)) {
			ServletUploadExchange.write(PlainPath.refusal(), request, response);
			return;
		}
		String uri = request.getRequestURI();
		String upload = uri.substring(0, uri.length() - SUFFIX.length());
		String base = upload.substring(0, upload.lastIndexOf('/'));
		try {
			String id = upload.substring(base.length() + 1);
			UploadClient client = client(request, response, base, id);
			if (!this.events.watch(this.service.look(UploadId.of(id), client), client.key(), request, response)) {
				ServletUploadExchange.write(TusAnswers.of(TOO_MANY, Map.of("Retry-After", "5")), request, response);
			}
		}
		catch (UploadException ex) {
			ServletUploadExchange.write(TusAnswers.failed(ex), request, response);
		}
	}

	private UploadClient client(HttpServletRequest request, HttpServletResponse response, String base, String id) {
		if (!UploadId.isValid(id)) {
			throw new UploadNotFoundException();
		}
		HandOver handOver = (this.pattern != null) ? new Place(endpoint(request), this.pattern) : null;
		return this.exchanges.exchange(request, response, base, new UploadLookup(id), handOver).client();
	}

	/**
	 * Returns the endpoint's path as an upload has it, before the id and what follows it.
	 */
	private static String endpoint(HttpServletRequest request) {
		List<String> segments = RequestPaths.segments(RequestPaths.withinApplication(request));
		return RequestPaths.encode(segments.subList(0, segments.size() - 2));
	}

	/**
	 * Says where an upload belongs; nothing is handed over here.
	 */
	private record Place(String endpoint, String endpointPattern) implements HandOver {

		@Override
		public @Nullable ExchangeAnswer begin(Delivery delivery, HandOverAnswers answers) {
			throw new IllegalStateException("Nothing is appended by a request for events");
		}

	}

}
