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
package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A store that takes the time of this machine for wrong, as one does whose own time is
 * another.
 */
@ExtendWith(OutputCaptureExtension.class)
class WrongClockTests {

	private static final byte[] REFUSAL = """
			<?xml version="1.0" encoding="UTF-8"?>
			<Error><Code>RequestTimeTooSkewed</Code><Message>The difference is too large</Message></Error>
			""".getBytes(StandardCharsets.UTF_8);

	private HttpServer store;

	@BeforeEach
	void start() throws IOException {
		this.store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.store.createContext("/", this::refuse);
		this.store.start();
	}

	private void refuse(HttpExchange exchange) throws IOException {
		try (exchange) {
			exchange.getRequestBody().readAllBytes();
			boolean head = "HEAD".equals(exchange.getRequestMethod());
			exchange.getResponseHeaders()
				.set("Date",
						DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusHours(1)));
			exchange.getResponseHeaders().set("Content-Type", "application/xml");
			exchange.sendResponseHeaders(403, head ? -1 : REFUSAL.length);
			if (!head) {
				exchange.getResponseBody().write(REFUSAL);
			}
		}
	}

	@AfterEach
	void stop() {
		this.store.stop(0);
	}

	@Test
	void isSaidInOneLineAndClientsComeBackLater(CapturedOutput output) {
		try (TestServer server = S3Server.configure(TestServer.tomcat(), endpoint(), "uploads").start()) {
			RawResponse created = RawRequest.of("POST", server.uri("/files")).with("Upload-Length: 5").send();
			assertThat(created.status()).isEqualTo(503);
			assertThat(created.header("Retry-After")).isNotNull();
			assertThat(RawRequest.of("HEAD", server.uri("/files/some")).send().status()).isEqualTo(423);
		}
		assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("ERROR"))
			.singleElement()
			.asString()
			.contains("RequestTimeTooSkewed", "clock of this machine", "NTP");
	}

	@Test
	void isSaidWhereTheStartIsToFail(CapturedOutput output) {
		assertThatException().isThrownBy(S3Server.configure(TestServer.tomcat(), endpoint(), "uploads")
			.property("tus.storage.s3.fail-fast", "true")::start);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("the clock of this machine and the store's differ")
			.contains("set 'tus.storage.s3.fail-fast' to 'false'");
	}

	@Test
	void isNamedAmongOthersWhereAnAnswerSaysNothing() throws IOException {
		try (S3AsyncClient client = S3Server.client(endpoint());
				S3UploadStorage storage = new S3UploadStorage(client, S3Server.settings("uploads", ""),
						(upload) -> S3Location.of(upload.id().toString()))) {
			assertThat(storage.failures()
				.describe(catchThrowable(() -> client.headBucket((request) -> request.bucket("uploads")).join())
					.getCause()))
				.contains("credentials", "clock of this machine");
		}
	}

	private URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.store.getAddress().getPort());
	}

}
