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
import java.util.concurrent.atomic.AtomicBoolean;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.web.util.ContentCachingResponseWrapper;
import org.springframework.web.util.WebUtils;

/**
 * Sends a content as quickly as its client reads it. Where the container can write
 * without blocking, a client that reads slowly holds no thread.
 */
final class ContentSender implements WriteListener, AsyncListener {

	private static final Log logger = LogFactory.getLog(ContentSender.class);

	/**
	 * Each slow client has one.
	 */
	private static final int BUFFER_SIZE = 32 * 1024;

	private final byte[] buffer = new byte[BUFFER_SIZE];

	private final HttpServletRequest request;

	private final ServletOutputStream output;

	private final ContentParts parts;

	private final ServletTransfers transfers;

	private final Runnable ended;

	private final AtomicBoolean done = new AtomicBoolean();

	private ContentSender(HttpServletRequest request, ServletOutputStream output, ContentParts parts,
			ServletTransfers transfers, Runnable ended) {
		this.request = request;
		this.output = output;
		this.parts = parts;
		this.transfers = transfers;
		this.ended = ended;
	}

	/**
	 * Sends a content, whose headers are set. May return before all is sent.
	 * @param request the request
	 * @param response the response
	 * @param parts what is to be sent
	 * @param transfers closes connections
	 * @param ended called once, when all is sent or will never be
	 */
	static void send(HttpServletRequest request, HttpServletResponse response, ContentParts parts,
			ServletTransfers transfers, Runnable ended) throws IOException {
		response.setContentLengthLong(parts.length());
		ContentSender sender = new ContentSender(request, response.getOutputStream(), parts, transfers, ended);
		// What a filter holds back can't be waited for.
		boolean held = WebUtils.getNativeResponse(response, ContentCachingResponseWrapper.class) != null;
		if (held || !request.isAsyncSupported() || !sender.listen()) {
			sender.sendAll();
		}
	}

	private boolean listen() {
		AsyncContext context = this.request.isAsyncStarted() ? this.request.getAsyncContext()
				: this.request.startAsync();
		// The container ends connections that take nothing.
		context.setTimeout(0);
		context.addListener(this);
		try {
			this.output.setWriteListener(this);
			return true;
		}
		catch (UnsupportedOperationException ex) {
			return false;
		}
	}

	private void sendAll() throws IOException {
		try {
			for (int count = read(); count > 0; count = read()) {
				this.output.write(this.buffer, 0, count);
			}
			this.output.flush();
		}
		finally {
			end();
		}
	}

	/**
	 * Reads what comes next, nothing once it has ended: the container may say that while
	 * a thread of the storage's reads.
	 */
	private int read() throws IOException {
		synchronized (this.parts) {
			return this.done.get() ? 0 : this.parts.read(this.buffer);
		}
	}

	@Override
	public void onWritePossible() {
		StorageThreads threads = this.transfers.storageThreads();
		if (threads != null) {
			threads.transfer(this::write);
		}
		else {
			write();
		}
	}

	private void write() {
		try {
			while (!this.done.get() && this.output.isReady()) {
				int count = read();
				if (count == 0) {
					end();
					return;
				}
				this.output.write(this.buffer, 0, count);
			}
		}
		catch (IOException | RuntimeException ex) {
			onError(ex);
		}
	}

	@Override
	public void onError(Throwable ex) {
		// The client has gone, or must not take a part for the whole.
		logger.debug(LogMessage.format("A content could not be sent: %s", ex));
		if (!this.done.get()) {
			this.transfers.abort(this.request);
		}
		end();
	}

	private void end() {
		if (!this.done.compareAndSet(false, true)) {
			return;
		}
		try {
			synchronized (this.parts) {
				this.parts.close();
			}
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("A content could not be closed: %s", ex));
		}
		this.ended.run();
		if (this.request.isAsyncStarted()) {
			this.request.getAsyncContext().complete();
		}
	}

	@Override
	public void onComplete(AsyncEvent event) {
		// The container may give a request up without a word to the stream's listener.
		end();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		end();
	}

	@Override
	public void onError(AsyncEvent event) {
		end();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
