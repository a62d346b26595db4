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

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * tus 1.0.0 on the packaged sample, AOT-processed.
 */
class AotProtocolIT extends AbstractTusProtocolTests {

	@TempDir
	static Path directory;

	private static AotProcessedSample sample;

	@BeforeAll
	static void start() throws IOException {
		sample = new AotProcessedSample(directory);
	}

	@AfterAll
	static void stop() {
		if (sample != null) {
			sample.close();
		}
	}

	@Test
	void handlerGetsADocument() {
		URI documents = sample.creation().resolve("/documents");
		RawResponse created = RawRequest.of("POST", documents)
			.with("Upload-Length: 5")
			.with("Upload-Metadata: filename YS50eHQ=")
			.send();
		assertThat(created.status()).as("%s", created).isEqualTo(201);
		RawResponse answer = RawRequest.of("PATCH", documents.resolve(created.header("Location")))
			.with("Content-Type: application/offset+octet-stream")
			.with("Upload-Offset: 0")
			.body("hello")
			.send();
		assertThat(answer.status()).as("%s", answer).isEqualTo(200);
		assertThat(answer.text()).contains("\"filename\":\"a.txt\"", "\"size\":5");
	}

	@Test
	void progressIsTold() {
		String id = create("Upload-Length: 5");
		try (RawConnection events = RawConnection.to(sample.creation().getPort())) {
			events.request("GET /files/" + id + "/events HTTP/1.1", "Host: localhost", "Connection: close");
			assertThat(events.readHead().status()).isEqualTo(200);
		}
	}

	@Override
	protected TusTarget target() {
		return sample;
	}

}
