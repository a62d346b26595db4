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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.Trigger;

/**
 * Runs tasks when a test says so, in the order of their times.
 */
final class ManualTaskScheduler implements TaskScheduler {

	private final List<Task> tasks = new ArrayList<>();

	private final List<Task> regularTasks = new ArrayList<>();

	private boolean stopped;

	@Override
	public synchronized ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
		if (this.stopped) {
			throw new TaskRejectedException("stopped");
		}
		Task scheduled = new Task(task, startTime);
		this.tasks.add(scheduled);
		return scheduled;
	}

	void stop() {
		this.stopped = true;
	}

	/**
	 * Returns how long from now each task is to wait, rounded to seconds.
	 */
	synchronized List<Duration> delays() {
		return this.tasks.stream()
			.map((task) -> Duration.ofSeconds(Math.round(Duration.between(Instant.now(), task.time).toMillis() / 1e3)))
			.toList();
	}

	/**
	 * Runs all tasks that there are now, at whatever time they were to run, and what
	 * those want to be run at once.
	 */
	void run() {
		run(Instant.MAX);
		runDue();
	}

	/**
	 * Runs the tasks whose time has come.
	 */
	void runDue() {
		while (run(Instant.now())) {
			// They may have made others.
		}
	}

	private boolean run(Instant until) {
		List<Task> due;
		synchronized (this) {
			due = this.tasks.stream()
				.filter((task) -> !task.time.isAfter(until))
				.sorted(Comparator.comparing((task) -> task.time))
				.toList();
			this.tasks.removeAll(due);
		}
		due.forEach((task) -> task.runnable.run());
		return !due.isEmpty();
	}

	@Override
	public ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
		throw new UnsupportedOperationException();
	}

	@Override
	public synchronized ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
		if (this.stopped) {
			throw new TaskRejectedException("stopped");
		}
		Task scheduled = new Task(task, startTime);
		this.regularTasks.add(scheduled);
		return scheduled;
	}

	/**
	 * Runs the tasks once that are run every now and then.
	 */
	void runRegular() {
		List<Task> regular;
		synchronized (this) {
			regular = List.copyOf(this.regularTasks);
		}
		regular.forEach((task) -> task.runnable.run());
	}

	@Override
	public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
		throw new UnsupportedOperationException();
	}

	@Override
	public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
		throw new UnsupportedOperationException();
	}

	private final class Task implements ScheduledFuture<Object> {

		private final Runnable runnable;

		private final Instant time;

		private Task(Runnable runnable, Instant time) {
			this.runnable = runnable;
			this.time = time;
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			synchronized (ManualTaskScheduler.this) {
				return ManualTaskScheduler.this.tasks.remove(this)
						|| ManualTaskScheduler.this.regularTasks.remove(this);
			}
		}

		@Override
		public long getDelay(TimeUnit unit) {
			return unit.convert(Duration.between(Instant.now(), this.time));
		}

		@Override
		public int compareTo(Delayed other) {
			return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
		}

		@Override
		public boolean isCancelled() {
			return false;
		}

		@Override
		public boolean isDone() {
			return false;
		}

		@Override
		public Object get() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Object get(long timeout, TimeUnit unit) {
			throw new UnsupportedOperationException();
		}

	}

}
