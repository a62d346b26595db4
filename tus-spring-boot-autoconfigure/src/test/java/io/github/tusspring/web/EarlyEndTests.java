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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A server that tells of the end of a body, once, while nobody has read the last bytes,
 * since there is no room for them: the end comes after them, and whatever comes instead
 * ends the transfer, too.
 */
class EarlyEndTests {

	private static final int LENGTH = 200_000;

	private final StorageThreads threads = new StorageThreads(2, ObservationRegistry.NOOP);

	private final Input input = new Input();

	private final Receiver receiver = new Receiver();

	private ServletBodyTransfer transfer;

	@BeforeEach
	void readSomeAndTellOfTheEnd() throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest("PATCH", "/files/1") {

			@Override
			public ServletInputStream getInputStream() {
				return EarlyEndTests.this.input;
			}

		};
		request.setAsyncSupported(true);
		this.transfer = new ServletBodyTransfer(request, new MockHttpServletResponse(),
				new ServletTransfers((aborted) -> true, ContinueSender.NONE, new Inputs(),
						(informed, status, headers) -> false, this.threads));
		this.transfer.start(this.receiver);
		this.input.listener.onDataAvailable();
		assertThat(this.receiver.received).hasValue(BufferPool.BUFFER_SIZE);
		this.input.listener.onAllDataRead();
		assertThat(this.receiver.ends.poll(50, TimeUnit.MILLISECONDS)).isNull();
	}

	@AfterEach
	void close() {
		this.threads.close();
	}

	@Test
	void whenThereIsRoomThenTheRestIsReadAndItEnds() throws Exception {
		this.receiver.giveRoom();
		assertThat(this.receiver.end()).isEqualTo("end after 200000");
		assertThat(this.receiver.ends.poll(50, TimeUnit.MILLISECONDS)).isNull();
	}

	@Test
	void whenItIsStoppedThenItIsNotComplete() throws Exception {
		this.transfer.stop(StopReason.TAKEN_OVER);
		assertThat(this.receiver.end()).isEqualTo("stop after 131072");
	}

	@Test
	void whenTheConnectionBreaksThenItFails() throws Exception {
		this.input.listener.onError(new IOException("Connection reset"));
		assertThat(this.receiver.end()).isEqualTo("fail after 131072");
	}

	@Test
	void whenTheServerTakesTheRequestAwayThenItFailsAsSoonAsThereIsRoom() throws Exception {
		this.input.gone = true;
		this.receiver.giveRoom();
		assertThat(this.receiver.end()).isEqualTo("fail after 131072");
	}

	private static final class Inputs implements DirectInput.Factory {

		@Override
		public @Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream) {
			return null;
		}

		@Override
		public boolean isReadByAnyThread(ServletInputStream stream) {
			return true;
		}

	}

	private static final class Input extends ServletInputStream {

		private final ByteBuffer left = ByteBuffer.allocate(LENGTH);

		private volatile ReadListener listener;

		private volatile boolean gone;

		private void touch() {
			if (this.gone) {
				throw new IllegalStateException("The request object has been recycled");
			}
		}

		@Override
		public boolean isFinished() {
			touch();
			return !this.left.hasRemaining();
		}

		@Override
		public boolean isReady() {
			touch();
			return this.left.hasRemaining();
		}

		@Override
		public void setReadListener(ReadListener listener) {
			this.listener = listener;
		}

		@Override
		public int read(ByteBuffer buffer) {
			touch();
			int count = Math.min(buffer.remaining(), this.left.remaining());
			this.left.position(this.left.position() + count);
			return count;
		}

		@Override
		public int read() {
			throw new UnsupportedOperationException();
		}

	}

	/**
	 * Has room for one buffer.
	 */
	private static final class Receiver implements BodyReceiver {

		private final AtomicInteger received = new AtomicInteger();

		private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

		private volatile @Nullable Runnable listener;

		private volatile boolean roomy;

		private void giveRoom() {
			this.roomy = true;
			Objects.requireNonNull(this.listener).run();
		}

		private String end() throws InterruptedException {
			return this.ends.poll(10, TimeUnit.SECONDS);
		}

		@Override
		public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
			this.received.addAndGet(bytes.remaining());
			return null;
		}

		@Override
		public boolean hasRoom(Runnable listener) {
			this.listener = listener;
			return this.roomy || this.received.get() == 0;
		}

		@Override
		public ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
			this.ends.add("end after " + this.received);
			return new ExchangeAnswer(204, Map.of(), new byte[0]);
		}

		@Override
		public @Nullable ExchangeAnswer stop(StopReason reason) {
			this.ends.add("stop after " + this.received);
			return null;
		}

		@Override
		public void fail() {
			this.ends.add("fail after " + this.received);
		}

	}

}
