package io.github.tusspring.autoconfigure;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnThreading;
import org.springframework.boot.task.SimpleAsyncTaskSchedulerBuilder;
import org.springframework.boot.task.ThreadPoolTaskSchedulerBuilder;
import org.springframework.boot.thread.Threading;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * The schedulers of what goes on beside the requests, made by Boot's builders, so that
 * task decorators and virtual threads are what the application has chosen. They are no
 * candidates where the application asks for a {@link TaskScheduler}, and so don't switch
 * off Boot's.
 */
final class TusTaskConfigurations {

	private static final String WORKER = "tusWorkerTaskScheduler";

	private static final String WORKER_PREFIX = "tus-task-";

	private TusTaskConfigurations() {
	}

	private static ThreadPoolTaskScheduler scheduler(ThreadPoolTaskSchedulerBuilder builder, String prefix,
			int threads) {
		ThreadPoolTaskScheduler scheduler = builder.threadNamePrefix(prefix)
			.poolSize(threads)
			// An interrupt would close the file that is being written.
			.awaitTermination(true)
			.build();
		scheduler.setDaemon(true);
		scheduler.setAcceptTasksAfterContextClose(true);
		scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		scheduler.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
		scheduler.setRemoveOnCancelPolicy(true);
		return scheduler;
	}

	@Configuration(proxyBeanMethods = false)
	static class SweeperConfiguration {

		@Bean(defaultCandidate = false)
		ThreadPoolTaskScheduler tusSweeperTaskScheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder) {
			return scheduler(builder.getIfAvailable(ThreadPoolTaskSchedulerBuilder::new), "tus-sweep-", 1);
		}

		@Bean
		TusTasks tusTasks(@Qualifier("tusSweeperTaskScheduler") TaskScheduler sweeper,
				@Qualifier(WORKER) TaskScheduler worker) {
			return new TusTasks(sweeper, worker);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnThreading(Threading.PLATFORM)
	static class PlatformConfiguration {

		private static final int WORKERS = 4;

		@Bean(name = WORKER, defaultCandidate = false)
		ThreadPoolTaskScheduler tusWorkerTaskScheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder) {
			return scheduler(builder.getIfAvailable(ThreadPoolTaskSchedulerBuilder::new), WORKER_PREFIX, WORKERS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnThreading(Threading.VIRTUAL)
	static class VirtualConfiguration {

		@Bean(name = WORKER, defaultCandidate = false)
		SimpleAsyncTaskScheduler tusWorkerTaskScheduler(ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder) {
			return builder.getIfAvailable(SimpleAsyncTaskSchedulerBuilder::new)
				.threadNamePrefix(WORKER_PREFIX)
				.virtualThreads(true)
				.build();
		}

	}

}
