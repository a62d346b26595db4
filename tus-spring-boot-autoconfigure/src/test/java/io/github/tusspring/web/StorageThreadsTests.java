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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StorageThreadsTests {

	@Test
	void appendsAreBrokenOffThoughListenersHaveAllThreadsThatDeliver() throws Exception {
		CountDownLatch listener = new CountDownLatch(1);
		CountDownLatch delivered = new CountDownLatch(1);
		CountDownLatch stopped = new CountDownLatch(1);
		try (StorageThreads threads = new StorageThreads(1, ObservationRegistry.NOOP)) {
			threads.transfer(() -> {
				awaitQuietly(listener);
				delivered.countDown();
			});
			threads.stop(stopped::countDown);
			assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(delivered.getCount()).isOne();
			listener.countDown();
			assertThat(delivered.await(10, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void requestIsObservedAsItsOwnAndThreadsInheritNoOther() throws Exception {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler((context) -> true);
		try (StorageThreads threads = new StorageThreads(1, registry)) {
			for (String name : List.of("first", "second")) {
				Observation request = Observation.start(name, registry);
				CompletableFuture<Observation> handled = new CompletableFuture<>();
				CompletableFuture<Observation> transferred = new CompletableFuture<>();
				try (Observation.Scope scope = request.openScope()) {
					threads.handling(() -> handled.complete(registry.getCurrentObservation())).run();
					threads.transfer(() -> transferred.complete(registry.getCurrentObservation()));
				}
				assertThat(handled.get(10, TimeUnit.SECONDS)).isSameAs(request);
				assertThat(transferred.get(10, TimeUnit.SECONDS)).isNull();
			}
		}
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
