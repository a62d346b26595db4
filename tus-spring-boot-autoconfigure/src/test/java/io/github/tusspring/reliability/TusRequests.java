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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The requests of a tus client on raw connections, one connection for each.
 */
final class TusRequests {

	private final int port;

	TusRequests(int port) {
		this.port = port;
	}

	RawConnection connect() {
		return RawConnection.to(this.port);
	}

	/**
	 * Creates an upload and returns its path.
	 */
	String create(long length, String... headers) {
		List<String> all = new ArrayList<>(List.of(headers));
		all.add("Upload-Length: " + length);
		RawResponse response = post(all.toArray(String[]::new));
		assertThat(response.status()).as(response.toString()).isEqualTo(201);
		return response.header("Location");
	}

	RawResponse post(String... headers) {
		return exchange("POST /files", headers, new byte[0]);
	}

	RawResponse post(byte[] body, String... headers) {
		return exchange("POST /files", headers, body);
	}

	RawResponse head(String path) {
		return exchange("HEAD " + path, new String[0], null);
	}

	long offset(String path) {
		RawResponse response = head(path);
		assertThat(response.status()).as(response.toString()).isEqualTo(200);
		return Long.parseLong(response.header("Upload-Offset"));
	}

	RawResponse delete(String path) {
		return exchange("DELETE " + path, new String[0], null);
	}

	RawResponse options(String path) {
		return exchange("OPTIONS " + path, new String[0], null);
	}

	RawResponse patch(String path, long offset, byte[] body, String... headers) {
		List<String> all = new ArrayList<>(List.of(headers));
		all.add("Upload-Offset: " + offset);
		return exchange("PATCH " + path, all.toArray(String[]::new), body);
	}

	/**
	 * Begins an append whose body is for the caller to send.
	 */
	RawConnection openPatch(String path, long offset, long contentLength) {
		return connect().request(lines("PATCH " + path, contentLength, "Upload-Offset: " + offset));
	}

	RawResponse exchange(String request, String[] headers, byte[] body) {
		try (RawConnection connection = connect().timeout(Duration.ofSeconds(60))) {
			connection.request(lines(request, (body != null) ? body.length : -1, headers));
			if (body != null) {
				connection.send(body);
			}
			return connection.read();
		}
	}

	static String[] lines(String request, long contentLength, String... headers) {
		List<String> lines = new ArrayList<>();
		lines.add(request + " HTTP/1.1");
		lines.add("Host: localhost");
		lines.add("Tus-Resumable: 1.0.0");
		if (contentLength >= 0) {
			lines.add("Content-Type: application/offset+octet-stream");
			lines.add("Content-Length: " + contentLength);
		}
		lines.addAll(List.of(headers));
		return lines.toArray(String[]::new);
	}

}
