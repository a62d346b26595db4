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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies that always come faster than they can be stored, of more clients than the server
 * has threads: none of them runs out of bytes, and others are answered all the same.
 */
@ParameterizedClass
@EnumSource(Container.class)
class FastBodyTests {

	private static final int CLIENTS = 16;

	private static final long LENGTH = 8L * 1024 * 1024 * 1024;

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server()
			.property("server.tomcat.threads.max", "4")
			.property("server.jetty.threads.max", "8")
			.property("server.http2.enabled", "true")
			.with(Application.class)
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "length", "chunked", "h2c" })
	void othersAreAnsweredMeanwhile(String form) throws Exception {
		try (Clients clients = new Clients(form)) {
			SlowStorage storage = server.bean(SlowStorage.class);
			TusRequests others = new TusRequests(server.port());
			String other = others.create(10);
			clients.start();
			long before = storage.written.get();
			await().until(() -> storage.written.get() - before > 5_000_000);
			for (int i = 0; i < 3; i++) {
				long start = System.nanoTime();
				assertThat(others.head(other).status()).isEqualTo(200);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
			}
			if (!form.equals("h2c")) {
				// Who may send on one connection, its client decides.
				await().untilAsserted(() -> assertThat(clients.paths)
					.allSatisfy((path) -> assertThat(others.offset(path)).isGreaterThan(200_000)));
			}
		}
	}

	/**
	 * Clients that send zeros for as long as they may.
	 */
	private static final class Clients implements AutoCloseable {

		private final List<RawConnection> connections = new ArrayList<>();

		private final List<String> paths = new ArrayList<>();

		private final String form;

		private volatile boolean stopped;

		Clients(String form) {
			this.form = form;
		}

		void start() throws Exception {
			TusRequests requests = new TusRequests(server.port());
			for (int i = 0; i < CLIENTS; i++) {
				this.paths.add(requests.create(LENGTH));
			}
			if (this.form.equals("h2c")) {
				startHttp2();
				return;
			}
			for (String path : this.paths) {
				RawConnection connection = requests.connect();
				this.connections.add(connection);
				connection.request("PATCH " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Content-Type: application/offset+octet-stream", "Upload-Offset: 0",
						this.form.equals("chunked") ? "Transfer-Encoding: chunked" : "Content-Length: " + LENGTH);
				new Thread(() -> send(connection)).start();
			}
		}

		private void send(RawConnection connection) {
			byte[] piece = new byte[0x10000];
			try {
				while (!this.stopped) {
					if (this.form.equals("chunked")) {
						connection.send("10000\r\n").send(piece).send("\r\n");
					}
					else {
						connection.send(piece);
					}
				}
			}
			catch (RuntimeException | AssertionError ex) {
				// It was closed at the end.
			}
		}

		private void startHttp2() throws Exception {
			HttpClient client = HttpClient.newHttpClient();
			// The upgrade from HTTP/1.1 is made with a request that has no body.
			client.send(HttpRequest.newBuilder(server.uri("/files"))
				.method("OPTIONS", HttpRequest.BodyPublishers.noBody())
				.build(), HttpResponse.BodyHandlers.discarding());
			for (String path : this.paths) {
				client.sendAsync(HttpRequest.newBuilder(server.uri(path))
					.header("Tus-Resumable", "1.0.0")
					.header("Content-Type", "application/offset+octet-stream")
					.header("Upload-Offset", "0")
					.method("PATCH", HttpRequest.BodyPublishers.ofInputStream(Zeros::new))
					.build(), HttpResponse.BodyHandlers.discarding());
			}
		}

		@Override
		public void close() {
			this.stopped = true;
			this.connections.forEach(RawConnection::close);
		}

		private final class Zeros extends InputStream {

			@Override
			public int read() {
				return Clients.this.stopped ? -1 : 0;
			}

			@Override
			public int read(byte[] bytes, int offset, int length) {
				return Clients.this.stopped ? -1 : length;
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		SlowStorage storage() throws IOException {
			return new SlowStorage(new DiskUploadStorage(Files.createTempDirectory("tus-test"), Durability.NONE, 0));
		}

	}

	/**
	 * Takes its time for bytes, and throws them away.
	 */
	static class SlowStorage extends ForwardingUploadStorage {

		private final AtomicLong written = new AtomicLong();

		SlowStorage(UploadStorage delegate) {
			super(delegate);
		}

		@Override
		public UploadWriter append(Upload upload, long generation, boolean held) {
			return new Writer(upload.offset());
		}

		private final class Writer implements UploadWriter {

			private long offset;

			Writer(long offset) {
				this.offset = offset;
			}

			@Override
			public void write(ByteBuffer bytes) {
				int count = bytes.remaining();
				bytes.position(bytes.limit());
				this.offset += count;
				SlowStorage.this.written.addAndGet(count);
				try {
					Thread.sleep(20);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}

			@Override
			public long offset() {
				return this.offset;
			}

			@Override
			public void read(Consumer<ByteBuffer> consumer) {
			}

			@Override
			public void commit() {
			}

			@Override
			public void close() {
			}

		}

	}

}
