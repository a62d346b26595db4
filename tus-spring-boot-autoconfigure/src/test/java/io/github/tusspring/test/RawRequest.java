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

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request in the making: has {@code Host} and {@code Tus-Resumable} unless they are
 * taken away, and whatever else is put in, wrong or right.
 */
public final class RawRequest {

	private final List<String> lines = new ArrayList<>();

	private final List<byte[]> chunks = new ArrayList<>();

	private final List<String> trailers = new ArrayList<>();

	private byte[] body = new byte[0];

	private boolean chunked;

	private Wire wire;

	private RawRequest(String method, URI uri) {
		this.wire = new Http1Wire(uri.getPort());
		String target = uri.getRawPath() + ((uri.getRawQuery() != null) ? "?" + uri.getRawQuery() : "");
		this.lines.add(method + " " + target + " HTTP/1.1");
		this.lines.add("Host: " + uri.getAuthority());
		this.lines.add("Tus-Resumable: 1.0.0");
	}

	public static RawRequest of(String method, URI uri) {
		return new RawRequest(method, uri);
	}

	/**
	 * Replaces the path by one that {@link URI} would not take.
	 */
	public RawRequest target(String target) {
		this.lines.set(0, this.lines.get(0).split(" ")[0] + " " + target + " HTTP/1.1");
		return this;
	}

	/**
	 * Adds a line to the head, beside any other of the same name.
	 */
	public RawRequest with(String line) {
		this.lines.add(line);
		return this;
	}

	/**
	 * Removes all lines with the header of the given name.
	 */
	public RawRequest without(String name) {
		this.lines.removeIf((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1));
		return this;
	}

	/**
	 * Sets the body, with its length.
	 */
	public RawRequest body(String body) {
		return body(body.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Sets the body, with its length.
	 */
	public RawRequest body(byte[] body) {
		this.body = body;
		return with("Content-Length: " + body.length);
	}

	/**
	 * Sends the body in chunks.
	 */
	public RawRequest chunked(String... chunks) {
		this.chunked = true;
		for (String chunk : chunks) {
			this.chunks.add(chunk.getBytes(StandardCharsets.UTF_8));
		}
		return with("Transfer-Encoding: chunked");
	}

	/**
	 * Adds a line that follows a chunked body.
	 */
	public RawRequest trailer(String line) {
		this.trailers.add(line);
		return with("Trailer: " + line.substring(0, line.indexOf(':')));
	}

	/**
	 * Chooses the way on which it is sent. Without, that is a socket of its own.
	 */
	public RawRequest over(Wire wire) {
		this.wire = wire;
		return this;
	}

	List<String> lines() {
		return this.lines;
	}

	boolean isChunked() {
		return this.chunked;
	}

	/**
	 * Returns the bits of the body, none if there is no body.
	 */
	List<byte[]> content() {
		return (this.chunked || this.body.length == 0) ? this.chunks : List.of(this.body);
	}

	/**
	 * Sends the request on the given connection.
	 */
	public RawConnection on(RawConnection connection) {
		connection.request(this.lines.toArray(String[]::new));
		if (this.chunked) {
			this.chunks.forEach(connection::chunk);
			connection.lastChunk(this.trailers.toArray(String[]::new));
		}
		else if (this.body.length > 0) {
			connection.send(this.body);
		}
		return connection;
	}

	/**
	 * Returns the request as it is sent.
	 */
	public byte[] bytes() {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		this.lines.forEach((line) -> write(bytes, line + "\r\n"));
		write(bytes, "\r\n");
		bytes.writeBytes(this.body);
		if (this.chunked) {
			this.chunks.forEach((chunk) -> {
				write(bytes, Integer.toHexString(chunk.length) + "\r\n");
				bytes.writeBytes(chunk);
				write(bytes, "\r\n");
			});
			write(bytes, "0\r\n");
			this.trailers.forEach((trailer) -> write(bytes, trailer + "\r\n"));
			write(bytes, "\r\n");
		}
		return bytes.toByteArray();
	}

	private static void write(ByteArrayOutputStream bytes, String text) {
		bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * Sends the request and reads the answer.
	 */
	public RawResponse send() {
		return this.wire.send(this);
	}

	/**
	 * Sends the head. With {@link #chunked} nothing needs to be known of the body.
	 */
	public OpenRequest open() {
		return this.wire.open(this);
	}

}
