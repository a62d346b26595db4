package io.github.tusspring.autoconfigure;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * The threads that work when no client waits. They are not beans of their own: a
 * {@link TaskScheduler} bean would switch off Boot's.
 */
final class TusTasks implements DisposableBean {

	private final ThreadPoolTaskScheduler sweeper = scheduler("tus-sweep-", 1);

	private final ThreadPoolTaskScheduler worker = scheduler("tus-task-", 4);

	private static ThreadPoolTaskScheduler scheduler(String prefix, int threads) {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setPoolSize(threads);
		scheduler.setThreadNamePrefix(prefix);
		scheduler.setDaemon(true);
		// An interrupt would close the file that is being written.
		scheduler.setWaitForTasksToCompleteOnShutdown(true);
		scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		scheduler.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
		scheduler.setRemoveOnCancelPolicy(true);
		scheduler.initialize();
		return scheduler;
	}

	/**
	 * Returns what runs short tasks that must not wait.
	 */
	TaskScheduler sweeper() {
		return this.sweeper;
	}

	/**
	 * Returns what runs tasks that may take their time.
	 */
	TaskScheduler worker() {
		return this.worker;
	}

	@Override
	public void destroy() {
		this.sweeper.destroy();
		this.worker.destroy();
	}

}
