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
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests of any shape on a socket: an answer that is no failure of the server's, or a
 * close; nothing outside of the directory, nothing at ERROR in the log.
 */
class RequestFuzzTests {

	private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");

	private static final Errors ERRORS = new Errors();

	private static final String TUS = "Host: localhost\r\nTus-Resumable: 1.0.0\r\n";

	private static final List<String> SEEDS = List.of("OPTIONS /files HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"POST /files HTTP/1.1\r\n" + TUS + "Upload-Length: 5\r\nContent-Length: 5\r\n"
					+ "Upload-Metadata: filename d29ybGQ=,filetype dGV4dC9wbGFpbg==\r\n"
					+ "Content-Type: application/offset+octet-stream\r\n\r\nhello",
			"POST /files HTTP/1.1\r\n" + TUS + "Upload-Defer-Length: 1\r\nTransfer-Encoding: chunked\r\n"
					+ "Content-Type: application/offset+octet-stream\r\nTrailer: Upload-Checksum\r\n\r\n5\r\nhello\r\n0\r\n"
					+ "Upload-Checksum: sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00=\r\n\r\n",
			"PATCH /files/known HTTP/1.1\r\n" + TUS + "Upload-Offset: 0\r\nContent-Length: 5\r\n"
					+ "Content-Type: application/offset+octet-stream\r\n\r\nhello",
			"POST /files HTTP/1.1\r\n" + TUS + "Upload-Concat: final;/files/a /files/b\r\n\r\n",
			"HEAD /files/known HTTP/1.1\r\n" + TUS + "\r\n", "DELETE /files/known HTTP/1.1\r\n" + TUS + "\r\n",
			"GET /files/known HTTP/1.1\r\nHost: localhost\r\nRange: bytes=1-3\r\n\r\n",
			"POST /files/known HTTP/1.1\r\n" + TUS + "X-HTTP-Method-Override: PATCH\r\nUpload-Offset: 0\r\n"
					+ "Expect: 100-continue\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 0\r\n\r\n");

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
		check(input);
	}

	@Test
	void mutatedRequestIsAnsweredOrItsConnectionClosed() {
		List<byte[]> seeds = SEEDS.stream().map((seed) -> seed.getBytes(StandardCharsets.ISO_8859_1)).toList();
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
