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

import io.github.tusspring.upload.UnboundThreadFactory;

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
 * The schedulers of what runs alongside the requests, made by Boot's builders, so that
 * task decorators and virtual threads are what the application has chosen. They are no
 * candidates where the application asks for a {@link TaskScheduler}, and so don't switch
 * off Boot's.
 */
final class TusTaskConfigurations {

	private static final String WORKER_PREFIX = "tus-task-";

	private static final String DELIVERY_PREFIX = "tus-deliver-";

	private static final String LISTENER_PREFIX = "tus-listen-";

	private static final String CLAIM_PREFIX = "tus-claim-";

	private TusTaskConfigurations() {
	}

	private static ThreadPoolTaskScheduler scheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder,
			String prefix, int threads) {
		ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
		scheduler.setThreadFactory(new UnboundThreadFactory(prefix));
		builder.getIfAvailable(ThreadPoolTaskSchedulerBuilder::new)
			.threadNamePrefix(prefix)
			.poolSize(threads)
			// An interrupt would close the file that is being written.
			.awaitTermination(true)
			.configure(scheduler);
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
			return scheduler(builder, "tus-sweep-", 1);
		}

		@Bean
		TusTasks tusTasks(@Qualifier("tusSweeperTaskScheduler") TaskScheduler sweeper,
				@Qualifier("tusWorkerTaskScheduler") TaskScheduler worker,
				@Qualifier("tusClaimTaskScheduler") TaskScheduler claims,
				@Qualifier("tusDeliveryTaskScheduler") TaskScheduler deliveries,
				@Qualifier("tusListenerTaskScheduler") TaskScheduler listeners) {
			// What is made first ends last: claims are renewed until all listeners have
			// ended.
			return new TusTasks(sweeper, worker, deliveries, listeners, claims);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnThreading(Threading.PLATFORM)
	static class PlatformConfiguration {

		private static final int WORKERS = 4;

		/**
		 * How many listeners may hang before others have to wait.
		 */
		private static final int LISTENER_THREADS = 16;

		/**
		 * How many claims are renewed at a time. They are made with the first claims, and
		 * enough for some hundred deliveries where each call of a storage takes seconds.
		 */
		private static final int CLAIM_THREADS = 16;

		@Bean(defaultCandidate = false)
		ThreadPoolTaskScheduler tusWorkerTaskScheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder) {
			return scheduler(builder, WORKER_PREFIX, WORKERS);
		}

		@Bean(defaultCandidate = false)
		ThreadPoolTaskScheduler tusDeliveryTaskScheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder) {
			return scheduler(builder, DELIVERY_PREFIX, LISTENER_THREADS);
		}

		@Bean(defaultCandidate = false)
		ThreadPoolTaskScheduler tusListenerTaskScheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder) {
			return scheduler(builder, LISTENER_PREFIX, LISTENER_THREADS);
		}

		@Bean(defaultCandidate = false)
		ThreadPoolTaskScheduler tusClaimTaskScheduler(ObjectProvider<ThreadPoolTaskSchedulerBuilder> builder) {
			return scheduler(builder, CLAIM_PREFIX, CLAIM_THREADS);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnThreading(Threading.VIRTUAL)
	static class VirtualConfiguration {

		@Bean(defaultCandidate = false)
		SimpleAsyncTaskScheduler tusWorkerTaskScheduler(ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder) {
			return scheduler(builder, WORKER_PREFIX);
		}

		@Bean(defaultCandidate = false)
		SimpleAsyncTaskScheduler tusDeliveryTaskScheduler(ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder) {
			return scheduler(builder, DELIVERY_PREFIX);
		}

		@Bean(defaultCandidate = false)
		SimpleAsyncTaskScheduler tusListenerTaskScheduler(ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder) {
			return scheduler(builder, LISTENER_PREFIX);
		}

		@Bean(defaultCandidate = false)
		SimpleAsyncTaskScheduler tusClaimTaskScheduler(ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder) {
			return scheduler(builder, CLAIM_PREFIX);
		}

		private static SimpleAsyncTaskScheduler scheduler(ObjectProvider<SimpleAsyncTaskSchedulerBuilder> builder,
				String prefix) {
			return builder.getIfAvailable(SimpleAsyncTaskSchedulerBuilder::new)
				.threadNamePrefix(prefix)
				.virtualThreads(true)
				.build();
		}

	}

}
