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

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Supplier;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * {@code tus.append.min-rate}: a client that sends a byte every now and then doesn't hold
 * its connection for ever.
 */
class MinimumRateTests {

	@ParameterizedTest
	@EnumSource
	void slowBodyIsEndedAndAQuickOneIsNot(Container container) {
		try (TestServer server = container.server.get()
			.property("tus.append.min-rate", "1KB")
			.property("tus.append.min-rate-window", "1s")
			.start()) {
			TusRequests client = new TusRequests(server.port());
			String slowPath = client.create(1_000_000);
			String quickPath = client.create(1_000_000);
			try (RawConnection slow = client.openPatch(slowPath, 0, 1_000_000);
					RawConnection quick = client.openPatch(quickPath, 0, 1_000_000)) {
				slow.timeout(Duration.ofMillis(1));
				int[] sent = new int[2];
				await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(100)).until(() -> {
					quick.send(new byte[2048]);
					sent[1] += 2048;
					if (slow.isClosedByPeer()) {
						return true;
					}
					sendIfOpen(slow, sent);
					return false;
				});
				assertThat(sent[0]).isGreaterThan(5);
				// Not a made-up answer: the client would give up.
				assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(slow::read);
				assertThat(client.offset(slowPath)).isBetween(sent[0] - 2L, (long) sent[0]);
				quick.send(new byte[1_000_000 - sent[1]]);
				assertThat(quick.read().status()).isEqualTo(204);
			}
		}
	}

	private static void sendIfOpen(RawConnection connection, int[] sent) {
		try {
			connection.send("x");
			sent[0]++;
		}
		catch (UncheckedIOException ex) {
			// Closed between the look and this.
		}
	}

	enum Container {

		TOMCAT(TestServer::tomcat), JETTY(TestServer::jetty);

		private final Supplier<TestServer.Builder> server;

		Container(Supplier<TestServer.Builder> server) {
			this.server = server;
		}

	}

}
