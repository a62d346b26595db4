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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store each call of which takes long, while many clients upload at once: the
 * application answers other requests as if there were none of them, and all uploads come
 * to their end. {@code -Dslow.uploads} says how many there are, {@code -Dslow.millis}
 * what a call takes.
 */
@Tag("long")
@ExtendWith(QuietLog.class)
class SlowStoreTests {

	private static final int UPLOADS = Integer.getInteger("slow.uploads", 300);

	private static final Duration DELAY = Duration.ofMillis(Integer.getInteger("slow.millis", 2000));

	private static final Duration ORDINARY = Duration.ofMillis(100);

	private static final int SMALL = 300_000;

	/**
	 * Two parts, of some of the uploads.
	 */
	private static final int LARGE = 9_000_000;

	@Test
	void ordinaryRequestsDontWaitAndNoUploadFails() throws Exception {
		try (S3ProxyServer store = new S3ProxyServer();
				S3AsyncClient client = store.client();
				S3FaultProxy proxy = new S3FaultProxy(store.endpoint(), 1)) {
			S3Bucket.create(client, "uploads");
			uploadAll(proxy);
		}
	}

	private static void uploadAll(S3FaultProxy proxy) throws Exception {
		try (TestServer server = S3Server.configure(TestServer.tomcat(), proxy.endpoint(), "uploads")
			.property("tus.storage.s3.part-size", "5MB")
			.with(Application.class)
			.start()) {
			HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
			for (int i = 0; i < 50; i++) {
				get(http, server);
			}
			proxy.delay(DELAY);
			long begin = System.nanoTime();
			List<CompletableFuture<Integer>> uploads = new ArrayList<>();
			for (int i = 0; i < UPLOADS; i++) {
				uploads.add(upload(http, server, new byte[(i % 20 == 0) ? LARGE : SMALL]));
			}
			CompletableFuture<Void> all = CompletableFuture.allOf(uploads.toArray(CompletableFuture[]::new));
			List<Duration> times = new ArrayList<>();
			while (!all.isDone()) {
				times.add(get(http, server));
			}
			assertThat(uploads).allSatisfy((status) -> assertThat(status.join()).isEqualTo(204));
			assertThat(server.bean(Application.class).completed).hasValue(UPLOADS);
			times.sort(null);
			System.out.printf("%d uploads in %d s, %d GETs: p50 %d ms, p99 %d ms, max %d ms%n", UPLOADS,
					Duration.ofNanos(System.nanoTime() - begin).toSeconds(), times.size(),
					times.get(times.size() / 2).toMillis(), times.get(times.size() * 99 / 100).toMillis(),
					times.get(times.size() - 1).toMillis());
			assertThat(times.get(times.size() * 99 / 100)).isLessThan(ORDINARY);
		}
	}

	private static Duration get(HttpClient http, TestServer server) throws IOException, InterruptedException {
		long begin = System.nanoTime();
		HttpResponse<String> response = http.send(HttpRequest.newBuilder(server.uri("/ordinary")).build(),
				HttpResponse.BodyHandlers.ofString());
		Duration time = Duration.ofNanos(System.nanoTime() - begin);
		assertThat(response.body()).isEqualTo("here");
		// As often as a browser might ask, not as often as a machine can.
		Thread.sleep(5);
		return time;
	}

	/**
	 * Creates an upload and sends its bytes in two requests.
	 */
	private static CompletableFuture<Integer> upload(HttpClient http, TestServer server, byte[] content) {
		new Random(content.length).nextBytes(content);
		HttpRequest create = request(server.uri("/files")).header("Upload-Length", "" + content.length)
			.POST(HttpRequest.BodyPublishers.noBody())
			.build();
		int half = content.length / 2;
		return http.sendAsync(create, HttpResponse.BodyHandlers.discarding()).thenCompose((created) -> {
			assertThat(created.statusCode()).isEqualTo(201);
			URI location = server.uri("").resolve(created.headers().firstValue("Location").orElseThrow());
			return http.sendAsync(append(location, content, 0, half), HttpResponse.BodyHandlers.discarding())
				.thenCompose((appended) -> {
					assertThat(appended.statusCode()).isEqualTo(204);
					return http.sendAsync(append(location, content, half, content.length - half),
							HttpResponse.BodyHandlers.discarding());
				});
		}).thenApply(HttpResponse::statusCode);
	}

	private static HttpRequest append(URI location, byte[] content, int offset, int count) {
		return request(location).header("Upload-Offset", "" + offset)
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(content, offset, count))
			.build();
	}

	private static HttpRequest.Builder request(URI uri) {
		return HttpRequest.newBuilder(uri).header("Tus-Resumable", "1.0.0");
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		private final AtomicInteger completed = new AtomicInteger();

		@GetMapping("/ordinary")
		String ordinary() {
			return "here";
		}

		@EventListener
		void take(TusUploadCompletedEvent event) {
			this.completed.incrementAndGet();
		}

	}

}
