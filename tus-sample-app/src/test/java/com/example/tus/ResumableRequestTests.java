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

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An ordinary POST that survives a cut in its first request: what a client does that
 * knows Resumable Uploads for HTTP, and what can be done by hand with curl.
 */
@SampleTest
class ResumableRequestTests {

	private static final int SIZE = 3_000_017;

	private final byte[] content = new byte[SIZE];

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	private CuttingProxy proxy;

	@BeforeEach
	void openProxy() throws IOException {
		new Random(1).nextBytes(this.content);
		this.proxy = new CuttingProxy(this.port);
	}

	@AfterEach
	void closeProxy() throws IOException {
		this.proxy.close();
	}

	@ParameterizedTest
	@EnumSource(value = CuttingProxy.Cut.class, names = { "CLOSE", "RESET", "SILENCE" })
	void clientResumesFromTheLocationOfThe104(CuttingProxy.Cut cut) throws Exception {
		this.proxy.cutAfter(1_000_000, cut);
		ResumableRequest request = new ResumableRequest(this.proxy.port(), "/documents", this.content);
		assertThat(request.send()).contains(sha256());
		assertThat(this.proxy.cuts()).isEqualTo(1);
		assertThat(request.requests).as("POST, HEAD, PATCH").isEqualTo(3);
	}

	@Test
	@EnabledIf("com.example.tus.Curl#isInstalled")
	void curlShowsThe104AndCanResumeByHand() throws Exception {
		Path file = Files.write(this.directory.resolve("big.iso"), this.content);
		// Curl reads what comes back every now and then only.
		this.proxy.slowDown(2_000_000);
		this.proxy.cutAfter(1_500_000, CuttingProxy.Cut.CLOSE);
		String first = run("curl", "-vs", "-X", "POST", "-T", file.toString(), "-H", "Upload-Complete: ?1", "-H",
				"Upload-Draft-Interop-Version: 9", "http://localhost:" + this.proxy.port() + "/documents");
		assertThat(first).contains("< HTTP/1.1 104");
		Matcher location = Pattern.compile("< Location: (\\S+)").matcher(first);
		assertThat(location.find()).isTrue();
		String url = "http://localhost:" + this.port + location.group(1);
		String head = run("curl", "-sI", url);
		Matcher offset = Pattern.compile("(?i)upload-offset: (\\d+)").matcher(head);
		assertThat(offset.find()).as(head).isTrue();
		assertThat(head).containsIgnoringCase("Upload-Complete: ?0");
		String last = run("sh", "-c",
				"tail -c +" + (Long.parseLong(offset.group(1)) + 1) + " " + file
						+ " | curl -s -X PATCH -T - -H 'Upload-Complete: ?1' -H 'Upload-Offset: " + offset.group(1)
						+ "' -H 'Content-Type: application/partial-upload' " + url);
		assertThat(last).contains(sha256());
	}

	private String sha256() throws Exception {
		return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(this.content));
	}

	private static String run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		process.waitFor();
		return output;
	}

	/**
	 * A POST that is gone on with after an interruption.
	 */
	private static final class ResumableRequest {

		private final int port;

		private final String path;

		private final byte[] content;

		private int requests;

		private String location;

		ResumableRequest(int port, String path, byte[] content) {
			this.port = port;
			this.path = path;
			this.content = content;
		}

		/**
		 * Sends the request, and goes on until it is answered.
		 * @return the body of the answer
		 */
		String send() throws IOException {
			String answer = exchange("POST " + this.path, 0, "Upload-Complete: ?1");
			while (answer == null) {
				if (this.location == null) {
					throw new IOException("The server can't resume");
				}
				long offset = offset();
				answer = exchange("PATCH " + this.location, offset, "Upload-Complete: ?1\r\nUpload-Offset: " + offset
						+ "\r\nContent-Type: application/partial-upload");
			}
			return answer;
		}

		private long offset() throws IOException {
			try (Socket socket = new Socket("localhost", this.port)) {
				write(socket, "HEAD " + this.location, "");
				return Long.parseLong(readHead(new BufferedInputStream(socket.getInputStream())).get("upload-offset"));
			}
		}

		private String exchange(String target, long offset, String headers) throws IOException {
			try (Socket socket = new Socket("localhost", this.port)) {
				write(socket, target, headers + "\r\nContent-Length: " + (this.content.length - offset));
				InputStream in = new BufferedInputStream(socket.getInputStream());
				if (target.startsWith("POST")) {
					this.location = readHead(in).get("location");
				}
				socket.getOutputStream().write(this.content, (int) offset, this.content.length - (int) offset);
				Map<String, String> head = readHead(in);
				while (head.get("").contains(" 104")) {
					head = readHead(in);
				}
				return new String(in.readNBytes(Integer.parseInt(head.get("content-length"))), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				return null;
			}
		}

		private void write(Socket socket, String target, String headers) throws IOException {
			this.requests++;
			socket.getOutputStream()
				.write((target + " HTTP/1.1\r\nHost: localhost\r\nUpload-Draft-Interop-Version: 9\r\n"
						+ (headers.isEmpty() ? "" : headers + "\r\n") + "\r\n")
					.getBytes(StandardCharsets.ISO_8859_1));
		}

		private static Map<String, String> readHead(InputStream in) throws IOException {
			Map<String, String> head = new LinkedHashMap<>();
			for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
				int colon = head.isEmpty() ? -1 : line.indexOf(':');
				head.put((colon < 0) ? "" : line.substring(0, colon).toLowerCase(), line.substring(colon + 1).strip());
			}
			return head;
		}

		private static String readLine(InputStream in) throws IOException {
			ByteArrayOutputStream line = new ByteArrayOutputStream();
			for (int b = in.read(); b != '\n'; b = in.read()) {
				if (b < 0) {
					throw new IOException("The connection was closed");
				}
				line.write(b);
			}
			return line.toString(StandardCharsets.ISO_8859_1).strip();
		}

	}

}
