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

package io.github.tusspring.test;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TestServer} and {@link RawConnection}.
 */
class TestServerTests {

	@ParameterizedTest
	@ValueSource(strings = { "tomcat", "jetty" })
	void takesAnUploadOnAKeptAliveConnection(String kind) throws Exception {
		TestServer.Builder builder = kind.equals("tomcat") ? TestServer.tomcat() : TestServer.jetty();
		try (TestServer server = builder.property("tus.location", "absolute").start();
				RawConnection connection = RawConnection.to(server.port())) {
			RawResponse created = connection
				.request("POST /files HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0", "Upload-Length: 5",
						"Content-Length: 0")
				.read();
			assertThat(created.status()).isEqualTo(201);
			assertThat(server.context().getBean("tomcatServletWebServerFactory".replace("tomcat", kind))).isNotNull();
			String location = created.header("Location");
			assertThat(location).startsWith("http://localhost/files/");
			String path = location.substring("http://localhost".length());
			RawResponse appended = connection
				.request("PATCH " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0", "Upload-Offset: 0",
						"Content-Type: application/offset+octet-stream", "Transfer-Encoding: chunked")
				.chunk("hel".getBytes())
				.chunk("lo".getBytes())
				.lastChunk()
				.read();
			assertThat(appended.status()).isEqualTo(204);
			assertThat(appended.header("upload-offset")).isEqualTo("5");
			assertThat(server.directory().resolve(path.substring("/files/".length()))).hasContent("hello");
			RawResponse inspected = connection
				.request("HEAD " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0")
				.read();
			assertThat(inspected.status()).isEqualTo(200);
			assertThat(inspected.header("Upload-Offset")).isEqualTo("5");
		}
	}

}
