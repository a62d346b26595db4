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

package io.github.tusspring.lock;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

import io.github.tusspring.lock.jdbc.JdbcLeaseStore;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadLocker;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What clients hear while the server that keeps the locks is away.
 */
class LockServerAwayTests {

	private static final Duration LEASE = Duration.ofSeconds(3);

	private TestServer server;

	private AwayLeaseStore store;

	@BeforeEach
	void start() {
		this.server = TestServer.tomcat().with(LockConfiguration.class).property("tus.lock.type", "jdbc").start();
		this.store = this.server.bean(AwayLeaseStore.class);
	}

	@AfterEach
	void stop() {
		this.store.goOn();
		this.server.close();
	}

	@Test
	void requestsAreAnsweredSoThatClientsComeBack() throws Exception {
		String path = create(6);
		assertThat(exchange("HEAD " + path, null).status()).isEqualTo(200);
		this.store.goAway();
		RawResponse head = exchange("HEAD " + path, null);
		assertThat(head.status()).isEqualTo(423);
		assertThat(head.header("Retry-After")).isNotNull();
		for (String request : List.of("PATCH " + path, "POST /files")) {
			RawResponse response = exchange(request, "abcdef");
			assertThat(response.status()).as(request).isEqualTo(503);
			assertThat(response.header("Retry-After")).as(request).isNotNull();
		}
		assertThat(exchange("DELETE " + path, null).status()).isEqualTo(503);
		assertThat(Files.size(this.server.directory().resolve(path.substring("/files/".length())))).isZero();
		this.store.goOn();
		assertThat(exchange("PATCH " + path, "abcdef").status()).isEqualTo(204);
	}

	@Test
	void appendThatRunsEndsBeforeItsLeaseDoesAndNothingIsWrittenAfter() throws Exception {
		String path = create(1000);
		try (RawConnection connection = RawConnection.to(this.server.port()).timeout(Duration.ofSeconds(30))) {
			connection.request(lines("PATCH " + path, 1000));
			connection.send(new byte[100]);
			await().until(() -> exchange("HEAD " + path, null).header("Upload-Offset").equals("100"));
			this.store.goAway();
			long start = System.nanoTime();
			assertThat(connection.read().status()).isEqualTo(503);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE);
		}
		assertThat(exchange("HEAD " + path, null).status()).isEqualTo(423);
		this.store.goOn();
		await().atMost(Duration.ofSeconds(20))
			.until(() -> "100".equals(exchange("HEAD " + path, null).header("Upload-Offset")));
	}

	private String create(long length) {
		RawResponse response = exchange("POST /files", null, "Upload-Length: " + length);
		assertThat(response.status()).isEqualTo(201);
		return response.header("Location");
	}

	private RawResponse exchange(String request, String body, String... headers) {
		try (RawConnection connection = RawConnection.to(this.server.port()).timeout(Duration.ofSeconds(30))) {
			if (body == null) {
				connection.request(lines(request, -1, headers));
			}
			else {
				connection.request(lines(request, body.length(), "Upload-Length: " + body.length()));
				connection.send(body.getBytes());
			}
			return connection.read();
		}
	}

	private static String[] lines(String request, long length, String... headers) {
		List<String> lines = new java.util.ArrayList<>(
				List.of(request + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0"));
		if (length >= 0) {
			lines.add("Content-Type: application/offset+octet-stream");
			lines.add("Upload-Offset: 0");
			lines.add("Content-Length: " + length);
		}
		lines.addAll(List.of(headers));
		return lines.toArray(String[]::new);
	}

	@Configuration(proxyBeanMethods = false)
	static class LockConfiguration {

		@Bean(destroyMethod = "dispose")
		JdbcConnectionPool connections() {
			JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:away", "sa", "");
			new ResourceDatabasePopulator(new ClassPathResource("schema-h2.sql", JdbcLeaseStore.class)).execute(pool);
			return pool;
		}

		@Bean
		AwayLeaseStore leases(JdbcConnectionPool connections) {
			return new AwayLeaseStore(new JdbcLeaseStore(connections));
		}

		@Bean
		UploadLocker locker(AwayLeaseStore leases, UploadFence fence) {
			return new ClusterUploadLocker(leases, LEASE, fence);
		}

	}

}
