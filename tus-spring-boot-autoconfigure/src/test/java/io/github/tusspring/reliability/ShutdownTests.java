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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The application stops while clients upload, and they go on with the next instance.
 */
class ShutdownTests {

	private static final int UPLOADS = 200;

	private static final int LENGTH = 100_000;

	/**
	 * What is promised is two seconds; the rest is for a machine with other things to do.
	 * A client that holds the application up would hold it for thirty.
	 */
	private static final Duration SOON = Duration.ofSeconds(2 + 4);

	@ParameterizedTest
	@EnumSource
	void applicationStopsSoonAndAllBytesAreKept(Container container, @TempDir Path directory) {
		List<String> paths = new ArrayList<>();
		List<RawConnection> connections = new ArrayList<>();
		try (TestServer server = container.server.get().directory(directory).start()) {
			TusRequests client = new TusRequests(server.port());
			for (int i = 0; i < UPLOADS; i++) {
				paths.add(client.create(LENGTH));
				connections.add(client.openPatch(paths.get(i), 0, LENGTH).send(new byte[sent(i)]));
			}
			for (int i = 0; i < UPLOADS; i++) {
				String path = paths.get(i);
				int sent = sent(i);
				await().pollInterval(Duration.ofMillis(10)).until(() -> client.offset(path) == sent);
			}
			Thread sender = new Thread(() -> sendOn(connections));
			sender.start();
			long start = System.nanoTime();
			server.context().close();
			Duration time = Duration.ofNanos(System.nanoTime() - start);
			System.out.printf("%s stopped in %d ms with %d uploads in flight%n", container, time.toMillis(), UPLOADS);
			assertThat(time).isLessThan(SOON);
			sender.join(TimeUnit.SECONDS.toMillis(30));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			connections.forEach(RawConnection::close);
		}
		try (TestServer server = container.server.get().directory(directory).start()) {
			TusRequests client = new TusRequests(server.port());
			for (int i = 0; i < UPLOADS; i++) {
				long offset = client.offset(paths.get(i));
				assertThat(offset).isGreaterThanOrEqualTo(sent(i));
				assertThat(client.patch(paths.get(i), offset, new byte[(int) (LENGTH - offset)]).status())
					.isEqualTo(204);
			}
		}
	}

	private static int sent(int upload) {
		return 100 + upload;
	}

	/**
	 * Every second client goes on to send, as long as it can; the others are silent.
	 */
	private static void sendOn(List<RawConnection> connections) {
		for (int round = 0; round < 20; round++) {
			for (int i = 0; i < connections.size(); i += 2) {
				try {
					connections.get(i).send(new byte[1000]);
				}
				catch (java.io.UncheckedIOException ex) {
					// The server has closed it.
				}
			}
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
