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

import java.net.URI;
import java.time.Duration;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What clients hear of the limits that properties set.
 */
class PolicyTests {

	@ParameterizedTest
	@EnumSource
	void finishedUploadCanBeProtectedFromItsClient(Container container) {
		try (TestServer server = container.server().property("tus.termination.finished", false).start()) {
			URI finished = create(server);
			assertThat(append(finished, 0, "01234").status()).isEqualTo(204);
			assertThat(request("DELETE", finished).send().status()).isEqualTo(403);
			assertThat(request("HEAD", finished).send().status()).isEqualTo(200);
			URI unfinished = create(server);
			assertThat(request("DELETE", unfinished).send().status()).isEqualTo(204);
			assertThat(request("HEAD", unfinished).send().status()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@EnumSource
	void lackOfRoomIsSaid(Container container) {
		try (TestServer server = container.server().property("tus.storage.disk.min-free-space", "1000000TB").start()) {
			assertThat(request("POST", server.uri("/files")).with("Upload-Length: 5").send().status()).isEqualTo(507);
			assertThat(server.directory()).isEmptyDirectory();
		}
	}

	@ParameterizedTest
	@EnumSource
	void expiredUploadIsGoneBeforeItIsRemoved(Container container) {
		try (TestServer server = container.server()
			.property("tus.expiration.after", "1s")
			.property("tus.expiration.cleanup-interval", "-1")
			.start()) {
			URI upload = create(server);
			await().atMost(Duration.ofSeconds(20)).until(() -> request("HEAD", upload).send().status() == 410);
			assertThat(append(upload, 0, "01234").status()).isEqualTo(410);
			assertThat(request("DELETE", upload).send().status()).isEqualTo(204);
			assertThat(request("HEAD", upload).send().status()).isEqualTo(404);
		}
	}

	@ParameterizedTest
	@EnumSource
	void silentConnectionIsClosedWithoutAnAnswerAndItsBytesAreKept(Container container) throws Exception {
		try (TestServer server = container.server().property("tus.append.idle-timeout", "1s").start();
				RawConnection connection = RawConnection.to(server.port())) {
			URI upload = create(server);
			connection.request("PATCH " + upload.getPath() + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 5");
			connection.send("012");
			assertThat(connection.isClosedByPeer()).isTrue();
			assertThat(request("HEAD", upload).send().header("Upload-Offset")).isEqualTo("3");
		}
	}

	private static URI create(TestServer server) {
		URI creation = server.uri("/files");
		return creation.resolve(request("POST", creation).with("Upload-Length: 5").send().header("Location"));
	}

	private static RawResponse append(URI upload, long offset, String body) {
		return request("PATCH", upload).with("Upload-Offset: " + offset)
			.with("Content-Type: application/offset+octet-stream")
			.body(body)
			.send();
	}

	private static RawRequest request(String method, URI uri) {
		return RawRequest.of(method, uri);
	}

}
