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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.web.BodyInput.Reached;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * How transfers end whose body is not wanted.
 */
class ServletTransfersTests {

	private static final ExchangeAnswer ANSWER = new ExchangeAnswer(409, Map.of(), new byte[] { 'x' });

	private static final int LENGTH = 1_000_000;

	private final AtomicInteger aborts = new AtomicInteger();

	private boolean failing;

	private final ServletTransfers transfers = new ServletTransfers((request) -> {
		this.aborts.incrementAndGet();
		if (this.failing) {
			throw new IllegalStateException("The container has the request no more");
		}
		return true;
	}, ContinueSender.NONE, (request, stream) -> null, (request, status, headers) -> false, null);

	@Test
	void whenBodyIsRefusedThenItHasSomeTime() {
		refuse();
		this.transfers.sweep();
		assertThat(this.aborts).hasValue(0);
	}

	@Test
	void whenBodyIsRefusedAfterTheStopThenItEndsAtOnce() {
		this.transfers.stop();
		refuse();
		assertThat(this.aborts).hasValue(1);
	}

	@Test
	void whenTransfersBeginAgainThenARefusedBodyHasSomeTimeAgain() {
		this.transfers.stop();
		this.transfers.start();
		refuse();
		assertThat(this.aborts).hasValue(0);
	}

	@Test
	void whenOneCannotBeEndedThenTheOthersAre() {
		refuse();
		refuse();
		refuse();
		this.failing = true;
		this.transfers.stop();
		assertThat(this.aborts).hasValue(3);
	}

	@Test
	void whenABodyWaitsForTheStoragesThreadThenAnotherLeavesItAfterATurn() throws IOException {
		CountDownLatch release = new CountDownLatch(1);
		AtomicInteger reads = new AtomicInteger();
		try (StorageThreads threads = new StorageThreads(1, ObservationRegistry.NOOP)) {
			ServletTransfers remote = new ServletTransfers((request) -> true, ContinueSender.NONE, new EndlessInputs(),
					(request, status, headers) -> false, threads);
			ByteBuffer buffer = ByteBuffer.allocate(BufferPool.BUFFER_SIZE);
			assertThat(remote.open(new Request()).read(buffer, false, () -> reads.incrementAndGet() < 1000, (bytes) -> {
			})).isEqualTo(Reached.LAST_BYTE);
			threads.transfer(() -> awaitQuietly(release));
			threads.transfer(() -> {
			});
			assertThat(remote.open(new Request()).read(buffer, false, () -> reads.incrementAndGet() < 2000, (bytes) -> {
			})).isEqualTo(Reached.END_OF_TURN);
		}
		finally {
			release.countDown();
		}
	}

	@Test
	void whenAShortBodyEndsThenItsBufferIsFree() {
		ServletTransfers whole = new ServletTransfers((request) -> true, ContinueSender.NONE, new EndlessInputs(),
				(request, status, headers) -> false, null);
		List<ByteBuffer> buffers = new ArrayList<>();
		BodyReceiver receiver = mock();
		given(receiver.receive(any())).willAnswer((call) -> {
			buffers.add(call.getArgument(0));
			return null;
		});
		given(receiver.end(any())).willAnswer((call) -> {
			buffers.add(whole.buffers().take());
			return ANSWER;
		});
		new ServletBodyTransfer(new Request(BufferPool.BUFFER_SIZE), new MockHttpServletResponse(), whole)
			.start(receiver);
		assertThat(buffers).hasSize(2);
		assertThat(buffers.get(1)).isSameAs(buffers.get(0));
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void refuse() {
		new ServletBodyTransfer(new Request(), new MockHttpServletResponse(), this.transfers).refuse(ANSWER);
	}

	/**
	 * Opens bodies that come faster than they can be stored.
	 */
	private static final class EndlessInputs implements DirectInput.Factory {

		@Override
		public DirectInput open(HttpServletRequest request, ServletInputStream stream) {
			return (buffer) -> {
				int count = buffer.remaining();
				buffer.position(buffer.limit());
				return count;
			};
		}

		@Override
		public boolean isReadByAnyThread(ServletInputStream stream) {
			return true;
		}

	}

	/**
	 * Has a body that doesn't come.
	 */
	private static final class Request extends MockHttpServletRequest {

		private final long length;

		private Request() {
			this(LENGTH);
		}

		private Request(long length) {
			super("PATCH", "/files/1");
			this.length = length;
			setAsyncSupported(true);
		}

		@Override
		public long getContentLengthLong() {
			return this.length;
		}

		@Override
		public ServletInputStream getInputStream() {
			return new ServletInputStream() {

				@Override
				public boolean isFinished() {
					return false;
				}

				@Override
				public boolean isReady() {
					return false;
				}

				@Override
				public void setReadListener(ReadListener listener) {
				}

				@Override
				public int read() throws IOException {
					throw new IOException("Nothing is there");
				}

			};
		}

	}

}
