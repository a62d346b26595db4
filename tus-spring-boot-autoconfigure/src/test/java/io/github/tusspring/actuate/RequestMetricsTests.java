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

import java.net.URI;
import java.util.List;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.ServerHttpObservationFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What {@code http.server.requests} says of requests for uploads.
 */
class RequestMetricsTests {

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
	void filterAndConventionAreTheApplicationsToChoose() {
		try (TestServer server = TestServer.tomcat()
			.operations()
			.with(OwnObservations.class)
			.property("management.endpoints.web.exposure.include", "prometheus")
			.start()) {
			Uploads files = new Uploads(server, "/files");
			files.head("/files/nothing");
			await().until(() -> Scrape.of(files)
				.sum("http_server_requests_seconds_count", "uri=\"/files/{id}\"", "status=\"404\"",
						"color=\"blue\"") == 1);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnObservations {

		@Bean
		FilterRegistrationBean<ServerHttpObservationFilter> ownObservationFilter(ObservationRegistry registry) {
			return new FilterRegistrationBean<>(
					new ServerHttpObservationFilter(registry, new DefaultServerRequestObservationConvention() {

						@Override
						public KeyValues getLowCardinalityKeyValues(ServerRequestObservationContext context) {
							return super.getLowCardinalityKeyValues(context).and("color", "blue");
						}

					}));
		}

	}

	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class ContainerTests {

		private final TestServer.Builder builder;

		private TestServer server;

		private Uploads files;

		private Uploads documents;

		ContainerTests(TestServer.Builder builder) {
			this.builder = builder;
		}

		@BeforeAll
		void start() {
			this.server = this.builder.operations()
				.with(Application.class)
				.property("management.endpoints.web.exposure.include", "prometheus")
				.property("tus.endpoints[0].path", "/projects/{project}/documents")
				.property("tus.append.idle-timeout", "1s")
				.property("tus.download.enabled", "true")
				.property("tus.progress.enabled", "true")
				.start();
			this.files = new Uploads(this.server, "/files");
			this.documents = new Uploads(this.server, "/projects/4711/documents");
		}

		@AfterAll
		void stop() {
			this.server.close();
		}

		@Test
		void uploadIsCalledByItsTemplate() {
			this.files.head("/files/nothing");
			await().until(() -> requests("HEAD", "/files/{id}", 404) == 1);
		}

		@Test
		void uploadAtAnEndpointIsCalledByItsTemplate() {
			String path = this.documents.create(10);
			this.documents.patch(path, 0, 4);
			this.documents.patch(path, 4, 6);
			this.documents.head(path + "x");
			await().untilAsserted(() -> {
				assertThat(requests("POST", "/projects/{project}/documents", 201)).isPositive();
				assertThat(requests("PATCH", "/projects/{project}/documents/{id}", 204)).isEqualTo(1);
				assertThat(requests("PATCH", "/projects/{project}/documents/{id}", 202)).isEqualTo(1);
				assertThat(requests("HEAD", "/projects/{project}/documents/{id}", 404)).isEqualTo(1);
			});
			noErrors();
		}

		@Test
		void connectionThatIsCutIsNoErrorOfTheServer() {
			double before = requests("PATCH", "/files/{id}", 499);
			String reset = this.files.create(1000);
			try (RawConnection connection = this.files.begin(reset, 0, 1000, 400)) {
				await().until(() -> this.files.offset(reset) == 400);
				connection.reset();
			}
			String closed = this.files.create(1000);
			try (RawConnection connection = this.files.begin(closed, 0, 1000, 400)) {
				await().until(() -> this.files.offset(closed) == 400);
			}
			await().until(() -> requests("PATCH", "/files/{id}", 499) == before + 2);
			noErrors();
		}

		@Test
		void creationAndUploadToAnEndpointThatAreCutAreNoErrorsOfTheServer() {
			double creations = requests("POST", "/files", 499);
			double documents = requests("PATCH", "/projects/{project}/documents/{id}", 499);
			try (RawConnection creation = RawConnection.to(this.server.port())
				.request("POST /files HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0", "Upload-Length: 1000",
						"Content-Type: application/offset+octet-stream", "Content-Length: 1000")
				.send(new byte[400])) {
				await().until(() -> Scrape.of(this.files).sum("tus_appends_active") >= 1);
				creation.reset();
			}
			await().until(() -> requests("POST", "/files", 499) == creations + 1);
			String path = this.documents.create(1000);
			try (RawConnection connection = this.documents.begin(path, 0, 1000, 400)) {
				await().until(() -> this.documents.offset(path) == 400);
				connection.reset();
			}
			await().until(() -> requests("PATCH", "/projects/{project}/documents/{id}", 499) == documents + 1);
			noErrors();
		}

		@Test
		void downloadDraftAndProgressAreCalledByTheirTemplates() {
			RawRequest creation = RawRequest.of("POST", this.server.uri("/files"))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 8")
				.with("Upload-Complete: ?0");
			String draft = URI.create(creation.send().header("Location")).getPath();
			assertThat(RawRequest.of("HEAD", this.server.uri(draft))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 8")
				.send()
				.status()).isEqualTo(204);
			String path = this.files.create(10);
			assertThat(this.files.patch(path, 0, 10).status()).isEqualTo(204);
			assertThat(this.files.get(path).status()).isEqualTo(200);
			assertThat(this.files.get(path + "/events").status()).isEqualTo(200);
			await().untilAsserted(() -> {
				assertThat(requests("HEAD", "/files/{id}", 204)).isEqualTo(1);
				assertThat(requests("GET", "/files/{id}", 200)).isEqualTo(1);
				assertThat(requests("GET", "/files/{id}/events", 200)).isEqualTo(1);
			});
			noErrors();
		}

		@Test
		void connectionThatIsSilentIsNoErrorOfTheServer() {
			double before = requests("PATCH", "/projects/{project}/documents/{id}", 499);
			String path = this.documents.create(1000);
			try (RawConnection connection = this.documents.begin(path, 0, 1000, 400)) {
				assertThat(connection.isClosedByPeer()).isTrue();
			}
			await().until(() -> requests("PATCH", "/projects/{project}/documents/{id}", 499) == before + 1);
			assertThat(Scrape.of(this.files).sum("tus_appends_interrupted_total", "reason=\"idle\"")).isOne();
			noErrors();
		}

		private void noErrors() {
			Scrape scrape = Scrape.of(this.files);
			assertThat(scrape.sum("http_server_requests_seconds_count", "outcome=\"SERVER_ERROR\"")).isZero();
			assertThat(scrape.sum("http_server_requests_seconds_count", "status=\"400\"")).isZero();
			for (String unknown : List.of("UNKNOWN", "NOT_FOUND", "/**")) {
				assertThat(scrape.sum("http_server_requests_seconds_count", "uri=\"" + unknown + "\"")).as(unknown)
					.isZero();
			}
		}

		private double requests(String method, String uri, int status) {
			return Scrape.of(this.files)
				.sum("http_server_requests_seconds_count", "method=\"" + method + "\"", "uri=\"" + uri + "\"",
						"status=\"" + status + "\"");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		@PostMapping("/projects/{project}/documents")
		@ResponseStatus(HttpStatus.ACCEPTED)
		void document(@PathVariable String project) {
		}

	}

}
