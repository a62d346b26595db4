package io.github.tusspring.autoconfigure;

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
 */
record TusTasks(TaskScheduler sweeper, TaskScheduler worker, TaskScheduler deliveries, TaskScheduler listeners) {

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

	private static void run(TaskScheduler scheduler, Runnable task) {
		scheduler.schedule(task, Instant.now());
	}

}
