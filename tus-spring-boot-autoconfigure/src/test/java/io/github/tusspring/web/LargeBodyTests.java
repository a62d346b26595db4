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

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies that are longer than any buffer, cut into pieces in all ways, and what follows
 * them on the same connection.
 */
class LargeBodyTests {

	private static final String OPTIONS = "OPTIONS /files HTTP/1.1\r\nHost: localhost\r\n\r\n";

	private static TestServer tomcat;

	private static TestServer jetty;

	@BeforeAll
	static void start() {
		tomcat = TestServer.tomcat().property("server.http2.enabled", "true").start();
		jetty = TestServer.jetty().property("server.http2.enabled", "true").start();
	}

	@AfterAll
	static void stop() {
		tomcat.close();
		jetty.close();
	}

	static Stream<TestServer> servers() {
		return Stream.of(tomcat, jetty);
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void bodyOfKnownLengthIsStoredAsItWasSent(TestServer server) throws IOException {
		for (int seed = 0; seed < 6; seed++) {
			Random random = new Random(seed);
			byte[] content = content(random,
					(seed < 3) ? random.nextInt(200_000) : 3_000_000 + random.nextInt(100_000));
			try (RawConnection connection = RawConnection.to(server.port())) {
				String path = create(connection, content.length);
				send(connection, random, join(head(path, "Content-Length: " + content.length), content));
				assertStored(server, connection.read(), path, content);
			}
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void chunkedBodyIsStoredAsItWasSentWhereverItIsCut(TestServer server) throws IOException {
		for (int seed = 0; seed < 12; seed++) {
			Random random = new Random(seed);
			byte[] content = content(random, 500_000 + random.nextInt(700_000));
			try (RawConnection connection = RawConnection.to(server.port())) {
				String path = create(connection, content.length);
				int largest = 1 << (4 + random.nextInt(15));
				send(connection, random,
						join(head(path, "Transfer-Encoding: chunked"), chunked(content, random, largest)));
				assertStored(server, connection.read(), path, content);
			}
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void requestThatFollowsOnAtOnceIsAnsweredToo(TestServer server) throws IOException {
		Random random = new Random(7);
		for (int length : new int[] { 100, 10_000, 70_000, 300_000 }) {
			byte[] content = content(random, length);
			try (RawConnection connection = RawConnection.to(server.port())) {
				String path = create(connection, length);
				connection.send(join(head(path, "Content-Length: " + length), content,
						OPTIONS.getBytes(StandardCharsets.ISO_8859_1)));
				assertStored(server, connection.read(), path, content);
				assertThat(connection.read().header("Tus-Version")).isEqualTo("1.0.0");
				String chunkedPath = create(connection, length);
				connection.send(join(head(chunkedPath, "Transfer-Encoding: chunked"), chunked(content, random, 20_000),
						OPTIONS.repeat(3).getBytes(StandardCharsets.ISO_8859_1)));
				assertStored(server, connection.read(), chunkedPath, content);
				for (int i = 0; i < 3; i++) {
					assertThat(connection.read().header("Tus-Version")).isEqualTo("1.0.0");
				}
			}
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void manyFastUploadsTakeTurns(TestServer server) throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(40);
		try {
			List<Future<?>> uploads = new ArrayList<>();
			for (int i = 0; i < 40; i++) {
				Random random = new Random(i);
				byte[] content = content(random, 2_500_000);
				uploads.add(clients.submit(() -> {
					try (RawConnection connection = RawConnection.to(server.port())) {
						String path = create(connection, content.length);
						connection.send(join(head(path, "Content-Length: " + content.length), content));
						assertStored(server, connection.read(), path, content);
					}
					return null;
				}));
			}
			for (Future<?> upload : uploads) {
				upload.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			clients.shutdownNow();
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void bodyThatComesFasterThanItCanBeStoredIsStoredAsItWasSent(TestServer server) throws IOException {
		Random random = new Random(1);
		byte[] content = content(random, 32_000_000);
		for (int i = 0; i < 4; i++) {
			try (RawConnection connection = RawConnection.to(server.port())) {
				String path = create(connection, content.length);
				connection.send((i < 2) ? join(head(path, "Content-Length: " + content.length), content)
						: join(head(path, "Transfer-Encoding: chunked"), chunked(content, random, 1 << (6 * i))));
				assertStored(server, connection.read(), path, content);
				assertThat(create(connection, 1)).as("the next request of the connection").isNotNull();
			}
		}
	}

	@ParameterizedTest(autoCloseArguments = false)
	@MethodSource("servers")
	void bodiesThatShareAConnectionAreStoredAsTheyWereSent(TestServer server) throws Exception {
		HttpClient client = HttpClient.newHttpClient();
		// The upgrade from HTTP/1.1 is made with a request that has no body.
		client.send(HttpRequest.newBuilder(server.uri("/files"))
			.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
			.build(), HttpResponse.BodyHandlers.discarding());
		List<byte[]> contents = new ArrayList<>();
		List<String> paths = new ArrayList<>();
		List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			byte[] content = content(new Random(i), 6_000_000);
			contents.add(content);
			try (RawConnection connection = RawConnection.to(server.port())) {
				paths.add(create(connection, content.length));
			}
			answers.add(client.sendAsync(HttpRequest.newBuilder(server.uri(paths.get(i)))
				.header("Tus-Resumable", "1.0.0")
				.header("Content-Type", "application/offset+octet-stream")
				.header("Upload-Offset", "0")
				.method("PATCH",
						(i % 2 == 0) ? HttpRequest.BodyPublishers.ofByteArray(content)
								: HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content)))
				.build(), HttpResponse.BodyHandlers.discarding()));
		}
		for (int i = 0; i < 6; i++) {
			HttpResponse<Void> answer = answers.get(i).get(60, TimeUnit.SECONDS);
			assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
			assertThat(answer.statusCode()).isEqualTo(204);
			assertStored(server, paths.get(i), contents.get(i));
		}
	}

	private static byte[] content(Random random, int length) {
		byte[] content = new byte[length];
		random.nextBytes(content);
		return content;
	}

	private static String create(RawConnection connection, int length) {
		connection.request("POST /files HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
				"Upload-Length: " + length, "Content-Length: 0");
		return connection.read().header("Location");
	}

	private static byte[] head(String path, String length) {
		return ("PATCH " + path + " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
				+ "Content-Type: application/offset+octet-stream\r\n" + length + "\r\n\r\n")
			.getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] chunked(byte[] content, Random random, int largest) {
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		for (int from = 0; from < content.length;) {
			int size = Math.min(1 + random.nextInt(largest), content.length - from);
			body.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
			body.write(content, from, size);
			body.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
			from += size;
		}
		body.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
		return body.toByteArray();
	}

	private static byte[] join(byte[]... parts) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		for (byte[] part : parts) {
			all.writeBytes(part);
		}
		return all.toByteArray();
	}

	private static void send(RawConnection connection, Random random, byte[] bytes) {
		for (int from = 0; from < bytes.length;) {
			int size = Math.min(1 + random.nextInt(40_000), bytes.length - from);
			connection.send(bytes, from, size);
			from += size;
		}
	}

	private static void assertStored(TestServer server, RawResponse response, String path, byte[] content)
			throws IOException {
		assertThat(response.status()).isEqualTo(204);
		assertThat(response.header("Upload-Offset")).isEqualTo(Integer.toString(content.length));
		assertStored(server, path, content);
	}

	private static void assertStored(TestServer server, String path, byte[] content) throws IOException {
		String id = path.substring(path.lastIndexOf('/') + 1);
		assertThat(Arrays.equals(Files.readAllBytes(server.directory().resolve(id)), content)).isTrue();
	}

}
