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

import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A refusal waits for nobody, and nobody waits for the body that belongs to it.
 */
@ParameterizedClass
@EnumSource(Container.class)
@ExtendWith(QuietLog.class)
class UnwantedBodyTests {

	private static final Duration AT_ONCE = Duration.ofSeconds(3);

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server().property("tus.append.idle-timeout", "1s").start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 5", "Content-Length: 60000", "Content-Length: 1000000",
			"Transfer-Encoding: chunked" })
	void refusalDoesNotWaitForABodyThatDoesNotCome(String framing) {
		for (String path : List.of(create(2_000_000), "/files/nowhere")) {
			try (RawConnection connection = patch(path, 3, framing).timeout(AT_ONCE)) {
				RawResponse answer = connection.read();
				assertThat(answer.status()).isEqualTo(path.equals("/files/nowhere") ? 404 : 409);
				assertThat(answer.text()).isNotEmpty();
			}
		}
	}

	@Test
	void connectionGoesOnWhenAShortBodyComesAfterItsRefusal() {
		String path = create(10);
		try (RawConnection connection = patch(path, 3, "Content-Length: 5").timeout(AT_ONCE)) {
			assertThat(connection.read().status()).isEqualTo(409);
			connection.send("HEAD ");
			connection.request("HEAD " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0");
			assertThat(connection.read().status()).isEqualTo(200);
		}
	}

	@Test
	@Tag("long")
	void whatComesLateIsNotTakenForARequest() {
		String path = create(10);
		try (RawConnection connection = patch(path, 3, "Content-Length: 200").timeout(Duration.ofSeconds(8))) {
			assertThat(connection.read().status()).isEqualTo(409);
			assertThat(connection.isClosedByPeer()).isTrue();
		}
	}

	@Test
	void floodOfRefusedBodiesKeepsNobodyWaiting() throws Exception {
		String refused = create(10);
		List<Thread> flooders = new ArrayList<>();
		AtomicLong flood = new AtomicLong();
		for (int i = 0; i < 16; i++) {
			Thread flooder = new Thread(() -> flood(refused, flood));
			flooder.setDaemon(true);
			flooder.start();
			flooders.add(flooder);
		}
		try {
			await().until(() -> flood.get() > 20_000_000);
			long begin = System.nanoTime();
			try (RawConnection silent = patch(create(10), 0, "Content-Length: 10").send("abc")) {
				assertThat(silent.isClosedByPeer()).isTrue();
			}
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(6));
		}
		finally {
			flooders.forEach(Thread::interrupt);
			for (Thread flooder : flooders) {
				flooder.join(10_000);
			}
		}
	}

	/**
	 * Sends an endless body, and another one whenever the connection is closed.
	 */
	private static void flood(String path, AtomicLong count) {
		byte[] piece = new byte[64 * 1024];
		while (!Thread.currentThread().isInterrupted()) {
			try (RawConnection connection = patch(path, 3, "Transfer-Encoding: chunked")) {
				while (!Thread.currentThread().isInterrupted()) {
					connection.chunk(piece);
					count.addAndGet(piece.length);
				}
			}
			catch (UncheckedIOException ex) {
				// The server has closed it: that is what is hoped for.
			}
		}
	}

	private static String create(long length) {
		return URI
			.create(RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: " + length)
				.with("Content-Length: 0")
				.send()
				.header("Location"))
			.getPath();
	}

	private static RawConnection patch(String path, long offset, String framing) {
		return RawConnection.to(server.port())
			.request("PATCH " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Content-Type: application/offset+octet-stream", "Upload-Offset: " + offset, framing);
	}

}
