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
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to one client, without a thread that waits for it: a client that is too
 * slow misses some of its progress, and never the end. Thread-safe.
 */
final class ProgressStream implements WriteListener, AsyncListener {

	private static final Log logger = LogFactory.getLog(ProgressStream.class);

	private final AsyncContext context;

	private final ServletOutputStream output;

	private final Consumer<ProgressStream> ended;

	private @Nullable String pending;

	private boolean last;

	private boolean done;

	ProgressStream(AsyncContext context, Consumer<ProgressStream> ended) throws IOException {
		this.context = context;
		this.output = context.getResponse().getOutputStream();
		this.ended = ended;
	}

	void start() {
		this.context.addListener(this);
		this.output.setWriteListener(this);
	}

	/**
	 * Sends an event in place of one that could not be sent yet.
	 * @param event the event's lines
	 * @param last whether the stream ends with it
	 */
	synchronized void send(String event, boolean last) {
		if (!this.done && !this.last) {
			this.pending = event;
			this.last = last;
			write();
		}
	}

	/**
	 * Keeps proxies from closing a silent connection. An event that waits to be sent does
	 * that, too.
	 */
	synchronized void keepAlive() {
		if (this.pending == null) {
			send(": still there\n\n", false);
		}
	}

	/**
	 * Ends the stream, with what waits if it can be sent now.
	 */
	synchronized void end() {
		if (!this.done) {
			complete();
		}
	}

	@Override
	public synchronized void onWritePossible() {
		if (!this.done) {
			write();
		}
	}

	private void write() {
		try {
			if (this.pending != null && this.output.isReady()) {
				this.output.write(this.pending.getBytes(StandardCharsets.UTF_8));
				this.pending = null;
				if (this.output.isReady()) {
					this.output.flush();
				}
			}
			if (this.last && this.pending == null && this.output.isReady()) {
				complete();
			}
		}
		catch (IOException | RuntimeException ex) {
			// The client has gone, or a wrapper of the application's fails.
			complete();
		}
	}

	private void complete() {
		this.done = true;
		try {
			this.context.complete();
		}
		catch (RuntimeException ex) {
			// The container has done that, and may have cleared the request.
			logger.debug("A stream of events could not be ended", ex);
		}
		finally {
			this.ended.accept(this);
		}
	}

	@Override
	public synchronized void onError(Throwable ex) {
		end();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		over();
	}

	@Override
	public void onError(AsyncEvent event) {
		end();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		end();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// Nobody dispatches this request.
	}

	private synchronized void over() {
		if (!this.done) {
			this.done = true;
			this.ended.accept(this);
		}
	}

}
