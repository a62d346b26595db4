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

package io.github.tusspring.test;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * An HTTP/1.1 client that sends what it is told to, byte by byte, and reads answers as
 * they come. Never adds, repairs or retries anything.
 */
public final class RawConnection implements Closeable {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final Socket socket;

	private final InputStream input;

	private final Deque<String> methods = new ArrayDeque<>();

	private RawConnection(Socket socket) throws IOException {
		this.socket = socket;
		this.input = new BufferedInputStream(socket.getInputStream());
	}

	/**
	 * Connects to a port of this machine.
	 */
	public static RawConnection to(int port) {
		return to(port, 0);
	}

	/**
	 * Connects to a port of this machine with a receive buffer of the given size, so that
	 * what isn't read fills up soon.
	 */
	public static RawConnection to(int port, int receiveBuffer) {
		try {
			Socket socket = new Socket();
			if (receiveBuffer > 0) {
				socket.setReceiveBufferSize(receiveBuffer);
			}
			socket.setTcpNoDelay(true);
			socket.connect(new InetSocketAddress("127.0.0.1", port), (int) TIMEOUT.toMillis());
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			return new RawConnection(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Uses a connection that is there, such as one with TLS.
	 */
	public static RawConnection over(Socket socket) {
		try {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			return new RawConnection(socket);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sets how long a read waits before it fails.
	 */
	public RawConnection timeout(Duration timeout) {
		try {
			this.socket.setSoTimeout((int) timeout.toMillis());
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends the head of a request: a line for each argument, and an empty one.
	 */
	public RawConnection request(String... lines) {
		this.methods.add(lines[0].split(" ", 2)[0]);
		return send(String.join("\r\n", lines) + "\r\n\r\n");
	}

	/**
	 * Sends characters, each as one byte.
	 */
	public RawConnection send(String text) {
		return send(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	public RawConnection send(byte[] bytes) {
		return send(bytes, 0, bytes.length);
	}

	public RawConnection send(byte[] bytes, int offset, int length) {
		try {
			this.socket.getOutputStream().write(bytes, offset, length);
			this.socket.getOutputStream().flush();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends bytes as one chunk of a chunked body.
	 */
	public RawConnection chunk(byte[] bytes) {
		ByteArrayOutputStream chunk = new ByteArrayOutputStream();
		chunk.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
		chunk.writeBytes(bytes);
		chunk.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
		return send(chunk.toByteArray());
	}

	/**
	 * Ends a chunked body.
	 * @param trailers lines such as {@code Upload-Checksum: sha1 ...}
	 */
	public RawConnection lastChunk(String... trailers) {
		StringBuilder end = new StringBuilder("0\r\n");
		for (String trailer : trailers) {
			end.append(trailer).append("\r\n");
		}
		return send(end.append("\r\n").toString());
	}

	/**
	 * Reads the next answer whole. Interim answers before it are kept in it.
	 * @throws UncheckedIOException with a {@link SocketTimeoutException},
	 * {@link EOFException} or {@link SocketException} if there is none
	 */
	public RawResponse read() {
		String method = this.methods.isEmpty() ? "" : this.methods.remove();
		List<RawResponse> interim = new ArrayList<>();
		while (true) {
			RawResponse response = readOne(method, interim);
			if (response.status() >= 200 || response.status() == 101) {
				return response;
			}
			interim.add(response);
		}
	}

	/**
	 * Reads the next answer if it is an interim one such as 100.
	 */
	public RawResponse readInterim() {
		RawResponse response = readOne("HEAD", List.of());
		if (response.status() >= 200) {
			throw new IllegalStateException("Not an interim answer: " + response);
		}
		return response;
	}

	/**
	 * Reads the head of the next answer and leaves its body where it is.
	 */
	public RawResponse readHead() {
		return readOne("HEAD", List.of());
	}

	private RawResponse readOne(String method, List<RawResponse> interim) {
		try {
			String statusLine = readLine();
			String[] words = statusLine.split(" ", 3);
			if (words.length < 2 || !words[0].startsWith("HTTP/1.")) {
				throw new IOException("Not a status line: " + statusLine);
			}
			int status = Integer.parseInt(words[1]);
			List<String> headers = readLines();
			List<String> trailers = new ArrayList<>();
			RawResponse head = new RawResponse(statusLine, status, headers, new byte[0], trailers, interim);
			if (method.equals("HEAD") || status < 200 || status == 204 || status == 304) {
				return head;
			}
			byte[] body = readBody(head, trailers);
			return new RawResponse(statusLine, status, headers, body, trailers, interim);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private byte[] readBody(RawResponse head, List<String> trailers) throws IOException {
		if ("chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			int size;
			while ((size = Integer.parseInt(readLine().split(";", 2)[0].strip(), 16)) > 0) {
				body.writeBytes(readExactly(size));
				readLine();
			}
			trailers.addAll(readLines());
			return body.toByteArray();
		}
		String length = head.header("Content-Length");
		return (length != null) ? readExactly(Integer.parseInt(length)) : this.input.readAllBytes();
	}

	/**
	 * Reads so many bytes of a body.
	 */
	public byte[] readExactly(int count) {
		try {
			byte[] bytes = this.input.readNBytes(count);
			if (bytes.length < count) {
				throw new EOFException("The answer ended after " + bytes.length + " of " + count + " bytes");
			}
			return bytes;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private List<String> readLines() throws IOException {
		List<String> lines = new ArrayList<>();
		for (String line = readLine(); !line.isEmpty(); line = readLine()) {
			lines.add(line);
		}
		return lines;
	}

	private String readLine() throws IOException {
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int b;
		while ((b = this.input.read()) != '\n') {
			if (b < 0) {
				throw new EOFException("The connection was closed after '" + line + "'");
			}
			line.write(b);
		}
		String text = line.toString(StandardCharsets.ISO_8859_1);
		return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
	}

	/**
	 * Waits for the other side to close the connection, whether by FIN or by RST.
	 * @return whether it did so within the timeout without sending another byte
	 */
	public boolean isClosedByPeer() {
		try {
			return this.input.read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	/**
	 * Sends FIN: there is nothing more to come, but answers can be read.
	 */
	public RawConnection halfClose() {
		try {
			this.socket.shutdownOutput();
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends RST, as a client that crashed.
	 */
	public void reset() {
		try {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
