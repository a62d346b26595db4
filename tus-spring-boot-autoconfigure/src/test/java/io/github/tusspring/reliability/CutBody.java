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

package io.github.tusspring.reliability;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import io.github.tusspring.test.RawConnection;

/**
 * A body as it is sent, with the places at which a network may cut it that are not just
 * any: within what frames the content.
 */
final class CutBody {

	private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	private final List<Integer> places = new ArrayList<>();

	private final Form form;

	private CutBody(Form form) {
		this.form = form;
		this.places.add(0);
	}

	/**
	 * Frames a content.
	 * @param largest the length of the largest chunk
	 */
	static CutBody of(Form form, byte[] content, int from, Random random, int largest) {
		CutBody body = new CutBody(form);
		int length = content.length - from;
		if (form == Form.LENGTH) {
			body.content(content, from, length);
			return body;
		}
		while (from < content.length) {
			int size = Math.min(1 + random.nextInt(largest), content.length - from);
			body.frame(Integer.toHexString(size) + form.extension + "\r\n");
			body.content(content, from, size);
			body.frame("\r\n");
			from += size;
		}
		String trailer = switch (form) {
			case TRAILER -> "X-Trailer: something\r\n";
			case CHECKSUM -> "Upload-Checksum: sha1 " + sha1(content, content.length - length) + "\r\n";
			default -> "";
		};
		body.frame("0" + form.extension + "\r\n" + trailer + "\r\n");
		return body;
	}

	private static String sha1(byte[] content, int from) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-1");
			digest.update(content, from, content.length - from);
			return Base64.getEncoder().encodeToString(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void content(byte[] content, int from, int length) {
		this.bytes.write(content, from, length);
		if (length > 1) {
			this.places.add(this.bytes.size() - length + 1);
			this.places.add(this.bytes.size() - 1);
		}
		this.places.add(this.bytes.size());
	}

	private void frame(String text) {
		for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
			this.bytes.write(b);
			this.places.add(this.bytes.size());
		}
	}

	/**
	 * Returns the lines of the request's head that tell of the body.
	 */
	List<String> headers() {
		return switch (this.form) {
			case LENGTH -> List.of("Content-Length: " + this.bytes.size());
			case CHUNKED, EXTENDED -> List.of("Transfer-Encoding: chunked");
			case TRAILER -> List.of("Transfer-Encoding: chunked", "Trailer: X-Trailer");
			case CHECKSUM -> List.of("Transfer-Encoding: chunked", "Trailer: Upload-Checksum");
		};
	}

	/**
	 * Returns the bytes.
	 */
	byte[] bytes() {
		return this.bytes.toByteArray();
	}

	/**
	 * Returns the places of interest, in order.
	 */
	List<Integer> places() {
		return this.places;
	}

	/**
	 * Sends bytes in pieces.
	 * @param places where they are cut, in order
	 */
	static void send(RawConnection connection, byte[] bytes, List<Integer> places, Pause pause) {
		int from = 0;
		for (int place : places) {
			if (place > from && place < bytes.length) {
				connection.send(bytes, from, place - from);
				from = place;
				pause.run();
			}
		}
		connection.send(bytes, from, bytes.length - from);
	}

	/**
	 * How a body is framed.
	 */
	enum Form {

		LENGTH(""), CHUNKED(""), EXTENDED(";name=\"value\""), TRAILER(""), CHECKSUM("");

		private final String extension;

		Form(String extension) {
			this.extension = extension;
		}

	}

	/**
	 * What a client does between two pieces.
	 */
	enum Pause {

		NONE, YIELD, MILLISECOND;

		private void run() {
			if (this == YIELD) {
				Thread.yield();
			}
			else if (this == MILLISECOND) {
				try {
					Thread.sleep(1);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}
		}

	}

}
