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
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Downloads by clients that don't read what they asked for.
 */
@ParameterizedClass
@EnumSource(Container.class)
@ExtendWith(QuietLog.class)
class SlowReaderTests {

	/**
	 * More than threads, of which Jetty needs some for itself.
	 */
	private static final int READERS = 40;

	private static final int LENGTH = 8 * 1024 * 1024;

	private static TestServer server;

	private static String location;

	private final List<RawConnection> connections = new ArrayList<>();

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server()
			.property("tus.download.enabled", "true")
			.property("tus.limits.max-downloads", READERS)
			.property("server.tomcat.threads.max", "8")
			.property("server.jetty.threads.max", "16")
			.start();
		byte[] content = new byte[LENGTH];
		for (int i = 0; i < LENGTH; i++) {
			content[i] = (byte) (i * 31 + i / 251);
		}
		location = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + LENGTH)
			.with("Content-Type: application/offset+octet-stream")
			.body(content)
			.send()
			.header("Location");
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@AfterEach
	void close() {
		this.connections.forEach(RawConnection::close);
	}

	@Test
	void holdNoThreadAndNoLock() {
		for (int i = 0; i < READERS; i++) {
			read();
		}
		long begun = System.nanoTime();
		assertThat(RawRequest.of("HEAD", server.uri(location)).send().header("Upload-Offset")).isEqualTo("" + LENGTH);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
		RawResponse refused = get().send();
		assertThat(refused.status()).isEqualTo(429);
		assertThat(refused.header("Retry-After")).isEqualTo("5");
		// Whoever goes on to read gets all of it.
		byte[] content = this.connections.remove(0).readExactly(LENGTH);
		for (int i = 0; i < LENGTH; i++) {
			assertThat(content[i] == (byte) (i * 31 + i / 251)).as("byte %d", i).isTrue();
		}
		assertThat(RawRequest.of("DELETE", server.uri(location + "x")).send().status()).isEqualTo(404);
		awaitRoom();
	}

	@Test
	void makeRoomForOthersWhenTheyLeave() {
		for (int i = 0; i < READERS; i++) {
			read();
		}
		this.connections.remove(0).reset();
		awaitRoom();
	}

	private static void awaitRoom() {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(get().with("Range: bytes=0-0").send().status()).isEqualTo(206));
	}

	private void read() {
		RawConnection connection = RawConnection.to(server.port(), 4096);
		this.connections.add(connection);
		get().on(connection);
		assertThat(connection.readHead().status()).isEqualTo(200);
	}

	private static RawRequest get() {
		return RawRequest.of("GET", server.uri(location)).without("Tus-Resumable");
	}

}
