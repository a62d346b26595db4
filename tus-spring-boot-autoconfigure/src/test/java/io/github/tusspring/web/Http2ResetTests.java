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

import io.github.tusspring.test.Container;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Streams that a client resets in the middle of a body whose length it hasn't told.
 */
class Http2ResetTests {

	private static final int ROUNDS = Integer.getInteger("reset.rounds", 12);

	@ParameterizedTest
	@EnumSource(Container.class)
	void whatIsResetIsNotComplete(Container container) throws Exception {
		try (TestServer server = Wire.Version.HTTP_2.prepare(container.server().operations()).start()) {
			for (int round = 0; round < ROUNDS; round++) {
				Wire wire = Wire.Version.HTTP_2.to(server);
				try {
					String path = RawRequest.of("POST", server.uri("/files"))
						.without("Tus-Resumable")
						.with("Upload-Draft-Interop-Version: 8")
						.with("Upload-Complete: ?0")
						.over(wire)
						.send()
						.header("Location");
					send(server, wire, path, round);
					await().untilAsserted(() -> {
						RawResponse head = RawRequest.of("HEAD", server.uri(path))
							.without("Tus-Resumable")
							.with("Upload-Draft-Interop-Version: 8")
							.over(wire)
							.send();
						assertThat(head.status()).isEqualTo(204);
						assertThat(head.header("Upload-Complete")).isEqualTo("?0");
					});
				}
				finally {
					wire.close();
				}
			}
			MeterRegistry meters = server.bean(MeterRegistry.class);
			assertThat(meters.get("http.server.requests").tag("uri", "/files/{id}").tag("status", "499").timers())
				.isNotEmpty();
			assertThat(meters.find("http.server.requests").tag("outcome", "SERVER_ERROR").timers()).isEmpty();
		}
	}

	private static void send(TestServer server, Wire wire, String path, int round) throws Exception {
		try (OpenRequest open = RawRequest.of("PATCH", server.uri(path))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 8")
			.with("Upload-Offset: 0")
			.with("Upload-Complete: ?1")
			.with("Content-Type: application/partial-upload")
			.chunked()
			.over(wire)
			.open()) {
			open.send("x".repeat(1 + round * 5_000));
		}
	}

}
