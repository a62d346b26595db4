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

package io.github.tusspring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadInterceptor;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import io.github.tusspring.upload.event.TusUploadEvent;
import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application sees of uploads, and what its clients hear of the application.
 */
class ApplicationTests {

	private static TestServer server;

	@TempDir
	private static Path directory;

	private static Application application;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat()
			.with(Application.class)
			.property("tus.redelivery.initial-delay", "500ms")
			.property("tus.expiration.after", "3s")
			.property("tus.expiration.cleanup-interval", "500ms")
			.start();
		application = server.bean(Application.class);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void finishedUploadIsSeenWithItsContentBeforeTheClientHearsOfIt() {
		String path = create("look", 6);
		assertThat(append(path, 0, "abc").status()).isEqualTo(204);
		await().untilAsserted(() -> assertThat(events(path)).containsExactly("Created", "Progress"));
		RawResponse answer = append(path, 3, "def");
		assertThat(answer.status()).isEqualTo(204);
		assertThat(events(path)).containsExactly("Created", "Progress", "Completed 1: abcdef");
	}

	@Test
	void listenerOfEverythingHearsOfEachEvent() {
		String path = create("look", 6);
		append(path, 0, "abc");
		await().untilAsserted(() -> assertThat(happened(path)).startsWith("Created", "Progress"));
		append(path, 3, "def");
		assertThat(happened(path)).startsWith("Created", "Progress", "Completed");
	}

	@Test
	void listenerSetsHeadersAndBodyOfTheLastAnswer() {
		String path = create("answer", 3);
		RawResponse answer = append(path, 0, "abc");
		assertThat(answer.status()).isEqualTo(201);
		assertThat(answer.header("X-Document")).isEqualTo("4711");
		assertThat(answer.header("Content-Type")).startsWith("application/json");
		assertThat(answer.header("Upload-Offset")).isEqualTo("3");
		assertThat(answer.text()).isEqualTo("{\"id\":4711}");
		RawResponse again = append(path, 3, "");
		assertThat(again.status()).isEqualTo(201);
		assertThat(again.text()).isEqualTo("{\"id\":4711}");
		assertThat(events(path)).filteredOn((event) -> event.startsWith("Completed")).hasSize(1);
	}

	@Test
	void listenerAnswersACreationThatFinishesAtOnceToo() {
		RawResponse answer = post("answer", 3).with("Content-Type: application/offset+octet-stream").body("abc").send();
		assertThat(answer.status()).isEqualTo(201);
		assertThat(answer.header("Location")).isNotNull();
		assertThat(answer.header("X-Document")).isEqualTo("4711");
		assertThat(answer.text()).isEqualTo("{\"id\":4711}");
	}

	@Test
	void listenerThatRefusesIsHeardAndTheUploadGone() {
		String path = create("reject", 3);
		RawResponse answer = append(path, 0, "abc");
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.text()).isEqualTo("No cats, please");
		assertThat(head(path).status()).isEqualTo(410);
		assertThat(append(path, 2, "c").status()).isEqualTo(410);
		assertThat(server.directory().resolve(id(path).toString())).doesNotExist();
	}

	@Test
	void clientOfAListenerThatFailsSendsTheLastByteAgainAndHearsOfItsSuccess() {
		String path = create("fail", 3);
		assertThat(append(path, 0, "abc").status()).isEqualTo(500);
		RawResponse head = head(path);
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("Upload-Offset")).isEqualTo("2");
		assertThat(head.header("Upload-Length")).isEqualTo("3");
		assertThat(append(path, 2, "c").status()).isEqualTo(204);
		assertThat(events(path)).contains("Completed 1: abc", "Completed 2: abc");
		assertThat(head(path).header("Upload-Offset")).isEqualTo("3");
	}

	@Test
	void listenerThatFailsIsCalledAgainWithoutAClient() {
		String path = create("fail", 3);
		assertThat(append(path, 0, "abc").status()).isEqualTo(500);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(events(path)).contains("Completed 2: abc"));
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(upload(path).state()).isEqualTo(UploadState.COMPLETED));
	}

	@Test
	void uploadIsBusyWhileItsListenerRuns() throws Exception {
		String path = create("block", 3);
		try (RawConnection connection = RawConnection.to(server.port())) {
			patch(path, 0, "abc").on(connection);
			assertThat(application.entered.await(30, TimeUnit.SECONDS)).isTrue();
			RawResponse head = head(path);
			assertThat(head.status()).isEqualTo(423);
			assertThat(head.header("Retry-After")).isNotNull();
			assertThat(append(path, 2, "c").status()).isEqualTo(423);
			application.release.countDown();
			assertThat(connection.read().status()).isEqualTo(204);
		}
		finally {
			application.release.countDown();
		}
		assertThat(head(path).header("Upload-Offset")).isEqualTo("3");
	}

	@Test
	void listenerMovesTheContentAndTheUploadStaysFinished() throws IOException {
		String path = create("move", 3);
		assertThat(append(path, 0, "abc").status()).isEqualTo(204);
		assertThat(directory.resolve(id(path).toString())).hasContent("abc");
		assertThat(head(path).header("Upload-Offset")).isEqualTo("3");
		assertThat(server.directory().resolve(id(path).toString())).doesNotExist();
		Files.delete(directory.resolve(id(path).toString()));
	}

	@Test
	void listenerDeletesTheContentAndTheUploadStaysFinished() {
		String path = create("delete", 3);
		assertThat(append(path, 0, "abc").status()).isEqualTo(204);
		assertThat(head(path).header("Upload-Offset")).isEqualTo("3");
		assertThat(server.directory().resolve(id(path).toString())).doesNotExist();
	}

	@Test
	void interceptorRefusesBeforeAnythingIsStored() {
		RawResponse answer = post("forbidden", 3).send();
		assertThat(answer.status()).isEqualTo(403);
		assertThat(answer.text()).isEqualTo("Not this one");
		assertThat(answer.header("Location")).isNull();
	}

	@Test
	void interceptorsChangeIdAndMetadataInTheirOrder() {
		String path = create("rename", 3);
		assertThat(path).startsWith("/files/renamed-");
		assertThat(head(path).header("Upload-Metadata"))
			.isEqualTo("action cmVuYW1l,seen " + base64(id(path).toString()));
	}

	@Test
	void appendThatIsCutOffAndATerminationArePublished() {
		String path = create("look", 6);
		try (RawConnection connection = RawConnection.to(server.port())) {
			connection.request("PATCH " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 6");
			connection.send("abc");
			await().atMost(Duration.ofSeconds(30))
				.untilAsserted(() -> assertThat(head(path).header("Upload-Offset")).isEqualTo("3"));
			connection.reset();
		}
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(events(path)).containsExactly("Created", "Interrupted"));
		assertThat(RawRequest.of("DELETE", server.uri(path)).send().status()).isEqualTo(204);
		assertThat(events(path)).containsExactly("Created", "Interrupted", "Terminated");
	}

	@Test
	void expiryIsPublished() {
		String path = create("look", 6);
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(events(path)).containsExactly("Created", "Expired"));
		assertThat(head(path).status()).isIn(404, 410);
	}

	@Test
	void applicationFindsListsOpensAndDeletesUploads() throws IOException {
		String path = create("look", 3);
		append(path, 0, "abc");
		TusUploads uploads = server.bean(TusUploads.class);
		assertThat(uploads.open(id(path)).getContentAsString(StandardCharsets.UTF_8)).isEqualTo("abc");
		try (var all = uploads.list()) {
			assertThat(all.map(Upload::id)).contains(id(path));
		}
		assertThat(uploads.delete(id(path))).isTrue();
		assertThat(head(path).status()).isEqualTo(404);
	}

	private static RawRequest post(String action, long length) {
		return RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + length)
			.with("Upload-Metadata: action " + base64(action));
	}

	private static String create(String action, long length) {
		RawResponse answer = post(action, length).with("Content-Length: 0").send();
		assertThat(answer.status()).isEqualTo(201);
		return answer.header("Location");
	}

	private static RawRequest patch(String path, long offset, String body) {
		return RawRequest.of("PATCH", server.uri(path))
			.with("Upload-Offset: " + offset)
			.with("Content-Type: application/offset+octet-stream")
			.body(body);
	}

	private static RawResponse append(String path, long offset, String body) {
		return patch(path, offset, body).send();
	}

	private static RawResponse head(String path) {
		return RawRequest.of("HEAD", server.uri(path)).send();
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	private static UploadId id(String path) {
		return UploadId.of(path.substring(path.lastIndexOf('/') + 1));
	}

	private static Upload upload(String path) {
		return server.bean(TusUploads.class).find(id(path)).orElseThrow();
	}

	private static List<String> events(String path) {
		return application.events.stream()
			.filter((event) -> event.startsWith(id(path) + " "))
			.map((event) -> event.substring(event.indexOf(' ') + 1))
			.toList();
	}

	private static List<String> happened(String path) {
		return application.happened.stream()
			.filter((event) -> event.upload().id().equals(id(path)))
			.map((event) -> event.getClass().getSimpleName().replaceAll("TusUpload|Event", ""))
			.toList();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private final List<String> events = new CopyOnWriteArrayList<>();

		private final List<TusUploadEvent> happened = new CopyOnWriteArrayList<>();

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch release = new CountDownLatch(1);

		@EventListener
		@Order(Ordered.HIGHEST_PRECEDENCE)
		void happened(TusUploadEvent event) {
			this.happened.add(event);
		}

		@EventListener
		void created(TusUploadCreatedEvent event) {
			record(event.upload(), "Created");
			throw new IllegalStateException("This changes nothing");
		}

		@EventListener
		void progress(TusUploadProgressEvent event) {
			record(event.upload(), "Progress");
		}

		@EventListener
		void interrupted(TusUploadInterruptedEvent event) {
			record(event.upload(), "Interrupted");
		}

		@EventListener
		void terminated(TusUploadTerminatedEvent event) {
			record(event.upload(), "Terminated");
		}

		@EventListener
		void expired(TusUploadExpiredEvent event) {
			record(event.upload(), "Expired");
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) throws Exception {
			String content = event.resource().getContentAsString(StandardCharsets.UTF_8);
			record(event.upload(), "Completed " + event.attempt() + ": " + content);
			switch (String.valueOf(event.upload().metadata().get("action"))) {
				case "answer" ->
					event.answer().status(201).header("X-Document", "4711").body("application/json", "{\"id\":4711}");
				case "reject" -> throw new UploadRejectedException(422, "No cats, please");
				case "fail" -> {
					if (event.attempt() == 1) {
						throw new IOException("not now");
					}
				}
				case "block" -> {
					this.entered.countDown();
					this.release.await();
				}
				case "move" -> event.moveTo(directory);
				case "delete" -> event.delete();
				default -> {
				}
			}
		}

		private void record(Upload upload, String event) {
			this.events.add(upload.id() + " " + event);
		}

		@Bean
		@Order(2)
		UploadInterceptor second() {
			return (upload) -> "rename".equals(upload.metadata().get("action")) ? upload.withMetadata(
					UploadMetadata.parse(upload.metadata().header() + ",seen " + base64(upload.id().toString())))
					: upload;
		}

		@Bean
		@Order(1)
		UploadInterceptor first() {
			return (upload) -> {
				String action = upload.metadata().get("action");
				if ("forbidden".equals(action)) {
					throw new UploadRejectedException(403, "Not this one");
				}
				return "rename".equals(action) ? upload.withId(UploadId.of("renamed-" + upload.id())) : upload;
			};
		}

	}

}
