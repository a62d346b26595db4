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
import java.time.Instant;

import org.springframework.scheduling.TaskScheduler;

/**
 * The threads that work when no client waits.
 *
 * @param sweeper runs short tasks that must not wait
 * @param worker runs tasks that may take their time, but no listeners of the
 * application's
 * @param deliveries delivers uploads for which no client waits
 * @param listeners calls listeners of what happens to uploads that are not finished
 * @param claims tells other instances of deliveries that go on
 */
record TusTasks(TaskScheduler sweeper, TaskScheduler worker, TaskScheduler deliveries, TaskScheduler listeners,
		TaskScheduler claims) {

	/**
	 * How long progress waits for more of it before listeners hear of it: not so long
	 * that anybody watching would notice.
	 */
	private static final Duration PROGRESS_DELAY = Duration.ofMillis(100);

	/**
	 * Runs a task on a thread of the worker's.
	 */
	void work(Runnable task) {
		run(this.worker, task);
	}

	/**
	 * Calls listeners.
	 */
	void listen(Runnable task) {
		run(this.listeners, task);
	}

	/**
	 * Calls listeners in a moment.
	 */
	void listenLater(Runnable task) {
		this.listeners.schedule(task, Instant.now().plus(PROGRESS_DELAY));
	}

	private static void run(TaskScheduler scheduler, Runnable task) {
		scheduler.schedule(task, Instant.now());
	}

}
