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

import java.time.Duration;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The protocol on Tomcat.
 */
class TomcatProtocolTests extends AbstractTusProtocolTests {

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat().start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void clientThatLeavesAfterAnEarlyAnswerIsNotLogged(CapturedOutput output) {
		try (RawConnection connection = RawConnection.to(server.port())) {
			connection.request("PATCH /files/unknown HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Upload-Offset: 0", "Content-Type: text/plain", "Content-Length: 1000000");
			assertThat(connection.read().status()).isEqualTo(415);
		}
		await().during(Duration.ofMillis(300)).untilAsserted(() -> assertThat(output).doesNotContain("WARN"));
	}

	@Override
	protected TusTarget target() {
		return new ServletTusTarget(server, "/files");
	}

}
