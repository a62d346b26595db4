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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many clients at a time, with little memory: all come at once with what makes large
 * parts of their tails, then with pieces of random sizes that now and then break off.
 */
@Tag("long")
@EnabledIf("io.github.tusspring.storage.s3.VersityServer#isInstalled")
class S3LittleMemoryTests {

	private static final int MIB = 1024 * 1024;

	private static final int CLIENTS = 30;

	private static final long MEMORY = 32L * MIB;

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void manyClientsGetAlongWithLittleMemory(boolean equalParts) throws Exception {
		ScheduledExecutorService clients = Executors.newScheduledThreadPool(CLIENTS + 1);
		try (VersityServer store = new VersityServer(this.directory)) {
			S3Bucket.create(store.client(), "uploads");
			try (TestServer server = store.configure(TestServer.tomcat(), "uploads")
				.property("tus.storage.s3.memory", "32MB")
				.property("tus.storage.s3.equal-parts", equalParts)
				.start()) {
				AtomicLong most = new AtomicLong();
				ScheduledFuture<?> watch = clients.scheduleAtFixedRate(
						() -> most.accumulateAndGet(server.bean(S3UploadStorage.class).memoryUsed(), Math::max), 0, 1,
						TimeUnit.MILLISECONDS);
				CyclicBarrier together = new CyclicBarrier(CLIENTS);
				List<Future<?>> all = new ArrayList<>();
				for (int i = 0; i < CLIENTS; i++) {
					long seed = i + (equalParts ? 100 : 0);
					all.add(clients.submit(() -> {
						upload(server, seed, together);
						return null;
					}));
				}
				for (Future<?> each : all) {
					each.get();
				}
				watch.cancel(true);
				// What is being received, the tails that are read, and what a write may
				// take.
				assertThat(most.get()).isPositive()
					.isLessThanOrEqualTo(
							MEMORY + MEMORY / 2 + (long) CLIENTS * MemoryBudget.CHUNKS_AT_ONCE * MemoryBudget.CHUNK);
			}
		}
		finally {
			clients.shutdownNow();
		}
	}

	private void upload(TestServer server, long seed, CyclicBarrier together) throws Exception {
		Random random = new Random(seed);
		long length = 17L * MIB + random.nextInt(4 * MIB);
		String location = send(HttpRequest.newBuilder(server.uri("/files"))
			.header("Upload-Length", Long.toString(length))
			.POST(HttpRequest.BodyPublishers.noBody())).headers().firstValue("Location").orElseThrow();
		long offset = patch(server, location, seed, 0, 16 * 1000 * 1000 - 64 * 1024 - random.nextInt(1000), -1);
		together.await();
		while (offset < length) {
			int count = (int) Math.min(length - offset, 1 + random.nextInt(random.nextBoolean() ? 100_000 : 3 * MIB));
			offset = patch(server, location, seed, offset, count,
					(random.nextInt(4) == 0) ? random.nextInt(count) : -1);
		}
		UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		try (InputStream content = server.bean(TusUploads.class).open(id).getInputStream()) {
			new DigestInputStream(content, digest).transferTo(OutputStream.nullOutputStream());
		}
		MessageDigest expected = MessageDigest.getInstance("SHA-256");
		new DigestInputStream(new Content(seed, 0, length, -1), expected).transferTo(OutputStream.nullOutputStream());
		assertThat(digest.digest()).isEqualTo(expected.digest());
	}

	private long patch(TestServer server, String location, long seed, long offset, int count, int end)
			throws Exception {
		try {
			HttpResponse<Void> response = send(HttpRequest.newBuilder(server.uri(location))
				.header("Upload-Offset", Long.toString(offset))
				.header("Content-Type", "application/offset+octet-stream")
				.method("PATCH", HttpRequest.BodyPublishers.fromPublisher(
						HttpRequest.BodyPublishers.ofInputStream(() -> new Content(seed, offset, offset + count, end)),
						count)));
			if (response.statusCode() == 204) {
				assertThat(response.headers().firstValueAsLong("Upload-Offset")).hasValue(offset + count);
				return offset + count;
			}
			// An append that was broken off is still being written down.
			assertThat(response.statusCode()).isIn(409, 423);
		}
		catch (IOException ex) {
			// Broken off on purpose.
		}
		return await().atMost(30, TimeUnit.SECONDS).until(() -> offset(server, location), (reached) -> reached >= 0);
	}

	private long offset(TestServer server, String location) throws Exception {
		HttpResponse<Void> head = send(
				HttpRequest.newBuilder(server.uri(location)).method("HEAD", HttpRequest.BodyPublishers.noBody()));
		return (head.statusCode() == 200) ? head.headers().firstValueAsLong("Upload-Offset").orElseThrow() : -1;
	}

	private HttpResponse<Void> send(HttpRequest.Builder request) throws Exception {
		return this.http.send(request.header("Tus-Resumable", "1.0.0").build(), HttpResponse.BodyHandlers.discarding());
	}

	/**
	 * Bytes that follow from their positions.
	 */
	private static final class Content extends InputStream {

		private final long seed;

		private final long length;

		private final long end;

		private long position;

		Content(long seed, long position, long length, int end) {
			this.seed = seed;
			this.position = position;
			this.length = length;
			this.end = (end < 0) ? -1 : position + end;
		}

		@Override
		public int read() throws IOException {
			if (this.position == this.end) {
				throw new IOException("The client has had enough");
			}
			if (this.position == this.length) {
				return -1;
			}
			long block = (this.seed << 40) + (this.position >> 3);
			long mixed = block * 0x9E3779B97F4A7C15L;
			mixed ^= mixed >>> 29;
			return (int) (mixed >>> ((this.position++ & 7) << 3)) & 0xff;
		}

	}

}
