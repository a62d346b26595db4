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

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestKeys;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.ForwardingUploadWriter;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies of which the server has the last byte before the storage has taken the first:
 * Tomcat tells of the end then, whether all of it was read or not.
 */
class WholeBodyTests {

	private static final int ROUNDS = Integer.getInteger("whole.rounds", 1);

	@Test
	void whenABodyOverHttp2IsThereThenAllOfItIsStored() throws Exception {
		try (TestServer server = Wire.Version.HTTP_2.prepare(TestServer.tomcat()).with(Application.class).start();
				Wire wire = Wire.Version.HTTP_2.to(server)) {
			for (int round = 0; round < ROUNDS; round++) {
				String content = content(200_000);
				assertStored(content, server, creation(server, content).over(wire).send());
				RawResponse answer = RawRequest.of("POST", server.uri("/files"))
					.without("Tus-Resumable")
					.with("Upload-Draft-Interop-Version: 8")
					.with("Upload-Complete: ?1")
					.chunked(content)
					.over(wire)
					.send();
				assertThat(answer.header("Upload-Complete")).isEqualTo("?1");
				assertStored(content, server, answer);
			}
		}
	}

	@Test
	void whenABodyOverTlsIsThereThenAllOfItIsStored(@TempDir Path directory) throws Exception {
		TestKeys keys = new TestKeys(directory);
		try (TestServer server = keys.configure(TestServer.tomcat()).with(Application.class).start()) {
			for (int round = 0; round < ROUNDS; round++) {
				// The last record is short.
				String content = content(128 * 1024 + 100);
				try (RawConnection connection = keys.connect(server.port())) {
					assertStored(content, server,
							creation(server, content).without("Host").with("Host: localhost").on(connection).read());
				}
			}
		}
	}

	private static String content(int length) {
		byte[] content = new byte[length];
		new Random(length).nextBytes(content);
		for (int i = 0; i < length; i++) {
			content[i] &= 0x7f;
		}
		return new String(content, StandardCharsets.US_ASCII);
	}

	private static RawRequest creation(TestServer server, String content) {
		return RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + content.length())
			.with("Content-Type: application/offset+octet-stream")
			.body(content);
	}

	private static void assertStored(String content, TestServer server, RawResponse answer) throws IOException {
		assertThat(answer.header("Upload-Offset")).as("%s", answer).isEqualTo("" + content.length());
		String path = answer.header("Location");
		UploadId id = UploadId.of(path.substring(path.lastIndexOf('/') + 1));
		try (InputStream stored = server.bean(TusUploads.class).open(id).getInputStream()) {
			assertThat(new String(stored.readAllBytes(), StandardCharsets.US_ASCII).equals(content)).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		SlowStorage storage() throws IOException {
			return new SlowStorage(new DiskUploadStorage(Files.createTempDirectory("tus-test"), Durability.NONE, 0));
		}

	}

	/**
	 * Begins so late that all bytes are there, and takes longer for some of them than a
	 * turn lasts.
	 */
	static class SlowStorage extends ForwardingUploadStorage {

		SlowStorage(UploadStorage delegate) {
			super(delegate);
		}

		@Override
		public Upload create(NewUpload upload) throws IOException {
			pause(150);
			return super.create(upload);
		}

		@Override
		public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
			return new ForwardingUploadWriter(super.append(upload, generation, held)) {

				@Override
				public void write(ByteBuffer bytes) throws IOException {
					pause(60);
					super.write(bytes);
				}

			};
		}

		private static void pause(int millis) {
			try {
				Thread.sleep(millis);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
