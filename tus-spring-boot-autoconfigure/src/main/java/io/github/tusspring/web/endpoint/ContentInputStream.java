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

package io.github.tusspring.web.endpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Executor;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.util.Assert;

/**
 * The content of an upload as the body of a request. All of it is there: a reader never
 * waits, and a listener is called once to read as much as it likes to, and once more when
 * it has come to the end.
 */
final class ContentInputStream extends ServletInputStream {

	private static final int MARK_LENGTH = 8192;

	private final Resource content;

	private final InputStream input;

	private final Executor container;

	private volatile boolean finished;

	private volatile @Nullable Listening listening;

	/**
	 * Opens a content.
	 * @param content the content
	 * @param container runs calls of a listener in a thread of the container's
	 */
	ContentInputStream(Resource content, Executor container) throws IOException {
		this.content = content;
		this.input = new BufferedInputStream(content.getInputStream(), MARK_LENGTH);
		this.container = container;
	}

	/**
	 * Returns the content itself, for a reader that wants more than a stream.
	 */
	Resource content() {
		return this.content;
	}

	@Override
	public int read() throws IOException {
		int b = this.input.read();
		read(b < 0);
		return b;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		int count = this.input.read(bytes, offset, length);
		read(count < 0);
		return count;
	}

	private void read(boolean end) {
		this.finished = end;
		Listening listening = this.listening;
		if (end && listening != null) {
			listening.finished();
		}
	}

	@Override
	public long skip(long count) throws IOException {
		return this.input.skip(count);
	}

	@Override
	public int available() throws IOException {
		return this.input.available();
	}

	@Override
	public long transferTo(OutputStream out) throws IOException {
		long count = this.input.transferTo(out);
		read(true);
		return count;
	}

	@Override
	public boolean markSupported() {
		return true;
	}

	@Override
	public synchronized void mark(int limit) {
		this.input.mark(limit);
	}

	@Override
	public synchronized void reset() throws IOException {
		this.input.reset();
		this.finished = false;
	}

	@Override
	public void close() throws IOException {
		this.input.close();
	}

	@Override
	public boolean isFinished() {
		return this.finished;
	}

	@Override
	public boolean isReady() {
		return !this.finished;
	}

	@Override
	public void setReadListener(ReadListener listener) {
		Assert.notNull(listener, "'listener' must not be null");
		Assert.state(this.listening == null, "There is a listener already");
		Listening listening = new Listening(listener);
		this.listening = listening;
		try {
			// Not from here: who registers a listener may not be ready to be called.
			this.container.execute(listening::begin);
		}
		catch (RuntimeException ex) {
			this.listening = null;
			throw ex;
		}
	}

	/**
	 * Calls a listener, one call after the other.
	 */
	private final class Listening {

		private final ReadListener listener;

		private boolean calling = true;

		private boolean over;

		private Listening(ReadListener listener) {
			this.listener = listener;
		}

		private void begin() {
			try {
				this.listener.onDataAvailable();
			}
			catch (IOException | RuntimeException ex) {
				if (goOver()) {
					this.listener.onError(ex);
				}
				return;
			}
			synchronized (this) {
				this.calling = false;
			}
			if (ContentInputStream.this.finished) {
				end();
			}
		}

		/**
		 * The end was read: in the listener's call, which goes on, or by another thread
		 * after it.
		 */
		private void finished() {
			boolean idle;
			synchronized (this) {
				idle = !this.calling;
			}
			if (idle) {
				ContentInputStream.this.container.execute(this::end);
			}
		}

		private void end() {
			if (!goOver()) {
				return;
			}
			try {
				this.listener.onAllDataRead();
			}
			catch (IOException | RuntimeException ex) {
				this.listener.onError(ex);
			}
		}

		private synchronized boolean goOver() {
			boolean first = !this.over;
			this.over = true;
			return first;
		}

	}

}
