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

package io.github.tusspring.lock;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.tusspring.upload.UnboundThreadFactory;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Makes the calls to a {@link LeaseStore}, on threads of its own: whoever waits for one
 * hears within a limit, whatever time-outs a connection pool or a driver has, and an
 * application's transaction that runs in the caller's thread has no part in it.
 * Thread-safe.
 */
final class LeaseCalls implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(LeaseCalls.class);

	private static final int THREADS = 32;

	/**
	 * How many calls may wait for a thread: more than that come only when the server
	 * doesn't answer.
	 */
	private static final int QUEUE = 1000;

	private final ThreadPoolExecutor executor;

	private final AtomicBoolean away = new AtomicBoolean();

	LeaseCalls() {
		this.executor = new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE),
				new UnboundThreadFactory("tus-lock-"));
		this.executor.allowCoreThreadTimeOut(true);
	}

	/**
	 * Makes a call and waits for what it returns. One that is not begun in time is not
	 * made.
	 * @param call the call
	 * @param limit how long to wait
	 * @param late takes what comes when nobody waits any more
	 * @return what the call returned
	 * @throws UploadUnavailableException if it failed, or did not end in time
	 */
	<T> T call(Supplier<T> call, Duration limit, Consumer<T> late) {
		AtomicBoolean left = new AtomicBoolean();
		CompletableFuture<T> result = submit(() -> {
			if (left.get()) {
				throw new CancellationException("The caller has stopped waiting");
			}
			return make(call);
		});
		try {
			return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw unavailable(ex.getCause());
		}
		catch (TimeoutException ex) {
			left.set(true);
			failed(ex);
			result.thenAccept(late);
			throw unavailable(ex);
		}
		catch (InterruptedException ex) {
			left.set(true);
			Thread.currentThread().interrupt();
			result.thenAccept(late);
			throw unavailable(ex);
		}
	}

	/**
	 * Makes a call that returns nothing, without waiting for its end.
	 */
	CompletableFuture<?> run(Runnable call) {
		return submit(() -> make(() -> {
			call.run();
			return true;
		}));
	}

	private <T> CompletableFuture<T> submit(Supplier<T> call) {
		try {
			return CompletableFuture.supplyAsync(call, this.executor);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// The latter where the system has no more threads.
			return CompletableFuture.failedFuture(ex);
		}
	}

	private <T> T make(Supplier<T> call) {
		try {
			T result = call.get();
			succeeded();
			return result;
		}
		catch (Throwable ex) {
			failed(ex);
			throw ex;
		}
	}

	private void succeeded() {
		if (this.away.compareAndSet(true, false)) {
			logger.info("The locks of uploads can be reached again");
		}
	}

	private void failed(Throwable ex) {
		if (this.away.compareAndSet(false, true)) {
			logger.error("The locks of uploads can't be reached, see 'tus.lock.type': until they can, uploads are "
					+ "answered with 503 and 423", ex);
		}
		else {
			logger.debug(LogMessage.format("The locks of uploads can't be reached: %s", ex));
		}
	}

	private static UploadUnavailableException unavailable(Throwable cause) {
		return new UploadUnavailableException("The locks of uploads can't be reached now", cause);
	}

	@Override
	public void close() {
		this.executor.shutdown();
		try {
			// So that other instances need not wait until the last leases run out.
			this.executor.awaitTermination(2, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
