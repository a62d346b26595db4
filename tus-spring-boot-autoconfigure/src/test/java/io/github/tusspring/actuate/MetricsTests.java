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
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What Prometheus reads from an application, beside what was really done to it.
 */
class MetricsTests {

	private static final String MISMATCH = "Upload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=";

	private TestServer server;

	private Uploads client;

	@BeforeEach
	void start() {
		this.server = TestServer.tomcat()
			.operations()
			.with(Application.class)
			.property("management.endpoints.web.exposure.include", "prometheus")
			.property("tus.endpoints[0].path", "/projects/{project}/documents")
			.start();
		this.client = new Uploads(this.server, "/files");
	}

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void countsAreThoseOfWhatWasDone() {
		for (int i = 0; i < 3; i++) {
			assertThat(this.client.patch(this.client.create(1000), 0, 1000).status()).isEqualTo(204);
		}
		chunks();
		cut();
		takeOver();
		delete();
		refusals();
		checksums();
		concatenation();
		rejection();
		endpoint();
		// One has got all its bytes from a body that was too long.
		await().until(() -> Scrape.of(this.client).sum("tus_uploads_completed_total") == 9);
		Scrape scrape = Scrape.of(this.client);
		String own = "endpoint=\"default\"";
		assertThat(scrape.sum("tus_uploads_started_total", own)).isEqualTo(3 + 1 + 1 + 1 + 1 + 1 + 2 + 3 + 1);
		assertThat(scrape.sum("tus_uploads_completed_total", own)).isEqualTo(3 + 1 + 1 + 1 + 1 + 1);
		assertThat(scrape.sum("tus_upload_seconds_count", own)).isEqualTo(3 + 1 + 1 + 1 + 1 + 1);
		assertThat(scrape.sum("tus_uploads_rejected_total")).isEqualTo(1);
		assertThat(scrape.sum("tus_uploads_terminated_total")).isEqualTo(1 + 1);
		assertThat(scrape.sum("tus_uploads_expired_total")).isZero();
		assertThat(scrape.sum("tus_uploads_resumed_total")).isEqualTo(1 + 1);
		assertThat(scrape.sum("tus_appends_interrupted_total", "reason=\"client\"")).isEqualTo(1);
		assertThat(scrape.sum("tus_appends_interrupted_total", "reason=\"takeover\"")).isEqualTo(2);
		assertThat(scrape.sum("tus_appends_interrupted_total")).isEqualTo(3);
		assertThat(scrape.sum("tus_takeovers_total")).isEqualTo(2);
		assertThat(scrape.sum("tus_bytes_received_bytes_total", own))
			.isEqualTo(3 * 1000 + 20 + 1000 + 1000 + 100 + 10 + 2 * 10 + 20 + 10);
		assertThat(scrape.sum("tus_checksum_mismatches_total")).isEqualTo(2);
		assertThat(scrape.sum("tus_refusals_total", "status=\"423\"", "reason=\"taken-over\"")).isEqualTo(2);
		assertThat(scrape.sum("tus_refusals_total", "status=\"409\"", "reason=\"offset\"")).isEqualTo(1);
		assertThat(scrape.sum("tus_refusals_total", "status=\"404\"", "reason=\"not-found\"")).isEqualTo(1);
		assertThat(scrape.sum("tus_refusals_total", "status=\"412\"", "reason=\"protocol\"")).isEqualTo(1);
		assertThat(scrape.sum("tus_refusals_total", "status=\"413\"", "reason=\"too-large\"")).isEqualTo(1);
		assertThat(scrape.sum("tus_refusals_total", "status=\"460\"", "reason=\"checksum\"")).isEqualTo(2);
		assertThat(scrape.sum("tus_refusals_total", "status=\"422\"", "reason=\"rejected\"")).isEqualTo(1);
		assertThat(scrape.sum("tus_refusals_total")).isEqualTo(9);
		String documents = "endpoint=\"/projects/{project}/documents\"";
		assertThat(scrape.sum("tus_uploads_started_total", documents)).isEqualTo(1);
		assertThat(scrape.sum("tus_uploads_completed_total", documents)).isEqualTo(1);
		assertThat(scrape.sum("tus_bytes_received_bytes_total", documents)).isEqualTo(10);
		assertThat(scrape.sum("tus_delivery_seconds_count", documents, "kind=\"endpoint\"", "outcome=\"completed\""))
			.isEqualTo(1);
		assertThat(scrape.sum("tus_delivery_seconds_count", own, "kind=\"event\"", "outcome=\"rejected\"")).isOne();
		assertThat(scrape.sum("tus_appends_active")).isZero();
		assertThat(scrape.sum("tus_uploads_finishing")).isZero();
		assertThat(scrape.sum("tus_storage_free_bytes")).isPositive();
		assertThat(scrape.sum("tus_storage_seconds_count", "operation=\"create\"", "outcome=\"success\""))
			.isEqualTo(scrape.sum("tus_uploads_started_total"));
	}

	@Test
	void countersThatAlertsLookAtBeginAtZero() {
		assertThat(Scrape.of(this.client).samples()).containsEntry(
				"tus_refusals_total{endpoint=\"default\",protocol=\"rufh\",reason=\"no-space\",status=\"507\"}", 0.0)
			.containsEntry("tus_uploads_completed_total{endpoint=\"/projects/{project}/documents\",protocol=\"rufh\"}",
					0.0);
	}

	@Test
	void refusalIsOursAndCountsOnceWhoeverHasRefusedAndInWhateverProtocol() {
		assertThat(this.client.request("POST", "/files;a=b").with("Upload-Length: 1").send().status()).isEqualTo(400);
		assertThat(refused("protocol=\"tus\"", "reason=\"protocol\"", "status=\"400\"")).isOne();
		Uploads answered = new Uploads(this.server, "/projects/answered/documents");
		assertThat(answered.patch(answered.create(10), 0, 10).status()).isEqualTo(422);
		assertThat(refused("reason=\"rejected\"")).as("the handler's own answer").isZero();
		Uploads thrown = new Uploads(this.server, "/projects/thrown/documents");
		assertThat(thrown.patch(thrown.create(10), 0, 10).status()).isEqualTo(422);
		assertThat(refused("protocol=\"tus\"", "reason=\"rejected\"")).isOne();
		assertThat(RawRequest.of("POST", this.server.uri("/projects/thrown/documents"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Upload-Complete: ?1")
			.body("0123456789")
			.send()
			.status()).isEqualTo(422);
		assertThat(refused("protocol=\"rufh\"", "reason=\"rejected\"")).isOne();
		assertThat(refused()).isEqualTo(3);
		assertThat(Scrape.of(this.client).sum("tus_uploads_rejected_total")).isEqualTo(3);
	}

	private double refused(String... tags) {
		return Scrape.of(this.client).sum("tus_refusals_total", tags);
	}

	@Test
	void everyMeterHasItsTagsAndTheyHaveNoValuesOfClients() {
		countsAreThoseOfWhatWasDone();
		Map<String, TusMeter> missing = Arrays.stream(TusMeter.values())
			.collect(Collectors.toMap(TusMeter::meterName, Function.identity()));
		missing.remove(TusMeter.STORAGE_MEMORY_USED.meterName());
		Map<String, TusMeter> all = Map.copyOf(missing);
		for (Meter each : this.server.bean(PrometheusMeterRegistry.class).getMeters()) {
			if (each.getId().getName().startsWith("tus.")) {
				TusMeter meter = all.get(each.getId().getName());
				assertThat(meter).as("%s", each.getId()).isNotNull();
				missing.remove(meter.meterName());
				assertThat(each.getId().getTags()).as("%s", each.getId())
					.extracting(Tag::getKey)
					.containsExactlyInAnyOrderElementsOf(meter.tags().stream().map(TusMeterTag::key).toList());
				meter.tags()
					.forEach((tag) -> assertThat(each.getId().getTag(tag.key())).as("%s", each.getId())
						.matches((value) -> DocumentedTags.allow(meter, tag, value, "/projects/{project}/documents")));
			}
		}
		assertThat(missing).isEmpty();
	}

	private void chunks() {
		String path = this.client.create(20);
		this.client.patch(path, 0, 10);
		this.client.patch(path, 10, 10);
	}

	private void cut() {
		String path = this.client.create(1000);
		double before = Scrape.of(this.client).sum("tus_bytes_received_bytes_total");
		try (RawConnection cut = this.client.begin(path, 0, 1000, 400)) {
			await().until(() -> this.client.offset(path) == 400);
			assertThat(Scrape.of(this.client).sum("tus_appends_active")).isOne();
			assertThat(Scrape.of(this.client).sum("tus_bytes_received_bytes_total")).isEqualTo(before + 400);
			cut.reset();
		}
		await().until(() -> Scrape.of(this.client).sum("tus_appends_interrupted_total") == 1);
		assertThat(this.client.patch(path, 400, 600).status()).isEqualTo(204);
	}

	private void takeOver() {
		String path = this.client.create(1000);
		try (RawConnection silent = this.client.begin(path, 0, 1000, 100)) {
			await().until(() -> this.client.offset(path) == 100);
			assertThat(this.client.patch(path, 100, 900).status()).isEqualTo(204);
			assertThat(silent.read().status()).isEqualTo(423);
		}
	}

	private void delete() {
		String path = this.client.create(1000);
		try (RawConnection silent = this.client.begin(path, 0, 1000, 100)) {
			await().until(() -> this.client.offset(path) == 100);
			assertThat(this.client.request("DELETE", path).send().status()).isEqualTo(204);
			assertThat(silent.read().status()).isEqualTo(423);
		}
	}

	private void refusals() {
		String path = this.client.create(10);
		assertThat(this.client.patch(path, 5, 5).status()).isEqualTo(409);
		assertThat(this.client.head("/files/nothing").status()).isEqualTo(404);
		assertThat(RawRequest.of("POST", this.server.uri("/files"))
			.without("Tus-Resumable")
			.with("Tus-Resumable: 0.0.1")
			.with("Upload-Length: 1")
			.send()
			.status()).isEqualTo(412);
		assertThat(this.client.request("PATCH", path)
			.with("Content-Type: application/offset+octet-stream")
			.with("Upload-Offset: 0")
			.chunked("0123456789", "more")
			.send()
			.status()).isEqualTo(413);
	}

	private void checksums() {
		assertThat(this.client.patch(this.client.create(10), 0, 10, MISMATCH).status()).isEqualTo(460);
		assertThat(this.client.request("POST", "/files")
			.with("Upload-Length: 10")
			.with("Content-Type: application/offset+octet-stream")
			.with(MISMATCH)
			.body("0123456789")
			.send()
			.status()).isEqualTo(460);
	}

	private void concatenation() {
		String first = this.client.create(10, "Upload-Concat: partial");
		String second = this.client.create(10, "Upload-Concat: partial");
		this.client.patch(first, 0, 10);
		this.client.patch(second, 0, 10);
		assertThat(this.client.request("POST", "/files")
			.with("Upload-Concat: final;" + first + " " + second)
			.send()
			.status()).isEqualTo(201);
	}

	private void rejection() {
		String path = this.client.create(10, Uploads.metadata("action", "reject"));
		assertThat(this.client.patch(path, 0, 10).status()).isEqualTo(422);
	}

	private void endpoint() {
		Uploads documents = new Uploads(this.server, "/projects/4711/documents");
		assertThat(documents.patch(documents.create(10), 0, 10).status()).isEqualTo(200);
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		@PostMapping("/projects/{project}/documents")
		ResponseEntity<Void> document(@PathVariable String project) {
			if (project.equals("thrown")) {
				throw new UploadRejectedException(422, "No");
			}
			return ResponseEntity.status(project.equals("answered") ? 422 : 200).build();
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) throws IOException {
			if ("reject".equals(event.upload().metadata().get("action"))) {
				throw new UploadRejectedException(422, "No");
			}
		}

	}

}
