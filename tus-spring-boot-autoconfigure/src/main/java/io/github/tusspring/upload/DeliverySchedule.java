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

package io.github.tusspring.upload;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Says when a delivery that has failed is made again: after a delay that doubles with
 * each attempt. There is one next attempt for each upload, however often its client comes
 * back meanwhile. Thread-safe.
 */
public final class DeliverySchedule {

	/**
	 * Enough for any delay to have reached its limit.
	 */
	private static final int MAX_DOUBLINGS = 64;

	private static final Log logger = LogFactory.getLog(DeliverySchedule.class);

	private final Map<UploadId, ScheduledFuture<?>> repeats = new ConcurrentHashMap<>();

	private final TaskScheduler scheduler;

	private final TaskScheduler claims;

	private final Set<UploadId> submitted = ConcurrentHashMap.newKeySet();

	private final Duration initialDelay;

	private final Duration maxDelay;

	/**
	 * Creates an instance that runs everything on one scheduler.
	 * @param scheduler runs what no client waits for
	 * @param initialDelay the delay after the first attempt
	 * @param maxDelay the longest delay
	 */
	public DeliverySchedule(TaskScheduler scheduler, Duration initialDelay, Duration maxDelay) {
		this(scheduler, scheduler, initialDelay, maxDelay);
	}

	/**
	 * Creates an instance.
	 * @param scheduler makes deliveries for which no client waits: a listener may keep a
	 * thread for long
	 * @param claims renews the claims of deliveries that go on, for which nothing else
	 * may keep a thread: another instance would begin them, too
	 * @param initialDelay the delay after the first attempt
	 * @param maxDelay the longest delay
	 */
	public DeliverySchedule(TaskScheduler scheduler, TaskScheduler claims, Duration initialDelay, Duration maxDelay) {
		this.scheduler = scheduler;
		this.claims = claims;
		this.initialDelay = initialDelay;
		this.maxDelay = maxDelay;
	}

	/**
	 * Returns how long to wait after an attempt, give or take a tenth: what failed
	 * together, since a database was down, should not come back together.
	 * @param attempts the attempt's number, from 1
	 */
	Duration delay(int attempts) {
		ExponentialBackOff backOff = new ExponentialBackOff(Math.max(1, this.initialDelay.toMillis()), 2);
		backOff.setMaxInterval(Math.max(1, this.maxDelay.toMillis()));
		backOff.setJitter(this.initialDelay.toMillis() / 10);
		BackOffExecution execution = backOff.start();
		long delay = execution.nextBackOff();
		for (int i = 1; i < Math.min(attempts, MAX_DOUBLINGS); i++) {
			delay = execution.nextBackOff();
		}
		return Duration.ofMillis(delay);
	}

	/**
	 * Runs a task for which no client waits.
	 */
	void submit(Runnable task) {
		schedule(task, Duration.ZERO);
	}

	/**
	 * Goes on with an upload for which no client waits, unless that waits for a thread
	 * already.
	 */
	void submit(UploadId id, Runnable task) {
		if (this.submitted.add(id) && schedule(() -> {
			this.submitted.remove(id);
			task.run();
		}, Duration.ZERO) == null) {
			this.submitted.remove(id);
		}
	}

	/**
	 * Runs a task that could not be done now.
	 */
	void submitLater(Runnable task) {
		schedule(task, this.initialDelay);
	}

	/**
	 * Renews a claim every now and then. That waits for no listener, nor for another one:
	 * of a scheduler of virtual threads, all tasks with a fixed delay share one thread. A
	 * run is left out while the one before goes on.
	 * @return what ends that, or {@code null} if the application is stopping
	 */
	@Nullable ScheduledFuture<?> every(Duration interval, Runnable task) {
		try {
			return this.claims.scheduleAtFixedRate(new Alone(task, new AtomicBoolean()), Instant.now().plus(interval),
					interval);
		}
		catch (TaskRejectedException ex) {
			return null;
		}
	}

	/**
	 * Makes a delivery again, instead of when it was to be made again before.
	 */
	void repeat(UploadId id, Duration delay, Runnable delivery) {
		this.repeats.compute(id, (key, before) -> {
			cancel(before);
			return scheduleNext(id, delay, delivery);
		});
	}

	/**
	 * Makes a delivery again that could not be begun, unless it is to be made again
	 * anyway: what has begun and failed says when.
	 */
	void retry(UploadId id, Runnable delivery) {
		retry(id, delay(1), delivery);
	}

	/**
	 * Tries again after a delay what came before a delivery, unless that has begun and is
	 * to be made again anyway.
	 */
	void retry(UploadId id, Duration delay, Runnable attempt) {
		this.repeats.computeIfAbsent(id, (key) -> scheduleNext(id, delay, attempt));
	}

	private @Nullable ScheduledFuture<?> scheduleNext(UploadId id, Duration delay, Runnable delivery) {
		return schedule(() -> {
			// Waits until it is remembered, however soon it runs.
			this.repeats.remove(id);
			delivery.run();
		}, delay);
	}

	/**
	 * Makes no delivery again.
	 */
	void cancel(UploadId id) {
		cancel(this.repeats.remove(id));
	}

	private static void cancel(@Nullable ScheduledFuture<?> repeat) {
		if (repeat != null) {
			repeat.cancel(false);
		}
	}

	private @Nullable ScheduledFuture<?> schedule(Runnable task, Duration delay) {
		try {
			return this.scheduler.schedule(task, Instant.now().plus(delay));
		}
		catch (TaskRejectedException ex) {
			logger.debug("The application is stopping: what is left to do is done at the next start");
			return null;
		}
	}

	/**
	 * Runs a task unless it runs already.
	 */
	private record Alone(Runnable task, AtomicBoolean running) implements Runnable {

		@Override
		public void run() {
			if (this.running.compareAndSet(false, true)) {
				try {
					this.task.run();
				}
				finally {
					this.running.set(false);
				}
			}
		}

	}

}
