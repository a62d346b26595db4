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

package io.github.tusspring.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests of any shape on a socket: an answer that is no failure of the server's, or a
 * close; nothing outside of the directory, nothing at ERROR in the log.
 */
@Tag("fuzz")
class RequestFuzzTests {

	private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");

	private static final Pattern REQUEST_LINE = Pattern.compile("(?m)^\\S+ (\\S+) HTTP/1");

	private static final Errors ERRORS = new Errors();

	private static Path parent;

	private static TestServer server;

	@BeforeAll
	static void start() throws IOException {
		parent = Files.createTempDirectory("tus-fuzz");
		server = TestServer.tomcat()
			.directory(parent.resolve("uploads"))
			.property("tus.download.enabled", true)
			.property("tus.append.idle-timeout", "1s")
			.start();
		ERRORS.start();
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).addAppender(ERRORS);
	}

	@AfterAll
	static void stop() throws IOException {
		((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME)).detachAppender(ERRORS);
		server.close();
		FileSystemUtils.deleteRecursively(parent);
	}

	@FuzzTest(maxDuration = "10s")
	void requestIsAnsweredOrItsConnectionClosed(byte[] input) throws IOException {
		// It is the test that connects.
		BugDetectors.allowNetworkConnections();
		check(input);
	}

	@Test
	void mutatedRequestIsAnsweredOrItsConnectionClosed() {
		List<byte[]> seeds = Seeds.of(getClass(), "requestIsAnsweredOrItsConnectionClosed");
		assertThat(new Mutator().run(seeds, (input) -> {
			try {
				check(input);
			}
			catch (IOException ex) {
				throw new java.io.UncheckedIOException(ex);
			}
		})).isPositive();
	}

	private static void check(byte[] input) throws IOException {
		String answer = send(input);
		if (REQUEST_LINE.matcher(new String(input, StandardCharsets.ISO_8859_1))
			.results()
			.anyMatch((line) -> !line.group(1).startsWith("/files"))) {
			// What others say to a request for something else is not ours to judge.
			ERRORS.last = null;
			return;
		}
		Matcher statusLines = STATUS_LINE.matcher(answer);
		while (statusLines.find()) {
			// These two are the container's own words for HTTP that it doesn't know.
			assertThat(statusLines.group(1)).as(answer)
				.matches((status) -> status.startsWith("1") || status.startsWith("2") || status.startsWith("4")
						|| status.equals("501") || status.equals("505"));
		}
		assertThat(ERRORS.last).isNull();
		try (Stream<Path> files = Files.list(parent)) {
			assertThat(files).containsExactly(server.directory());
		}
	}

	private static String send(byte[] input) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", server.port())) {
			socket.setSoTimeout(10_000);
			try {
				socket.getOutputStream().write(input);
				socket.shutdownOutput();
				InputStream answer = socket.getInputStream();
				return new String(answer.readAllBytes(), StandardCharsets.ISO_8859_1);
			}
			catch (SocketTimeoutException ex) {
				throw new AssertionError("Neither an answer nor a close", ex);
			}
			catch (SocketException ex) {
				return "";
			}
		}
	}

	private static final class Errors extends AppenderBase<ILoggingEvent> {

		private volatile String last;

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
				this.last = event.getFormattedMessage();
			}
		}

	}

}
