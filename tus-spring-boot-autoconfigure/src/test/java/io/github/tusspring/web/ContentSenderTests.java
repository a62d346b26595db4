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

import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.AbstractResource;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What happens if a container gives a download up while a thread of the storage's reads.
 */
class ContentSenderTests {

	private final SlowContent content = new SlowContent();

	private WriteListener writer;

	@Test
	void contentIsClosedOnceNobodyReads() throws Exception {
		try (StorageThreads threads = new StorageThreads(1)) {
			MockHttpServletRequest request = new MockHttpServletRequest();
			request.setAsyncSupported(true);
			AtomicInteger ended = new AtomicInteger();
			ContentSender.send(request, new Response(), ContentParts.whole(this.content), transfers(threads),
					ended::incrementAndGet);
			this.writer.onWritePossible();
			assertThat(this.content.reading.await(10, TimeUnit.SECONDS)).isTrue();
			MockAsyncContext context = (MockAsyncContext) request.getAsyncContext();
			AsyncListener listener = context.getListeners().get(0);
			CompletableFuture<Void> completion = CompletableFuture.runAsync(() -> complete(listener, context));
			assertThatExceptionOfType(TimeoutException.class)
				.isThrownBy(() -> completion.get(300, TimeUnit.MILLISECONDS));
			assertThat(this.content.closed).hasValue(0);
			this.content.release.countDown();
			completion.join();
			this.writer.onWritePossible();
			CountDownLatch last = new CountDownLatch(1);
			threads.transfer(last::countDown);
			last.await();
			assertThat(this.content.opened).hasValue(1);
			assertThat(this.content.closed).hasValue(1);
			assertThat(ended).hasValue(1);
		}
	}

	private static void complete(AsyncListener listener, MockAsyncContext context) {
		try {
			listener.onComplete(new AsyncEvent(context));
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static ServletTransfers transfers(StorageThreads threads) {
		return new ServletTransfers((request) -> true, (request) -> {
		}, (request, stream) -> null, (request, status, headers) -> false, threads);
	}

	private final class Response extends HttpServletResponseWrapper {

		private Response() {
			super(new MockHttpServletResponse());
		}

		@Override
		public ServletOutputStream getOutputStream() {
			return new ServletOutputStream() {

				@Override
				public boolean isReady() {
					return true;
				}

				@Override
				public void setWriteListener(WriteListener listener) {
					ContentSenderTests.this.writer = listener;
				}

				@Override
				public void write(int b) {
				}

			};
		}

	}

	private static final class SlowContent extends AbstractResource {

		private final CountDownLatch reading = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		private final AtomicInteger opened = new AtomicInteger();

		private final AtomicInteger closed = new AtomicInteger();

		@Override
		public long contentLength() {
			return 10;
		}

		@Override
		public String getDescription() {
			return "slow";
		}

		@Override
		public InputStream getInputStream() {
			this.opened.incrementAndGet();
			return new InputStream() {

				@Override
				public int read() {
					SlowContent.this.reading.countDown();
					try {
						SlowContent.this.release.await();
					}
					catch (InterruptedException ex) {
						throw new AssertionError(ex);
					}
					return 1;
				}

				@Override
				public int read(byte[] bytes, int offset, int length) {
					bytes[offset] = (byte) read();
					return 1;
				}

				@Override
				public void close() {
					SlowContent.this.closed.incrementAndGet();
				}

			};
		}

	}

}
