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

package com.example.tus;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Resumable Uploads for HTTP behind an nginx that can't pass interim responses on, so
 * that none are sent.
 */
@SampleTest
@TestPropertySource(properties = "tus.rufh.interim-responses=false")
class NginxTests {

	private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	@Test
	void uploadThatBeginsWithAnIncompleteRequestGoesOn() throws Exception {
		try (Proxy proxy = Proxy.nginx(this.directory, this.port)) {
			String server = "http://localhost:" + proxy.port();
			HttpResponse<String> created = send("POST", server + "/documents", "?0", null, "hello");
			assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
			String location = URI.create(server)
				.resolve(created.headers().firstValue("Location").orElseThrow())
				.toString();
			HttpResponse<String> head = send("HEAD", location, null, null, "");
			assertThat(head.headers().firstValue("Upload-Offset")).hasValue("5");
			HttpResponse<String> answer = send("PATCH", location, "?1", "5", " world");
			assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
			assertThat(answer.headers().firstValue("Upload-Complete")).hasValue("?1");
			assertThat(answer.headers().firstValue("Upload-Offset")).hasValue("11");
		}
	}

	private static HttpResponse<String> send(String method, String url, String complete, String offset, String body)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
			.header("Upload-Draft-Interop-Version", "9")
			.method(method,
					body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
		if (complete != null) {
			request.header("Upload-Complete", complete);
		}
		if (offset != null) {
			request.header("Upload-Offset", offset).header("Content-Type", "application/partial-upload");
		}
		return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
