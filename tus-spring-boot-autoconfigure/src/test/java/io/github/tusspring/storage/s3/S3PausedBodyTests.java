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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Random;

import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies that come faster than there is room for their bytes: they stop, and go on from
 * another thread.
 */
class S3PausedBodyTests {

	private static final int LENGTH = 48 * 1024 * 1024;

	private static S3Server store;

	private static S3Bucket bucket;

	@BeforeAll
	static void start() {
		store = new S3ProxyServer();
		bucket = S3Bucket.create(store.client(), "uploads");
	}

	@AfterAll
	static void stop() {
		bucket.client().close();
		store.close();
	}

	@ParameterizedTest
	@CsvSource({ "tomcat, length", "tomcat, chunked", "jetty, length", "jetty, chunked" })
	void bodyWaitsForRoomAndGoesOn(String container, String form) throws Exception {
		byte[] content = new byte[LENGTH];
		new Random(1).nextBytes(content);
		TestServer.Builder builder = container.equals("tomcat") ? TestServer.tomcat() : TestServer.jetty();
		try (TestServer server = store.configure(builder, "uploads")
			.property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "11MB")
			.property("tus.storage.s3.concurrent-parts", "1")
			.start()) {
			HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			HttpResponse<String> created = http.send(HttpRequest.newBuilder(server.uri("/files"))
				.header("Tus-Resumable", "1.0.0")
				.header("Upload-Length", Integer.toString(LENGTH))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.ofString());
			String location = created.headers().firstValue("Location").orElseThrow();
			HttpRequest.BodyPublisher body = form.equals("chunked")
					? HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content))
					: HttpRequest.BodyPublishers.ofByteArray(content);
			HttpResponse<String> patched = http.send(HttpRequest.newBuilder(server.uri(location))
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

}
