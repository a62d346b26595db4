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

package io.github.tusspring.reliability;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A listener of the application's that hangs keeps nobody waiting but whom it is about.
 */
@ParameterizedClass
@EnumSource(Container.class)
class SlowListenerTests {

	private static TestServer server;

	private static TusRequests client;

	private static Listener listener;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server()
			.property("tus.append.idle-timeout", "1s")
			.property("tus.redelivery.initial-delay", "1s")
			.property("tus.expiration.after", "4s")
			.property("tus.expiration.cleanup-interval", "1s")
			.with(Application.class)
			.start();
		client = new TusRequests(server.port());
		listener = server.bean(Listener.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		listener.end.countDown();
		server.close();
	}

	@Test
	void interruptedAndProgressListenersDelayNoTimeoutAndNoNewcomer() {
		List<RawConnection> silent = IntStream.range(0, 6)
			.mapToObj((i) -> client.openPatch(client.create(100), 0, 100).send("abc"))
			.toList();
		Instant begin = Instant.now();
		silent.forEach((connection) -> {
			assertThat(connection.isClosedByPeer()).isTrue();
			connection.close();
		});
		assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(8));
		await().untilAsserted(() -> assertThat(listener.hanging).contains("interrupted"));
		String path = client.create(100);
		try (RawConnection connection = client.openPatch(path, 0, 100)) {
			// Longer than it takes until progress is told of.
			for (int i = 0; i < 14; i++) {
				connection.send("abc");
				await().pollDelay(Duration.ofMillis(100)).until(() -> true);
			}
			connection.send(new byte[58]);
			assertThat(connection.read().status()).isEqualTo(204);
		}
		await().untilAsserted(() -> assertThat(listener.hanging).contains("progress"));
	}

	@Test
	@Tag("long")
	void listenersThatHangAtRedeliveriesStopNeitherOthersNorTheCleaner() {
		listener.fail = true;
		List<String> stuck = IntStream.range(0, 5).mapToObj((i) -> full("hang")).toList();
		String other = full("ok");
		listener.fail = false;
		await().untilAsserted(() -> assertThat(listener.completed).contains(other.substring("/files/".length())));
		String expiring = client.create(100);
		await().atMost(Duration.ofSeconds(20))
			.untilAsserted(
					() -> assertThat(server.directory().resolve(expiring.substring("/files/".length()) + ".info"))
						.doesNotExist());
		assertThat(stuck).allSatisfy((path) -> assertThat(client.head(path).status()).isEqualTo(423));
	}

	private static String full(String metadata) {
		String path = client.create(3, "Upload-Metadata: " + metadata);
		assertThat(client.patch(path, 0, new byte[3]).status()).isEqualTo(500);
		return path;
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	static class Listener {

		private final CountDownLatch end = new CountDownLatch(1);

		private final Set<String> hanging = ConcurrentHashMap.newKeySet();

		private final Set<String> completed = ConcurrentHashMap.newKeySet();

		private volatile boolean fail;

		@EventListener
		void interrupted(TusUploadInterruptedEvent event) throws InterruptedException {
			hang("interrupted");
		}

		@EventListener
		void progressed(TusUploadProgressEvent event) throws InterruptedException {
			hang("progress");
		}

		@EventListener
		void expired(TusUploadExpiredEvent event) throws InterruptedException {
			hang("expired");
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) throws InterruptedException {
			if (this.fail) {
				throw new IllegalStateException("not now");
			}
			if (event.upload().metadata().get("hang") != null) {
				hang("completed");
			}
			this.completed.add(event.upload().id().toString());
		}

		private void hang(String event) throws InterruptedException {
			this.hanging.add(event);
			this.end.await();
		}

	}

}
