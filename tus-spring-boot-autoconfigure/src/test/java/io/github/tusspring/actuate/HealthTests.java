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

package io.github.tusspring.actuate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

/**
 * What {@code /actuator/health} says of uploads.
 */
class HealthTests {

	private TestServer server;

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
	}

	private Uploads start(TestServer.Builder builder) {
		this.server = builder.operations()
			.with(FailingListener.class)
			.property("management.endpoint.health.show-details", "always")
			.property("management.endpoint.health.probes.enabled", "true")
			.property("tus.redelivery.initial-delay", "50ms")
			.property("tus.redelivery.max-delay", "50ms")
			.start();
		return new Uploads(this.server, "/files");
	}

	@Test
	void applicationThatTakesUploadsIsUp() {
		Uploads client = start(TestServer.tomcat());
		assertThat(client.get("/actuator/health/tus/storage").text()).contains("\"status\":\"UP\"")
			.contains("\"free\":")
			.contains("\"threshold\":0");
		assertThat(client.get("/actuator/health/tus/deliveries").text()).contains("\"failing\":0");
		assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(200);
	}

	@Test
	void fullDiskIsOutOfServiceAndNotReadyButAlive() {
		Uploads client = start(TestServer.tomcat().property("tus.storage.disk.min-free-space", "8000000TB"));
		RawResponse storage = client.get("/actuator/health/tus/storage");
		assertThat(storage.status()).isEqualTo(503);
		assertThat(storage.text()).contains("\"status\":\"OUT_OF_SERVICE\"");
		assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(503);
		assertThat(client.get("/actuator/health/liveness").status()).isEqualTo(200);
	}

	@Test
	void readinessIsTheApplicationsToChoose() {
		Uploads client = start(TestServer.tomcat()
			.property("tus.storage.disk.min-free-space", "8000000TB")
			.property("management.endpoint.health.group.readiness.include", "readinessState"));
		assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(200);
	}

	@Test
	void listenerThatFailsForTheThirdTimeIsDownAndReady() {
		Uploads client = start(TestServer.tomcat());
		client.patch(client.create(1), 0, 1);
		await().until(() -> client.get("/actuator/health/tus").status() == 503);
		assertThat(client.get("/actuator/health/tus/deliveries").text()).contains("\"failing\":1");
		assertThat(client.get("/actuator/health/tus/storage").status()).isEqualTo(200);
		assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(200);
	}

	@Test
	void listenerThatFailsForTheFirstTimesIsUp() {
		FinishingUploads finishing = new FinishingUploads();
		DeliveryHealthIndicator indicator = new DeliveryHealthIndicator(finishing);
		for (int attempts = 0; attempts <= 3; attempts++) {
			UploadId id = UploadId.of("upload-" + attempts);
			finishing.waiting(Upload.builder(NewUpload.builder(id).build(), Instant.EPOCH).attempts(attempts).build());
			assertThat(indicator.health().getStatus()).isEqualTo((attempts < 3) ? Status.UP : Status.DOWN);
		}
		assertThat(indicator.health().getDetails()).containsEntry("finishing", 4).containsEntry("failing", 1);
	}

	@Test
	void whenAClientIsTurnedAwayOnItsWayToAHandlerThenTheApplicationHasNotFailed() {
		Uploads client = start(
				TestServer.tomcat().with(Documents.class).property("tus.endpoints[0].path", "/documents"));
		Uploads documents = new Uploads(this.server, "/documents");
		String path = documents.create(2);
		assertThat(documents.patch(path, 0, 2, "Accept: image/png").status()).isEqualTo(406);
		for (String line : List.of("X-Denied: 302", "X-Denied: 403", "X-Denied: 429")) {
			assertThat(documents.patch(path, 1, 1, line).status()).isBetween(302, 429);
		}
		RawResponse deliveries = client.get("/actuator/health/tus/deliveries");
		assertThat(deliveries.status()).isEqualTo(200);
		assertThat(deliveries.text()).contains("\"finishing\":1", "\"failing\":0");
		assertThat(deliveries("denied")).isEqualTo(4);
		for (int i = 0; i < 3; i++) {
			assertThat(client.get("/actuator/health/tus/deliveries").status()).isEqualTo(200);
			assertThat(documents.patch(path, 1, 1, "X-Broken: yes").status()).isEqualTo(500);
		}
		assertThat(client.get("/actuator/health/tus/deliveries").status()).isEqualTo(503);
		assertThat(deliveries("failed")).isEqualTo(3);
	}

	@Test
	void whenSpringMvcFindsNoHandlerThenTheApplicationHasFailed() {
		Uploads client = start(
				TestServer.tomcat().with(Documents.class).property("tus.endpoints[0].path", "/numbered"));
		Uploads numbered = new Uploads(this.server, "/numbered");
		String path = numbered.create(1);
		for (int i = 0; i < 3; i++) {
			assertThat(client.get("/actuator/health/tus/deliveries").status()).isEqualTo(200);
			assertThat(numbered.patch(path, 0, 1).status()).isEqualTo(400);
		}
		assertThat(client.get("/actuator/health/tus/deliveries").status()).isEqualTo(503);
		assertThat(deliveries("failed")).isEqualTo(3);
	}

	@Test
	void whenAClientLeavesWhileAHandlerWorksThenTheApplicationHasNotFailed() {
		start(Wire.Version.HTTP_2.prepare(TestServer.jetty())
			.with(Documents.class)
			.property("tus.endpoints[0].path", "/slow"));
		try (Wire wire = Wire.Version.HTTP_2.to(this.server)) {
			String path = RawRequest.of("POST", this.server.uri("/slow"))
				.with("Upload-Length: 1")
				.over(wire)
				.send()
				.header("Location");
			OpenRequest request = RawRequest.of("PATCH", this.server.uri(path))
				.with("Upload-Offset: 0")
				.with("Content-Type: application/offset+octet-stream")
				.chunked()
				.over(wire)
				.open();
			request.send("x").end();
			await().until(() -> this.server.bean(Documents.class).called);
			request.close();
			await().until(() -> deliveries("denied") == 1);
		}
	}

	private long deliveries(String outcome) {
		return this.server.bean(MeterRegistry.class)
			.find("tus.delivery")
			.tag("outcome", outcome)
			.timers()
			.stream()
			.mapToLong(Timer::count)
			.sum();
	}

	@Test
	void directoryThatIsNoneAnyMoreIsDownAndNotReadyAndSoIsTheEndpoint() throws IOException {
		Uploads client = start(TestServer.tomcat().property("management.endpoints.web.exposure.include", "health,tus"));
		String id = client.create(10).substring("/files/".length());
		Path directory = this.server.directory();
		FileSystemUtils.deleteRecursively(directory);
		Files.createFile(directory);
		assertThat(client.get("/actuator/health/tus/storage").status()).isEqualTo(503);
		assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(503);
		assertThat(client.get("/actuator/health/liveness").status()).isEqualTo(200);
		assertThat(client.get("/actuator/tus").status()).isEqualTo(503);
		assertThat(client.get("/actuator/tus/" + id).status()).isEqualTo(503);
		assertThat(client.request("DELETE", "/actuator/tus/" + id).send().status()).isEqualTo(503);
	}

	@Test
	void directoryThatCannotBeWrittenToIsDown(@TempDir Path directory) throws IOException {
		Path uploads = directory.resolve("uploads");
		try (DiskUploadStorage storage = new DiskUploadStorage(uploads, Durability.NONE, 0)) {
			StorageHealthIndicator indicator = new StorageHealthIndicator(storage, 0);
			assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
			assertThat(Files.list(uploads)).isEmpty();
			// One that was only removed would be made again.
			FileSystemUtils.deleteRecursively(uploads);
			Files.createFile(uploads);
			assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
		}
	}

	@Test
	void storageThatDoesNotAnswerIsDownWithinASecond() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		UploadStorage storage = mock(UploadStorage.class);
		when(storage.freeSpace()).thenAnswer((call) -> {
			release.await();
			return 1L;
		});
		StorageHealthIndicator indicator = new StorageHealthIndicator(storage, 0);
		long begin = System.nanoTime();
		Health health = indicator.health();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
		assertThat(health.getStatus()).isEqualTo(Status.DOWN);
		assertThat(health.getDetails().get("error")).asString().startsWith("The storage has not answered");
		assertThat(indicator.health().getStatus()).isEqualTo(Status.DOWN);
		verify(storage).freeSpace();
		release.countDown();
		await().until(() -> indicator.health().getStatus().equals(Status.UP));
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Documents implements WebMvcConfigurer {

		private volatile boolean called;

		@PostMapping(path = "/documents", produces = "application/json")
		String document(@RequestHeader(name = "X-Broken", required = false) String broken) {
			if (broken != null) {
				throw new IllegalStateException("broken");
			}
			return "{}";
		}

		@PostMapping(path = "/numbered", params = "number")
		void numbered() {
		}

		@PostMapping("/slow")
		DeferredResult<String> slow() {
			this.called = true;
			return new DeferredResult<>();
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {

				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
					String denied = request.getHeader("X-Denied");
					if (denied != null) {
						response.setStatus(Integer.parseInt(denied));
					}
					return denied == null;
				}

			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FailingListener {

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			throw new IllegalStateException("broken");
		}

	}

}
