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

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.storage.s3.S3BucketConfiguration;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import org.awaitility.Awaitility;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hundreds of downloads by clients that don't read what they asked for, and whom they
 * don't keep waiting: on each container, from either storage, over each protocol.
 */
@Tag("long")
@ExtendWith(QuietLog.class)
class ManySlowReadersTests {

	private static final int READERS = 250;

	/**
	 * As many as Tomcat allows for each connection.
	 */
	private static final int STREAMS = 50;

	private static final int LENGTH = 8 * 1024 * 1024;

	@ParameterizedTest
	@CsvSource({ "TOMCAT, false", "JETTY, false", "TOMCAT, true", "JETTY, true" })
	void overHttp1NobodyElseWaits(Container container, boolean bucket) {
		try (TestServer server = start(container, bucket)) {
			String location = upload(server);
			List<RawConnection> connections = new ArrayList<>();
			try {
				for (int i = 0; i < READERS; i++) {
					RawConnection connection = RawConnection.to(server.port(), 4096);
					connections.add(connection);
					RawRequest.of("GET", server.uri(location)).without("Tus-Resumable").on(connection);
					assertThat(connection.readHead().status()).isEqualTo(200);
				}
				assertOthersGoOn(server, location);
				assertThat(connections.get(0).readExactly(LENGTH)).hasSize(LENGTH);
			}
			finally {
				connections.forEach(RawConnection::close);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, false", "JETTY, false", "TOMCAT, true", "JETTY, true" })
	void overHttp2NobodyElseWaits(Container container, boolean bucket) throws Exception {
		HTTP2Client client = new HTTP2Client();
		client.setInitialStreamRecvWindow(65_535);
		client.start();
		try (TestServer server = start(container, bucket)) {
			String location = upload(server);
			List<CompletableFuture<Integer>> statuses = new ArrayList<>();
			Session session = null;
			for (int i = 0; i < READERS; i++) {
				if (i % STREAMS == 0) {
					session = client.connect(new InetSocketAddress("127.0.0.1", server.port()), new Session.Listener() {
					}).get(20, TimeUnit.SECONDS);
				}
				statuses.add(get(session, server, location));
			}
			for (CompletableFuture<Integer> status : statuses) {
				assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(200);
			}
			assertOthersGoOn(server, location);
		}
		finally {
			client.stop();
		}
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, false", "JETTY, false", "TOMCAT, true", "JETTY, true" })
	void thereAreAsManyAsOneClientMayHave(Container container, boolean bucket) {
		try (TestServer server = start(container, bucket, "tus.limits.max-downloads-per-client", "2")) {
			String location = upload(server);
			List<RawConnection> connections = new ArrayList<>();
			try {
				for (int status : new int[] { 200, 200, 429 }) {
					RawConnection connection = RawConnection.to(server.port(), 4096);
					connections.add(connection);
					RawRequest.of("GET", server.uri(location)).without("Tus-Resumable").on(connection);
					assertThat(connection.readHead().status()).isEqualTo(status);
				}
				assertThat(connections.get(0).readExactly(LENGTH)).hasSize(LENGTH);
				Awaitility.await()
					.untilAsserted(() -> assertThat(RawRequest.of("GET", server.uri(location))
						.without("Tus-Resumable")
						.with("Range: bytes=0-0")
						.send()
						.status()).isEqualTo(206));
			}
			finally {
				connections.forEach(RawConnection::close);
			}
		}
	}

	/**
	 * Begins a download of which no byte is read.
	 */
	private static CompletableFuture<Integer> get(Session session, TestServer server, String location)
			throws Exception {
		CompletableFuture<Integer> status = new CompletableFuture<>();
		MetaData.Request request = new MetaData.Request("GET", HttpURI.from(server.uri(location).toString()),
				HttpVersion.HTTP_2, HttpFields.build());
		session.newStream(new HeadersFrame(request, null, true), new Stream.Listener() {
			@Override
			public void onHeaders(Stream stream, HeadersFrame frame) {
				status.complete(((MetaData.Response) frame.getMetaData()).getStatus());
			}
		}).get(20, TimeUnit.SECONDS);
		return status;
	}

	private static TestServer start(Container container, boolean bucket, String... property) {
		TestServer.Builder server = container.server()
			.property("tus.download.enabled", "true")
			.property("server.http2.enabled", "true")
			.property("server.tomcat.threads.max", "8")
			.property("server.jetty.threads.max", "16");
		if (property.length > 0) {
			server.property(property[0], property[1]);
		}
		return (bucket ? server.with(S3BucketConfiguration.class) : server).start();
	}

	private static String upload(TestServer server) {
		return RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + LENGTH)
			.with("Content-Type: application/offset+octet-stream")
			.body(new byte[LENGTH])
			.send()
			.header("Location");
	}

	/**
	 * Looks at the upload, makes another one and removes it.
	 */
	private static void assertOthersGoOn(TestServer server, String location) {
		long begun = System.nanoTime();
		assertThat(RawRequest.of("HEAD", server.uri(location)).send().header("Upload-Offset")).isEqualTo("" + LENGTH);
		String other = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: 5")
			.with("Content-Type: application/offset+octet-stream")
			.body("hello")
			.send()
			.header("Location");
		assertThat(RawRequest.of("GET", server.uri(other)).without("Tus-Resumable").send().text()).isEqualTo("hello");
		assertThat(RawRequest.of("DELETE", server.uri(other)).send().status()).isEqualTo(204);
		assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
	}

}
