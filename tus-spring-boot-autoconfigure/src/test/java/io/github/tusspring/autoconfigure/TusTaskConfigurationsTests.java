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

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.UploadDelivery;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.scheduling.concurrent.ConcurrentTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TusTaskConfigurationsTests {

	@TempDir
	Path directory;

	private WebApplicationContextRunner runner() {
		return new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TusAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
			.withPropertyValues("tus.storage.disk.directory=" + this.directory);
	}

	@Test
	void scheduledMethodsRunOnBootsScheduler() {
		runner().withUserConfiguration(ScheduledMethod.class)
			.run((context) -> assertThat(context.getBean(ScheduledMethod.class).thread.get(10, TimeUnit.SECONDS))
				.startsWith("scheduling-"));
	}

	@Test
	void scheduledMethodsRunOnTheSchedulerOfTheApplicationWhateverItsName() {
		runner().withUserConfiguration(ScheduledMethod.class, OwnScheduler.class)
			.run((context) -> assertThat(context.getBean(ScheduledMethod.class).thread.get(10, TimeUnit.SECONDS))
				.isEqualTo("own"));
	}

	@Test
	void schedulerIsNoneThatTheApplicationAsksFor() {
		runner().withUserConfiguration(OwnScheduler.class)
			.run((context) -> assertThat(context.getBeanProvider(TaskScheduler.class).getIfAvailable())
				.isSameAs(context.getBean("ownScheduler")));
	}

	@Test
	void tasksBelongToNoRequestForWhichTheirThreadsWereMade() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler((context) -> true);
		runner().run((context) -> {
			CompletableFuture<Observation> seen = new CompletableFuture<>();
			try (Observation.Scope scope = Observation.start("request", registry).openScope()) {
				context.getBean("tusDeliveryTaskScheduler", TaskScheduler.class)
					.schedule(() -> seen.complete(registry.getCurrentObservation()), Instant.now());
			}
			assertThat(seen.get(10, TimeUnit.SECONDS)).isNull();
		});
	}

	@Test
	void tasksAreDecoratedAsThoseOfTheApplicationAre() {
		runner().withUserConfiguration(Decorator.class).run((context) -> {
			context.getBean(TusTasks.class).worker().schedule(() -> {
			}, Instant.now());
			assertThat(context.getBean(Decorator.class).decorated.get(10, TimeUnit.SECONDS)).isTrue();
		});
	}

	@Test
	void customizersOfBootsChangeOurSchedulersByThePrefixOfTheirThreads() {
		runner().withBean(ThreadPoolTaskSchedulerCustomizer.class, () -> (scheduler) -> {
			if (scheduler.getThreadNamePrefix().equals("tus-deliver-")) {
				scheduler.setPoolSize(3);
			}
		}).run((context) -> {
			TusTasks tasks = context.getBean(TusTasks.class);
			assertThat(poolSize(tasks.deliveries())).isEqualTo(3);
			assertThat(poolSize(tasks.listeners())).isEqualTo(16);
		});
	}

	@Test
	void claimsAreRenewedThoughAllOtherThreadsAreBusy() {
		runner().run((context) -> {
			TusTasks tasks = context.getBean(TusTasks.class);
			CountDownLatch end = new CountDownLatch(1);
			for (TaskScheduler other : List.of(tasks.worker(), tasks.deliveries(), tasks.listeners())) {
				for (int i = 0; i < poolSize(other); i++) {
					other.schedule(() -> awaitQuietly(end), Instant.now());
				}
			}
			CountDownLatch renewed = new CountDownLatch(1);
			Object schedule = ReflectionTestUtils.getField(context.getBean(UploadDelivery.class), "schedule");
			ReflectionTestUtils.invokeMethod(schedule, "every", Duration.ofMillis(1), (Runnable) renewed::countDown);
			assertThat(renewed.await(10, TimeUnit.SECONDS)).isTrue();
			end.countDown();
		});
	}

	@Test
	void claimsAreRenewedUntilTheLastListenerHasEnded() throws Exception {
		CompletableFuture<Boolean> renewed = new CompletableFuture<>();
		runner()
			.withPropertyValues("spring.task.scheduling.shutdown.await-termination=true",
					"spring.task.scheduling.shutdown.await-termination-period=10s")
			.run((context) -> {
				TusTasks tasks = context.getBean(TusTasks.class);
				CountDownLatch begun = new CountDownLatch(1);
				tasks.listeners().schedule(() -> {
					begun.countDown();
					await().until(() -> isShutdown(tasks.listeners()));
					renewed.complete(!isShutdown(tasks.claims()));
				}, Instant.now());
				assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
			});
		assertThat(renewed.get(10, TimeUnit.SECONDS)).isTrue();
	}

	private static boolean isShutdown(TaskScheduler scheduler) {
		return ((ThreadPoolTaskScheduler) scheduler).getScheduledThreadPoolExecutor().isShutdown();
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static int poolSize(TaskScheduler scheduler) {
		return ((ThreadPoolTaskScheduler) scheduler).getScheduledThreadPoolExecutor().getCorePoolSize();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void tasksRunOnVirtualThreadsWhereTheApplicationDoes() {
		runner().withPropertyValues("spring.threads.virtual.enabled=true").run((context) -> {
			CompletableFuture<String> thread = new CompletableFuture<>();
			context.getBean(TusTasks.class)
				.worker()
				.schedule(() -> thread.complete(Thread.currentThread().toString()), Instant.now());
			assertThat(thread.get(10, TimeUnit.SECONDS)).startsWith("VirtualThread").contains("tus-task-");
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableScheduling
	static class ScheduledMethod {

		private final CompletableFuture<String> thread = new CompletableFuture<>();

		@Scheduled(fixedDelay = 1000)
		void run() {
			this.thread.complete(Thread.currentThread().getName());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnScheduler {

		@Bean(destroyMethod = "shutdownNow")
		ScheduledExecutorService ownExecutor() {
			return Executors.newSingleThreadScheduledExecutor((task) -> new Thread(task, "own"));
		}

		@Bean
		TaskScheduler ownScheduler(ScheduledExecutorService ownExecutor) {
			return new ConcurrentTaskScheduler(ownExecutor);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Decorator {

		private final CompletableFuture<Boolean> decorated = new CompletableFuture<>();

		@Bean
		TaskDecorator decorator() {
			return (task) -> {
				this.decorated.complete(true);
				return task;
			};
		}

	}

}
