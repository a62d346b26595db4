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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import io.github.tusspring.web.UploadOwnerResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

/**
 * The actuator's endpoint {@code tus}.
 */
class TusEndpointTests {

	private @Nullable TestServer server;

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
	}

	private Uploads start(String... properties) {
		TestServer.Builder builder = TestServer.tomcat()
			.operations()
			.with(Application.class)
			.property("management.endpoints.web.exposure.include", "tus");
		for (String property : properties) {
			String[] pair = property.split("=");
			builder.property(pair[0], pair[1]);
		}
		this.server = builder.start();
		return new Uploads(this.server, "/files");
	}

	@Test
	void endpointIsNotExposedUnlessItIsNamed() {
		this.server = TestServer.tomcat().operations().start();
		assertThat(new Uploads(this.server, "/files").get("/actuator/tus").status()).isEqualTo(404);
	}

	@Test
	void pagesFollowOneAnother() {
		Uploads client = start();
		List<String> created = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			created.add(id(client.create(10)));
		}
		created.sort(Comparator.naturalOrder());
		JsonNode page = json(client.get("/actuator/tus?limit=2"));
		assertThat(page.path("settings").path("path").asString()).isEqualTo("/files");
		assertThat(ids(page)).isEqualTo(created.subList(0, 2));
		page = json(client.get("/actuator/tus?limit=2&cursor=" + page.path("cursor").asString()));
		assertThat(ids(page)).isEqualTo(created.subList(2, 4));
		page = json(client.get("/actuator/tus?limit=2&cursor=" + page.path("cursor").asString()));
		assertThat(ids(page)).isEqualTo(created.subList(4, 5));
		assertThat(page.path("cursor").asString("")).isEmpty();
		assertThat(ids(json(client.get("/actuator/tus?limit=0")))).hasSize(1);
	}

	@Test
	void uploadsAreFiltered() {
		Uploads client = start();
		String open = client.create(10);
		String completed = client.create(10);
		client.patch(completed, 0, 10);
		assertThat(ids(json(client.get("/actuator/tus?state=completed")))).containsExactly(id(completed));
		assertThat(ids(json(client.get("/actuator/tus?state=RECEIVING")))).containsExactly(id(open));
		String hers = client.create(10, "User: alice");
		assertThat(ids(json(client.get("/actuator/tus?owner=somebody")))).isEmpty();
		JsonNode alices = json(client.get("/actuator/tus?owner=alice"));
		assertThat(ids(alices)).containsExactly(id(hers));
		assertThat(alices.path("uploads").path(0).path("owner").asString()).isEqualTo("alice");
		assertThat(ids(json(client.get("/actuator/tus?endpoint=/documents")))).isEmpty();
		assertThat(ids(json(client.get("/actuator/tus?olderThan=1h")))).isEmpty();
		assertThat(ids(json(client.get("/actuator/tus?olderThan=1ms")))).hasSize(3);
		assertThat(client.get("/actuator/tus?state=unknown").status()).isEqualTo(400);
		assertThat(client.get("/actuator/tus?olderThan=PT9223372036854775807S").status()).isEqualTo(400);
		assertThat(client.get("/actuator/tus?olderThan=PT-9223372036854775807S").status()).isEqualTo(400);
	}

	@Test
	void uploadsForAnEndpointAreFoundByItsPathAndByItsTemplate() {
		Uploads client = start("tus.endpoints[0].path=/projects/{project}/documents");
		String own = id(client.create(10));
		String document = id(new Uploads(client.server(), "/projects/1/documents").create(10));
		String other = id(new Uploads(client.server(), "/projects/2/documents").create(10));
		assertThat(ids(json(client.get("/actuator/tus?endpoint=/projects/1/documents")))).containsExactly(document);
		assertThat(ids(json(client.get("/actuator/tus?endpoint=/projects/%7Bproject%7D/documents"))))
			.containsExactlyInAnyOrder(document, other);
		assertThat(ids(json(client.get("/actuator/tus?endpoint=default")))).containsExactly(own);
	}

	@Test
	void uploadIsSeenWithItsRunningAppend() {
		Uploads client = start();
		String path = client.create(1000, Uploads.metadata("filename", "secret.txt"));
		try (RawConnection running = client.begin(path, 0, 1000, 400)) {
			await().until(() -> client.offset(path) == 400);
			RawResponse answer = client.get("/actuator/tus/" + id(path));
			JsonNode upload = json(answer);
			assertThat(upload.path("state").asString()).isEqualTo(UploadState.RECEIVING.name());
			assertThat(upload.path("offset").asLong()).isEqualTo(400);
			assertThat(upload.path("length").asLong()).isEqualTo(1000);
			assertThat(upload.path("rate").asLong()).isPositive();
			assertThat(upload.path("age").isMissingNode()).isFalse();
			assertThat(answer.text()).contains("\"filename\":\"******\"").doesNotContain("secret");
			assertThat(json(client.get("/actuator/tus")).path("counts").path("appends").asInt()).isOne();
		}
		assertThat(client.get("/actuator/tus/nothing").status()).isEqualTo(404);
	}

	@Test
	void valuesAreShownWhereThatIsAllowed() {
		Uploads client = start("management.endpoint.tus.show-values=always");
		String path = client.create(10, Uploads.metadata("filename", "secret.txt"));
		assertThat(client.get("/actuator/tus/" + id(path)).text()).contains("\"filename\":\"secret.txt\"");
	}

	@Test
	void valuesAreShownToWhoIsAuthorizedAlone() {
		Uploads client = start("management.endpoint.tus.show-values=when-authorized",
				"management.endpoint.tus.roles=OPERATOR");
		String path = client.create(10, Uploads.metadata("filename", "secret.txt"));
		assertThat(client.get("/actuator/tus/" + id(path)).text()).contains("\"filename\":\"******\"");
		TusEndpoint endpoint = this.server.bean(TusEndpoint.class);
		assertThat(endpoint.upload(id(path), user("READER")).getBody().metadata()).containsEntry("filename", "******");
		assertThat(endpoint.upload(id(path), user("OPERATOR")).getBody().metadata()).containsEntry("filename",
				"secret.txt");
	}

	private static SecurityContext user(String role) {
		SecurityContext user = mock(SecurityContext.class);
		when(user.getPrincipal()).thenReturn(() -> "anna");
		when(user.isUserInRole(role)).thenReturn(true);
		return user;
	}

	@Test
	void appendIsInterruptedAndGoesOn() {
		Uploads client = start();
		String path = client.create(1000);
		try (RawConnection running = client.begin(path, 0, 1000, 400)) {
			await().until(() -> client.offset(path) == 400);
			assertThat(operate(client, path, "interrupt").status()).isEqualTo(204);
			assertThat(running.read().status()).isEqualTo(423);
		}
		assertThat(operate(client, path, "interrupt").status()).isEqualTo(409);
		assertThat(client.patch(path, 400, 600).status()).isEqualTo(204);
	}

	@Test
	void uploadIsTerminated() {
		Uploads client = start();
		String path = client.create(1000);
		try (RawConnection running = client.begin(path, 0, 1000, 400)) {
			await().until(() -> client.offset(path) == 400);
			assertThat(client.request("DELETE", "/actuator/tus/" + id(path)).send().status()).isEqualTo(204);
			assertThat(running.read().status()).isEqualTo(423);
		}
		assertThat(client.head(path).status()).isEqualTo(404);
		assertThat(this.server.bean(Application.class).terminated).isOne();
		assertThat(client.request("DELETE", "/actuator/tus/" + id(path)).send().status()).isEqualTo(404);
		assertThat(client.request("DELETE", "/actuator/tus/no.id").send().status()).isEqualTo(404);
	}

	@Test
	void uploadIsTerminatedWhateverItsState() {
		Uploads client = start("tus.redelivery.initial-delay=1h", "tus.redelivery.max-delay=1h");
		String completed = client.create(10);
		client.patch(completed, 0, 10);
		assertThat(client.request("DELETE", "/actuator/tus/" + id(completed)).send().status()).isEqualTo(204);
		assertThat(client.head(completed).status()).isEqualTo(404);
		String failed = client.create(1);
		assertThat(client.patch(failed, 0, 1).status()).isEqualTo(500);
		assertThat(client.request("DELETE", "/actuator/tus/" + id(failed)).send().status()).isEqualTo(204);
		assertThat(ids(json(client.get("/actuator/tus")))).isEmpty();
	}

	@Test
	@Tag("long")
	void uploadThatIsBeingDeliveredIsNotTerminated() throws Exception {
		Uploads client = start();
		String slow = client.create(2);
		Application application = this.server.bean(Application.class);
		try (RawConnection delivered = client.begin(slow, 0, 2, 2)) {
			application.called.await();
			assertThat(client.request("DELETE", "/actuator/tus/" + id(slow)).send().status()).isEqualTo(409);
			application.go.countDown();
			assertThat(delivered.read().status()).isEqualTo(204);
		}
		assertThat(client.offset(slow)).isEqualTo(2);
	}

	@Test
	void uploadThatTheApplicationFailedToTakeIsDeliveredAgain() {
		Uploads client = start("tus.redelivery.initial-delay=1h", "tus.redelivery.max-delay=1h");
		String path = client.create(1);
		assertThat(client.patch(path, 0, 1).status()).isEqualTo(500);
		JsonNode finishing = json(client.get("/actuator/tus?state=finishing"));
		assertThat(ids(finishing)).containsExactly(id(path));
		assertThat(finishing.path("counts").path("finishing").asInt()).isOne();
		assertThat(operate(client, path, "redeliver").status()).isEqualTo(204);
		await().until(() -> client.offset(path) == 1);
		assertThat(operate(client, path, "redeliver").status()).isEqualTo(409);
		assertThat(operate(client, path, "explode").status()).isEqualTo(400);
		assertThat(operate(client, path + "x", "redeliver").status()).isEqualTo(404);
	}

	@Test
	void readOnlyAccessAllowsNoOperation() {
		Uploads client = start("management.endpoint.tus.access=read-only");
		String path = client.create(1000);
		assertThat(client.get("/actuator/tus/" + id(path)).status()).isEqualTo(200);
		assertThat(client.request("DELETE", "/actuator/tus/" + id(path)).send().status()).isEqualTo(405);
		assertThat(operate(client, path, "interrupt").status()).isEqualTo(405);
	}

	private static RawResponse operate(Uploads client, String path, String operation) {
		return RawRequest.of("POST", client.server().uri("/actuator/tus/" + id(path)))
			.with("Content-Type: application/json")
			.body("{\"operation\":\"" + operation + "\"}")
			.send();
	}

	private static String id(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

	private static JsonNode json(RawResponse answer) {
		assertThat(answer.status()).as(answer.text()).isEqualTo(200);
		return JsonMapper.shared().readTree(answer.text());
	}

	private static List<String> ids(JsonNode page) {
		return page.path("uploads").valueStream().map((upload) -> upload.path("id").asString()).toList();
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		@PostMapping("/projects/{project}/documents")
		void document(@PathVariable String project) {
		}

		@Bean
		UploadOwnerResolver owners() {
			return (request) -> request.getHeader("User");
		}

		private final CountDownLatch called = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private volatile int terminated;

		@EventListener
		void completed(TusUploadCompletedEvent event) throws InterruptedException {
			if (event.upload().length() == 2) {
				this.called.countDown();
				this.go.await();
			}
			if (event.upload().length() == 1 && event.attempt() == 1) {
				throw new IllegalStateException("not now");
			}
		}

		@EventListener
		void terminated(TusUploadTerminatedEvent event) {
			this.terminated++;
		}

	}

}
