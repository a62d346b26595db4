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

import java.io.Closeable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.UnboundThreadFactory;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The threads that wait for a storage on another machine, so that none of the server's
 * do: however slow it is, other requests of the application are answered. Whoever wants
 * to take an append's place waits for its end: so what goes on with appends has threads
 * of its own, and what breaks them off has others again, which no listener keeps that an
 * append was delivered to. Downloads, which may take as long as they like, have their
 * own, too. Thread-safe.
 */
public final class StorageThreads implements Closeable {

	private static final Log logger = LogFactory.getLog(StorageThreads.class);

	private static final int KEEP_ALIVE_SECONDS = 10;

	private final ThreadPoolExecutor requests;

	private final ThreadPoolExecutor transfers;

	private final ThreadPoolExecutor stops;

	private final ThreadPoolExecutor downloads;

	private final ObservationRegistry observations;

	/**
	 * Creates an instance, of which no thread lives as long as there is nothing to do.
	 * @param size the number of threads of each kind
	 * @param observations has the observations of the requests
	 */
	public StorageThreads(int size, ObservationRegistry observations) {
		this.observations = observations;
		this.requests = executor("tus-request-", size);
		this.transfers = executor("tus-storage-", size);
		this.stops = executor("tus-stop-", size);
		this.downloads = executor("tus-download-", size);
	}

	/**
	 * Makes threads for what may be left undone when they are closed.
	 */
	static ThreadPoolExecutor executor(String prefix, int size) {
		ThreadPoolExecutor executor = new ThreadPoolExecutor(size, size, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), new UnboundThreadFactory(prefix), new ThreadPoolExecutor.DiscardPolicy());
		executor.allowCoreThreadTimeOut(true);
		return executor;
	}

	/**
	 * Returns what has the request handled that the calling thread works for, as a part
	 * of what that thread observes now.
	 */
	Runnable handling(Runnable request) {
		Observation observation = this.observations.getCurrentObservation();
		return () -> this.requests.execute(() -> run((observation != null) ? () -> {
			try (Observation.Scope scope = observation.openScope()) {
				request.run();
			}
		} : request));
	}

	/**
	 * Goes on with a body, or ends it: all of an upload may be there then, and delivered.
	 */
	void transfer(Runnable work) {
		this.transfers.execute(() -> run(work));
	}

	/**
	 * Breaks a body off.
	 */
	void stop(Runnable work) {
		this.stops.execute(() -> run(work));
	}

	/**
	 * Goes on with a download, for a turn: none takes a thread that an upload waits for.
	 */
	void download(Runnable work) {
		this.downloads.execute(() -> run(work));
	}

	/**
	 * Whether a body waits for a thread to go on.
	 */
	boolean isTransferAwaited() {
		return !this.transfers.getQueue().isEmpty();
	}

	private static void run(Runnable work) {
		try {
			work.run();
		}
		catch (RuntimeException ex) {
			// Its client has gone meanwhile, and the server taken its request away.
			logger.debug("A request could not be ended", ex);
		}
	}

	@Override
	public void close() {
		this.requests.shutdown();
		this.transfers.shutdown();
		this.stops.shutdown();
		this.downloads.shutdown();
	}

}
