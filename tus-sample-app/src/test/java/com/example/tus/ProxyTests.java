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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadInterceptor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configurations of {@code docs/proxies.md}, in the proxies that are installed.
 */
@SampleTest
@TestPropertySource(properties = { "server.forward-headers-strategy=framework", "tus.location=absolute",
		"tus.append.take-over-after=20s" })
class ProxyTests {

	private static final int SIZE = 10_000_000;

	private static final int HALF = SIZE / 2;

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	@Autowired
	private TusUploads uploads;

	@Test
	void nginxPassesBytesOnAsTheyCome() throws Exception {
		try (Proxy proxy = Proxy.nginx(this.directory, this.port)) {
			assertBytesArePassedOn(proxy.port());
		}
	}

	@Test
	void haproxyPassesBytesOnAsTheyCome() throws Exception {
		try (Proxy proxy = Proxy.haproxy(this.directory, this.port)) {
			assertBytesArePassedOn(proxy.port());
		}
	}

	@Test
	void haproxyPassesInterimResponsesOn() throws Exception {
		try (Proxy proxy = Proxy.haproxy(this.directory, this.port);
				Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
			BufferedReader in = begin(socket, SIZE);
			assertThat(in.readLine()).startsWith("HTTP/1.1 104");
			assertThat(in.readLine()).startsWithIgnoringCase("Location: http://localhost:" + proxy.port() + "/files/");
		}
	}

	@Test
	void nginxLetsNobodySayWhereHeComesFrom() throws Exception {
		try (Proxy proxy = Proxy.nginx(this.directory, this.port)) {
			assertNobodySaysWhereHeComesFrom(proxy.port());
		}
	}

	@Test
	void haproxyLetsNobodySayWhereHeComesFrom() throws Exception {
		try (Proxy proxy = Proxy.haproxy(this.directory, this.port)) {
			assertNobodySaysWhereHeComesFrom(proxy.port());
		}
	}

	private void assertNobodySaysWhereHeComesFrom(int proxyPort) throws Exception {
		Senders.address = null;
		HttpResponse<Void> created = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + proxyPort + "/files"))
				.header("Tus-Resumable", "1.0.0")
				.header("Upload-Length", "5")
				.header("Forwarded", "for=192.0.2.1;host=evil.example;proto=https")
				.header("X-Forwarded-For", "192.0.2.2")
				.header("X-Forwarded-Host", "evil.example")
				.header("X-Forwarded-Port", "4711")
				.header("X-Forwarded-Prefix", "/evil")
				.header("X-Forwarded-Proto", "https")
				.header("X-Forwarded-Ssl", "on")
				.POST(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.discarding());
		assertThat(created.headers().firstValue("Location").orElseThrow())
			.startsWith("http://localhost:" + proxyPort + "/files/");
		assertThat(Senders.address).isEqualTo("127.0.0.1");
	}

	private static BufferedReader begin(Socket socket, int length) throws IOException {
		socket.setSoTimeout(60_000);
		socket.getOutputStream().write("""
				POST /files HTTP/1.1
				Host: localhost:%d
				Upload-Draft-Interop-Version: 9
				Upload-Complete: ?1
				Content-Length: %d

				""".formatted(socket.getPort(), length).replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
		return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
	}

	private void assertBytesArePassedOn(int proxyPort) throws Exception {
		HttpResponse<Void> created = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + proxyPort + "/files"))
				.header("Tus-Resumable", "1.0.0")
				.header("Upload-Length", String.valueOf(SIZE))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.discarding());
		String location = created.headers().firstValue("Location").orElseThrow();
		assertThat(location).startsWith("http://localhost:" + proxyPort + "/files/");
		UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxyPort)) {
			socket.setSoTimeout(60_000);
			OutputStream out = socket.getOutputStream();
			out.write("""
					PATCH /files/%s HTTP/1.1
					Host: localhost:%d
					Tus-Resumable: 1.0.0
					Upload-Offset: 0
					Content-Type: application/offset+octet-stream
					Content-Length: %d

					""".formatted(id, proxyPort, SIZE).replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
			out.write(new byte[HALF]);
			awaitOffset(proxyPort, id, HALF);
			out.write(new byte[SIZE - HALF]);
			InputStream in = socket.getInputStream();
			assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 204");
		}
		assertThat(this.uploads.open(id).contentLength()).isEqualTo(SIZE);
	}

	private static void awaitOffset(int port, UploadId id, long offset) {
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest head = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/files/" + id))
			.header("Tus-Resumable", "1.0.0")
			.method("HEAD", HttpRequest.BodyPublishers.noBody())
			.build();
		Awaitility.await()
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(20))
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(
					client.send(head, HttpResponse.BodyHandlers.discarding()).headers().firstValue("Upload-Offset"))
				.hasValue(String.valueOf(offset)));
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Senders {

		private static volatile String address;

		@Bean
		UploadInterceptor sender() {
			return (upload) -> {
				address = upload.remoteAddress();
				return upload;
			};
		}

	}

}
