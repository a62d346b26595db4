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
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowingConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with Boot's devtools, which start it again, with classes loaded anew, while
 * an upload runs.
 */
@EnabledOnOs(OS.LINUX)
class DevtoolsRestartTests {

	private static final byte[] CONTENT = new byte[3_000_003];

	private static final int SENT = 1_000_000;

	static {
		new Random(11).nextBytes(CONTENT);
	}

	private final HttpClient client = HttpClient.newHttpClient();

	@TempDir
	private Path temporary;

	private Path uploads;

	private Path changes;

	@BeforeEach
	void createDirectories() throws IOException {
		this.uploads = Files.createDirectory(this.temporary.resolve("uploads"));
		this.changes = Files.createDirectory(this.temporary.resolve("changes"));
	}

	@Test
	void uploadGoesOnAfterARestart() throws Exception {
		uploadWithRestarts(1, (sample) -> {
		});
	}

	@Test
	@Tag("long")
	void nothingIsLeftOfTheApplicationsBefore() throws Exception {
		uploadWithRestarts(3, (sample) -> {
			assertThat(threads(sample)).doesNotHaveDuplicates();
			// Boot itself keeps the one before.
			Awaitility.await()
				.atMost(Duration.ofSeconds(40))
				.pollInterval(Duration.ofMillis(500))
				.untilAsserted(() -> assertThat(restartClassLoaders(sample)).isLessThanOrEqualTo(2));
		});
	}

	private void uploadWithRestarts(int count, ThrowingConsumer<SampleProcess> check) throws Exception {
		int port = freePort();
		try (SampleProcess sample = SampleProcess.withDevtools(this.uploads, this.changes, port)) {
			URI upload = create(port);
			long offset = 0;
			for (int restarts = 1; restarts <= count; restarts++) {
				try (Socket socket = new Socket("127.0.0.1", port)) {
					beginAppend(socket, upload, offset);
					assertThat(openFiles(sample)).isPositive();
					long seen = offset;
					Files.writeString(this.changes.resolve("changed.txt"), String.valueOf(restarts));
					awaitStarts(sample, restarts + 1);
					offset = offset(upload);
					assertThat(offset).isGreaterThan(seen);
				}
				assertThat(openFiles(sample)).isZero();
			}
			assertThat(append(upload, offset).statusCode()).isEqualTo(204);
			assertThat(this.client.send(HttpRequest.newBuilder(upload).build(), HttpResponse.BodyHandlers.ofByteArray())
				.body()).isEqualTo(CONTENT);
			check.accept(sample);
		}
	}

	private URI create(int port) throws Exception {
		URI files = URI.create("http://127.0.0.1:" + port + "/files");
		HttpResponse<Void> created = this.client.send(HttpRequest.newBuilder(files)
			.header("Tus-Resumable", "1.0.0")
			.header("Upload-Length", String.valueOf(CONTENT.length))
			.POST(HttpRequest.BodyPublishers.noBody())
			.build(), HttpResponse.BodyHandlers.discarding());
		return files.resolve(created.headers().firstValue("Location").orElseThrow());
	}

	private void beginAppend(Socket socket, URI upload, long offset) throws IOException {
		OutputStream output = socket.getOutputStream();
		output.write(("""
				PATCH %s HTTP/1.1\r
				Host: localhost\r
				Tus-Resumable: 1.0.0\r
				Upload-Offset: %d\r
				Content-Type: application/offset+octet-stream\r
				Content-Length: %d\r
				\r
				""".formatted(upload.getPath(), offset, CONTENT.length - offset)).getBytes(StandardCharsets.US_ASCII));
		int end = (int) Math.min(offset + SENT, CONTENT.length - 1);
		output.write(CONTENT, (int) offset, end - (int) offset);
		output.flush();
		String id = upload.getPath().substring(upload.getPath().lastIndexOf('/') + 1);
		Awaitility.await().until(() -> {
			try (Stream<Path> files = Files.walk(this.uploads)) {
				return files.filter((file) -> file.getFileName().toString().startsWith(id))
					.anyMatch((file) -> file.toFile().length() >= end);
			}
		});
	}

	private HttpResponse<Void> append(URI upload, long offset) throws Exception {
		return this.client.send(HttpRequest.newBuilder(upload)
			.header("Tus-Resumable", "1.0.0")
			.header("Upload-Offset", String.valueOf(offset))
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH",
					HttpRequest.BodyPublishers.ofByteArray(Arrays.copyOfRange(CONTENT, (int) offset, CONTENT.length)))
			.build(), HttpResponse.BodyHandlers.discarding());
	}

	private long offset(URI upload) throws Exception {
		HttpResponse<Void> response = this.client.send(HttpRequest.newBuilder(upload)
			.header("Tus-Resumable", "1.0.0")
			.method("HEAD", HttpRequest.BodyPublishers.noBody())
			.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.headers().firstValueAsLong("Upload-Offset").orElseThrow();
	}

	private static void awaitStarts(SampleProcess sample, int starts) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.conditionEvaluationListener(null)
			.until(() -> sample.output()
				.stream()
				.filter((line) -> line.contains("Started SampleApplication in"))
				.count(), (count) -> count == starts);
	}

	/**
	 * Returns how many files of uploads the process has open.
	 */
	private long openFiles(SampleProcess sample) throws IOException {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(sample.pid()), "fd"))) {
			return descriptors.filter((descriptor) -> {
				try {
					Path file = Files.readSymbolicLink(descriptor);
					return file.startsWith(this.uploads) && Files.isRegularFile(file) && !isLock(file);
				}
				catch (IOException ex) {
					// Closed meanwhile.
					return false;
				}
			}).count();
		}
	}

	private static boolean isLock(Path file) {
		return file.getFileName().toString().startsWith(".");
	}

	private static List<String> threads(SampleProcess sample) throws Exception {
		return jcmd(sample, "Thread.print").filter((line) -> line.startsWith("\"tus-"))
			.map((line) -> line.substring(0, line.indexOf('"', 1)))
			.toList();
	}

	private static long restartClassLoaders(SampleProcess sample) throws Exception {
		jcmd(sample, "GC.run");
		return jcmd(sample, "VM.classloader_stats").filter((line) -> line.endsWith("RestartClassLoader")).count();
	}

	private static Stream<String> jcmd(SampleProcess sample, String command) throws Exception {
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				String.valueOf(sample.pid()), command)
			.start();
		List<String> lines = process.inputReader().lines().toList();
		assertThat(process.waitFor()).isZero();
		return lines.stream();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
