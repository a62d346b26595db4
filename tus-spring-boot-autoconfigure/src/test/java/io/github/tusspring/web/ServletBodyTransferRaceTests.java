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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import io.github.tusspring.upload.StopReason;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever happens to a transfer at the same time as something else: it ends once, its
 * receiver hears of one end, and nothing touches the request afterwards.
 */
class ServletBodyTransferRaceTests {

	private static final int ROUNDS = Integer.getInteger("race.rounds", 300);

	private static ExecutorService threads;

	@BeforeAll
	static void startThreads() {
		threads = Executors.newFixedThreadPool(2);
	}

	@AfterAll
	static void stopThreads() {
		threads.shutdownNow();
	}

	static Stream<Arguments> pairs() {
		List<Arguments> pairs = new ArrayList<>();
		for (Happening first : Happening.values()) {
			for (Happening second : Happening.values()) {
				pairs.add(Arguments.of(first, second));
			}
		}
		return pairs.stream();
	}

	@ParameterizedTest
	@MethodSource("pairs")
	void endsOnceWhateverHappensAtTheSameTime(Happening first, Happening second) throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Container container = new Container(null);
			container.start();
			if (round % 10 == 0) {
				first.accept(container);
				second.accept(container);
			}
			else {
				CyclicBarrier barrier = new CyclicBarrier(2);
				Future<?> one = threads.submit(() -> happen(first, container, barrier));
				Future<?> other = threads.submit(() -> happen(second, container, barrier));
				one.get(20, TimeUnit.SECONDS);
				other.get(20, TimeUnit.SECONDS);
			}
			container.check(Stream.of(first, second).anyMatch((happening) -> happening != Happening.DATA));
		}
	}

	@Test
	void bodyThatIsWholeIsNotInterrupted() {
		Container container = new Container(null);
		container.start();
		container.input.finished = true;
		container.transfer.stop(StopReason.TAKEN_OVER);
		assertThat(container.receiver.ends).hasValue(0);
		container.end();
		assertThat(container.receiver.ends).hasValue(1);
	}

	@Test
	void connectionThatBrokeIsToldOfBeforeAThreadIsFreeToEndItsAppend() throws Exception {
		CountDownLatch free = new CountDownLatch(1);
		try (StorageThreads storageThreads = new StorageThreads(1, ObservationRegistry.NOOP)) {
			storageThreads.stop(() -> awaitQuietly(free));
			Container container = new Container(storageThreads);
			container.start();
			container.fail();
			assertThat(container.receiver.told).containsExactly("broken");
			assertThat(container.receiver.ends).hasValue(0);
			free.countDown();
			await().until(() -> container.receiver.ends.get() == 1);
		}
	}

	@Test
	void timeThatABodyWaitsForRoomIsNotItsClients() throws Exception {
		try (StorageThreads storageThreads = new StorageThreads(1, ObservationRegistry.NOOP)) {
			Container container = new Container(storageThreads);
			container.start();
			container.receiver.full = true;
			Future<?> data = threads.submit(container::data);
			await().until(() -> container.receiver.told.equals(List.of("pause")));
			container.receiver.full = false;
			container.receiver.room.run();
			data.get(10, TimeUnit.SECONDS);
			assertThat(container.receiver.told).containsExactly("pause", "resume");
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void happen(Happening happening, Container container, CyclicBarrier barrier) {
		try {
			barrier.await(20, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
		happening.accept(container);
	}

	enum Happening {

		/** The pump gets bytes. */
		DATA(Container::data),

		/** The pump gets the end of the body. */
		END(Container::end),

		/** The client breaks off. */
		ABORT(Container::fail),

		/** A newer request wants the upload. */
		TAKE_OVER((container) -> container.transfer.stop(StopReason.TAKEN_OVER)),

		/** Nothing came for too long. */
		IDLE((container) -> container.transfer.stop(StopReason.IDLE)),

		/** The application stops. */
		SHUTDOWN((container) -> container.transfer.stop(StopReason.SHUTDOWN));

		private final java.util.function.Consumer<Container> action;

		Happening(java.util.function.Consumer<Container> action) {
			this.action = action;
		}

		private void accept(Container container) {
			this.action.accept(container);
		}

	}

	/**
	 * Behaves as a servlet container does: its own calls never overlap, and a request
	 * that is completed is not to be touched.
	 */
	private static final class Container {

		private final ReentrantLock thread = new ReentrantLock();

		private final AtomicInteger completions = new AtomicInteger();

		private final AtomicInteger touches = new AtomicInteger();

		private final Receiver receiver = new Receiver();

		private final Input input = new Input();

		private final ServletBodyTransfer transfer;

		private Container(StorageThreads storageThreads) {
			MockHttpServletRequest request = new MockHttpServletRequest("PATCH", "/files/1") {

				@Override
				public ServletInputStream getInputStream() {
					return Container.this.input;
				}

				@Override
				public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
					return new MockAsyncContext(request, response) {

						@Override
						public void complete() {
							Container.this.completions.incrementAndGet();
						}

					};
				}

				@Override
				public boolean isAsyncStarted() {
					return Container.this.completions.get() == 0;
				}

			};
			request.setAsyncSupported(true);
			MockHttpServletResponse response = new MockHttpServletResponse() {

				@Override
				public void setStatus(int status) {
					if (Container.this.completions.get() > 0) {
						Container.this.touches.incrementAndGet();
					}
					super.setStatus(status);
				}

			};
			ServletTransfers transfers = new ServletTransfers((aborted) -> {
				this.completions.incrementAndGet();
				return true;
			}, ContinueSender.NONE, (opened, stream) -> null, (informed, status, headers) -> false, storageThreads);
			this.transfer = new ServletBodyTransfer(request, response, transfers);
		}

		private void start() {
			this.transfer.start(this.receiver);
		}

		private void data() {
			call(() -> {
				this.input.available.set(1000);
				this.input.listener.onDataAvailable();
			});
		}

		private void end() {
			call(() -> {
				this.input.finished = true;
				this.input.listener.onAllDataRead();
			});
		}

		private void fail() {
			call(() -> this.input.listener.onError(new IOException("Connection reset")));
		}

		private void call(Call call) {
			this.thread.lock();
			try {
				// A container calls nobody whose request has ended.
				if (this.completions.get() == 0) {
					call.run();
				}
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
			finally {
				this.thread.unlock();
			}
		}

		private void check(boolean ended) {
			if (!ended) {
				assertThat(this.receiver.ends).hasValue(0);
				end();
			}
			assertThat(this.receiver.overlapped).as("overlapping calls").isFalse();
			assertThat(this.receiver.ends).as("ends").hasValue(1);
			assertThat(this.receiver.late).as("calls after the end").hasValue(0);
			assertThat(this.completions).as("completions").hasValue(1);
			assertThat(this.touches).as("touches after the completion").hasValue(0);
		}

		private interface Call {

			void run() throws IOException;

		}

	}

	private static final class Receiver implements BodyReceiver {

		private final AtomicBoolean busy = new AtomicBoolean();

		private final AtomicInteger ends = new AtomicInteger();

		private final AtomicInteger late = new AtomicInteger();

		private final List<String> told = new CopyOnWriteArrayList<>();

		private volatile boolean overlapped;

		private volatile boolean full;

		private volatile Runnable room;

		private void called(boolean end) {
			if (!this.busy.compareAndSet(false, true)) {
				this.overlapped = true;
			}
			if (this.ends.get() > 0) {
				this.late.incrementAndGet();
			}
			Thread.yield();
			if (end) {
				this.ends.incrementAndGet();
			}
			this.busy.set(false);
		}

		@Override
		public boolean hasRoom(Runnable listener) {
			this.room = listener;
			return !this.full;
		}

		@Override
		public void pause() {
			this.told.add("pause");
		}

		@Override
		public void resume() {
			this.told.add("resume");
		}

		@Override
		public void broken() {
			this.told.add("broken");
		}

		@Override
		public ExchangeAnswer receive(ByteBuffer bytes) {
			called(false);
			return null;
		}

		@Override
		public ExchangeAnswer end(UnaryOperator<String> trailers) {
			called(true);
			return new ExchangeAnswer(204, Map.of(), new byte[0]);
		}

		@Override
		public ExchangeAnswer stop(StopReason reason) {
			called(true);
			return (reason == StopReason.IDLE) ? null : new ExchangeAnswer(423, Map.of(), new byte[0]);
		}

		@Override
		public void fail() {
			called(true);
		}

	}

	private static final class Input extends ServletInputStream {

		private final AtomicInteger available = new AtomicInteger();

		private volatile boolean finished;

		private volatile ReadListener listener;

		@Override
		public boolean isFinished() {
			return this.finished;
		}

		@Override
		public boolean isReady() {
			return this.available.get() > 0;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			this.listener = listener;
		}

		@Override
		public int read(ByteBuffer buffer) {
			int count = Math.min(buffer.remaining(), this.available.getAndSet(0));
			buffer.position(buffer.position() + count);
			return count;
		}

		@Override
		public int read() {
			throw new UnsupportedOperationException();
		}

	}

}
