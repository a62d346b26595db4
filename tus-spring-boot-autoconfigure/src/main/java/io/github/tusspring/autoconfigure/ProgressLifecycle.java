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

package io.github.tusspring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UnboundThreadFactory;
import io.github.tusspring.web.ProgressEvents;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Has progress events sent, and ends the streams before the web server waits for them.
 */
final class ProgressLifecycle implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(ProgressLifecycle.class);

	private static final Duration INTERVAL = Duration.ofMillis(250);

	private static final Duration LOOK_INTERVAL = Duration.ofSeconds(3);

	private static final Duration END_TIMEOUT = Duration.ofSeconds(1);

	private final ProgressEvents events;

	private final TusUploads uploads;

	private volatile @Nullable ScheduledExecutorService running;

	ProgressLifecycle(ProgressEvents events, TusUploads uploads) {
		this.events = events;
		this.uploads = uploads;
	}

	@Override
	public void start() {
		// A wrapper of a response may block, which must keep no other task from running.
		ScheduledExecutorService executor = Executors.newScheduledThreadPool(2,
				new UnboundThreadFactory("tus-progress-"));
		this.events.start(executor);
		repeat(executor, this.events::tell, INTERVAL);
		repeat(executor, () -> this.events.look(this.uploads), LOOK_INTERVAL);
		this.running = executor;
	}

	private static void repeat(ScheduledExecutorService executor, Runnable task, Duration interval) {
		executor.scheduleWithFixedDelay(() -> run(task), interval.toMillis(), interval.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	/**
	 * Runs a task, which the executor would never run again if it failed.
	 */
	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			logger.error("Progress could not be told", ex);
		}
	}

	@Override
	public void stop() {
		ScheduledExecutorService executor = this.running;
		if (executor != null) {
			this.running = null;
			executor.execute(this.events::stop);
			executor.shutdown();
			await(executor);
		}
	}

	private static void await(ExecutorService executor) {
		try {
			executor.awaitTermination(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running != null;
	}

	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

}
