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
import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Sends a content as quickly as its client reads it. Where the container can write
 * without blocking, a client that reads slowly holds no thread. Thread-safe: the
 * container may take the request away at any time, and give its response to another
 * client.
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

	/**
	 * Whoever has it may use request and response unless all is done, since the container
	 * calls before it takes them away. Never held by a thread that waits for the storage.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private @Nullable StorageThreads threads;

	private boolean blocking;

	private boolean reading;

	private boolean done;

	/**
	 * Creates a sender.
	 * @param request the request
	 * @param output takes the content, whose headers are set
	 * @param parts what is to be sent
	 * @param transfers closes connections
	 * @param ended called once, when all is sent or will never be
	 */
	ContentSender(HttpServletRequest request, ServletOutputStream output, ContentParts parts,
			ServletTransfers transfers, Runnable ended) {
		this.request = request;
		this.output = output;
		this.parts = parts;
		this.transfers = transfers;
		this.ended = ended;
	}

	/**
	 * Begins to send. May return before all is sent.
	 */
	void send() {
		try {
			boolean async = this.request.isAsyncSupported();
			this.threads = async ? this.transfers.storageThreads() : null;
			if (!async || !listen()) {
				this.blocking = true;
				onWritePossible();
			}
		}
		catch (RuntimeException | Error ex) {
			end();
			throw ex;
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
		}
		catch (UnsupportedOperationException ex) {
			return false;
		}
		try {
			return this.transfers.isListenedTo(this.request, this.output);
		}
		catch (RuntimeException ex) {
			// All has been sent by other threads, and the request is over.
			return true;
		}
	}

	@Override
	public void onWritePossible() {
		if (this.threads != null) {
			this.threads.download(this::write);
		}
		else {
			write();
		}
	}

	private void write() {
		TransferTurn turn = new TransferTurn();
		try {
			while (isReady()) {
				int count = read();
				write(count);
				turn.transferred(count);
				if (this.threads != null && turn.isOver()) {
					// If the storage is slower than the client, that is always ready.
					this.threads.download(this::write);
					return;
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			onError(ex);
		}
		catch (Error ex) {
			onError(ex);
			throw ex;
		}
	}

	/**
	 * Whether the client takes more. If so, the calling thread is the one that reads it.
	 */
	private boolean isReady() {
		this.lock.lock();
		try {
			if (this.done || this.reading || !(this.blocking || this.output.isReady())) {
				return false;
			}
			this.reading = true;
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	private int read() throws IOException {
		try {
			return this.parts.read(this.buffer);
		}
		finally {
			this.lock.lock();
			try {
				this.reading = false;
				if (this.done) {
					close();
				}
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	private void write(int count) throws IOException {
		this.lock.lock();
		try {
			if (this.done) {
				return;
			}
			if (count > 0) {
				this.output.write(this.buffer, 0, count);
				return;
			}
			this.output.flush();
			// Tomcat loses what waits for a window of HTTP/2 when a request is completed.
			if (this.blocking || this.output.isReady()) {
				end();
				complete();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void onError(Throwable ex) {
		this.lock.lock();
		try {
			if (this.done) {
				return;
			}
			// The client has gone, or must not take a part for the whole.
			logger.debug(LogMessage.format("A content could not be sent: %s", ex));
			end();
			if (!this.transfers.abort(this.request)) {
				complete();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void end() {
		this.lock.lock();
		try {
			if (!this.done) {
				this.done = true;
				if (!this.reading) {
					close();
				}
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Called once, by whoever comes last: the one that ends or the one that has read.
	 */
	private void close() {
		try {
			this.parts.close();
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("A content could not be closed: %s", ex));
		}
		finally {
			this.ended.run();
		}
	}

	private void complete() {
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
		onError(new IOException("The request has timed out"));
	}

	@Override
	public void onError(AsyncEvent event) {
		onError(event.getThrowable());
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
