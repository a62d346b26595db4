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

package io.github.tusspring.observation;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.observation.TraceCollector.Span;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The spans of uploads, as a collector gets them.
 */
class TracingTests {

	private TraceCollector collector;

	private TestServer server;

	private S3ProxyServer store;

	@BeforeEach
	void start() throws IOException {
		this.collector = new TraceCollector();
	}

	@AfterEach
	void stop() {
		this.server.close();
		this.collector.close();
		if (this.store != null) {
			this.store.close();
		}
	}

	private Uploads start(TestServer.Builder builder, Class<?>... configurations) {
		this.server = builder.operations()
			.with(configurations)
			.property("management.tracing.sampling.probability", "1.0")
			.property("management.opentelemetry.tracing.export.schedule-delay", "50ms")
			.property("management.opentelemetry.tracing.export.otlp.endpoint", this.collector.url())
			.property("tus.endpoints[0].path", "/documents")
			.start();
		return new Uploads(this.server, "/files");
	}

	@ParameterizedTest
	@EnumSource
	void appendsAreSpansOfTheirRequestsAndWhatTheListenerDoesIsBelow(Place place) {
		Uploads client = start(server(place), Application.class);
		String path = client.create(200_000);
		Span creation = await().until(() -> named("http post /files"), (spans) -> spans.size() == 1).get(0);
		Span created = await().until(() -> named("created"), (spans) -> spans.size() == 1).get(0);
		assertThat(created.parent()).isEqualTo(creation.id());
		try (RawConnection cut = client.begin(path, 0, 200_000, 400)) {
			await().until(() -> client.offset(path) == 400);
			cut.reset();
		}
		await().until(() -> named("tus append").size() == 1);
		assertThat(client.patch(path, 400, 199_600).status()).isEqualTo(204);
		Span listener = await().until(() -> named("listener"), (spans) -> spans.size() == 1).get(0);
		Span resumed = await().until(() -> named("tus append"), (spans) -> spans.size() == 2).get(1);
		Span delivery = await().until(() -> named("tus delivery"), (spans) -> spans.size() == 1).get(0);
		Map<String, Span> requests = await().until(() -> named("http patch /files/{id}"), (spans) -> spans.size() == 2)
			.stream()
			.collect(Collectors.toMap(Span::id, (span) -> span));
		Span interrupted = named("tus append").get(0);
		Span heard = await().until(() -> named("interrupted"), (spans) -> spans.size() == 1).get(0);
		assertThat(heard.parent()).isEqualTo(interrupted.id());
		assertThat(requests).containsKeys(interrupted.parent(), resumed.parent());
		assertThat(delivery.parent()).isEqualTo(resumed.id());
		assertThat(listener.parent()).isEqualTo(delivery.id());
		assertThat(listener.trace()).isEqualTo(resumed.trace()).isNotEqualTo(interrupted.trace());
		assertThat(interrupted.attributes()).containsEntry("outcome", "client-gone")
			.containsEntry("endpoint", "default")
			.containsEntry("tus.upload.id", path.substring("/files/".length()));
		assertThat(delivery.attributes()).containsEntry("outcome", "completed").containsEntry("kind", "event");
		assertThat(named("tus storage commit")).isNotEmpty()
			.extracting(Span::trace)
			.contains(interrupted.trace(), resumed.trace());
	}

	@ParameterizedTest
	@EnumSource
	void handlerOfAnEndpointIsBelowTheDelivery(Place place) {
		Uploads client = start(server(place), Application.class);
		Uploads documents = new Uploads(client.server(), "/documents");
		documents.patch(documents.create(100_000), 0, 100_000);
		Span handler = await().until(() -> named("handler"), (spans) -> spans.size() == 1).get(0);
		Span delivery = await().until(() -> named("tus delivery"), (spans) -> spans.size() == 1).get(0);
		assertThat(handler.parent()).isEqualTo(delivery.id());
		Span request = await().until(() -> named("http patch /documents/{id}"), (spans) -> spans.size() == 1).get(0);
		assertThat(delivery.trace()).isEqualTo(request.trace());
		assertThat(delivery.attributes()).containsEntry("endpoint", "/documents").containsEntry("kind", "endpoint");
	}

	@Test
	void deliveryForWhichNoClientWaitsIsATraceOfItsOwn() {
		Uploads client = start(TestServer.tomcat().property("tus.redelivery.initial-delay", "50ms"), Application.class);
		String path = client.create(3, Uploads.metadata("fails", "once"));
		assertThat(client.patch(path, 0, 3).status()).isEqualTo(500);
		await().until(() -> named("tus delivery").size() == 2 && named("listener").size() == 2);
		Map<String, Span> deliveries = named("tus delivery").stream()
			.collect(Collectors.toMap((span) -> span.attributes().get("outcome"), (span) -> span));
		Span first = deliveries.get("failed");
		Span second = deliveries.get("completed");
		assertThat(second.parent()).isEmpty();
		assertThat(second.trace()).isNotEqualTo(first.trace());
		assertThat(named("listener")).extracting(Span::parent).containsExactlyInAnyOrder(first.id(), second.id());
		assertThat(this.server.bean(Application.class).logged).containsExactly(first.trace(), second.trace());
	}

	@Test
	void conventionIsTheApplicationsToChoose() {
		Uploads client = start(TestServer.tomcat(), ConventionConfiguration.class);
		client.patch(client.create(3), 0, 3);
		Span append = await().until(() -> named("mine"), (spans) -> !spans.isEmpty()).get(0);
		assertThat(append.attributes()).containsEntry("color", "blue");
	}

	private TestServer.Builder server(Place place) {
		if (place == Place.BUCKET) {
			this.store = new S3ProxyServer();
			S3Bucket.create(this.store.client(), "uploads");
			return this.store.configure(TestServer.tomcat(), "uploads");
		}
		return (place == Place.JETTY) ? TestServer.jetty() : TestServer.tomcat();
	}

	private List<Span> named(String name) {
		return this.collector.spans().stream().filter((span) -> span.name().equals(name)).toList();
	}

	enum Place {

		TOMCAT, JETTY, BUCKET

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		private final List<String> logged = new CopyOnWriteArrayList<>();

		private final ObservationRegistry registry;

		Application(ObservationRegistry registry) {
			this.registry = registry;
		}

		@EventListener
		void created(TusUploadCreatedEvent event) {
			Observation.createNotStarted("created", this.registry).observe(() -> {
			});
		}

		@EventListener
		void interrupted(TusUploadInterruptedEvent event) {
			Observation.createNotStarted("interrupted", this.registry).observe(() -> {
			});
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			Observation.createNotStarted("listener", this.registry).observe(() -> {
			});
			this.logged.add(MDC.get("traceId"));
			if (event.attempt() == 1 && "once".equals(event.upload().metadata().get("fails"))) {
				throw new IllegalStateException("not now");
			}
		}

		@PostMapping("/documents")
		void document() {
			Observation.createNotStarted("handler", this.registry).observe(() -> {
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class ConventionConfiguration {

		@Bean
		UploadObservationConvention convention() {
			return new DefaultUploadObservationConvention() {

				@Override
				public String getContextualName(UploadObservationContext context) {
					return "mine";
				}

				@Override
				public KeyValues getLowCardinalityKeyValues(UploadObservationContext context) {
					return KeyValues.of("color", "blue");
				}

			};
		}

		@PostMapping("/documents")
		void document() {
		}

	}

}
