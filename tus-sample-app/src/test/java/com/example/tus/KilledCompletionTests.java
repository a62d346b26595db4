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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import com.example.tus.StagedApplication.Stage;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A kill between any two steps of a completion, for each way to finish an upload.
 */
class KilledCompletionTests {

	private static final byte[] CONTENT = new byte[1_000_003];

	static {
		new Random(7).nextBytes(CONTENT);
	}

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	private Path directory;

	@Test
	void everyCompletionGoesOnAfterARestart() throws Exception {
		Map<String, String> locations = new LinkedHashMap<>();
		Map<Stage, List<String>> filenames = new EnumMap<>(Stage.class);
		try (SampleProcess sample = new SampleProcess(StagedApplication.class, this.directory)) {
			for (Stage stage : Stage.values()) {
				String appended = stage + "-append";
				locations.put(appended, create(sample, appended, "Upload-Length", String.valueOf(CONTENT.length)));
				sendAsync(append(sample, locations.get(appended), CONTENT));
				String created = stage + "-creation-with-upload";
				sendAsync(request(sample, "/files", "Upload-Length", String.valueOf(CONTENT.length), "Upload-Metadata",
						metadata(created), "Content-Type", "application/offset+octet-stream")
					.POST(HttpRequest.BodyPublishers.ofByteArray(CONTENT)));
				String concatenated = stage + "-concatenation";
				sendAsync(request(sample, "/files", "Upload-Concat",
						"final;" + part(sample, 0, 400_000) + " " + part(sample, 400_000, CONTENT.length),
						"Upload-Metadata", metadata(concatenated))
					.POST(HttpRequest.BodyPublishers.noBody()));
				filenames.put(stage, List.of(appended, created, concatenated));
			}
			filenames.values()
				.forEach((all) -> all.forEach((filename) -> sample.awaitLine(("STOPPED " + filename)::equals)));
			sample.kill();
		}
		try (SampleProcess sample = new SampleProcess(StagedApplication.class, this.directory, "--go-on")) {
			String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(CONTENT));
			filenames.forEach((stage, all) -> all.forEach((filename) -> {
				if (stage != Stage.AFTER_COMPLETED) {
					int attempt = (stage == Stage.BEFORE_FINISHING) ? 1 : 2;
					sample.awaitLine("DELIVERED %s %d %s".formatted(filename, attempt, hash)::equals);
				}
			}));
			locations.forEach((filename, location) -> assertFinished(sample, location));
			assertThat(sample.output()).filteredOn((line) -> line.startsWith("DELIVERED"))
				.hasSize(3 * (Stage.values().length - 1))
				.noneMatch((line) -> line.contains(Stage.AFTER_COMPLETED.name()));
		}
	}

	private void assertFinished(SampleProcess sample, String location) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
			HttpResponse<Void> head = send(
					request(sample, location).method("HEAD", HttpRequest.BodyPublishers.noBody()));
			assertThat(head.statusCode()).isEqualTo(200);
			assertThat(head.headers().firstValue("Upload-Offset")).hasValue(String.valueOf(CONTENT.length));
		});
	}

	private String part(SampleProcess sample, int from, int to) throws Exception {
		byte[] part = Arrays.copyOfRange(CONTENT, from, to);
		String location = create(sample, "part", "Upload-Length", String.valueOf(part.length), "Upload-Concat",
				"partial");
		assertThat(send(append(sample, location, part)).statusCode()).isEqualTo(204);
		return location;
	}

	private String create(SampleProcess sample, String filename, String... headers) throws Exception {
		List<String> all = new ArrayList<>(List.of(headers));
		all.addAll(List.of("Upload-Metadata", metadata(filename)));
		HttpResponse<Void> response = send(
				request(sample, "/files", all.toArray(String[]::new)).POST(HttpRequest.BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(201);
		return response.headers().firstValue("Location").orElseThrow();
	}

	private static HttpRequest.Builder append(SampleProcess sample, String location, byte[] content) {
		return request(sample, location, "Upload-Offset", "0", "Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(content));
	}

	private static HttpRequest.Builder request(SampleProcess sample, String path, String... headers) {
		HttpRequest.Builder builder = HttpRequest
			.newBuilder(URI.create("http://localhost:" + sample.port()).resolve(path))
			.header("Tus-Resumable", "1.0.0");
		return (headers.length != 0) ? builder.headers(headers) : builder;
	}

	private static String metadata(String filename) {
		return "filename " + Base64.getEncoder().encodeToString(filename.getBytes(StandardCharsets.UTF_8));
	}

	private HttpResponse<Void> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.build(), HttpResponse.BodyHandlers.discarding());
	}

	private void sendAsync(HttpRequest.Builder request) {
		this.client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
	}

}
