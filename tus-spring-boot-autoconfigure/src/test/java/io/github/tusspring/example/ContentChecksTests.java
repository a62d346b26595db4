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

package io.github.tusspring.example;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The documentation's listeners that look at contents.
 */
@ExtendWith(QuietLog.class)
class ContentChecksTests {

	private static final Path CLAMD = Path.of("/usr/sbin/clamd");

	/**
	 * What every scanner takes for a virus, and which is none.
	 */
	private static final String EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

	@Test
	void typeIsWhatTheContentIs() {
		try (TestServer server = TestServer.tomcat().with(TypeConfiguration.class).start()) {
			byte[] png = HexFormat.of().parseHex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489");
			assertThat(upload(server, png, "a.png").status()).isEqualTo(201);
			RawResponse refused = upload(server, "<html><script>alert(1)</script></html>".getBytes(), "a.png");
			assertThat(refused.status()).isEqualTo(415);
			assertThat(refused.text()).isEqualTo("A file of type text/html is not taken");
			assertThat(contents(server)).containsExactly(png);
		}
	}

	@Test
	void infectedUploadIsRefusedAndNothingIsLeft(@TempDir Path directory) throws Exception {
		assumeTrue(Files.isExecutable(CLAMD), "ClamAV is not installed");
		int port = freePort();
		Process clamd = startClamd(directory, port);
		System.setProperty("clamd.port", String.valueOf(port));
		try (TestServer server = TestServer.tomcat().with(ScanConfiguration.class).start()) {
			assertThat(upload(server, "harmless".getBytes(), "a.txt").status()).isEqualTo(201);
			RawResponse refused = upload(server, EICAR.getBytes(StandardCharsets.US_ASCII), "b.txt");
			assertThat(refused.status()).as(refused.toString()).isEqualTo(422);
			assertThat(refused.text()).contains("infected", "Test.Eicar");
			assertThat(contents(server)).containsExactly("harmless".getBytes());
		}
		finally {
			System.clearProperty("clamd.port");
			clamd.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
		}
	}

	@Test
	void whenScannerIsNotThereThenUploadWaits() throws Exception {
		System.setProperty("clamd.port", String.valueOf(freePort()));
		try (TestServer server = TestServer.tomcat().with(ScanConfiguration.class).start()) {
			assertThat(upload(server, "hello".getBytes(), "a.txt").status()).isEqualTo(500);
			assertThat(contents(server)).containsExactly("hello".getBytes());
		}
		finally {
			System.clearProperty("clamd.port");
		}
	}

	private static RawResponse upload(TestServer server, byte[] content, String filename) {
		return RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + content.length)
			.with("Content-Type: application/offset+octet-stream")
			.with("Upload-Metadata: filename " + Base64.getEncoder().encodeToString(filename.getBytes()))
			.body(content)
			.send();
	}

	/**
	 * Returns what lies on the disk beside the records.
	 */
	private static Stream<byte[]> contents(TestServer server) {
		try (Stream<Path> files = Files.list(server.directory())) {
			return files.filter((file) -> !file.getFileName().toString().contains("."))
				.map(ContentChecksTests::read)
				.toList()
				.stream();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] read(Path file) {
		try {
			return Files.readAllBytes(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	/**
	 * Starts a real daemon that knows one signature.
	 */
	private static Process startClamd(Path directory, int port) throws IOException {
		Path signatures = Files.createDirectory(directory.resolve("signatures"));
		Files.writeString(signatures.resolve("test.ndb"),
				"Test.Eicar:0:*:" + HexFormat.of().formatHex(EICAR.getBytes(StandardCharsets.US_ASCII)) + "\n");
		Path configuration = directory.resolve("clamd.conf");
		Files.writeString(configuration, String.join("\n", "Foreground yes", "DatabaseDirectory " + signatures,
				"TCPSocket " + port, "TCPAddr 127.0.0.1", "TemporaryDirectory " + directory, "DisableCache yes", ""));
		Process process = new ProcessBuilder(CLAMD.toString(), "--config-file=" + configuration)
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("clamd.log").toFile())
			.start();
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			assertThat(process.isAlive()).as(Files.readString(directory.resolve("clamd.log"))).isTrue();
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
				socket.getOutputStream().write("zPING\0".getBytes(StandardCharsets.US_ASCII));
				InputStream input = socket.getInputStream();
				return new String(input.readNBytes(4), StandardCharsets.US_ASCII).equals("PONG");
			}
			catch (IOException ex) {
				return false;
			}
		});
		return process;
	}

	@Configuration(proxyBeanMethods = false)
	static class TypeConfiguration {

		@Bean
		TypeCheck typeCheck() {
			return new TypeCheck();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ScanConfiguration {

		@Bean
		VirusScan virusScan() {
			return new VirusScan(
					new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.getInteger("clamd.port")));
		}

	}

}
