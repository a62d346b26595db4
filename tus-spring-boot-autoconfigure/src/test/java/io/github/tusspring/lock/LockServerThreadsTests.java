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

package io.github.tusspring.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server of locks that is silent, and an application server with few threads: none of
 * them waits for the locks.
 */
class LockServerThreadsTests {

	private static final int REQUESTS = 16;

	@ParameterizedTest
	@EnumSource
	void othersAreAnsweredWhileManyWaitForTheirLocks(Container container) {
		try (TestServer server = container.server()
			.property("server.tomcat.threads.max", "4")
			.property("server.jetty.threads.max", "8")
			.property("tus.lock.type", "jdbc")
			.with(LockServerAwayTests.LockConfiguration.class)
			.start()) {
			AwayLeaseStore store = server.bean(AwayLeaseStore.class);
			List<String> paths = new ArrayList<>();
			for (int i = 0; i < REQUESTS; i++) {
				paths.add(request(server, "POST /files", "Upload-Length: 1").read().header("Location"));
			}
			store.holdUp();
			List<RawConnection> appends = paths.stream().map((path) -> append(server, path)).toList();
			await().until(() -> store.heldUp() == REQUESTS);
			try (RawConnection other = request(server, "GET /absent")) {
				assertThat(other.timeout(Duration.ofSeconds(1)).read().status()).isEqualTo(404);
			}
			store.goOn();
			assertThat(appends).extracting(RawConnection::read).extracting(RawResponse::status).containsOnly(204);
			appends.forEach(RawConnection::close);
		}
	}

	private static RawConnection append(TestServer server, String path) {
		return request(server, "PATCH " + path, "Upload-Offset: 0", "Content-Length: 1",
				"Content-Type: application/offset+octet-stream")
			.send("a");
	}

	private static RawConnection request(TestServer server, String request, String... headers) {
		List<String> lines = new ArrayList<>(List.of(request + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0"));
		lines.addAll(List.of(headers));
		return RawConnection.to(server.port()).request(lines.toArray(String[]::new));
	}

}
