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

package io.github.tusspring.storage.s3;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestKeys;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies that come faster than there is room for their bytes: they stop, and go on from
 * another thread.
 */
class S3PausedBodyTests {

	private static final int LENGTH = 32 * 1024 * 1024;

	private static S3Server store;

	private static S3Bucket bucket;

	@TempDir
	private static Path directory;

	private static TestKeys keys;

	@BeforeAll
	static void start() throws Exception {
		keys = new TestKeys(directory);
		store = S3Server.start();
		bucket = S3Bucket.create(store.client(), "uploads");
	}

	@AfterAll
	static void stop() {
		bucket.client().close();
		store.close();
	}

	@ParameterizedTest
	@CsvSource({ "tomcat, length", "jetty, chunked" })
	void bodyWaitsForRoomAndGoesOn(String container, String form) throws Exception {
		upload(container, form);
	}

	@Tag("long")
	@ParameterizedTest
	@CsvSource({ "tomcat, chunked", "tomcat, http2", "tomcat, tls", "jetty, length", "jetty, http2", "jetty, tls" })
	void bodyOfAnotherKindWaitsForRoomAndGoesOn(String container, String form) throws Exception {
		upload(container, form);
	}

	private static void upload(String container, String form) throws Exception {
		byte[] content = new byte[LENGTH];
		new Random(1).nextBytes(content);
		TestServer.Builder builder = container.equals("tomcat") ? TestServer.tomcat() : TestServer.jetty();
		try (TestServer server = configure(builder, form).property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "11MB")
			.property("tus.storage.s3.concurrent-parts", "1")
			.start()) {
			HttpClient http = client(form);
			HttpResponse<String> created = http.send(HttpRequest.newBuilder(uri(server, "/files", form))
				.header("Tus-Resumable", "1.0.0")
				.header("Upload-Length", Integer.toString(LENGTH))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
			String location = created.headers().firstValue("Location").orElseThrow();
			HttpRequest.BodyPublisher body = form.equals("chunked")
					? HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content))
					: HttpRequest.BodyPublishers.ofByteArray(content);
			HttpResponse<String> patched = http.send(HttpRequest.newBuilder(uri(server, location, form))
				.header("Tus-Resumable", "1.0.0")
				.header("Upload-Offset", "0")
				.header("Content-Type", "application/offset+octet-stream")
				.method("PATCH", body)
				.build(), HttpResponse.BodyHandlers.ofString());
			assertThat(patched.statusCode()).as(patched.body()).isEqualTo(204);
			assertThat(bucket.get("some" + location.substring(location.lastIndexOf('/')))).isEqualTo(content);
			assertThat(server.bean(S3UploadStorage.class).memoryUsed()).isZero();
		}
	}

	private static TestServer.Builder configure(TestServer.Builder builder, String form) {
		store.configure(builder, "uploads").property("server.http2.enabled", form.equals("http2"));
		return form.equals("tls") ? keys.configure(builder) : builder;
	}

	private static HttpClient client(String form) {
		HttpClient.Builder client = HttpClient.newBuilder()
			.version(form.equals("http2") ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1);
		return form.equals("tls") ? client.sslContext(keys.clientContext()).build() : client.build();
	}

	private static URI uri(TestServer server, String path, String form) {
		URI uri = server.uri(path);
		return form.equals("tls") ? URI.create("https://localhost:" + uri.getPort() + path) : uri;
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, tus", "JETTY, tus", "TOMCAT, draft", "JETTY, draft" })
	void noThreadOfTheServersWaitsWithABody(Container container, String protocol) throws Exception {
		// Fewer threads than bodies that wait.
		try (TestServer server = store.configure(container.server(), "uploads")
			.with(HeldContents.class)
			.property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "11MB")
			.property("server.jetty.threads.max", 8)
			.property("server.tomcat.threads.max", 8)
			.start()) {
			HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			List<CompletableFuture<HttpResponse<String>>> uploads = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				uploads.add(http.sendAsync(creation(server, protocol)
					.POST(HttpRequest.BodyPublishers.ofByteArray(new byte[2 * 1024 * 1024]))
					.build(), HttpResponse.BodyHandlers.ofString()));
			}
			S3UploadStorage storage = server.bean(S3UploadStorage.class);
			await().until(() -> storage.memoryUsed() > 10 * 1024 * 1024);
			// What one read has given is taken all the same.
			long most = 11 * 1024 * 1024 + 16 * 128 * 1024;
			await().during(Duration.ofMillis(200)).until(() -> storage.memoryUsed() <= most);
			HttpRequest other = HttpRequest.newBuilder(server.uri("/absent")).timeout(Duration.ofSeconds(10)).build();
			for (int i = 0; i < 50; i++) {
				assertThat(http.send(other, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(404);
			}
			server.bean(HeldContents.class).gate.complete(null);
			assertThat(uploads).allSatisfy((upload) -> assertThat(upload.join().statusCode()).isIn(201, 204));
		}
	}

	@Test
	void whenThereIsNoRoomThenABodyThatTheServerHasWaitsForIt() throws Exception {
		try (TestServer server = Wire.Version.HTTP_2.prepare(store.configure(TestServer.tomcat(), "uploads"))
			.with(HeldContents.class)
			.property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "11MB")
			.start(); Wire wire = Wire.Version.HTTP_2.to(server)) {
			HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			S3UploadStorage storage = server.bean(S3UploadStorage.class);
			List<CompletableFuture<HttpResponse<String>>> others = new ArrayList<>();
			// They leave room for one buffer, and not for a second.
			int length = 43 * MemoryBudget.CHUNK;
			for (int i = 1; i <= 4; i++) {
				others.add(http
					.sendAsync(creation(server, "draft").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[length]))
						.build(), HttpResponse.BodyHandlers.ofString()));
				long used = (long) i * length;
				await().until(() -> storage.memoryUsed() == used);
			}
			String content = "0123456789".repeat(20_000);
			try (OpenRequest open = RawRequest.of("POST", server.uri("/files"))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 8")
				.with("Upload-Complete: ?1")
				.chunked()
				.over(wire)
				.open()) {
				open.send(content).end();
				await().until(() -> storage.memoryUsed() > 4L * length);
				await().during(Duration.ofMillis(200)).until(() -> storage.memoryUsed() > 4L * length);
				server.bean(HeldContents.class).gate.complete(null);
				RawResponse answer = open.read();
				assertThat(answer.header("Upload-Complete")).as("%s", answer).isEqualTo("?1");
				String location = answer.header("Location");
				assertThat(bucket.get("some" + location.substring(location.lastIndexOf('/'))))
					.asString(StandardCharsets.US_ASCII)
					.isEqualTo(content);
			}
			assertThat(others).allSatisfy((upload) -> assertThat(upload.join().statusCode()).isEqualTo(204));
		}
	}

	private static HttpRequest.Builder creation(TestServer server, String protocol) {
		HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/files"));
		return protocol.equals("tus")
				? request.header("Tus-Resumable", "1.0.0")
					.header("Upload-Length", Integer.toString(2 * 1024 * 1024))
					.header("Content-Type", "application/offset+octet-stream")
				: request.header("Upload-Draft-Interop-Version", "8").header("Upload-Complete", "?1");
	}

	/**
	 * Keeps contents from being put into the store until the gate is opened.
	 */
	@Configuration(proxyBeanMethods = false)
	static class HeldContents {

		final CompletableFuture<Void> gate = new CompletableFuture<>();

		@Bean
		S3AsyncClient heldClient() {
			return S3AsyncClient.builder()
				.httpClient(new HeldHttpClient(NettyNioAsyncHttpClient.create(), this.gate))
				.endpointOverride(store.endpoint())
				.region(Region.US_EAST_1)
				.forcePathStyle(true)
				.build();
		}

	}

	private record HeldHttpClient(SdkAsyncHttpClient delegate,
			CompletableFuture<Void> gate) implements SdkAsyncHttpClient {

		@Override
		public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
			boolean content = request.request().firstMatchingHeader("Content-Length").filter("0"::equals).isEmpty()
					&& request.request().method() == SdkHttpMethod.PUT
					&& !request.request().encodedPath().matches(".*(\\.info|probe-.*)");
			return content ? this.gate.thenCompose((open) -> this.delegate.execute(request))
					: this.delegate.execute(request);
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

}
