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

package io.github.tusspring.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadInterceptor;
import io.github.tusspring.upload.UploadRejectedException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A refusal of a body of 100 MB arrives as what it is at clients that are in use, and not
 * as a broken pipe.
 */
@ParameterizedClass
@EnumSource(Container.class)
@ExtendWith(QuietLog.class)
class ReadableRefusalTests {

	private static final long LENGTH = 100_000_000;

	private static TestServer server;

	@TempDir
	static Path directory;

	private static Path file;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) throws IOException {
		server = container.server().property("tus.max-size", "1GB").with(Application.class).start();
		file = directory.resolve("body");
		if (!Files.exists(file)) {
			try (OutputStream output = Files.newOutputStream(file)) {
				byte[] piece = new byte[1_000_000];
				for (long written = 0; written < LENGTH; written += piece.length) {
					output.write(piece);
				}
			}
		}
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@EnumSource
	void arrivesAtJavasClient(Refusal refusal) throws Exception {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		HttpRequest.Builder request = HttpRequest.newBuilder(refusal.uri())
			.timeout(Duration.ofSeconds(60))
			.method(refusal.method, HttpRequest.BodyPublishers.ofFile(file));
		for (String header : refusal.headers()) {
			request.header(header.split(": ", 2)[0], header.split(": ", 2)[1]);
		}
		HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(refusal.status);
		assertThat(response.body()).isNotEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "AT_ANOTHER_OFFSET", "TOO_LONG" })
	void arrivesAtJavasOldClient(Refusal refusal) throws Exception {
		HttpURLConnection connection = (HttpURLConnection) refusal.uri().toURL().openConnection();
		connection.setRequestMethod("POST");
		connection.setRequestProperty("X-HTTP-Method-Override", refusal.method);
		connection.setDoOutput(true);
		connection.setReadTimeout(60_000);
		connection.setFixedLengthStreamingMode(LENGTH);
		for (String header : refusal.headers()) {
			connection.setRequestProperty(header.split(": ", 2)[0], header.split(": ", 2)[1]);
		}
		try (OutputStream output = connection.getOutputStream(); InputStream input = Files.newInputStream(file)) {
			input.transferTo(output);
		}
		assertThat(connection.getResponseCode()).isEqualTo(refusal.status);
		connection.disconnect();
	}

	@ParameterizedTest
	@EnumSource
	void arrivesAtCurl(Refusal refusal) throws Exception {
		List<String> command = new ArrayList<>(
				List.of("curl", "-sS", "--max-time", "60", "-o", directory.resolve("answer").toString(), "-w",
						"%{http_code}", "-X", refusal.method, "--data-binary", "@" + file, "-H", "Expect:"));
		for (String header : refusal.headers()) {
			command.addAll(List.of("-H", header));
		}
		command.add(refusal.uri().toString());
		assertThat(run(command)).isEqualTo(Integer.toString(refusal.status));
		assertThat(directory.resolve("answer")).isNotEmptyFile();
	}

	@ParameterizedTest
	@EnumSource(names = { "AT_ANOTHER_OFFSET", "TOO_LONG" })
	void arrivesAtNodesRequest(Refusal refusal) throws Exception {
		String script = """
				const http = require('http'), fs = require('fs');
				const [url, method, file, ...headers] = process.argv.slice(1);
				const request = http.request(url, { method, headers: { 'Content-Length': fs.statSync(file).size,
					...Object.fromEntries(headers.map((header) => header.split(': '))) } });
				request.on('response', (response) => { process.stdout.write(String(response.statusCode)); process.exit(0); });
				request.on('error', (error) => { process.stdout.write(String(error)); process.exit(1); });
				fs.createReadStream(file).pipe(request);
				""";
		assertThat(node(script, refusal)).isEqualTo(Integer.toString(refusal.status));
	}

	@ParameterizedTest
	@EnumSource
	void arrivesAtNodesFetch(Refusal refusal) throws Exception {
		String script = """
				const fs = require('fs');
				const [url, method, file, ...headers] = process.argv.slice(1);
				fetch(url, { method, body: fs.readFileSync(file),
					headers: Object.fromEntries(headers.map((header) => header.split(': '))) })
					.then((response) => { process.stdout.write(String(response.status)); process.exit(0); })
					.catch((error) => { process.stdout.write(error + ' ' + error.cause); process.exit(1); });
				""";
		assertThat(node(script, refusal)).isEqualTo(Integer.toString(refusal.status));
	}

	private static String node(String script, Refusal refusal) throws Exception {
		List<String> command = new ArrayList<>(
				List.of("node", "-e", script, refusal.uri().toString(), refusal.method, file.toString()));
		command.addAll(List.of(refusal.headers()));
		return run(command);
	}

	private static String run(List<String> command) throws Exception {
		Process process;
		try {
			process = new ProcessBuilder(command).redirectErrorStream(true).start();
		}
		catch (IOException ex) {
			Assumptions.abort("There is no " + command.get(0) + " here");
			return "";
		}
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
		return output;
	}

	/**
	 * What a client may hear when it begins to send.
	 */
	enum Refusal {

		AT_ANOTHER_OFFSET(409, "PATCH", "Upload-Offset: 3", "Content-Type: application/offset+octet-stream"),

		OF_ANOTHER_TYPE(415, "PATCH", "Upload-Offset: 0", "Content-Type: text/plain"),

		TOO_LONG(413, "PATCH", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream"),

		OF_ANOTHER_CHECKSUM(460, "PATCH", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
				"Upload-Checksum: sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00="),

		BY_THE_APPLICATION(403, "POST", "Upload-Length: 100000000", "Content-Type: application/offset+octet-stream",
				"Upload-Metadata: refused");

		private final int status;

		private final String method;

		private final String[] headers;

		Refusal(int status, String method, String... headers) {
			this.status = status;
			this.method = method;
			this.headers = headers;
		}

		private URI uri() {
			if (this.method.equals("POST")) {
				return server.uri("/files");
			}
			long length = (this == TOO_LONG) ? LENGTH - 1 : LENGTH;
			String location = RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: " + length)
				.with("Content-Length: 0")
				.send()
				.header("Location");
			return server.uri(location);
		}

		private String[] headers() {
			String[] headers = Arrays.copyOf(this.headers, this.headers.length + 1);
			headers[this.headers.length] = "Tus-Resumable: 1.0.0";
			return headers;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		UploadInterceptor interceptor() {
			return (upload) -> {
				if (upload.metadata().get("refused") != null) {
					throw new UploadRejectedException(403, "Not you");
				}
				return upload;
			};
		}

	}

}
