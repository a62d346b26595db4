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

package io.github.tusspring.observation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemProperty;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an operator reads.
 */
@ExtendWith(OutputCaptureExtension.class)
class LogTests {

	/**
	 * Line breaks, controls of terminals, and what turns the direction of a text.
	 */
	private static final String NASTY = "a\r\nINFO forged\u001b[31m\u0085\u009b31m\u2028\u202e\u2066b\u200fc";

	/**
	 * What of that a header can bring to an application: controls of ISO 8859-1.
	 */
	private static final String NASTY_HEADER = "x\u0085INFO forged\u009b31m\u00ad";

	private static final String NASTY_PATH = "%0d%0aINFO%20forged%1b%5b31m%c2%85%e2%80%ae%e2%80%a8";

	private static final Pattern UNESCAPED = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\t]]|INFO forged");

	/**
	 * The format and the levels of one application's log would be those of all tests that
	 * come after it.
	 */
	@AfterEach
	void resetLogging() {
		System.clearProperty(LoggingSystemProperty.CONSOLE_STRUCTURED_FORMAT.getEnvironmentVariableName());
		LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
		logging.cleanUp();
		logging.beforeInitialize();
		logging.initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
		// So that the next application sets it up for itself.
		logging.cleanUp();
	}

	@Test
	void oneLineSaysWhereUploadsGoAndThenThereIsNothingToDoForAnOperator(CapturedOutput output) {
		TestServer.Builder builder = TestServer.tomcat()
			.with(Application.class)
			.property("logging.level.io.github.tusspring", "info")
			.property("logging.level." + LogTests.class.getName(), "off");
		for (int i = 0; i < 7; i++) {
			builder.property("tus.endpoints[" + i + "].path", "/projects/{project}/documents" + i);
		}
		try (TestServer server = builder.start()) {
			useAndMisuse(new Uploads(server, "/files"));
			assertThat(lines(output)).singleElement()
				.asString()
				.endsWith("Resumable uploads at /files, for POST /projects/{project}/documents0, "
						+ "for POST /projects/{project}/documents1, for POST /projects/{project}/documents2, "
						+ "for POST /projects/{project}/documents3, for POST /projects/{project}/documents4 "
						+ "and 2 more, kept in '" + server.directory() + "'");
		}
	}

	private static void useAndMisuse(Uploads client) {
		String path = client.create(10, Uploads.metadata("filename", "a.txt"));
		assertThat(client.patch(path, 5, 5).status()).isEqualTo(409);
		try (RawConnection cut = client.begin(path, 0, 10, 4)) {
			await().until(() -> client.offset(path) == 4);
			cut.reset();
		}
		assertThat(client.patch(path, 4, 6).status()).isEqualTo(204);
		assertThat(client.head("/files/nothing").status()).isEqualTo(404);
		assertThat(client.request("POST", "/files").with("Upload-Length: x").send().status()).isEqualTo(400);
		String rejected = client.create(3, Uploads.metadata("action", "reject"));
		assertThat(client.patch(rejected, 0, 3).status()).isEqualTo(422);
		String terminated = client.create(3);
		assertThat(client.request("DELETE", terminated).send().status()).isEqualTo(204);
	}

	private static List<String> lines(CapturedOutput output) {
		return output.getAll()
			.lines()
			.filter((line) -> line.contains(" INFO ") || line.contains(" WARN ") || line.contains(" ERROR "))
			.toList();
	}

	@Test
	void structuredLinesNameTheUpload(CapturedOutput output) {
		try (TestServer server = TestServer.tomcat()
			.with(Application.class)
			.property("logging.structured.format.console", "ecs")
			.property("logging.level." + LogTests.class.getName(), "info")
			.start()) {
			Uploads client = new Uploads(server, "/files");
			String path = client.create(3);
			client.patch(path, 0, 3);
			List<JsonNode> lines = output.getAll()
				.lines()
				.filter((line) -> line.contains("The application has it"))
				.map(JsonMapper.shared()::readTree)
				.toList();
			assertThat(lines).singleElement()
				.satisfies((line) -> assertThat(line.path("tus").path("upload").asString())
					.isEqualTo(path.substring("/files/".length(), "/files/".length() + 8) + "…"));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void clientsWordsAreNeverLoggedAsTheyAre(boolean jetty) {
		try (TestServer server = (jetty ? TestServer.jetty() : TestServer.tomcat()).with(Application.class)
			.property("tus.endpoints[0].path", "/projects/{project}/documents")
			.property("tus.download.enabled", true)
			.property("tus.progress.enabled", true)
			.property("tus.redelivery.delay", "200ms")
			.property("logging.level.io.github.tusspring", "trace")
			.start()) {
			Logger logger = (Logger) LoggerFactory.getLogger("io.github.tusspring");
			ListAppender<ILoggingEvent> appender = new ListAppender<>();
			appender.start();
			logger.addAppender(appender);
			sendNastyRequests(server);
			logger.detachAppender(appender);
			List<String> texts = new ArrayList<>();
			appender.list.stream()
				.filter((event) -> !event.getLoggerName().equals(LogTests.class.getName()))
				.forEach((event) -> {
					texts.add(event.getFormattedMessage());
					for (IThrowableProxy ex = event.getThrowableProxy(); ex != null; ex = ex.getCause()) {
						texts.add(String.valueOf(ex.getMessage()));
					}
				});
			// Failures of listeners and handlers are there.
			assertThat(texts).hasSizeGreaterThan(4).noneMatch((text) -> UNESCAPED.matcher(text).find());
		}
	}

	private static void sendNastyRequests(TestServer server) {
		Uploads files = new Uploads(server, "/files");
		for (String action : List.of("fail", "reject", "take", "creation")) {
			String path = files.create(3,
					Uploads.metadata("filename", NASTY) + ",filetype "
							+ Uploads.metadata("", NASTY).replace("Upload-Metadata:  ", "") + ",action "
							+ Uploads.metadata("", action).replace("Upload-Metadata:  ", ""));
			files.patch(path, 0, 3);
			files.get(path);
			send(server, "GET", path + "/events?" + NASTY_PATH);
		}
		Uploads documents = new Uploads(server, "/projects/x" + NASTY_PATH.replace("%0d%0a", "") + "/documents");
		for (String action : List.of("fail", "reject", "take")) {
			String location = documents.request("POST", "/")
				.target(documents.path())
				.with("Upload-Length: 3")
				.with(Uploads.metadata("filename", NASTY))
				.send()
				.header("Location");
			if (location != null) {
				documents.request("PATCH", "/")
					.target(location)
					.with("Content-Type: application/offset+octet-stream")
					.with("Upload-Offset: 0")
					.with("Action: " + action)
					.body("abc")
					.send();
			}
		}
		String path = files.create(10);
		for (String method : List.of("POST", "PATCH", "HEAD", "DELETE", "GET", "OPTIONS", "N" + NASTY_HEADER)) {
			for (String target : List.of("/files", "/files/" + NASTY_PATH, "/files/" + NASTY_HEADER, path,
					"/projects/" + NASTY_PATH + "/documents", path + "?" + NASTY_PATH)) {
				send(server, method, target);
			}
		}
		for (String method : List.of("POST", "PATCH", "HEAD")) {
			for (String name : List.of("Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum",
					"Upload-Concat", "Upload-Defer-Length", "Content-Type", "Tus-Resumable", "X-HTTP-Method-Override",
					"Upload-Complete", "Upload-Draft-Interop-Version", "Content-Disposition", "Repr-Digest",
					"Content-Digest", "Expect", "Origin", "Range", "If-None-Match", "X-Forwarded-Host", NASTY_HEADER)) {
				send(server, method, method.equals("POST") ? "/files" : path, name + ": " + NASTY_HEADER);
			}
		}
		send(server, "POST", "/files", "Upload-Draft-Interop-Version: 8", "Upload-Complete: ?1",
				"Content-Disposition: attachment; filename*=UTF-8''" + NASTY_PATH);
		send(server, "POST", "/files", "Upload-Concat: final;/files/" + NASTY_PATH);
	}

	private static void send(TestServer server, String method, String target, String... lines) {
		RawRequest request = RawRequest.of(method, server.uri("/")).target(target).with("Connection: close");
		for (String line : lines) {
			request = request.with(line);
		}
		try (RawConnection connection = request.on(RawConnection.to(server.port()).timeout(Duration.ofMillis(300)))) {
			connection.halfClose().read();
		}
		catch (RuntimeException ex) {
			// The server doesn't answer to all of that.
		}
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		@EventListener
		void created(TusUploadCreatedEvent event) {
			if ("creation".equals(event.upload().metadata().get("action"))) {
				throw new IllegalStateException("The listener is broken");
			}
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			switch (String.valueOf(event.upload().metadata().get("action"))) {
				case "fail" -> throw new IllegalStateException("The archive is broken");
				case "reject" -> throw new UploadRejectedException(422, "No");
				default -> LogFactory.getLog(LogTests.class).info("The application has it");
			}
		}

		@PostMapping({ "/projects/{project}/documents", "/projects/{project}/documents{number}" })
		void document(@PathVariable String project, jakarta.servlet.http.HttpServletRequest request) {
			switch (String.valueOf(request.getHeader("Action"))) {
				case "fail" -> throw new IllegalStateException("The archive is broken");
				case "reject" -> throw new UploadRejectedException(422, "No");
				default -> {
				}
			}
		}

	}

}
