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

import java.nio.file.Path;
import java.time.Duration;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@code tus.limits.*}: how many unfinished uploads and open appends there may be.
 */
class UploadLimitsTests {

	private static final byte[] BODY = new byte[10];

	@Nested
	class UnfinishedUploads {

		@Test
		void creationBeyondTheLimitIsPutOff() {
			try (TestServer server = TestServer.tomcat().property("tus.limits.max-uploads", 2).start()) {
				TusRequests client = new TusRequests(server.port());
				client.create(100);
				String second = client.create(100);
				RawResponse refused = client.post("Upload-Length: 100");
				assertThat(refused.status()).isEqualTo(429);
				assertThat(refused.header("Retry-After")).isNotNull();
				assertThat(server.directory().toFile().list()).hasSize(4);
				assertThat(client.head(second).status()).isEqualTo(200);
				assertThat(client.options("/files").status()).isEqualTo(204);
				assertThat(client.patch(second, 0, BODY).status()).isEqualTo(204);
			}
		}

		@Test
		void completionTerminationAndRemovalGiveBack() {
			try (TestServer server = TestServer.tomcat().property("tus.limits.max-uploads", 1).start()) {
				TusRequests client = new TusRequests(server.port());
				String completed = client.create(BODY.length);
				assertThat(client.post("Upload-Length: 100").status()).isEqualTo(429);
				assertThat(client.patch(completed, 0, BODY).status()).isEqualTo(204);
				String terminated = client.create(100);
				assertThat(client.post("Upload-Length: 100").status()).isEqualTo(429);
				assertThat(client.delete(terminated).status()).isEqualTo(204);
				String removed = client.create(100);
				server.bean(TusUploads.class).delete(UploadId.of(removed.substring("/files/".length())));
				awaitCreation(client);
			}
		}

		@Test
		void uploadsThatAreFullAtOnceDoNotCount() {
			try (TestServer server = TestServer.tomcat().property("tus.limits.max-uploads", 1).start()) {
				TusRequests client = new TusRequests(server.port());
				for (int i = 0; i < 3; i++) {
					assertThat(client.post("Upload-Length: 0").status()).isEqualTo(201);
					assertThat(client.post(BODY, "Upload-Length: 10").status()).isEqualTo(201);
					assertThat(client.post(BODY, "Upload-Length: 10", "Upload-Concat: partial").status())
						.isEqualTo(201);
				}
			}
		}

		@Test
		void refusedCreationGivesBack() {
			try (TestServer server = TestServer.tomcat().property("tus.limits.max-uploads", 1).start()) {
				TusRequests client = new TusRequests(server.port());
				assertThat(client.post(BODY, "Upload-Length: 5").status()).isEqualTo(413);
				assertThat(client.post(BODY, "Upload-Length: 100", "Upload-Checksum: md5 AAAAAAAAAAAAAAAAAAAAAA==")
					.status()).isEqualTo(460);
				client.create(100);
			}
		}

		@Test
		void expiryGivesBack() {
			try (TestServer server = TestServer.tomcat()
				.property("tus.limits.max-uploads", 1)
				.property("tus.expiration.after", "1s")
				.start()) {
				TusRequests client = new TusRequests(server.port());
				client.create(100);
				assertThat(client.post("Upload-Length: 100").status()).isEqualTo(429);
				awaitCreation(client);
			}
		}

		@Test
		void countSurvivesARestart(@TempDir Path directory) {
			try (TestServer server = TestServer.tomcat().directory(directory).start()) {
				new TusRequests(server.port()).create(100);
			}
			try (TestServer server = TestServer.tomcat()
				.directory(directory)
				.property("tus.limits.max-uploads", 1)
				.start()) {
				TusRequests client = new TusRequests(server.port());
				// The directory is looked through when the application has started.
				await().atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(client.post("Upload-Length: 100").status()).isEqualTo(429));
			}
		}

		@Test
		void countOfAClientSurvivesARestart(@TempDir Path directory) {
			try (TestServer server = TestServer.tomcat()
				.directory(directory)
				.property("tus.limits.max-uploads-per-client", 2)
				.start()) {
				TusRequests client = new TusRequests(server.port());
				client.create(100);
				client.create(100);
				assertThat(client.post("Upload-Length: 100").status()).isEqualTo(429);
			}
			try (TestServer server = TestServer.tomcat()
				.directory(directory)
				.property("tus.limits.max-uploads-per-client", 2)
				.start()) {
				TusRequests client = new TusRequests(server.port());
				await().atMost(Duration.ofSeconds(20))
					.untilAsserted(() -> assertThat(client.post("Upload-Length: 100").status()).isEqualTo(429));
			}
		}

		@Test
		void anotherClientIsNotRefused() {
			try (TestServer server = TestServer.tomcat()
				.property("tus.limits.max-uploads-per-client", 1)
				.property("server.forward-headers-strategy", "framework")
				.start()) {
				TusRequests client = new TusRequests(server.port());
				client.create(100, "X-Forwarded-For: 192.0.2.1");
				assertThat(client.post("Upload-Length: 100", "X-Forwarded-For: 192.0.2.1").status()).isEqualTo(429);
				client.create(100, "X-Forwarded-For: 192.0.2.2");
			}
		}

		private void awaitCreation(TusRequests client) {
			await().atMost(Duration.ofSeconds(20))
				.untilAsserted(() -> assertThat(client.post("Upload-Length: 100").status()).isEqualTo(201));
		}

	}

	@Nested
	class OpenAppends {

		@Test
		void appendBeyondTheLimitIsPutOff() {
			try (TestServer server = TestServer.tomcat().property("tus.limits.max-appends", 1).start()) {
				TusRequests client = new TusRequests(server.port());
				String first = client.create(100);
				String second = client.create(100);
				try (RawConnection running = client.openPatch(first, 0, 100).send(BODY)) {
					await().until(() -> client.offset(first) == BODY.length);
					RawResponse refused = client.patch(second, 0, BODY);
					assertThat(refused.status()).isEqualTo(423);
					assertThat(refused.header("Retry-After")).isNotNull();
					assertThat(refused.text()).contains("'tus.limits.max-appends'");
					assertThat(client.post(BODY, "Upload-Length: 100").status()).isEqualTo(429);
					assertThat(server.directory().toFile().list()).as("those of two uploads").hasSize(4);
					assertThat(client.post("Upload-Length: 100").status()).isEqualTo(201);
					assertThat(client.head(second).status()).isEqualTo(200);
					assertThat(client.delete(second).status()).isEqualTo(204);
					running.send(new byte[90]);
					assertThat(running.read().status()).isEqualTo(204);
				}
				String third = client.create(100);
				assertThat(client.patch(third, 0, BODY).status()).isEqualTo(204);
			}
		}

		@Test
		void appendThatTakesOverIsNotRefusedBecauseOfTheOldOne() {
			try (TestServer server = TestServer.tomcat().property("tus.limits.max-appends-per-client", 1).start()) {
				TusRequests client = new TusRequests(server.port());
				String path = client.create(100);
				try (RawConnection old = client.openPatch(path, 0, 100).send(BODY)) {
					await().until(() -> client.offset(path) == BODY.length);
					assertThat(client.patch(path, BODY.length, new byte[90]).status()).isEqualTo(204);
					assertThat(old.read().status()).isEqualTo(423);
				}
			}
		}

		@Test
		void cutAppendGivesBack() {
			try (TestServer server = TestServer.jetty().property("tus.limits.max-appends", 1).start()) {
				TusRequests client = new TusRequests(server.port());
				String first = client.create(100);
				String second = client.create(100);
				RawConnection cut = client.openPatch(first, 0, 100).send(BODY);
				await().until(() -> client.offset(first) == BODY.length);
				cut.reset();
				await().untilAsserted(() -> assertThat(client.patch(second, 0, BODY).status()).isEqualTo(204));
			}
		}

	}

}
