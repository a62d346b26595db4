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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store that takes connections and says nothing.
 */
@Tag("long")
@ExtendWith(QuietLog.class)
class SilentStoreTests {

	@Test
	void clientsHearOfItBeforeLong() throws Exception {
		try (ServerSocket silent = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
				TestServer server = S3Server
					.configure(TestServer.tomcat(), URI.create("http://127.0.0.1:" + silent.getLocalPort()), "uploads")
					.start()) {
			long begin = System.nanoTime();
			List<CompletableFuture<HttpResponse<Void>>> answers = new ArrayList<>();
			HttpClient http = HttpClient.newHttpClient();
			// More than there are threads to wait for the store.
			for (int i = 0; i < 150; i++) {
				answers.add(http.sendAsync(create(server), HttpResponse.BodyHandlers.discarding()));
			}
			assertThat(answers).allSatisfy((answer) -> assertThat(answer.join().statusCode()).isEqualTo(503));
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
			HttpResponse<Void> inspected = http.send(inspect(server), HttpResponse.BodyHandlers.discarding());
			assertThat(inspected.statusCode()).isEqualTo(423);
		}
	}

	private static HttpRequest create(TestServer server) throws IOException {
		return HttpRequest.newBuilder(server.uri("/files"))
			.header("Tus-Resumable", "1.0.0")
			.header("Upload-Length", "5")
			.POST(HttpRequest.BodyPublishers.noBody())
			.build();
	}

	private static HttpRequest inspect(TestServer server) {
		return HttpRequest.newBuilder(server.uri("/files/some"))
			.header("Tus-Resumable", "1.0.0")
			.method("HEAD", HttpRequest.BodyPublishers.noBody())
			.build();
	}

}
