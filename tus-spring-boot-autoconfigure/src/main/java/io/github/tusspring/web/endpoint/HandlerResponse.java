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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.tusspring.upload.UploadAnswer;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the answer of an endpoint's handler until it is stored with the upload, so
 * that a client which loses the answer gets it again. What is too long to be stored
 * passes through as soon as it is clear that it is.
 */
final class HandlerResponse extends HttpServletResponseWrapper {

	private final ByteArrayOutputStream held = new ByteArrayOutputStream();

	private final Map<String, Collection<String>> initialHeaders = new LinkedHashMap<>();

	private final HttpServletResponse wrapped;

	private @Nullable HandlerCall call;

	private @Nullable ServletOutputStream stream;

	private @Nullable PrintWriter writer;

	private Mode mode = Mode.PASSING;

	/**
	 * Creates a response.
	 * @param response the response, as filters have wrapped it when the request came
	 */
	HandlerResponse(HttpServletResponse response) {
		super(unwrap(response));
		this.wrapped = response;
	}

	/**
	 * Returns the container's own response. Wrappers that filters have put around it hold
	 * the body back until their filter's chain returns, and that is long before the
	 * request is answered.
	 */
	private static HttpServletResponse unwrap(HttpServletResponse response) {
		ServletResponse unwrapped = response;
		while (unwrapped instanceof ServletResponseWrapper wrapper) {
			unwrapped = wrapper.getResponse();
		}
		return (HttpServletResponse) unwrapped;
	}

	/**
	 * Returns the response with its wrappers: filters look for them.
	 */
	@Override
	public ServletResponse getResponse() {
		return this.wrapped;
	}

	/**
	 * Begins to hold the answer back.
	 */
	void hold(HandlerCall call) {
		this.call = call;
		this.mode = Mode.HOLDING;
		getHeaderNames().forEach((name) -> this.initialHeaders.put(name, List.copyOf(getHeaders(name))));
	}

	/**
	 * Returns the values of a header that was there before the handler was called.
	 */
	Collection<String> initial(String name) {
		return this.initialHeaders.getOrDefault(name, List.of());
	}

	/**
	 * Brings what a writer has gathered where it is counted.
	 */
	void flushWriter() {
		if (this.writer != null) {
			this.writer.flush();
		}
	}

	byte[] held() {
		return this.held.toByteArray();
	}

	/**
	 * Throws what is held away, and all that follows.
	 */
	void discard() {
		if (this.mode == Mode.HOLDING) {
			this.held.reset();
			this.mode = Mode.DISCARDING;
		}
	}

	/**
	 * Sends what is held, if that is the whole body.
	 */
	void sendHeld() throws IOException {
		if (this.mode == Mode.HOLDING) {
			int status = getStatus();
			if (status != SC_NO_CONTENT && status != SC_NOT_MODIFIED) {
				super.setContentLength(this.held.size());
			}
			pass();
		}
	}

	/**
	 * Takes no more: what was sent is all.
	 */
	void end() {
		this.mode = Mode.DISCARDING;
	}

	private void pass() throws IOException {
		this.mode = Mode.PASSING;
		if (this.held.size() > 0) {
			this.held.writeTo(super.getOutputStream());
			this.held.reset();
		}
	}

	private void write(byte[] bytes, int offset, int length) throws IOException {
		if (this.mode == Mode.HOLDING && this.held.size() + length > UploadAnswer.MAX_BODY_LENGTH) {
			if (this.call != null) {
				this.call.overflow();
			}
			if (this.mode == Mode.HOLDING) {
				pass();
			}
		}
		if (this.mode == Mode.HOLDING) {
			this.held.write(bytes, offset, length);
		}
		else if (this.mode == Mode.PASSING) {
			super.getOutputStream().write(bytes, offset, length);
		}
	}

	@Override
	public ServletOutputStream getOutputStream() throws IOException {
		if (this.call == null) {
			return super.getOutputStream();
		}
		if (this.stream == null) {
			this.stream = new Stream();
		}
		return this.stream;
	}

	@Override
	public PrintWriter getWriter() throws IOException {
		if (this.call == null) {
			return super.getWriter();
		}
		if (this.writer == null) {
			// As the servlet specification wants it: the type says the charset from here
			// on.
			String charset = getCharacterEncoding();
			setCharacterEncoding(charset);
			this.writer = new PrintWriter(new OutputStreamWriter(getOutputStream(), charset));
		}
		return this.writer;
	}

	@Override
	public void setContentType(@Nullable String type) {
		String charset = getCharacterEncoding();
		super.setContentType(type);
		if (this.writer != null) {
			super.setCharacterEncoding(charset);
		}
	}

	@Override
	public void setCharacterEncoding(@Nullable String charset) {
		if (this.writer == null) {
			super.setCharacterEncoding(charset);
		}
	}

	@Override
	public void setCharacterEncoding(@Nullable Charset charset) {
		if (this.writer == null) {
			super.setCharacterEncoding(charset);
		}
	}

	@Override
	public void flushBuffer() throws IOException {
		if (this.mode == Mode.PASSING) {
			super.flushBuffer();
		}
	}

	@Override
	public boolean isCommitted() {
		return this.mode == Mode.PASSING && super.isCommitted();
	}

	@Override
	public void resetBuffer() {
		if (this.mode == Mode.PASSING) {
			super.resetBuffer();
		}
		else if (this.mode == Mode.HOLDING) {
			// A writer has more than what it has told us.
			this.mode = Mode.DISCARDING;
			flushWriter();
			this.mode = Mode.HOLDING;
		}
		this.held.reset();
	}

	@Override
	public void reset() {
		super.reset();
		this.held.reset();
		this.writer = null;
		this.initialHeaders.forEach((name, values) -> values.forEach((value) -> addHeader(name, value)));
	}

	@Override
	public void setBufferSize(int size) {
		if (this.call == null) {
			super.setBufferSize(size);
		}
	}

	@Override
	public void sendError(int status) throws IOException {
		errorComes(status);
		super.sendError(status);
		errorSent(status);
	}

	@Override
	public void sendError(int status, String message) throws IOException {
		errorComes(status);
		super.sendError(status, message);
		errorSent(status);
	}

	private void errorComes(int status) {
		if (this.call != null) {
			this.call.errorComes(status);
		}
	}

	private void errorSent(int status) {
		if (this.call != null) {
			this.call.errorSent(status);
			discard();
		}
	}

	@Override
	public void sendRedirect(String location) throws IOException {
		sendRedirect(location, SC_FOUND, true);
	}

	@Override
	public void sendRedirect(String location, int status) throws IOException {
		sendRedirect(location, status, true);
	}

	@Override
	public void sendRedirect(String location, boolean clear) throws IOException {
		sendRedirect(location, SC_FOUND, clear);
	}

	@Override
	public void sendRedirect(String location, int status, boolean clear) throws IOException {
		if (this.mode != Mode.HOLDING) {
			super.sendRedirect(location, status, clear);
			return;
		}
		if (clear) {
			resetBuffer();
		}
		setStatus(status);
		setHeader("Location", location);
	}

	private enum Mode {

		PASSING, HOLDING, DISCARDING

	}

	private final class Stream extends ServletOutputStream {

		@Override
		public void write(int b) throws IOException {
			HandlerResponse.this.write(new byte[] { (byte) b }, 0, 1);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			HandlerResponse.this.write(bytes, offset, length);
		}

		@Override
		public void flush() throws IOException {
			flushBuffer();
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			try {
				listener.onWritePossible();
			}
			catch (IOException ex) {
				listener.onError(ex);
			}
		}

	}

}
