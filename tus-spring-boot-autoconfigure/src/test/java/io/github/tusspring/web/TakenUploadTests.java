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

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What becomes of an upload that was created with all its content and that the
 * application has taken, where that can't be stored.
 */
class TakenUploadTests {

	@Test
	void uploadStaysWhateverItsClientHears() throws IOException {
		try (TestServer server = TestServer.tomcat()
			.with(ForgetfulStorage.class)
			.property("tus.rufh.interim-responses", "false")
			.start()) {
			RawRequest tus = RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: 5")
				.with("Content-Type: application/offset+octet-stream");
			assertThat(tus.body("hello").send().status()).isEqualTo(503);
			RawRequest draft = RawRequest.of("POST", server.uri("/files"))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 9")
				.with("Upload-Complete: ?1");
			assertThatThrownBy(() -> draft.body("hello").send()).as("a closed connection is what passes")
				.hasRootCauseInstanceOf(EOFException.class);
			List<Upload> uploads;
			try (var all = server.bean(UploadStorage.class).list()) {
				uploads = all.toList();
			}
			assertThat(uploads).hasSize(2);
			for (Upload upload : uploads) {
				assertThat(server.bean(TusUploads.class).open(upload.id()).getContentAsByteArray()).asString()
					.isEqualTo("hello");
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class ForgetfulStorage {

		@Bean
		UploadStorage storage(Environment environment) throws IOException {
			Path directory = Path.of(environment.getRequiredProperty("tus.storage.disk.directory"));
			return new ForwardingUploadStorage(new DiskUploadStorage(directory, Durability.NONE, 0)) {

				@Override
				public void update(Upload upload) throws IOException {
					if (upload.state() == UploadState.COMPLETED) {
						throw new IOException("The disk is broken");
					}
					super.update(upload);
				}

			};
		}

	}

}
