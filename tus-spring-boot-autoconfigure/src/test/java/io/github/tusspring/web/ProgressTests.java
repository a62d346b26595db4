package io.github.tusspring.web;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

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

	@Test
	void stopEndsTheStreamsAndManyTakeNoThread() {
		TestServer server = TestServer.tomcat()
			.property("tus.progress.enabled", true)
			.property("server.tomcat.threads.max", 5)
			.start();
		List<RawConnection> streams = new ArrayList<>();
		try {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(10);
			for (int i = 0; i < 300; i++) {
				streams.add(watch(client, path));
			}
			streams.forEach((stream) -> assertThat(stream.readHead().status()).isEqualTo(200));
			assertThat(client.offset(path)).isZero();
			long begin = System.nanoTime();
			server.close();
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
		}
		finally {
			streams.forEach(RawConnection::close);
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

}
