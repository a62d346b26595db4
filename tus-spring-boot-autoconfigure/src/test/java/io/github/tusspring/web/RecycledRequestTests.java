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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A request that the server has taken away, as Tomcat does when a client resets a stream
 * of HTTP/2, while a thread of ours works for it: whatever it is asked fails, and the
 * receiver hears of its end all the same.
 */
class RecycledRequestTests {

	private final StorageThreads threads = new StorageThreads(4, ObservationRegistry.NOOP);

	private final RecycledRequest request = new RecycledRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse() {

		@Override
		public void setHeader(String name, String value) {
			RecycledRequestTests.this.request.touch();
			super.setHeader(name, value);
		}

		@Override
		public void flushBuffer() {
			RecycledRequestTests.this.request.touch();
			super.flushBuffer();
		}

	};

	private final Receiver receiver = new Receiver();

	private final ServletBodyTransfer transfer = new ServletBodyTransfer(this.request, this.response,
			new ServletTransfers(this::closeConnection, (accepted) -> accepted.getAttribute("connection"),
					(opened, stream) -> null, (informed, status, headers) -> false, this.threads));

	private Runnable closing = () -> {
	};

	private boolean closeConnection(HttpServletRequest aborted) {
		this.closing.run();
		return aborted.getAttribute("connection") != null;
	}

	@AfterEach
	void close() {
		this.threads.close();
	}

	@Test
	void whenItIsGoneBeforeTheBodyIsAskedForThenTheReceiverFails() throws Exception {
		this.request.gone = true;
		this.transfer.start(this.receiver);
		assertThat(this.receiver.end()).isEqualTo("fail");
	}

	@Test
	void whenItIsGoneBeforeTheConnectionBreaksThenTheReceiverFails() throws Exception {
		this.transfer.start(this.receiver);
		this.request.gone = true;
		this.request.listener().onError(new IllegalStateException("Stream reset"));
		assertThat(this.receiver.end()).isEqualTo("fail");
	}

	@Test
	void whenItIsGoneBeforeTheEndOfTheBodyThenTheReceiverFails() throws Exception {
		this.transfer.start(this.receiver);
		this.request.gone = true;
		this.request.listener().onAllDataRead();
		assertThat(this.receiver.end()).isEqualTo("fail");
	}

	@Test
	void whenItIsGoneBeforeMoreBytesThenTheReceiverFails() throws Exception {
		this.transfer.start(this.receiver);
		this.request.gone = true;
		this.request.listener().onDataAvailable();
		assertThat(this.receiver.end()).isEqualTo("fail");
	}

	@Test
	void whenItIsGoneThenItCanBeStopped() throws Exception {
		this.transfer.start(this.receiver);
		this.request.gone = true;
		this.transfer.stop(StopReason.IDLE);
		assertThat(this.receiver.end()).isEqualTo("stop");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenItIsGoneWhileAnAnswerIsMadeThenItEndsOnce(boolean stopped) throws Exception {
		this.receiver.answering = () -> this.request.gone = true;
		this.transfer.start(this.receiver);
		if (stopped) {
			this.transfer.stop(StopReason.TAKEN_OVER);
		}
		else {
			this.request.listener().onDataAvailable();
		}
		assertThat(this.receiver.end()).isEqualTo(stopped ? "stop" : "answer");
		await().until(this.transfer::isOver);
		this.request.listener().onError(new IllegalStateException("Stream reset"));
		assertThat(this.receiver.ends.poll(100, TimeUnit.MILLISECONDS)).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAThreadIsClosingTheConnectionThenTheServerWaitsBeforeItUsesTheRequestAgain(boolean silent)
			throws Exception {
		CountDownLatch closing = new CountDownLatch(1);
		CountDownLatch closed = new CountDownLatch(1);
		this.closing = () -> {
			closing.countDown();
			try {
				closed.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
		this.transfer.start(this.receiver);
		Thread closer = new Thread(silent ? () -> this.transfer.stop(StopReason.IDLE)
				: () -> this.request.listener().onError(new IllegalStateException("Stream reset")));
		closer.start();
		closing.await();
		FutureTask<Duration> over = new FutureTask<>(() -> {
			long begun = System.nanoTime();
			this.transfer.onComplete(null);
			return Duration.ofNanos(System.nanoTime() - begun);
		});
		new Thread(over).start();
		assertThat(over.get()).isGreaterThan(Duration.ofMillis(50));
		closed.countDown();
		closer.join();
		assertThat(this.receiver.end()).isEqualTo(silent ? "stop" : "fail");
	}

	private static final class RecycledRequest extends MockHttpServletRequest {

		private volatile boolean gone;

		private volatile boolean available = true;

		private volatile ReadListener listener;

		private RecycledRequest() {
			super("PATCH", "/files/1");
			setAsyncSupported(true);
		}

		private ReadListener listener() {
			return this.listener;
		}

		private void touch() {
			if (this.gone) {
				throw new IllegalStateException("The request object has been recycled");
			}
		}

		@Override
		public Object getAttribute(String name) {
			touch();
			return super.getAttribute(name);
		}

		@Override
		public boolean isTrailerFieldsReady() {
			touch();
			return true;
		}

		@Override
		public Map<String, String> getTrailerFields() {
			touch();
			return Map.of();
		}

		@Override
		public ServletInputStream getInputStream() {
			touch();
			return new ServletInputStream() {

				@Override
				public boolean isFinished() {
					touch();
					return false;
				}

				@Override
				public boolean isReady() {
					touch();
					return RecycledRequest.this.available;
				}

				@Override
				public void setReadListener(ReadListener listener) {
					RecycledRequest.this.listener = listener;
				}

				@Override
				public int read(ByteBuffer buffer) {
					touch();
					RecycledRequest.this.available = false;
					buffer.put((byte) 'x');
					return 1;
				}

				@Override
				public int read() {
					touch();
					return -1;
				}

			};
		}

	}

	private static final class Receiver implements BodyReceiver {

		private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

		private @Nullable Runnable answering;

		private String end() throws InterruptedException {
			return this.ends.poll(10, TimeUnit.SECONDS);
		}

		@Override
		public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
			return answer("answer");
		}

		private @Nullable ExchangeAnswer answer(String end) {
			if (this.answering == null) {
				return null;
			}
			this.answering.run();
			this.ends.add(end);
			return new ExchangeAnswer(423, Map.of(), new byte[0]);
		}

		@Override
		public ExchangeAnswer end(UnaryOperator<String> trailers) {
			this.ends.add("end");
			return new ExchangeAnswer(204, Map.of(), new byte[0]);
		}

		@Override
		public ExchangeAnswer stop(StopReason reason) {
			ExchangeAnswer answer = answer("stop");
			if (answer == null) {
				this.ends.add("stop");
			}
			return answer;
		}

		@Override
		public void fail() {
			this.ends.add("fail");
		}

	}

}
