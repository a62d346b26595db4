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

package io.github.tusspring.web.tomcat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.ForwardingUploadWriter;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of a chunked body that a thread of ours reads, while a thread of Tomcat's holds
 * the connection's lock.
 */
class ChunkedEndTests {

	@Test
	void whenTheConnectionIsLockedThenTheReaderOfTheEndDoesNotWait(@TempDir Path directory) throws Exception {
		try (TestServer server = Container.TOMCAT.server()
			.property("test.directory", directory.toString())
			.with(Application.class)
			.start(); RawConnection connection = RawConnection.to(server.port())) {
			Application application = server.bean(Application.class);
			String path = connection
				.request("POST /files HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0", "Upload-Length: 500000",
						"Content-Length: 0")
				.read()
				.header("Location");
			connection.request("PATCH " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Content-Type: application/offset+octet-stream", "Upload-Offset: 0", "Transfer-Encoding: chunked")
				.chunk(new byte[500_000])
				.lastChunk();
			application.sent.countDown();
			assertThat(application.reading.await(20, TimeUnit.SECONDS)).isTrue();
			Lock lock = application.connectionLock.get();
			assertThat(lock.tryLock(20, TimeUnit.SECONDS)).isTrue();
			try {
				application.locked.countDown();
				assertThat(application.completed.await(5, TimeUnit.SECONDS)).as("completed").isTrue();
			}
			finally {
				lock.unlock();
			}
			assertThat(connection.read().status()).isEqualTo(204);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private static final Field SOCKET = TomcatFields.find(Http11InputBuffer.class, "wrapper",
				SocketWrapperBase.class);

		private final CountDownLatch sent = new CountDownLatch(1);

		private final CountDownLatch reading = new CountDownLatch(1);

		private final CountDownLatch locked = new CountDownLatch(1);

		private final CountDownLatch completed = new CountDownLatch(1);

		private final AtomicReference<Lock> connectionLock = new AtomicReference<>();

		@Bean
		UploadStorage storage(Environment environment) throws IOException {
			Path directory = Path.of(environment.getRequiredProperty("test.directory"));
			return new ForwardingUploadStorage(new DiskUploadStorage(directory, Durability.NONE, 0)) {

				@Override
				public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
					return new WaitingWriter(super.append(upload, generation, held));
				}

			};
		}

		@Bean
		Filter lockFilter() {
			return (request, response, chain) -> {
				Request coyoteRequest = TomcatRequestValve.find((HttpServletRequest) request).getCoyoteRequest();
				Object socket = ReflectionUtils.getField(SOCKET, coyoteRequest.getInputBuffer());
				this.connectionLock.set(((SocketWrapperBase<?>) socket).getLock());
				chain.doFilter(request, response);
			};
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			this.completed.countDown();
		}

		/**
		 * Keeps Tomcat's thread for its whole turn, and ours until the connection is
		 * locked.
		 */
		private final class WaitingWriter extends ForwardingUploadWriter {

			private WaitingWriter(UploadWriter delegate) {
				super(delegate);
			}

			@Override
			public void write(ByteBuffer bytes) throws IOException {
				try {
					if (Thread.currentThread().getName().startsWith("tus-transfer-")) {
						Application.this.reading.countDown();
						Application.this.locked.await(20, TimeUnit.SECONDS);
					}
					else {
						Application.this.sent.await(20, TimeUnit.SECONDS);
						TimeUnit.MILLISECONDS.sleep(60);
					}
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
				super.write(bytes);
			}

		}

	}

}
