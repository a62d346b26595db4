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

package com.example.tus;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Prometheus reads from the running sample after a load of many clients at once,
 * beside what they have really done.
 */
@SampleTest
@TestPropertySource(properties = "management.endpoints.web.exposure.include=prometheus")
class MetricsTests {

	private static final int CLIENTS = 8;

	private static final int UPLOADS = Integer.getInteger("metrics.uploads", 9);

	private static final int LENGTH = 200_000;

	private static final String CUTS = "tus_appends_interrupted_total{reason=\"client\"}";

	private static final Pattern SAMPLE = Pattern.compile("(tus_\\w+)(?:\\{(.*)})? (\\S+)");

	private final HttpClient http = HttpClient.newHttpClient();

	private final Map<String, Long> done = new ConcurrentHashMap<>();

	@LocalServerPort
	private int port;

	@Test
	void scrapeSaysWhatTheLoadHasDone() throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		List<Future<?>> loads = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			Random random = new Random(i);
			loads.add(clients.submit(() -> load(random)));
		}
		for (Future<?> load : loads) {
			load.get();
		}
		clients.shutdown();
		Map<String, Long> told = new TreeMap<>();
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			told.clear();
			told.putAll(scrape());
			assertThat(told).containsAllEntriesOf(this.done);
		});
		assertThat(told).containsEntry("tus_appends_active", 0L).containsEntry("tus_uploads_finishing", 0L);
		long refusals = this.done.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith("tus_refusals_total{reason="))
			.mapToLong(Map.Entry::getValue)
			.sum();
		assertThat(told).containsEntry("tus_refusals_total", refusals);
	}

	private Void load(Random random) throws Exception {
		for (int i = 0; i < UPLOADS; i++) {
			switch (i % 9) {
				case 0 -> inChunks(random);
				case 1 -> cutAndResumed(random);
				case 2 -> takenOver();
				case 3 -> terminated();
				case 4 -> rejected();
				case 5 -> refused();
				case 6 -> damaged();
				case 7 -> draft();
				case 8 -> document();
			}
		}
		return null;
	}

	private void inChunks(Random random) throws Exception {
		String path = create("chunks.bin");
		int first = random.nextInt(1, LENGTH);
		assertThat(patch(path, 0, first)).isEqualTo(204);
		assertThat(patch(path, first, LENGTH - first)).isEqualTo(204);
		completed();
	}

	private void cutAndResumed(Random random) throws Exception {
		String path = create("cut.bin");
		int first = random.nextInt(1, LENGTH);
		// One at a time: what comes before the cut is noticed is a take-over.
		synchronized (this) {
			try (Socket socket = begin(path, first)) {
				awaitOffset(path, first);
				socket.setSoLinger(true, 0);
			}
			count(CUTS, 1);
			Awaitility.await()
				.atMost(Duration.ofSeconds(20))
				.until(() -> scrape().get(CUTS), (cuts) -> this.done.get(CUTS).equals(cuts));
		}
		assertThat(patch(path, first, LENGTH - first)).isEqualTo(204);
		count("tus_uploads_resumed_total", 1);
		completed();
	}

	private void takenOver() throws Exception {
		String path = create("taken-over.bin");
		try (Socket socket = begin(path, 1000)) {
			awaitOffset(path, 1000);
			assertThat(patch(path, 1000, LENGTH - 1000)).isEqualTo(204);
			assertThat(status(socket)).isEqualTo(423);
		}
		takeOver();
		count("tus_uploads_resumed_total", 1);
		completed();
	}

	private void terminated() throws Exception {
		String path = create("terminated.bin");
		try (Socket socket = begin(path, 1000)) {
			awaitOffset(path, 1000);
			assertThat(send("DELETE", path, 0).statusCode()).isEqualTo(204);
			assertThat(status(socket)).isEqualTo(423);
		}
		takeOver();
		count("tus_uploads_terminated_total", 1);
		count("tus_bytes_received_bytes_total", 1000);
	}

	private void rejected() throws Exception {
		String path = create("refused.bin");
		assertThat(patch(path, 0, LENGTH)).isEqualTo(422);
		count("tus_uploads_rejected_total", 1);
		count("tus_refusals_total{reason=\"rejected\",status=\"422\"}", 1);
		count("tus_bytes_received_bytes_total", LENGTH);
	}

	private void refused() throws Exception {
		String path = create("unfinished.bin");
		assertThat(patch(path, 10, 10)).isEqualTo(409);
		count("tus_refusals_total{reason=\"offset\",status=\"409\"}", 1);
		assertThat(send("HEAD", "/files/nothing", 0).statusCode()).isEqualTo(404);
		count("tus_refusals_total{reason=\"not-found\",status=\"404\"}", 1);
	}

	private void damaged() throws Exception {
		String path = create("damaged.bin");
		assertThat(send("PATCH", path, LENGTH, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream",
				"Upload-Checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
			.statusCode()).isEqualTo(460);
		count("tus_bytes_received_bytes_total", LENGTH);
		count("tus_checksum_mismatches_total", 1);
		count("tus_refusals_total{reason=\"checksum\",status=\"460\"}", 1);
	}

	/**
	 * Resumable Uploads for HTTP, whose interim answers not every client takes.
	 */
	private void draft() {
		String complete = "Upload-Complete: ?1";
		RawResponse created = draft("POST", "/files", "Upload-Complete: ?0", "Upload-Length: " + LENGTH,
				"Content-Length: 0");
		assertThat(created.status()).isEqualTo(201);
		String path = created.header("Location");
		String partial = "Content-Type: application/partial-upload";
		assertThat(draft("PATCH", path, complete, partial, "Upload-Offset: 1").status()).isEqualTo(409);
		assertThat(draft("PATCH", path, complete, partial, "Upload-Offset: 0").status()).isEqualTo(204);
		count("tus_refusals_total{reason=\"offset\",status=\"409\"}", 1);
		count("tus_refusals_total{protocol=\"rufh\"}", 1);
		count("tus_uploads_started_total", 1);
		count("tus_uploads_started_total{protocol=\"rufh\"}", 1);
		count("tus_uploads_completed_total{protocol=\"rufh\"}", 1);
		count("tus_bytes_received_bytes_total{protocol=\"rufh\"}", LENGTH);
		completed();
	}

	private void document() throws Exception {
		String path = create("/documents", "document.bin");
		assertThat(patch(path, 0, LENGTH)).isEqualTo(200);
		count("tus_uploads_started_total{endpoint=\"/documents\"}", 1);
		count("tus_uploads_completed_total{endpoint=\"/documents\"}", 1);
		count("tus_bytes_received_bytes_total{endpoint=\"/documents\"}", LENGTH);
		count("tus_delivery_seconds_count{endpoint=\"/documents\"}", 1);
		completed();
	}

	private void completed() {
		count("tus_uploads_completed_total", 1);
		count("tus_upload_seconds_count", 1);
		count("tus_bytes_received_bytes_total", LENGTH);
	}

	private void takeOver() {
		count("tus_takeovers_total", 1);
		count("tus_appends_interrupted_total{reason=\"takeover\"}", 1);
		count("tus_refusals_total{reason=\"taken-over\",status=\"423\"}", 1);
	}

	private void count(String name, long count) {
		this.done.merge(name, count, Long::sum);
	}

	private String create(String filename) throws Exception {
		return create("/files", filename);
	}

	private String create(String files, String filename) throws Exception {
		String name = Base64.getEncoder().encodeToString(filename.getBytes(StandardCharsets.UTF_8));
		HttpResponse<?> response = send("POST", files, 0, "Upload-Length", String.valueOf(LENGTH), "Upload-Metadata",
				"filename " + name);
		assertThat(response.statusCode()).isEqualTo(201);
		count("tus_uploads_started_total", 1);
		return URI.create(response.headers().firstValue("Location").orElseThrow()).getPath();
	}

	private int patch(String path, long offset, int length) throws Exception {
		return send("PATCH", path, length, "Upload-Offset", String.valueOf(offset), "Content-Type",
				"application/offset+octet-stream")
			.statusCode();
	}

	private HttpResponse<String> send(String method, String path, int length, String... headers) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
			.method(method, BodyPublishers.ofByteArray(new byte[length]))
			.header("Tus-Resumable", "1.0.0");
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.send(request.build(), BodyHandlers.ofString());
	}

	private RawResponse draft(String method, String path, String... headers) {
		RawRequest request = RawRequest.of(method, uri(path))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 9");
		for (String header : headers) {
			request.with(header);
		}
		return method.equals("PATCH") ? request.body("a".repeat(LENGTH)).send() : request.send();
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.port + path);
	}

	/**
	 * Begins to append all that is left, and sends so much of it.
	 */
	private Socket begin(String path, int sent) throws IOException {
		Socket socket = new Socket("localhost", this.port);
		socket.getOutputStream()
			.write(("PATCH " + path + " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n"
					+ "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: " + LENGTH
					+ "\r\n\r\n")
				.getBytes(StandardCharsets.ISO_8859_1));
		socket.getOutputStream().write(new byte[sent]);
		return socket;
	}

	private void awaitOffset(String path, long offset) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> offset(path) == offset);
	}

	private long offset(String path) throws Exception {
		return send("HEAD", path, 0).headers().firstValueAsLong("Upload-Offset").orElse(-1);
	}

	private static int status(Socket socket) throws IOException {
		InputStream answer = socket.getInputStream();
		return Integer.parseInt(new String(answer.readNBytes(12), StandardCharsets.ISO_8859_1).substring(9));
	}

	/**
	 * Reads the samples, and adds up those that have the same name, and the same reason
	 * and status, the same protocol or the same endpoint.
	 */
	private Map<String, Long> scrape() throws Exception {
		Map<String, Long> samples = new TreeMap<>();
		String text = this.http
			.send(HttpRequest.newBuilder(uri("/actuator/prometheus")).build(), BodyHandlers.ofString())
			.body();
		text.lines().map(SAMPLE::matcher).filter((sample) -> sample.matches()).forEach((sample) -> {
			long value = (long) Double.parseDouble(sample.group(3));
			samples.merge(sample.group(1), value, Long::sum);
			for (String wanted : List.of("reason|status", "protocol", "endpoint")) {
				String tags = Pattern.compile(",")
					.splitAsStream(String.valueOf(sample.group(2)))
					.filter((tag) -> tag.matches("(" + wanted + ")=.*"))
					.collect(Collectors.joining(","));
				samples.merge(sample.group(1) + "{" + tags + "}", value, Long::sum);
			}
		});
		return samples;
	}

}
