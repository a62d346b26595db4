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

import java.io.DataInputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The protocol over HTTP/2 without TLS.
 */
@ParameterizedClass
@EnumSource(Container.class)
@ExtendWith(QuietLog.class)
class Http2ProtocolTests {

	private static TestServer server;

	@Parameter
	Container container;

	private HttpClient client;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server().property("server.http2.enabled", "true").start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@BeforeEach
	void upgrade() throws Exception {
		this.client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
		// The upgrade from HTTP/1.1 is made with a request that has no body.
		HttpRequest options = HttpRequest.newBuilder(server.uri("/files"))
			.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
			.build();
		assertThat(send(options).statusCode()).isEqualTo(204);
	}

	@Test
	void appendsAndLooks() throws Exception {
		String path = create("Upload-Length", "11");
		HttpResponse<String> response = send(patch(path, 0, "hello"));
		assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
		assertThat(response.statusCode()).isEqualTo(204);
		assertThat(offset(response)).isEqualTo("5");
		assertThat(response.headers().firstValue("Tus-Resumable")).contains("1.0.0");
		assertThat(offset(send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build())))
			.isEqualTo("5");
		assertThat(send(patch(path, 5, " world")).statusCode()).isEqualTo(204);
		assertThat(stored(path)).hasContent("hello world");
	}

	@Test
	void appendsABodyOfUnknownLength() throws Exception {
		String path = create("Upload-Length", "11");
		HttpRequest request = request(path).header("Upload-Offset", "0")
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH",
					HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString("hello world")))
			.build();
		assertThat(offset(send(request))).isEqualTo("11");
	}

	@Test
	void endsWithTrailersThatComeLate() throws Exception {
		String path = create("Upload-Length", "11");
		HTTP2Client raw = new HTTP2Client();
		raw.start();
		try {
			Session session = raw.connect(new InetSocketAddress("127.0.0.1", server.port()), new Session.Listener() {
			}).get(20, TimeUnit.SECONDS);
			HttpFields fields = HttpFields.build()
				.add("Tus-Resumable", "1.0.0")
				.add("Upload-Offset", "0")
				.add("Content-Type", "application/offset+octet-stream");
			MetaData.Request patch = new MetaData.Request("PATCH", HttpURI.from(server.uri(path).toString()),
					HttpVersion.HTTP_2, fields);
			CompletableFuture<Integer> status = new CompletableFuture<>();
			Stream stream = session.newStream(new HeadersFrame(patch, null, false), new Stream.Listener() {
				@Override
				public void onHeaders(Stream stream, HeadersFrame frame) {
					status.complete(((MetaData.Response) frame.getMetaData()).getStatus());
				}
			}).get(20, TimeUnit.SECONDS);
			byte[] bytes = "hello".getBytes(StandardCharsets.US_ASCII);
			stream.data(new DataFrame(stream.getId(), ByteBuffer.wrap(bytes), false), Callback.NOOP);
			await().until(() -> "5"
				.equals(offset(send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build()))));
			MetaData trailers = new MetaData(HttpVersion.HTTP_2, HttpFields.build().add("X-Any", "thing"));
			stream.headers(new HeadersFrame(stream.getId(), trailers, null, true), Callback.NOOP);
			assertThat(status.get(10, TimeUnit.SECONDS)).isEqualTo(204);
		}
		finally {
			raw.stop();
		}
		assertThat(send(patch(path, 5, " world")).statusCode()).isEqualTo(204);
		assertThat(stored(path)).hasContent("hello world");
	}

	@Test
	void createsWithTheFirstBytes() throws Exception {
		HttpRequest request = request("/files").header("Upload-Length", "5")
			.header("Content-Type", "application/offset+octet-stream")
			.POST(HttpRequest.BodyPublishers.ofString("hello"))
			.build();
		HttpResponse<String> response = send(request);
		assertThat(response.statusCode()).isEqualTo(201);
		assertThat(offset(response)).isEqualTo("5");
	}

	@Test
	void createsWithoutABody() throws Exception {
		HttpResponse<String> response = send(
				request("/files").header("Upload-Length", "5").POST(HttpRequest.BodyPublishers.noBody()).build());
		assertThat(response.statusCode()).isEqualTo(201);
		assertThat(offset(response)).isEqualTo("0");
	}

	@Test
	void refuses() throws Exception {
		String path = create("Upload-Length", "11");
		HttpResponse<String> response = send(patch(path, 3, "hello"));
		assertThat(response.statusCode()).isEqualTo(409);
		assertThat(offset(response)).isEqualTo("0");
		assertThat(send(patch(path, 0, "hello world!")).statusCode()).isEqualTo(413);
		assertThat(send(patch("/files/unknown", 0, "hello")).statusCode()).isEqualTo(404);
		assertThat(offset(send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build())))
			.isEqualTo("0");
	}

	@Test
	void refusesALargeBodyInAWayThatCanBeRead() throws Exception {
		String path = create("Upload-Length", "100000000");
		HttpRequest request = request(path).header("Upload-Offset", "3")
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(new byte[20_000_000]))
			.build();
		assertThat(send(request).statusCode()).isEqualTo(409);
	}

	@Test
	void discardsWhatDoesNotHaveItsChecksum() throws Exception {
		String path = create("Upload-Length", "11");
		HttpRequest request = request(path).header("Upload-Offset", "0")
			.header("Upload-Checksum", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=")
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofString("hallo"))
			.build();
		assertThat(send(request).statusCode()).isEqualTo(460);
		assertThat(offset(send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build())))
			.isEqualTo("0");
	}

	/**
	 * Tomcat takes them for an attack on its work, and takes no more from the connection.
	 */
	@Test
	void manyTinyFramesLoseNothingThatHasCome() throws Exception {
		String path = create("Upload-Length", "300");
		RawRequest request = RawRequest.of("PATCH", server.uri(path))
			.with("Upload-Offset: 0")
			.with("Content-Type: application/offset+octet-stream");
		try (Wire wire = Wire.Version.HTTP_2.to(server); OpenRequest append = wire.open(request)) {
			append.send("x".repeat(100));
			await().until(() -> Files.size(stored(path)) == 100);
			for (int i = 0; i < 20; i++) {
				append.send("0123456789");
			}
			append.end();
			if (this.container != Container.TOMCAT) {
				assertThat(append.read().status()).isEqualTo(204);
			}
		}
		HttpResponse<String> head = send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build());
		int offset = Integer.parseInt(offset(head));
		assertThat(offset).isBetween(100, (this.container == Container.TOMCAT) ? 299 : 300);
		String content = "x".repeat(100) + "0123456789".repeat(20);
		assertThat(send(patch(path, offset, content.substring(offset))).statusCode()).isEqualTo(204);
		assertThat(stored(path)).hasContent(content);
	}

	@Test
	void windowIsLargeEnoughForADistantClient() throws Exception {
		try (Socket socket = new Socket("localhost", server.uri("/").getPort())) {
			byte[] emptySettings = { 0, 0, 0, 4, 0, 0, 0, 0, 0 };
			socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			socket.getOutputStream().write(emptySettings);
			DataInputStream input = new DataInputStream(socket.getInputStream());
			// RFC 9113, section 6.5: SETTINGS comes first.
			int lengthAndType = input.readInt();
			input.skipNBytes(5);
			assertThat(lengthAndType & 0xff).isEqualTo(4);
			Map<Integer, Integer> settings = new HashMap<>();
			for (int i = 0; i < (lengthAndType >>> 8) / 6; i++) {
				settings.put((int) input.readShort(), input.readInt());
			}
			int initialWindowSize = 4;
			assertThat(settings.get(initialWindowSize)).isBetween(256 * 1024, 1024 * 1024);
		}
	}

	@Test
	void terminates() throws Exception {
		String path = create("Upload-Length", "11");
		assertThat(send(request(path).DELETE().build()).statusCode()).isEqualTo(204);
		assertThat(send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()).build()).statusCode())
			.isEqualTo(404);
	}

	private String create(String header, String value) throws Exception {
		HttpResponse<String> response = send(
				request("/files").header(header, value).POST(HttpRequest.BodyPublishers.noBody()).build());
		return response.headers().firstValue("Location").orElseThrow();
	}

	private static HttpRequest patch(String path, long offset, String body) {
		return request(path).header("Upload-Offset", Long.toString(offset))
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
			.build();
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(server.uri(path))
			.timeout(Duration.ofSeconds(60))
			.header("Tus-Resumable", "1.0.0");
	}

	private HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.client.send(request, HttpResponse.BodyHandlers.ofString());
	}

	private static String offset(HttpResponse<?> response) {
		return response.headers().firstValue("Upload-Offset").orElse("none");
	}

	private static Path stored(String path) {
		Path file = server.directory().resolve(path.substring("/files/".length()));
		assertThat(Files.exists(file)).isTrue();
		return file;
	}

}
