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

package io.github.tusspring.web.endpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;

/**
 * Sends the requests of a tus client, one a connection.
 */
final class TusClient {

	private final int port;

	private final List<String> headers;

	TusClient(int port, String... headers) {
		this.port = port;
		this.headers = List.of(headers);
	}

	RawResponse send(String method, String path, byte[] body, String... headers) {
		List<String> lines = new ArrayList<>();
		lines.add(method + " " + path + " HTTP/1.1");
		lines.add("Host: localhost");
		lines.addAll(this.headers);
		lines.addAll(Arrays.asList(headers));
		if (body.length > 0 || List.of("POST", "PUT", "PATCH").contains(method)) {
			lines.add("Content-Length: " + body.length);
		}
		try (RawConnection connection = RawConnection.to(this.port)) {
			return connection.request(lines.toArray(String[]::new)).send(body).read();
		}
	}

	RawResponse tus(String method, String path, byte[] body, String... headers) {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		all.add("Tus-Resumable: 1.0.0");
		return send(method, path, body, all.toArray(String[]::new));
	}

	RawResponse create(String path, long length, Map<String, String> metadata, String... headers) {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		all.add("Upload-Length: " + length);
		if (!metadata.isEmpty()) {
			all.add("Upload-Metadata: " + encode(metadata));
		}
		return tus("POST", path, new byte[0], all.toArray(String[]::new));
	}

	static String encode(Map<String, String> metadata) {
		return metadata.entrySet()
			.stream()
			.map((entry) -> entry.getKey() + " "
					+ Base64.getEncoder().encodeToString(entry.getValue().getBytes(StandardCharsets.UTF_8)))
			.collect(Collectors.joining(","));
	}

	RawResponse append(String location, long offset, byte[] body, String... headers) {
		List<String> all = new ArrayList<>(Arrays.asList(headers));
		all.add("Upload-Offset: " + offset);
		all.add("Content-Type: application/offset+octet-stream");
		return tus("PATCH", location, body, all.toArray(String[]::new));
	}

	RawResponse append(String location, long offset, String body, String... headers) {
		return append(location, offset, body.getBytes(StandardCharsets.UTF_8), headers);
	}

	RawResponse head(String location, String... headers) {
		return tus("HEAD", location, new byte[0], headers);
	}

	/**
	 * Creates an upload and sends all of it.
	 * @return the answer to the last request
	 */
	RawResponse upload(String path, String content, Map<String, String> metadata) {
		byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
		RawResponse created = create(path, bytes.length, metadata);
		if (created.status() != 201) {
			throw new IllegalStateException(created.toString());
		}
		return append(String.valueOf(created.header("Location")), 0, bytes);
	}

}
