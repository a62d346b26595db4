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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A short body that comes in two pieces, the second of them while the listener is set: on
 * a thread that isn't Tomcat's, Tomcat then calls the listener before it returns.
 */
class CallWhileListeningTests {

	private static final String CONTENT = "first second";

	private final Input input = new Input();

	private final Receiver receiver = new Receiver();

	@Test
	void whatWasReadBeforeComesFirst() {
		MockHttpServletRequest request = new MockHttpServletRequest("PATCH", "/files/1") {

			@Override
			public ServletInputStream getInputStream() {
				return CallWhileListeningTests.this.input;
			}

			@Override
			public long getContentLengthLong() {
				return CallWhileListeningTests.this.input.left;
			}

		};
		request.setAsyncSupported(true);
		try (StorageThreads threads = new StorageThreads(1, ObservationRegistry.NOOP)) {
			new ServletBodyTransfer(request, new MockHttpServletResponse(), new ServletTransfers((aborted) -> true,
					ContinueSender.NONE, new Inputs(), (informed, status, headers) -> false, threads))
				.start(this.receiver);
		}
		assertThat(this.receiver.received).hasToString(CONTENT + ".");
	}

	/**
	 * Reads the first piece directly, and the second one from the stream.
	 */
	private final class Inputs implements DirectInput.Factory {

		@Override
		public DirectInput open(HttpServletRequest request, ServletInputStream stream) {
			return (buffer) -> CallWhileListeningTests.this.input.take(buffer, "first ");
		}

		@Override
		public boolean isReadByAnyThread(ServletInputStream stream) {
			return true;
		}

	}

	private static final class Input extends ServletInputStream {

		private int left = CONTENT.length();

		private int take(ByteBuffer buffer, String piece) {
			if (!CONTENT.substring(CONTENT.length() - this.left).startsWith(piece)) {
				return 0;
			}
			buffer.put(piece.getBytes(StandardCharsets.US_ASCII));
			this.left -= piece.length();
			return piece.length();
		}

		@Override
		public boolean isFinished() {
			return this.left == 0;
		}

		@Override
		public boolean isReady() {
			return this.left > 0;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			try {
				listener.onDataAvailable();
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

		@Override
		public int read(ByteBuffer buffer) {
			return take(buffer, "second");
		}

		@Override
		public int read() {
			throw new UnsupportedOperationException();
		}

	}

	private static final class Receiver implements BodyReceiver {

		private final StringBuilder received = new StringBuilder();

		@Override
		public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
			this.received.append(StandardCharsets.US_ASCII.decode(bytes));
			return null;
		}

		@Override
		public boolean hasRoom(Runnable listener) {
			return true;
		}

		@Override
		public ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
			this.received.append(".");
			return new ExchangeAnswer(204, Map.of(), new byte[0]);
		}

		@Override
		public @Nullable ExchangeAnswer stop(StopReason reason) {
			return null;
		}

		@Override
		public void fail() {
			this.received.append("!");
		}

	}

}
