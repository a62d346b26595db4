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
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;

import io.tus.java.client.TusClient;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code POST /documents} by clients that know tus, and by one that doesn't.
 */
@SampleTest
class DocumentControllerTests {

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	@Test
	@EnabledIf("com.example.tus.Curl#isInstalled")
	void curlSendsItInOneRequest() throws Exception {
		Path file = file(500_000);
		// curl calls it a form, unless told otherwise.
		assertThat(curl(file)).contains("\"filename\":null", "\"size\":500000", "\"sha256\":\"" + sha256(file) + "\"");
		assertThat(curl(file, "-H", "Content-Type: application/octet-stream", "-H",
				"Content-Disposition: attachment; filename=\"a.bin\""))
			.contains("\"filename\":\"a.bin\"", "\"size\":500000", "\"sha256\":\"" + sha256(file) + "\"");
	}

	private String curl(Path file, String... options) throws Exception {
		List<String> command = new ArrayList<>(
				List.of("curl", "-sS", "--data-binary", "@" + file, "http://localhost:" + this.port + "/documents"));
		command.addAll(List.of(options));
		Process curl = new ProcessBuilder(command).redirectErrorStream(true).start();
		try (InputStream in = curl.getInputStream()) {
			String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
			assertThat(curl.waitFor()).as(answer).isZero();
			return answer;
		}
	}

	@Test
	void tusJavaClientSendsItInPieces() throws Exception {
		Path file = file(5_000_000);
		TusClient client = new TusClient();
		client.setUploadCreationURL(URI.create("http://localhost:" + this.port + "/documents").toURL());
		TusUpload upload = new TusUpload(file.toFile());
		upload.setMetadata(Map.of("filename", "report.pdf", "filetype", "application/pdf"));
		TusUploader uploader = client.createUpload(upload);
		URL url = uploader.getUploadURL();
		uploader.setChunkSize(1_000_000);
		uploader.setRequestPayloadSize(2_000_000);
		while (uploader.uploadChunk() > -1) {
			assertThat(uploader.getOffset()).isPositive();
		}
		uploader.finish();
		assertThat(url.getPath()).startsWith("/documents/");
		// The client doesn't show answers: what it heard is asked for again.
		assertThat(repeatLastAppend(url, 5_000_000)).contains("\"filename\":\"report.pdf\"", "\"size\":5000000",
				"\"id\":\"" + url.getPath().substring("/documents/".length()) + "\"",
				"\"sha256\":\"" + sha256(file) + "\"");
	}

	private static String repeatLastAppend(URL url, long offset) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) url.openConnection();
		connection.setRequestMethod("POST");
		connection.setDoOutput(true);
		connection.setFixedLengthStreamingMode(0);
		connection.setRequestProperty("X-HTTP-Method-Override", "PATCH");
		connection.setRequestProperty("Tus-Resumable", "1.0.0");
		connection.setRequestProperty("Upload-Offset", String.valueOf(offset));
		connection.setRequestProperty("Content-Type", "application/offset+octet-stream");
		connection.getOutputStream().close();
		assertThat(connection.getResponseCode()).isEqualTo(200);
		try (InputStream in = connection.getInputStream()) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private Path file(int size) throws IOException {
		byte[] content = new byte[size];
		new Random(size).nextBytes(content);
		return Files.write(this.directory.resolve("file.bin"), content);
	}

	private static String sha256(Path file) throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
	}

}
