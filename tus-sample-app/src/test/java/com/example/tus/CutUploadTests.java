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
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A large upload through a network that breaks at random points, to a server with a heap
 * of 256 MB.
 */
class CutUploadTests {

	private static final int MAX_STEP = 1024 * 1024;

	private static final CuttingProxy.Cut[] WAYS = { CuttingProxy.Cut.CLOSE, CuttingProxy.Cut.RESET,
			CuttingProxy.Cut.SILENCE };

	private static final byte[] PATTERN = new byte[MAX_STEP + 7919];

	static {
		new Random(1).nextBytes(PATTERN);
	}

	@TempDir
	private Path directory;

	@Test
	void arrivesUnchangedDespiteTenCuts() throws Exception {
		upload(200L * 1024 * 1024, 10);
	}

	@Test
	@Tag("long")
	void twoGibibytesArriveUnchangedDespiteTwentyCuts() throws Exception {
		upload(2L * 1024 * 1024 * 1024, 20);
	}

	private void upload(long size, int cuts) throws Exception {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		try (SampleProcess sample = new SampleProcess(this.directory);
				CuttingProxy proxy = new CuttingProxy(sample.port())) {
			Client client = new Client(proxy.port(), size);
			client.create();
			while (client.acknowledged < size) {
				int cut = proxy.cuts();
				if (cut < cuts) {
					long ahead = (size - client.acknowledged) / (cuts - cut + 1);
					proxy.cutAfter(1 + (long) (random.nextDouble() * 2 * ahead),
							(cut < cuts - 1) ? WAYS[cut % WAYS.length] : CuttingProxy.Cut.LOST_ANSWER);
				}
				client.append();
				client.ask();
			}
			assertThat(proxy.cuts()).as("cuts, seed %d", seed).isEqualTo(cuts);
			// What the buffers of four sockets hold may be lost with each.
			assertThat(client.sentAgain).as("bytes sent again, seed %d", seed).isLessThan(cuts * 32L * 1024 * 1024);
			sample.awaitLine((line) -> line.contains("is finished") && line.contains(size + " bytes (attempt 1)"));
			assertThat(sample.output()).noneMatch((line) -> line.contains(" ERROR ") || line.contains("OutOfMemory"));
			assertThat(sha256(this.directory.resolve(client.id()))).as("content, seed %d", seed)
				.isEqualTo(sha256(size));
		}
	}

	private static String sha256(long size) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		for (long at = 0; at < size; at += step(at, size)) {
			digest.update(PATTERN, (int) (at % PATTERN.length), step(at, size));
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static String sha256(Path file) throws Exception {
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
			in.transferTo(OutputStream.nullOutputStream());
		}
		return HexFormat.of().formatHex(digest.digest());
	}

	private static int step(long at, long size) {
		return (int) Math.min(Math.min(MAX_STEP, PATTERN.length - at % PATTERN.length), size - at);
	}

	/**
	 * Sends what the server does not have, and never what the server said that it has.
	 */
	private static final class Client {

		private final int port;

		private final long size;

		private String path = "";

		private long acknowledged;

		private long sent;

		private long sentAgain;

		Client(int port, long size) {
			this.port = port;
			this.size = size;
		}

		String id() {
			return this.path.substring(this.path.lastIndexOf('/') + 1);
		}

		void create() throws IOException {
			try (Socket socket = connect()) {
				write(socket, "POST /files", "Upload-Length: " + this.size, "Content-Length: 0");
				Answer answer = Answer.read(socket.getInputStream());
				assertThat(answer.status()).isEqualTo(201);
				this.path = answer.headers().get("location");
			}
		}

		void append() {
			this.sentAgain += this.sent - this.acknowledged;
			this.sent = this.acknowledged;
			try (Socket socket = connect()) {
				write(socket, "PATCH " + this.path, "Upload-Offset: " + this.acknowledged,
						"Content-Type: application/offset+octet-stream",
						"Content-Length: " + (this.size - this.acknowledged));
				OutputStream out = socket.getOutputStream();
				for (long at = this.acknowledged; at < this.size; at += step(at, this.size)) {
					this.sent = at + step(at, this.size);
					out.write(PATTERN, (int) (at % PATTERN.length), step(at, this.size));
				}
				Answer answer = Answer.read(socket.getInputStream());
				if (answer.status() == 204) {
					acknowledge(answer);
				}
				else {
					// Bytes of the cut request were still on their way when it was asked.
					assertThat(answer.status()).isIn(409, 423);
				}
			}
			catch (IOException ex) {
				// Cut: the server knows how far it came.
			}
		}

		void ask() throws IOException {
			try (Socket socket = connect()) {
				write(socket, "HEAD " + this.path);
				Answer answer = Answer.read(socket.getInputStream());
				assertThat(answer.status()).isIn(200, 423);
				if (answer.status() == 200) {
					acknowledge(answer);
				}
			}
			catch (IOException ex) {
				// Cut: asked again after the next append.
			}
		}

		private void acknowledge(Answer answer) {
			long offset = Long.parseLong(answer.headers().get("upload-offset"));
			assertThat(offset).isBetween(this.acknowledged, Math.max(this.sent, this.acknowledged));
			this.acknowledged = offset;
		}

		private Socket connect() throws IOException {
			Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
			socket.setSoTimeout(60_000);
			return socket;
		}

		private static void write(Socket socket, String target, String... headers) throws IOException {
			StringBuilder head = new StringBuilder(target)
				.append(" HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nConnection: close\r\n");
			for (String header : headers) {
				head.append(header).append("\r\n");
			}
			socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
		}

	}

	private record Answer(int status, Map<String, String> headers) {

		static Answer read(InputStream in) throws IOException {
			StringBuilder head = new StringBuilder();
			while (head.indexOf("\r\n\r\n") < 0) {
				int c = in.read();
				if (c < 0) {
					throw new IOException("No answer");
				}
				head.append((char) c);
			}
			Map<String, String> headers = new TreeMap<>();
			String[] lines = head.toString().split("\r\n");
			for (int i = 1; i < lines.length; i++) {
				int colon = lines[i].indexOf(':');
				headers.put(lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
						lines[i].substring(colon + 1).strip());
			}
			return new Answer(Integer.parseInt(lines[0].split(" ")[1]), headers);
		}

	}

}
