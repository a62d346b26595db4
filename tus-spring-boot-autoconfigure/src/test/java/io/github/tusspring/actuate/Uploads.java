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

package io.github.tusspring.actuate;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;

/**
 * A client that uploads to a server, step by step.
 */
public record Uploads(TestServer server, String path) {

	public RawRequest request(String method, String path) {
		return RawRequest.of(method, this.server.uri(path));
	}

	public String create(long length, String... lines) {
		RawRequest request = request("POST", this.path).with("Upload-Length: " + length);
		for (String line : lines) {
			request = request.with(line);
		}
		RawResponse answer = request.send();
		return URI.create(answer.header("Location")).getPath();
	}

	public static String metadata(String key, String value) {
		return "Upload-Metadata: " + key + " "
				+ Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
	}

	public RawResponse patch(String path, long offset, int length, String... lines) {
		RawRequest request = request("PATCH", path).with("Content-Type: application/offset+octet-stream")
			.with("Upload-Offset: " + offset)
			.body(new byte[length]);
		for (String line : lines) {
			request = request.with(line);
		}
		return request.send();
	}

	/**
	 * Begins to append, and leaves it at that.
	 */
	public RawConnection begin(String path, long offset, long length, int sent) {
		return RawConnection.to(this.server.port())
			.request("PATCH " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Content-Type: application/offset+octet-stream", "Upload-Offset: " + offset,
					"Content-Length: " + length)
			.send(new byte[sent]);
	}

	public RawResponse head(String path) {
		return request("HEAD", path).send();
	}

	public long offset(String path) {
		String offset = head(path).header("Upload-Offset");
		return (offset != null) ? Long.parseLong(offset) : -1;
	}

	public RawResponse get(String path) {
		return RawRequest.of("GET", this.server.uri(path)).without("Tus-Resumable").send();
	}

}
