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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Nobody waits for a dead connection: who comes back gets the upload from it.
 */
class TakeOverTests {

	private static final Duration TAKE_OVER_AFTER = Duration.ofSeconds(1);

	/**
	 * What is promised is half a second; the rest is for a machine with other things to
	 * do. Without a take-over it would be thirty.
	 */
	private static final Duration SOON = Duration.ofMillis(500 + 1500);

	@Nested
	class OnTomcat extends Http1Tests {

		OnTomcat() {
			super(TestServer.tomcat());
		}

	}

	@Nested
	class OnJetty extends Http1Tests {

		OnJetty() {
			super(TestServer.jetty());
		}

	}

	@Nested
	class OnTomcatWithHttp2 extends Http2Tests {

		OnTomcatWithHttp2() {
			super(TestServer.tomcat());
		}

	}

	@Nested
	class OnJettyWithHttp2 extends Http2Tests {

		OnJettyWithHttp2() {
			super(TestServer.jetty());
		}

	}

	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class Http1Tests {

		private final TestServer.Builder builder;

		private TestServer server;

		private TusRequests client;

		Http1Tests(TestServer.Builder builder) {
			this.builder = builder;
		}

		@BeforeAll
		void start() {
			this.server = this.builder.property("tus.append.take-over-after", TAKE_OVER_AFTER).start();
			this.client = new TusRequests(this.server.port());
		}

		@AfterAll
		void stop() {
			this.server.close();
		}

		@Test
		void headTakesOverASilentAppend() {
			String path = this.client.create(1000);
			try (RawConnection silent = begin(path)) {
				assertThat(timeOf(() -> assertThat(offsetAfterSilence(path)).isEqualTo(100))).isLessThan(SOON);
				assertThat(silent.read().status()).isEqualTo(423);
				assertThat(silent.isClosedByPeer()).isTrue();
				assertThat(this.client.patch(path, 100, new byte[900]).status()).isEqualTo(204);
			}
		}

		@Test
		void patchTakesOverASilentAppendAtOnce() {
			String path = this.client.create(1000);
			try (RawConnection silent = begin(path)) {
				assertThat(
						timeOf(() -> assertThat(this.client.patch(path, 100, new byte[900]).status()).isEqualTo(204)))
					.isLessThan(SOON);
				assertThat(silent.read().status()).isEqualTo(423);
			}
		}

		@Test
		void patchTakesOverAStoppedClientThatReadsNothing() {
			String path = this.client.create(50_000_000);
			byte[] much = new byte[1_000_000];
			try (RawConnection stopped = RawConnection.to(this.server.port(), 1024)) {
				stopped.request(TusRequests.lines("PATCH " + path, 50_000_000, "Upload-Offset: 0")).send(much);
				await().until(() -> this.client.offset(path) == much.length);
				assertThat(timeOf(() -> assertThat(this.client.patch(path, much.length, much).status()).isEqualTo(204)))
					.isLessThan(SOON);
				assertThat(this.client.offset(path)).isEqualTo(2L * much.length);
			}
		}

		@Test
		void halfClosedConnectionIsNoObstacle() {
			String path = this.client.create(1000);
			try (RawConnection halfClosed = begin(path).halfClose()) {
				assertThat(
						timeOf(() -> assertThat(this.client.patch(path, 100, new byte[900]).status()).isEqualTo(204)))
					.isLessThan(SOON);
			}
		}

		@Test
		void headDoesNotDisturbAHealthyAppend() throws InterruptedException {
			String path = this.client.create(3000);
			try (RawConnection healthy = this.client.openPatch(path, 0, 3000)) {
				long last = 0;
				for (int i = 0; i < 30; i++) {
					healthy.send(new byte[100]);
					Thread.sleep(50);
					if (i < 29) {
						long offset = this.client.offset(path);
						assertThat(offset).isBetween(last, 100L * (i + 1));
						last = offset;
					}
				}
				assertThat(healthy.read().status()).isEqualTo(204);
			}
		}

		@Test
		void deleteEndsAnAppend() {
			String path = this.client.create(1000);
			try (RawConnection running = begin(path)) {
				assertThat(timeOf(() -> assertThat(this.client.delete(path).status()).isEqualTo(204))).isLessThan(SOON);
				assertThat(isEnded(running)).isTrue();
			}
			assertThat(this.client.head(path).status()).isEqualTo(404);
			Path file = this.server.directory().resolve(path.substring("/files/".length()));
			assertThat(file).doesNotExist();
			assertThat(file.resolveSibling(file.getFileName() + ".info")).doesNotExist();
			assertThat(openFiles()).noneMatch((open) -> open.startsWith(file.toString()));
		}

		@Test
		void manyTakeOversLeaveNoThreadAndNoFileBehind() {
			takeOver(20);
			int threads = Thread.activeCount();
			List<String> paths = takeOver(50);
			await().untilAsserted(() -> assertThat(Thread.activeCount()).isLessThan(threads + 20));
			await().untilAsserted(() -> assertThat(openFiles())
				.noneMatch((file) -> paths.stream().anyMatch((path) -> file.contains(path.substring(7)))));
		}

		private List<String> takeOver(int count) {
			List<String> paths = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				String path = this.client.create(1000);
				paths.add(path);
				try (RawConnection old = this.client.openPatch(path, 0, 1000).send(new byte[10])) {
					await().pollInterval(Duration.ofMillis(5)).until(() -> this.client.offset(path) == 10);
					assertThat(this.client.patch(path, 10, new byte[990]).status()).isEqualTo(204);
					assertThat(old.read().status()).isEqualTo(423);
				}
			}
			return paths;
		}

		private RawConnection begin(String path) {
			RawConnection connection = this.client.openPatch(path, 0, 1000).send(new byte[100]);
			await().pollInterval(Duration.ofMillis(10)).until(() -> this.client.offset(path) == 100);
			return connection;
		}

		/**
		 * Waits for as long as a client waits that has lost its connection.
		 */
		private long offsetAfterSilence(String path) {
			RawResponse response = this.client.head(path);
			return Long.parseLong(response.header("Upload-Offset"));
		}

		private Duration timeOf(Runnable request) {
			sleep(TAKE_OVER_AFTER.plusMillis(50));
			long start = System.nanoTime();
			request.run();
			Duration time = Duration.ofNanos(System.nanoTime() - start);
			System.out.printf("%s: taken over in %d ms%n", getClass().getSimpleName(), time.toMillis());
			return time;
		}

		private static boolean isEnded(RawConnection connection) {
			try {
				return connection.read().status() >= 400;
			}
			catch (UncheckedIOException ex) {
				return true;
			}
		}

		private static Stream<String> openFiles() {
			try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
				return files.map((file) -> {
					try {
						return Files.readSymbolicLink(file).toString();
					}
					catch (IOException ex) {
						return "";
					}
				}).toList().stream();
			}
			catch (IOException ex) {
				// Not on Linux.
				return Stream.empty();
			}
		}

	}

	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class Http2Tests {

		private final TestServer.Builder builder;

		private TestServer server;

		private TusRequests client;

		Http2Tests(TestServer.Builder builder) {
			this.builder = builder;
		}

		@BeforeAll
		void start() {
			this.server = this.builder.property("tus.append.take-over-after", TAKE_OVER_AFTER)
				.property("server.http2.enabled", true)
				.start();
			this.client = new TusRequests(this.server.port());
		}

		@AfterAll
		void stop() {
			this.server.close();
		}

		@Test
		void silentStreamIsTakenOver() throws Exception {
			String path = this.client.create(1000);
			HttpClient old = http2();
			try (SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
				CompletableFuture<HttpResponse<String>> silent = old.sendAsync(
						patch(path, 0, HttpRequest.BodyPublishers.fromPublisher(body, 1000)),
						HttpResponse.BodyHandlers.ofString());
				await().until(body::hasSubscribers);
				body.submit(ByteBuffer.wrap(new byte[100]));
				await().until(() -> this.client.offset(path) == 100);
				sleep(TAKE_OVER_AFTER.plusMillis(50));
				long start = System.nanoTime();
				HttpClient young = http2();
				HttpResponse<Void> head = young.send(
						request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
						HttpResponse.BodyHandlers.discarding());
				assertThat(head.version()).isEqualTo(HttpClient.Version.HTTP_2);
				assertThat(head.statusCode()).isEqualTo(200);
				long offset = head.headers().firstValueAsLong("Upload-Offset").orElseThrow();
				assertThat(offset).isEqualTo(100);
				HttpResponse<String> next = young.send(
						patch(path, offset, HttpRequest.BodyPublishers.ofByteArray(new byte[(int) (1000 - offset)])),
						HttpResponse.BodyHandlers.ofString());
				assertThat(next.statusCode()).isEqualTo(204);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON.plus(SOON));
				// The JDK's client gives no answer before it has sent its body.
				silent.cancel(true);
			}
		}

		private HttpClient http2() throws Exception {
			HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
			// The first request asks for HTTP/2, the others use it.
			http.send(request("/files").method("OPTIONS", HttpRequest.BodyPublishers.noBody()).build(),
					HttpResponse.BodyHandlers.discarding());
			return http;
		}

		private HttpRequest.Builder request(String path) {
			return HttpRequest.newBuilder(this.server.uri(path)).header("Tus-Resumable", "1.0.0");
		}

		private HttpRequest patch(String path, long offset, HttpRequest.BodyPublisher body) {
			return request(path).method("PATCH", body)
				.header("Upload-Offset", String.valueOf(offset))
				.header("Content-Type", "application/offset+octet-stream")
				.build();
		}

	}

	private static void sleep(Duration time) {
		try {
			Thread.sleep(time.toMillis());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
