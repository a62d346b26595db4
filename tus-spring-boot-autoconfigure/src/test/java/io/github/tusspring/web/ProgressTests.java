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

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What pages hear of uploads.
 */
class ProgressTests {

	@Nested
	class TomcatTests extends ContainerTests {

		TomcatTests() {
			super(TestServer.tomcat());
		}

	}

	@Nested
	class JettyTests extends ContainerTests {

		JettyTests() {
			super(TestServer.jetty());
		}

	}

	@Test
	void thereAreNoEventsUnlessTheyAreAskedFor() {
		try (TestServer server = TestServer.tomcat().start()) {
			Uploads client = new Uploads(server, "/files");
			assertThat(client.get(client.create(10) + "/events").status()).isNotEqualTo(200);
		}
	}

	@ParameterizedTest
	@EnumSource(Container.class)
	void stopEndsTheStreamsAndAThousandTakeNoThread(Container container) {
		TestServer server = container.server()
			.property("tus.progress.enabled", true)
			.property("tus.progress.max-streams-per-client", 0)
			.property("server.tomcat.threads.max", 5)
			.start();
		List<RawConnection> streams = new ArrayList<>();
		try {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(10);
			int threads = Thread.activeCount();
			streams.add(watch(client, path));
			for (int i = 1; i < 1000; i++) {
				RawConnection stream = watch(client, path);
				streams.add(stream);
				assertThat(stream.readHead().status()).isEqualTo(200);
			}
			assertThat(client.offset(path)).isZero();
			assertThat(Thread.activeCount()).isLessThan(threads + 10);
			long begin = System.nanoTime();
			server.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
			assertThat(streams.get(0).read().text()).startsWith("event: progress");
			for (RawConnection stream : streams.subList(1, streams.size())) {
				// After the event that is on its way.
				assertThat(IntStream.range(0, 200).anyMatch((i) -> stream.isClosedByPeer())).isTrue();
			}
		}
		finally {
			streams.forEach(RawConnection::close);
		}
	}

	@Test
	void expirationIsTheLastEvent() {
		try (TestServer server = TestServer.tomcat()
			.property("tus.progress.enabled", true)
			.property("tus.expiration.after", "1s")
			.property("tus.expiration.cleanup-interval", "500ms")
			.start()) {
			Uploads client = new Uploads(server, "/files");
			try (RawConnection events = watch(client, client.create(10))) {
				assertThat(events.read().text()).endsWith("event: expired\ndata: {\"offset\":0,\"length\":10}\n\n");
			}
		}
	}

	@Test
	@Tag("long")
	void uploadOfAnotherInstanceIsFollowedToItsEnd(@TempDir Path directory) {
		try (TestServer one = instance(directory); TestServer other = instance(directory)) {
			Uploads client = new Uploads(one, "/files");
			List<String> paths = List.of(client.create(1000), client.create(1000), client.create(1000));
			List<RawConnection> streams = paths.stream()
				.map((path) -> watch(new Uploads(other, "/files"), path))
				.toList();
			streams.forEach((stream) -> assertThat(stream.readHead().status()).isEqualTo(200));
			await().pollDelay(Duration.ofMillis(300)).until(() -> true);
			client.patch(paths.get(0), 0, 400);
			client.patch(paths.get(1), 0, 1000);
			client.request("DELETE", paths.get(2)).send();
			List<String> events = List.of("progress", "completed", "terminated");
			List<Integer> offsets = List.of(400, 1000, 0);
			for (int i = 0; i < 3; i++) {
				String expected = "event: " + events.get(i) + "\ndata: {\"offset\":" + offsets.get(i)
						+ ",\"length\":1000}\n\n";
				StringBuilder text = new StringBuilder();
				while (text.indexOf(expected) < 0) {
					text.append((char) streams.get(i).readExactly(1)[0]);
				}
				streams.get(i).close();
			}
		}
	}

	private static TestServer instance(Path directory) {
		return TestServer.tomcat()
			.cluster()
			.directory(directory)
			.property("tus.progress.enabled", true)
			.property("tus.lock.type", "jdbc")
			.property("spring.datasource.url", "jdbc:h2:mem:progress;DB_CLOSE_DELAY=-1")
			.property("tus.lock.jdbc.initialize-schema", "always")
			.start();
	}

	@Test
	void uploadOfSomebodyElseIsNotThere() {
		try (TestServer server = TestServer.tomcat()
			.with(OwnersConfiguration.class)
			.property("tus.progress.enabled", true)
			.start()) {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(10, "User: alice");
			assertThat(client.request("GET", path + "/events").with("User: bob").send().status()).isEqualTo(404);
			assertThat(client.get(path + "/events").status()).isEqualTo(404);
			try (RawConnection events = RawConnection.to(server.port())
				.request("GET " + path + "/events HTTP/1.1", "Host: localhost", "User: alice", "Connection: close")) {
				assertThat(events.readHead().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void streamsOfOneClientAreLimited() {
		try (TestServer server = TestServer.tomcat()
			.property("tus.progress.enabled", true)
			.property("tus.progress.max-streams-per-client", 1)
			.start()) {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(10);
			try (RawConnection first = watch(client, path)) {
				assertThat(first.readHead().status()).isEqualTo(200);
				RawResponse refused = client.get(path + "/events");
				assertThat(refused.status()).isEqualTo(429);
				assertThat(refused.header("Retry-After")).isEqualTo("5");
				client.patch(path, 0, 10);
			}
			assertThat(client.get(client.create(0) + "/events").status()).isEqualTo(200);
		}
	}

	@Test
	void filterThatKeepsAllOfAResponseKeepsNoEvents() {
		try (TestServer server = TestServer.tomcat()
			.with(KeepingFilter.class)
			.property("tus.progress.enabled", true)
			.start()) {
			Uploads client = new Uploads(server, "/files");
			try (RawConnection events = watch(client, client.create(10))) {
				assertThat(events.readHead().status()).isEqualTo(200);
			}
		}
	}

	@Test
	void streamThatCannotStartDoesNotCount() {
		try (TestServer server = TestServer.tomcat()
			.with(UnsuitableFilter.class)
			.property("tus.progress.enabled", true)
			.property("tus.progress.max-streams", 1)
			.start()) {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(10);
			assertThat(client.get(path + "/events").status()).isEqualTo(501);
			assertThat(client.get(path + "/events").status()).isEqualTo(501);
		}
	}

	@Test
	void streamThatBlocksKeepsNoSilentConnectionOpen() {
		try (TestServer server = TestServer.tomcat()
			.with(BlockingFilter.class)
			.property("tus.progress.enabled", true)
			.property("tus.append.idle-timeout", "1s")
			.start()) {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(10);
			BlockingFilter filter = server.bean(BlockingFilter.class);
			try (RawConnection events = watch(client, path)) {
				assertThat(events.readHead().status()).isEqualTo(200);
				try (RawConnection append = client.begin(path, 0, 10, 4)) {
					await().until(() -> filter.blocked);
					assertThat(append.isClosedByPeer()).isTrue();
				}
			}
			finally {
				filter.release.countDown();
			}
		}
	}

	@Test
	void streamThatBlocksHoldsNeitherTheUploadNorTheStop() {
		TestServer server = TestServer.tomcat()
			.with(BlockingFilter.class)
			.property("tus.progress.enabled", true)
			.start();
		Uploads client = new Uploads(server, "/files");
		BlockingFilter filter = server.bean(BlockingFilter.class);
		String path = client.create(10);
		try (RawConnection events = watch(client, path)) {
			assertThat(events.readHead().status()).isEqualTo(200);
			assertThat(client.patch(path, 0, 10).status()).isEqualTo(204);
			await().until(() -> filter.blocked);
			await().during(Duration.ofMillis(100)).until(() -> client.offset(path) == 10);
			long begin = System.nanoTime();
			// The container may go on to wait for the filter, but not we.
			server.context().getBean("tusProgressLifecycle", SmartLifecycle.class).stop();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
		}
		finally {
			filter.release.countDown();
			server.close();
		}
	}

	@Test
	void whenAWrapperFailsBadlyThenOthersHearAllTheSame() {
		try (TestServer server = TestServer.tomcat()
			.with(FailingFilter.class)
			.property("tus.progress.enabled", true)
			.start()) {
			Uploads client = new Uploads(server, "/files");
			FailingFilter filter = server.bean(FailingFilter.class);
			String path = client.create(10);
			String other = client.create(10);
			try (RawConnection lost = watch(client, path); RawConnection events = watch(client, other)) {
				assertThat(lost.readHead().status()).isEqualTo(200);
				try (RawConnection append = client.begin(path, 0, 10, 4)) {
					await().until(() -> filter.failed);
				}
				try (RawConnection append = client.begin(other, 0, 10, 3)) {
					await().pollDelay(Duration.ofMillis(600)).until(() -> true);
					append.send(new byte[7]);
					assertThat(append.read().status()).isEqualTo(204);
				}
				assertThat(events.read().text()).contains("event: progress\ndata: {\"offset\":3,");
			}
		}
	}

	private static RawConnection watch(Uploads client, String path) {
		return RawConnection.to(client.server().port())
			.request("GET " + path + "/events HTTP/1.1", "Host: localhost", "Connection: close");
	}

	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class ContainerTests {

		private final TestServer.Builder builder;

		private TestServer server;

		private Uploads client;

		private Application application;

		ContainerTests(TestServer.Builder builder) {
			this.builder = builder;
		}

		@BeforeAll
		void start() {
			this.server = this.builder.with(Application.class)
				.property("tus.progress.enabled", true)
				.property("tus.endpoints[0].path", "/documents")
				.start();
			this.client = new Uploads(this.server, "/files");
			this.application = this.server.bean(Application.class);
		}

		@AfterAll
		void stop() {
			this.server.close();
		}

		@Test
		void progressIsToldUntilTheApplicationHasTakenTheUpload() {
			String path = this.client.create(1000, Uploads.metadata("action", "block"));
			try (RawConnection events = watch(this.client, path);
					RawConnection append = this.client.begin(path, 0, 1000, 400)) {
				await().until(() -> this.client.offset(path) == 400);
				await().pollDelay(Duration.ofMillis(600)).until(() -> true);
				append.send(new byte[600]);
				await().pollDelay(Duration.ofMillis(300)).until(() -> true);
				this.application.release.countDown();
				assertThat(append.read().status()).isEqualTo(204);
				String text = events.read().text();
				assertThat(text).startsWith("event: progress\ndata: {\"offset\":")
					.contains("event: progress\ndata: {\"offset\":400,\"length\":1000}\n\n")
					.contains("event: delivering\ndata: {\"offset\":1000,\"length\":1000}\n\n")
					.endsWith("event: completed\ndata: {\"offset\":1000,\"length\":1000}\n\n");
			}
		}

		@Test
		void pathThatFiltersMayTakeForAnotherOneIsRefused() {
			String id = this.client.create(3).substring("/files/".length());
			for (String path : List.of("/files;x/" + id, "/fil%65s/" + id, "/files/" + id + ";x")) {
				try (RawConnection events = watch(this.client, path)) {
					assertThat(events.read().status()).as(path).isEqualTo(400);
				}
			}
		}

		@Test
		void rejectionIsTheLastEvent() {
			String path = this.client.create(3, Uploads.metadata("action", "reject"));
			try (RawConnection events = watch(this.client, path)) {
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				this.client.patch(path, 0, 3);
				assertThat(events.read().text()).endsWith("event: rejected\ndata: {\"offset\":3,\"length\":3}\n\n");
			}
			assertThat(this.client.get(path + "/events").status()).isEqualTo(410);
		}

		@Test
		void terminationIsTheLastEvent() {
			String path = this.client.create(3);
			try (RawConnection events = watch(this.client, path)) {
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				this.client.request("DELETE", path).send();
				assertThat(events.read().text()).endsWith("event: terminated\ndata: {\"offset\":0,\"length\":3}\n\n");
			}
			assertThat(this.client.get(path + "/events").status()).isEqualTo(404);
		}

		@Test
		void uploadOfAnEndpointIsFollowedAtItsUrlOnly() {
			Uploads documents = new Uploads(this.server, "/documents");
			String path = documents.create(3);
			try (RawConnection events = watch(documents, path)) {
				await().pollDelay(Duration.ofMillis(200)).until(() -> true);
				documents.patch(path, 0, 3);
				assertThat(events.read().text()).endsWith("event: completed\ndata: {\"offset\":3,\"length\":3}\n\n");
			}
			assertThat(this.client.get(path.replace("/documents/", "/files/") + "/events").status()).isEqualTo(404);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		private final CountDownLatch release = new CountDownLatch(1);

		@EventListener
		void completed(TusUploadCompletedEvent event) throws InterruptedException {
			switch (String.valueOf(event.upload().metadata().get("action"))) {
				case "block" -> this.release.await();
				case "reject" -> throw new UploadRejectedException(422, "No");
				default -> {
				}
			}
		}

		@PostMapping("/documents")
		void document() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnersConfiguration {

		@Bean
		UploadOwnerResolver owners() {
			return (request) -> request.getHeader("User");
		}

	}

	/**
	 * Wraps the responses to requests for events.
	 */
	abstract static class WrappingFilter extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			boolean events = request.getRequestURI().endsWith("/events");
			chain.doFilter(request, events ? wrap(response) : response);
		}

		abstract HttpServletResponse wrap(HttpServletResponse response) throws IOException;

		static HttpServletResponse withStream(HttpServletResponse response, ServletOutputStream output) {
			return new HttpServletResponseWrapper(response) {

				@Override
				public ServletOutputStream getOutputStream() {
					return output;
				}

			};
		}

	}

	static class KeepingFilter extends WrappingFilter {

		@Override
		HttpServletResponse wrap(HttpServletResponse response) {
			return new ContentCachingResponseWrapper(response);
		}

	}

	static class UnsuitableFilter extends WrappingFilter {

		@Override
		HttpServletResponse wrap(HttpServletResponse response) throws IOException {
			return withStream(response, new ForwardingOutputStream(response.getOutputStream()) {

				@Override
				public void setWriteListener(WriteListener listener) {
					throw new UnsupportedOperationException();
				}

			});
		}

	}

	static class BlockingFilter extends WrappingFilter {

		private final CountDownLatch release = new CountDownLatch(1);

		private volatile boolean blocked;

		@Override
		HttpServletResponse wrap(HttpServletResponse response) throws IOException {
			return withStream(response, new ForwardingOutputStream(response.getOutputStream()) {

				@Override
				public void write(byte[] bytes) throws IOException {
					if (!new String(bytes, StandardCharsets.UTF_8).contains("\"offset\":0")) {
						BlockingFilter.this.blocked = true;
						try {
							BlockingFilter.this.release.await();
						}
						catch (InterruptedException ex) {
							throw new InterruptedIOException();
						}
					}
					super.write(bytes);
				}

			});
		}

	}

	static class FailingFilter extends WrappingFilter {

		private volatile boolean failed;

		@Override
		HttpServletResponse wrap(HttpServletResponse response) throws IOException {
			return withStream(response, new ForwardingOutputStream(response.getOutputStream()) {

				@Override
				public void write(byte[] bytes) throws IOException {
					if (new String(bytes, StandardCharsets.UTF_8).contains("\"offset\":4")) {
						FailingFilter.this.failed = true;
						throw new NoClassDefFoundError("A class of the wrapper's");
					}
					super.write(bytes);
				}

			});
		}

	}

	private static class ForwardingOutputStream extends ServletOutputStream {

		private final ServletOutputStream output;

		ForwardingOutputStream(ServletOutputStream output) {
			this.output = output;
		}

		@Override
		public boolean isReady() {
			return this.output.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			this.output.setWriteListener(listener);
		}

		@Override
		public void write(int b) throws IOException {
			this.output.write(b);
		}

		@Override
		public void write(byte[] bytes) throws IOException {
			this.output.write(bytes);
		}

		@Override
		public void flush() throws IOException {
			this.output.flush();
		}

	}

}
