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
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.AbstractResource;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Downloads from a storage on another machine, whose threads may still be at work when
 * the container takes a request away.
 */
class ContentSenderTests {

	private final StorageThreads threads = new StorageThreads(1, ObservationRegistry.NOOP);

	private boolean abortable = true;

	private boolean over;

	private final List<String> ends = new CopyOnWriteArrayList<>();

	private final ServletTransfers transfers = new ServletTransfers((request) -> {
		this.ends.add("aborted");
		return this.abortable;
	}, ContinueSender.NONE, new Inputs(), (request, status, headers) -> false, this.threads);

	private final List<Client> clients = new ArrayList<>();

	@AfterEach
	void close() {
		this.clients.forEach(Client::leave);
		this.threads.close();
	}

	@Test
	void whenTheContainerBreaksARequestOffThenItDoesNotWaitForTheStorage() throws Exception {
		Client client = new Client(new SlowContent());
		client.send();
		client.content.awaitRead();
		onContainerThread(() -> client.writer.onError(new IOException("reset"))).get(5, TimeUnit.SECONDS);
		assertThat(this.ends).containsExactly("aborted");
		assertThat(client.content.closed).hasValue(0);
		assertThat(client.ended).hasValue(0);
		client.content.release.countDown();
		await().until(() -> client.ended.get() == 1);
		assertThat(client.content.closed).hasValue(1);
		assertThat(client.written).hasValue(0);
	}

	@Test
	void whenTheContainerHasCompletedARequestThenNobodyTouchesItAgain() throws Exception {
		Client client = new Client(new SlowContent());
		client.send();
		client.content.awaitRead();
		CompletableFuture<Void> completion = onContainerThread(client::complete);
		await().until(() -> client.completed || completion.isDone());
		client.recycled = true;
		client.content.release.countDown();
		await().until(() -> client.ended.get() == 1);
		completion.get(5, TimeUnit.SECONDS);
		onContainerThread(client::callWriter).get(5, TimeUnit.SECONDS);
		this.threads.close();
		assertThat(client.content.opened).hasValue(1);
		assertThat(client.content.closed).hasValue(1);
		assertThat(client.written).hasValue(0);
		assertThat(client.touched).hasValue(0);
		assertThat(this.ends).isEmpty();
	}

	@Test
	void whenAllIsSentThenTheRequestIsCompletedOnce() {
		Client client = new Client(new Content(100_000));
		client.send();
		await().until(() -> client.ended.get() == 1);
		await().untilAsserted(() -> assertThat(this.ends).containsExactly("completed"));
		assertThat(client.written).hasValue(100_000);
		assertThat(client.content.closed).hasValue(1);
	}

	@Test
	void whenTheLastBytesWaitForTheClientThenTheRequestIsCompletedAfterThem() {
		Client client = new Client(new Content(100_000));
		client.slow = true;
		client.send();
		await().until(() -> client.flushed);
		await().during(Duration.ofMillis(100)).until(this.ends::isEmpty);
		client.slow = false;
		client.callWriter();
		await().untilAsserted(() -> assertThat(this.ends).containsExactly("completed"));
		assertThat(client.written).hasValue(100_000);
		assertThat(client.ended).hasValue(1);
	}

	@Test
	void whenTheStorageFailsThenTheConnectionIsClosedAndTheContainerCompletesTheRequest() {
		Client client = new Client(new BrokenContent());
		client.send();
		await().until(() -> client.ended.get() == 1);
		await().during(Duration.ofMillis(100)).until(() -> this.ends.equals(List.of("aborted")));
	}

	@Test
	void whenTheStorageFailsAndTheConnectionCannotBeClosedThenTheRequestIsCompleted() {
		this.abortable = false;
		Client client = new Client(new BrokenContent());
		client.send();
		await().untilAsserted(() -> assertThat(this.ends).containsExactly("aborted", "completed"));
	}

	@Test
	void whenTheStorageFailsAThreadThatWaitsThenTheConnectionIsClosedBeforeTheRequestEnds() {
		Client client = new Client(new BrokenContent());
		client.listening = new UnsupportedOperationException("A filter's stream");
		client.send();
		await().until(() -> client.ended.get() == 1);
		await().during(Duration.ofMillis(100)).until(() -> this.ends.equals(List.of("aborted")));
	}

	@Test
	void whenAThreadOfTheContainersReadsInVainThenTheConnectionIsClosed() {
		Client client = new Client(new BrokenContent());
		client.async = false;
		client.send();
		assertThat(this.ends).containsExactly("aborted");
		assertThat(client.ended).hasValue(1);
	}

	@Test
	void whenAContentBringsTheThreadDownThenThePlaceIsFree() {
		Client client = new Client(new Content(10) {

			@Override
			int read(int length) {
				throw new NoClassDefFoundError("A class that is missing");
			}

		});
		client.async = false;
		assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(client::send);
		assertThat(this.ends).containsExactly("aborted");
		assertThat(client.ended).hasValue(1);
	}

	@Test
	void whenTheContainerTakesNoListenerThenThePlaceIsFree() {
		Client client = new Client(new Content(10));
		client.listening = new IllegalStateException("The request is over");
		assertThatIllegalStateException().isThrownBy(client::send).isSameAs(client.listening);
		assertThat(client.ended).hasValue(1);
	}

	@Test
	void whenAllIsSentAndTheRequestOverBeforeItsThreadComesBackThenNothingHasFailed() {
		this.over = true;
		Client client = new Client(new Content(10));
		client.send();
		await().until(() -> client.ended.get() == 1);
		await().untilAsserted(() -> assertThat(this.ends).containsExactly("completed"));
	}

	@Test
	void whenTheResponseIsGoneThenThePlaceIsFree() {
		Client client = new Client(new Content(10));
		client.recycled = true;
		assertThatExceptionOfType(NullPointerException.class).isThrownBy(client::send);
		assertThat(client.ended).hasValue(1);
	}

	@Test
	void whenAStorageIsSlowerThanItsClientsThenDownloadsTakeTurnsAndUploadsGoOn() throws Exception {
		Client one = new Client(new Content(Long.MAX_VALUE));
		Client other = new Client(new Content(Long.MAX_VALUE));
		one.send();
		await().until(() -> one.written.get() > 0);
		CountDownLatch upload = new CountDownLatch(1);
		this.threads.transfer(upload::countDown);
		assertThat(upload.await(5, TimeUnit.SECONDS)).isTrue();
		other.send();
		await().atMost(Duration.ofSeconds(5)).until(() -> other.written.get() > 0);
		long before = one.written.get();
		await().atMost(Duration.ofSeconds(5)).until(() -> one.written.get() > before);
	}

	private static CompletableFuture<Void> onContainerThread(Runnable call) {
		return CompletableFuture.runAsync(call);
	}

	private final class Inputs implements DirectInput.Factory {

		@Override
		public @Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream) {
			return null;
		}

		@Override
		public boolean isListenedTo(HttpServletRequest request, ServletOutputStream stream) {
			if (ContentSenderTests.this.over) {
				throw new IllegalStateException("The request is over");
			}
			return true;
		}

	}

	/**
	 * A client that is faster than any storage, and its container.
	 */
	private final class Client {

		private final Content content;

		private final AtomicLong written = new AtomicLong();

		private final AtomicInteger ended = new AtomicInteger();

		private final AtomicInteger touched = new AtomicInteger();

		private RuntimeException listening;

		private boolean async = true;

		private volatile boolean recycled;

		private volatile boolean completed;

		private volatile boolean slow;

		private volatile boolean flushed;

		private WriteListener writer;

		private MockAsyncContext context;

		private Client(Content content) {
			this.content = content;
			ContentSenderTests.this.clients.add(this);
		}

		void send() {
			MockHttpServletRequest request = new Request();
			request.setAsyncSupported(this.async);
			try {
				DownloadHandler.send(request, new Response(), new ExchangeAnswer(200, Map.of(), new byte[0]),
						this.content, ContentSenderTests.this.transfers, this.ended::incrementAndGet);
			}
			catch (IOException ex) {
				ContentSenderTests.this.ends.add("thrown");
			}
			if (this.writer != null) {
				callWriter();
			}
		}

		void callWriter() {
			try {
				this.writer.onWritePossible();
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		}

		void leave() {
			this.content.release.countDown();
			if (this.context != null) {
				complete();
			}
		}

		void complete() {
			this.completed = true;
			this.context.getListeners().forEach((listener) -> {
				try {
					listener.onComplete(new AsyncEvent(this.context));
				}
				catch (IOException ex) {
					throw new AssertionError(ex);
				}
			});
		}

		private void touch() {
			if (this.recycled) {
				this.touched.incrementAndGet();
				throw new NullPointerException("The container has cleared the response");
			}
		}

		private final class Request extends MockHttpServletRequest {

			private Request() {
				super("GET", "/files/1");
			}

			@Override
			public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
				super.startAsync(request, response);
				Client.this.context = new MockAsyncContext(request, response) {

					@Override
					public void complete() {
						ContentSenderTests.this.ends.add("completed");
					}

				};
				setAsyncContext(Client.this.context);
				return Client.this.context;
			}

			@Override
			public boolean isAsyncStarted() {
				touch();
				return super.isAsyncStarted();
			}

		}

		private final class Response extends HttpServletResponseWrapper {

			private Response() {
				super(new MockHttpServletResponse());
			}

			@Override
			public ServletOutputStream getOutputStream() {
				touch();
				return new Output();
			}

		}

		private final class Output extends ServletOutputStream {

			@Override
			public boolean isReady() {
				touch();
				return !Client.this.slow || !Client.this.flushed;
			}

			@Override
			public void flush() {
				touch();
				Client.this.flushed = true;
			}

			@Override
			public void setWriteListener(WriteListener listener) {
				if (Client.this.listening != null) {
					throw Client.this.listening;
				}
				Client.this.writer = listener;
			}

			@Override
			public void write(int b) {
				touch();
				Client.this.written.incrementAndGet();
			}

			@Override
			public void write(byte[] bytes, int offset, int length) {
				touch();
				Client.this.written.addAndGet(length);
			}

		}

	}

	private static class Content extends AbstractResource {

		final CountDownLatch reading = new CountDownLatch(1);

		final CountDownLatch release = new CountDownLatch(1);

		final AtomicInteger opened = new AtomicInteger();

		final AtomicInteger closed = new AtomicInteger();

		private final long length;

		Content(long length) {
			this.length = length;
		}

		void awaitRead() throws InterruptedException {
			assertThat(this.reading.await(10, TimeUnit.SECONDS)).isTrue();
		}

		int read(int length) throws IOException {
			return length;
		}

		@Override
		public long contentLength() {
			return this.length;
		}

		@Override
		public long lastModified() {
			return 0;
		}

		@Override
		public String getFilename() {
			return "content";
		}

		@Override
		public String getDescription() {
			return "content";
		}

		@Override
		public InputStream getInputStream() {
			this.opened.incrementAndGet();
			return new InputStream() {

				@Override
				public int read() {
					throw new UnsupportedOperationException();
				}

				@Override
				public int read(byte[] bytes, int offset, int length) throws IOException {
					return Content.this.read(length);
				}

				@Override
				public void close() {
					Content.this.closed.incrementAndGet();
				}

			};
		}

	}

	private static final class SlowContent extends Content {

		private SlowContent() {
			super(10);
		}

		@Override
		int read(int length) throws IOException {
			this.reading.countDown();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				throw new IOException(ex);
			}
			return 1;
		}

	}

	private static final class BrokenContent extends Content {

		private BrokenContent() {
			super(10);
		}

		@Override
		int read(int length) throws IOException {
			throw new IOException("The storage is away");
		}

	}

}
