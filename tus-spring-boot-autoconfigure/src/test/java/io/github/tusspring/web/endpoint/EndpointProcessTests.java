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

package io.github.tusspring.web.endpoint;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for resumable endpoints in a process that is killed, or has little memory.
 */
@Tag("long")
class EndpointProcessTests {

	@TempDir
	Path temporary;

	private Process process;

	@AfterEach
	void stop() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	@Test
	void handlerIsCalledAgainWhenTheApplicationWasKilledWhileItRan() throws Exception {
		TusClient client = start();
		Path marker = this.temporary.resolve("marker");
		byte[] content = marker.toString().getBytes(StandardCharsets.UTF_8);
		String location = client.create("/hanging", content.length, Map.of()).header("Location");
		try (RawConnection connection = RawConnection.to(port())) {
			connection
				.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
						"Content-Length: " + content.length)
				.send(content);
			await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(marker));
			assertThat(client.head(location).status()).isEqualTo(423);
			stop();
		}
		TusClient returned = start();
		RawResponse head = returned.head(location);
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("Upload-Offset")).isEqualTo(String.valueOf(content.length - 1));
		RawResponse answer = returned.append(location, content.length - 1, new byte[] { content[content.length - 1] });
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("taken at last");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/counting", "/resource" })
	void contentIsNeverInMemoryAsAWhole(String path) throws Exception {
		TusClient client = start();
		int megabytes = Integer.getInteger("endpoint.megabytes", 200);
		String location = client.create(path, megabytes * 1024L * 1024, Map.of()).header("Location");
		try (RawConnection connection = RawConnection.to(port())) {
			connection.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
					"Content-Length: " + megabytes * 1024L * 1024);
			byte[] megabyte = new byte[1024 * 1024];
			for (int i = 0; i < megabytes; i++) {
				connection.send(megabyte);
			}
			RawResponse answer = connection.timeout(Duration.ofMinutes(2)).read();
			assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
			assertThat(answer.text()).isEqualTo(String.valueOf(megabytes * 1024L * 1024));
		}
	}

	private TusClient start() throws IOException {
		Path portFile = this.temporary.resolve("port");
		Files.deleteIfExists(portFile);
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
				"-XX:TieredStopAtLevel=1", "-cp", classPath, EndpointProcess.class.getName(),
				this.temporary.resolve("uploads").toString(), portFile.toString())
			.redirectErrorStream(true)
			.redirectOutput(new File(this.temporary.toFile(), "log"))
			.start();
		await().atMost(Duration.ofSeconds(90)).until(() -> {
			assertThat(this.process.isAlive()).isTrue();
			return Files.exists(portFile);
		});
		return new TusClient(port());
	}

	private int port() throws IOException {
		return Integer.parseInt(Files.readString(this.temporary.resolve("port")));
	}

}
