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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How many downloads there may be at a time, of one client and in all.
 */
@ParameterizedClass
@EnumSource(Container.class)
class DownloadLimitsTests {

	private static final int PER_CLIENT = 2;

	private static final int IN_ALL = 3;

	/**
	 * More than fits into the buffers between server and client.
	 */
	private static final int LENGTH = 8 * 1024 * 1024;

	private static TestServer server;

	private static String location;

	private final List<RawConnection> connections = new ArrayList<>();

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = describe(container).start();
		location = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + LENGTH)
			.with("Content-Type: application/offset+octet-stream")
			.body(new byte[LENGTH])
			.send()
			.header("Location");
	}

	private static TestServer.Builder describe(Container container) {
		return container.server()
			.with(Owners.class)
			.property("tus.download.enabled", "true")
			.property("tus.limits.max-downloads", IN_ALL)
			.property("tus.limits.max-downloads-per-client", PER_CLIENT);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@AfterEach
	void close() {
		this.connections.forEach(RawConnection::close);
		awaitRoom("anna");
		awaitRoom("ben");
	}

	@Test
	void whenOneClientHasAsManyAsItMayThenOthersHaveRoom() {
		read("anna");
		read("anna");
		assertRefused("anna");
		read("ben");
	}

	@Test
	void whenThereAreAsManyAsThereMayBeThenNobodyHasRoom() {
		read("anna");
		read("anna");
		read("ben");
		assertRefused("ben");
		assertRefused("carla");
	}

	@Test
	void whenAReaderLeavesThenItsClientHasRoomAgain() {
		read("anna");
		read("anna");
		this.connections.remove(0).reset();
		awaitRoom("anna");
	}

	@Test
	void whenAReaderHasAllThenItsClientHasRoomAgain() {
		for (int i = 0; i < 2 * IN_ALL; i++) {
			assertThat(get("anna").send().body()).hasSize(LENGTH);
		}
	}

	@Test
	void whatSendsNoContentTakesNoRoom() {
		for (int i = 0; i < 2 * IN_ALL; i++) {
			RawResponse whole = get("anna").with("Range: bytes=0-0").send();
			assertThat(whole.status()).isEqualTo(206);
			assertThat(get("anna").with("Range: bytes=" + LENGTH + "-").send().status()).isEqualTo(416);
			assertThat(get("anna").with("If-None-Match: " + whole.header("ETag")).send().status()).isEqualTo(304);
			assertThat(RawRequest.of("GET", server.uri("/files/unknown")).send().status()).isEqualTo(404);
		}
	}

	private void read(String client) {
		RawConnection connection = RawConnection.to(server.port(), 4096);
		this.connections.add(connection);
		get(client).on(connection);
		assertThat(connection.readHead().status()).isEqualTo(200);
	}

	private static void assertRefused(String client) {
		RawResponse refused = get(client).send();
		assertThat(refused.status()).as(refused.toString()).isEqualTo(429);
		assertThat(refused.header("Retry-After")).isEqualTo("5");
	}

	private static void awaitRoom(String client) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(get(client).with("Range: bytes=0-0").send().status()).isEqualTo(206));
	}

	private static RawRequest get(String client) {
		return RawRequest.of("GET", server.uri(location)).without("Tus-Resumable").with("X-Client: " + client);
	}

	/**
	 * Says who a client is, but not whose an upload: all read the same one.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Owners {

		@Bean
		UploadOwnerResolver owners() {
			return (request) -> request.getHeader("X-Client");
		}

	}

}
