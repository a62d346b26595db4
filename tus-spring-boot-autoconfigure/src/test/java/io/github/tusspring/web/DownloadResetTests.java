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

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadStorage;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Downloads that clients reset while the storage is silent.
 */
@ExtendWith(QuietLog.class)
class DownloadResetTests {

	private static final int THREADS = 4;

	@Test
	void whenDownloadsAreResetThenNoThreadOfTheServersWaitsForTheStorage() throws Exception {
		HTTP2Client client = new HTTP2Client();
		client.start();
		try (TestServer server = TestServer.tomcat()
			.with(SilentStorage.class)
			.property("tus.download.enabled", "true")
			.property("tus.limits.max-downloads", THREADS)
			.property("server.http2.enabled", "true")
			.property("server.tomcat.threads.max", THREADS)
			.start()) {
			SilentStorage storage = server.bean(SilentStorage.class);
			String location = upload(server);
			Session session = client.connect(new InetSocketAddress("127.0.0.1", server.port()), new Session.Listener() {
			}).get(20, TimeUnit.SECONDS);
			List<Stream> streams = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				streams.add(get(session, server, location));
			}
			assertThat(storage.reading.tryAcquire(THREADS, 20, TimeUnit.SECONDS)).isTrue();
			streams.forEach((stream) -> stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code),
					Callback.NOOP));
			await().during(Duration.ofMillis(500)).until(() -> areOthersAnswered(server));
			storage.release.countDown();
			await().until(() -> storage.closed.get() == THREADS);
			assertThat(RawRequest.of("GET", server.uri(location)).without("Tus-Resumable").send().text())
				.isEqualTo("hello");
		}
		finally {
			client.stop();
		}
	}

	private static boolean areOthersAnswered(TestServer server) {
		try (RawConnection other = RawConnection.to(server.port()).timeout(Duration.ofSeconds(5))) {
			RawRequest.of("OPTIONS", server.uri("/files")).on(other);
			return other.read().status() == 204;
		}
	}

	private static String upload(TestServer server) {
		return RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: 5")
			.with("Content-Type: application/offset+octet-stream")
			.body("hello")
			.send()
			.header("Location");
	}

	private static Stream get(Session session, TestServer server, String path) throws Exception {
		MetaData.Request request = new MetaData.Request("GET", HttpURI.from(server.uri(path).toString()),
				HttpVersion.HTTP_2, HttpFields.build());
		return session.newStream(new HeadersFrame(request, null, true), new Stream.Listener() {
		}).get(20, TimeUnit.SECONDS);
	}

	@Configuration(proxyBeanMethods = false)
	static class SilentStorage {

		private final Semaphore reading = new Semaphore(0);

		private final CountDownLatch release = new CountDownLatch(1);

		private final AtomicInteger closed = new AtomicInteger();

		@Bean
		UploadStorage storage(Environment environment) throws IOException {
			Path directory = Path.of(environment.getRequiredProperty("tus.storage.disk.directory"));
			return new ForwardingUploadStorage(new DiskUploadStorage(directory, Durability.NONE, 0)) {

				@Override
				public boolean isRemote() {
					return true;
				}

				@Override
				public Resource content(Upload upload) {
					return new SilentContent(directory.resolve(upload.id().toString()));
				}

			};
		}

		private final class SilentContent extends FileSystemResource {

			private SilentContent(Path path) {
				super(path);
			}

			@Override
			public boolean isFile() {
				return false;
			}

			@Override
			public InputStream getInputStream() throws IOException {
				SilentStorage.this.reading.release();
				try {
					SilentStorage.this.release.await();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
				return new FilterInputStream(super.getInputStream()) {

					@Override
					public void close() throws IOException {
						super.close();
						SilentStorage.this.closed.incrementAndGet();
					}

				};
			}

		}

	}

}
