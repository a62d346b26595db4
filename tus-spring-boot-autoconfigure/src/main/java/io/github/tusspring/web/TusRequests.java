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
import java.util.Set;

import io.github.tusspring.protocol.rufh.RufhHeaders;
import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.PathContainer;
import org.springframework.util.Assert;
import org.springframework.web.cors.CorsUtils;

/**
 * Receives resumable uploads in a controller or a filter of the application's own, at any
 * path. Thread-safe.
 *
 * <pre class="code">
 * &#064;RequestMapping({ "/videos", "/videos/{id}" })
 * void videos(HttpServletRequest request, HttpServletResponse response) {
 *     this.tus.handle(request, response, "/videos", (upload) -&gt; {
 *         upload.moveTo(this.videos);
 *         upload.answer().body("text/plain", "Thank you");
 *     });
 * }</pre>
 */
public final class TusRequests {

	/** What is asked for so needs no body, whatever type is said of it. */
	private static final Set<String> BODILESS = Set.of("OPTIONS", "HEAD", "GET", "DELETE");

	private final UploadHandler handler;

	private final UploadHandler handOverHandler;

	private final ServletExchanges exchanges;

	private final TusUploads uploads;

	/**
	 * Creates an instance.
	 * @param handler handles requests for uploads that are delivered as events
	 * @param handOverHandler handles requests for uploads that are handed over
	 * @param exchanges makes exchanges of requests
	 * @param uploads gives access to the content of uploads
	 */
	public TusRequests(UploadHandler handler, UploadHandler handOverHandler, ServletExchanges exchanges,
			TusUploads uploads) {
		this.handler = handler;
		this.handOverHandler = handOverHandler;
		this.exchanges = exchanges;
		this.uploads = uploads;
	}

	/**
	 * Whether a request comes from a client that speaks tus, or Resumable Uploads for
	 * HTTP. Says nothing of its path.
	 * @param request the request
	 * @return {@code true} if it has the header {@code Tus-Resumable} or
	 * {@code Upload-Draft-Interop-Version}, or asks with OPTIONS what the server can do,
	 * where tus clients need not send that header, and is no CORS preflight
	 */
	public boolean matches(HttpServletRequest request) {
		return request.getHeader(TusHeaders.TUS_RESUMABLE) != null
				|| request.getHeader(RufhHeaders.INTEROP_VERSION) != null
				|| (request.getMethod().equals("OPTIONS") && !CorsUtils.isPreFlightRequest(request));
	}

	/**
	 * Handles a request, whose answer is this method's from here on: it may return before
	 * the request's body has come. Full uploads are published as completed events.
	 * @param request the request
	 * @param response the response, to which nothing has been written
	 * @param path the creation URL's path below the context path, encoded as in a URL;
	 * the request is sent there, or to an upload below it
	 * @throws IllegalArgumentException if the request is sent elsewhere
	 */
	public void handle(HttpServletRequest request, HttpServletResponse response, String path) {
		handle(this.handler, request, response, path, null);
	}

	/**
	 * Handles a request, whose answer is this method's from here on: it may return before
	 * the request's body has come. A full upload is handed over to the receiver in the
	 * request that brings its last byte, or again in a later one of the same client if
	 * the receiver fails. Uploads that were created at this path can be reached below it
	 * only.
	 * @param request the request
	 * @param response the response, to which nothing has been written
	 * @param path the creation URL's path below the context path, encoded as in a URL;
	 * the request is sent there, or to an upload below it
	 * @param receiver takes the upload, if this request makes it full
	 * @throws IllegalArgumentException if the request is sent elsewhere
	 */
	public void handle(HttpServletRequest request, HttpServletResponse response, String path, Receiver receiver) {
		handle(this.handOverHandler, request, response, path, new ReceiverHandOver(path, receiver, this.uploads));
	}

	private void handle(UploadHandler handler, HttpServletRequest request, HttpServletResponse response, String path,
			@Nullable HandOver handOver) {
		PathContainer within = RequestPaths.withinApplication(request);
		List<String> base = RequestPaths.segments(PathContainer.parsePath(path));
		List<String> segments = RequestPaths.segments(within);
		boolean below = segments.size() >= base.size() && segments.subList(0, base.size()).equals(base);
		Assert.isTrue(below,
				() -> "'path' must be where the request is sent: '" + within.value() + "' is not below '" + path + "'");
		String target = String.join("/", segments.subList(base.size(), segments.size()));
		UploadExchange exchange = this.exchanges.exchange(request, response, request.getContextPath() + path,
				new UploadLookup(target), handOver);
		if (!PlainPath.isPlain(request) || (!target.isEmpty() && within.value().endsWith("/"))) {
			handler.refusePath(exchange);
			return;
		}
		if (isReadAsForm(request)) {
			handler.refuseForm(exchange);
			return;
		}
		handler.handle(exchange);
	}

	/**
	 * Whether a filter has read the body, as some do with what looks like a form. Clients
	 * of Resumable Uploads for HTTP may send any type.
	 */
	private static boolean isReadAsForm(HttpServletRequest request) {
		try {
			return request.getHeader(TusHeaders.TUS_RESUMABLE) == null && request.getContentLengthLong() != 0
					&& !BODILESS.contains(request.getMethod()) && BodyShieldFilter.isForm(request.getContentType())
					&& request.getInputStream().isFinished();
		}
		catch (IOException | IllegalStateException ex) {
			// Somebody has taken the reader instead.
			return true;
		}
	}

	/**
	 * Takes full uploads.
	 */
	@FunctionalInterface
	public interface Receiver {

		/**
		 * Takes an upload: moves or reads its content, and may say something to the
		 * client by {@link TusUploadCompletedEvent#answer()}. The content stays until the
		 * receiver moves or deletes it.
		 * @param upload the upload, as a completed event would have it
		 * @throws io.github.tusspring.upload.UploadRejectedException to refuse it; the
		 * content is removed
		 * @throws Exception if the upload can't be taken now; its client may come back
		 */
		void receive(TusUploadCompletedEvent upload) throws Exception;

	}

}
