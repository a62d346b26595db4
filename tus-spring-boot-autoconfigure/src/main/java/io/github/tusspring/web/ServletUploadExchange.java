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
import java.security.Principal;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;

import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadForbiddenException;
import io.github.tusspring.upload.UploadGrant;
import io.github.tusspring.upload.UploadId;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.core.log.LogMessage;
import org.springframework.web.util.ContentCachingResponseWrapper;
import org.springframework.web.util.WebUtils;

/**
 * A servlet request as an exchange.
 */
final class ServletUploadExchange implements UploadExchange {

	private static final Log logger = LogFactory.getLog(ServletUploadExchange.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final RequestSender sender;

	private final UploadLookup lookup;

	private final String base;

	private final ServletTransfers transfers;

	private final UploadOwnerResolver owners;

	private final @Nullable UploadGrant grant;

	private final @Nullable HandOver handOver;

	private @Nullable UploadClient client;

	private @Nullable SenderTransfer transfer;

	/**
	 * Creates an exchange.
	 * @param request the request
	 * @param response the response
	 * @param sender who sends the request
	 * @param lookup what follows the creation URL in the path
	 * @param base the creation URL
	 * @param transfers what all transfers share
	 * @param owners says to whom uploads belong
	 * @param grant what the request's URL is signed for, or {@code null}
	 * @param handOver takes full uploads, or {@code null}
	 */
	ServletUploadExchange(HttpServletRequest request, HttpServletResponse response, RequestSender sender,
			UploadLookup lookup, String base, ServletTransfers transfers, UploadOwnerResolver owners,
			@Nullable UploadGrant grant, @Nullable HandOver handOver) {
		this.request = request;
		this.response = response;
		this.sender = sender;
		this.lookup = lookup;
		this.base = base;
		this.transfers = transfers;
		this.owners = owners;
		this.grant = grant;
		this.handOver = handOver;
	}

	@Override
	public String method() {
		return this.request.getMethod();
	}

	@Override
	public String target() {
		return this.lookup.target();
	}

	@Override
	public UploadLookup lookup() {
		return this.lookup;
	}

	@Override
	public @Nullable String header(String name) {
		if (this.request.getHeader(name) == null) {
			// As most of those that are asked for.
			return null;
		}
		Enumeration<String> values = this.request.getHeaders(name);
		String first = values.hasMoreElements() ? values.nextElement() : null;
		return values.hasMoreElements() ? first + "," + String.join(",", Collections.list(values)) : first;
	}

	@Override
	public long contentLength() {
		long length = this.request.getContentLengthLong();
		return (length < 0 && !hasBodyOfUnknownLength()) ? 0 : length;
	}

	private boolean hasBodyOfUnknownLength() {
		if (this.request.getHeader("Transfer-Encoding") != null) {
			return true;
		}
		try {
			// On HTTP/2 no header says so.
			return this.request.getProtocol().startsWith("HTTP/2") && !this.request.getInputStream().isFinished();
		}
		catch (IllegalStateException ex) {
			// Somebody has taken the reader.
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public @Nullable String principal() {
		return (this.grant != null) ? this.grant.owner() : this.owners.resolveOwner(this.sender.request());
	}

	@Override
	public @Nullable Principal user() {
		return (this.grant != null) ? this.grant : this.sender.principal();
	}

	@Override
	public @Nullable String remoteAddress() {
		return this.request.getRemoteAddr();
	}

	@Override
	public @Nullable UploadException refusal(Throwable ex) {
		if (this.sender.isDenial(ex)) {
			return new UploadForbiddenException("Access is denied");
		}
		return this.sender.isUnreadable(ex)
				? new InvalidUploadException("The request has characters that are not allowed") : null;
	}

	@Override
	public String location(UploadId id) {
		String query = (this.handOver != null || this.grant != null) ? this.request.getQueryString() : null;
		// The application is to see it with the upload, whose last byte is sent there;
		// and
		// a signature is asked for again.
		return this.base + "/" + id + ((query != null) ? "?" + query : "");
	}

	@Override
	public boolean inform(int status, Map<String, String> headers) {
		// A client of HTTP/1.0 would take it for the final answer (RFC 9110, section
		// 15.2).
		return !this.request.getProtocol().equals("HTTP/1.0") && this.transfers.inform(this.request, status, headers);
	}

	@Override
	public UploadClient client() {
		// Once, on the thread that works for the request, whose beans may ask for what is
		// bound to it. The body ends on another one, and a session perhaps meanwhile.
		UploadClient client = this.client;
		if (client == null) {
			client = UploadExchange.super.client();
			this.client = client;
		}
		return client;
	}

	@Override
	public void detach(Runnable work) {
		StorageThreads threads = this.transfers.storageThreads();
		if (threads == null || !this.request.isAsyncSupported()) {
			work.run();
			return;
		}
		// As long as the calling thread works for the request.
		client();
		this.request.startAsync(this.request, this.response).setTimeout(0);
		DetachFilter.afterFilters(this.request, threads.handling(() -> handle(work)));
	}

	private void handle(Runnable work) {
		try (SenderContext.Bound bound = this.sender.bind()) {
			work.run();
		}
		catch (RuntimeException | Error ex) {
			giveUp(ex);
		}
		finally {
			if (this.transfer == null || !this.transfer.isStarted()) {
				this.sender.complete();
			}
		}
	}

	/**
	 * Ends a request that could not even be refused: perhaps the client has gone and the
	 * server taken it away, else nobody would ever end it.
	 */
	private void giveUp(Throwable ex) {
		if (ex instanceof Error) {
			logger.error("A request could not be answered", ex);
		}
		logger.debug(LogMessage.format("A request could not be answered: %s", ex));
		if (this.transfer != null && this.transfer.isStarted()) {
			return;
		}
		try {
			if (!this.transfers.abort(this.request) && this.request.isAsyncStarted()) {
				this.request.getAsyncContext().complete();
			}
		}
		catch (RuntimeException again) {
			logger.debug(LogMessage.format("A request has ended already: %s", again));
		}
	}

	@Override
	public void answer(ExchangeAnswer answer) {
		if (contentLength() != 0) {
			new ServletBodyTransfer(this.request, this.response, this.transfers).refuse(answer);
			return;
		}
		try {
			write(answer, this.request, this.response);
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
		}
		if (this.request.isAsyncStarted()) {
			this.request.getAsyncContext().complete();
		}
	}

	static void write(ExchangeAnswer answer, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		// Never by sendError: an error page would take the place of the protocol's
		// answer.
		response.setStatus(answer.status());
		answer.headers().forEach(response::setHeader);
		if (answer.body().length == 0) {
			return;
		}
		if (request.getMethod().equals("HEAD")) {
			// Over HTTP/2 some containers would reset the stream for a body that can't be
			// sent.
			response.setContentLength(answer.body().length);
			return;
		}
		write(answer.body(), response);
	}

	private static void write(byte[] body, HttpServletResponse response) throws IOException {
		// With no room left, some containers would send what is there in chunks, and the
		// end of an early answer not before that of the request. What a filter has
		// written before keeps the size from being changed.
		if (response.getBufferSize() <= body.length) {
			response.setBufferSize(body.length + 1);
		}
		response.getOutputStream().write(body);
		// Not before: when all has been written, some containers close the request's body
		// too, of which more may have to be read.
		response.setContentLength(body.length);
		ContentCachingResponseWrapper cache = WebUtils.getNativeResponse(response, ContentCachingResponseWrapper.class);
		if (cache != null) {
			// A filter that holds bodies back waits for a dispatch that never comes.
			byte[] held = cache.getContentAsByteArray();
			cache.resetBuffer();
			HttpServletResponse next = (HttpServletResponse) cache.getResponse();
			write(held, next);
			next.flushBuffer();
		}
	}

	@Override
	public void send(ExchangeAnswer answer, Resource content, Runnable ended) {
		try {
			DownloadHandler.send(this.request, this.response, answer, content, this.transfers, ended);
		}
		catch (IOException ex) {
			// The client has gone, or must not take a part for the whole.
			logger.debug(LogMessage.format("A content could not be sent: %s", ex));
			this.transfers.abort(this.request);
		}
	}

	@Override
	public BodyTransfer transfer() {
		SenderTransfer transfer = new SenderTransfer(
				new ServletBodyTransfer(this.request, this.response, this.transfers), this.sender);
		this.transfer = transfer;
		return transfer;
	}

	@Override
	public @Nullable HandOver handOver() {
		return this.handOver;
	}

}
