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

package io.github.tusspring.test.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.util.Assert;

/**
 * Uploads to an application as a tus client does. Immutable: each change gives another
 * instance.
 */
public final class TestUploads {

	private final TestTransport transport;

	private final String prefix;

	private final String path;

	private final Map<String, String> metadata;

	private final Map<String, String> headers;

	private TestUploads(TestTransport transport, String prefix, String path, Map<String, String> metadata,
			Map<String, String> headers) {
		this.transport = transport;
		this.prefix = prefix;
		this.path = path;
		this.metadata = metadata;
		this.headers = headers;
	}

	private static TestUploads of(TestTransport transport) {
		return new TestUploads(transport, "", "/files", Map.of(), Map.of());
	}

	/**
	 * Uploads to an application for which no server runs.
	 * @param mvc the application
	 * @param processors change each request, such as {@code user("alice")} of Spring
	 * Security
	 * @return uploads to {@code /files}
	 */
	public static TestUploads of(MockMvc mvc, RequestPostProcessor... processors) {
		return of(new MockMvcTransport((request) -> mvc.perform(request).andReturn(), List.of(processors)));
	}

	/**
	 * Uploads to an application for which no server runs.
	 * @param tester the application, of which the tester's default request is not used
	 * @param processors change each request
	 * @return uploads to {@code /files}
	 */
	public static TestUploads of(MockMvcTester tester, RequestPostProcessor... processors) {
		return of(new MockMvcTransport((request) -> tester.perform(request).getMvcResult(), List.of(processors)));
	}

	/**
	 * Uploads through a client. One that is bound to a server sees all that an
	 * application does; one that is bound to {@link MockMvc} doesn't get to the handler
	 * of an endpoint that was made resumable.
	 * @param client the client
	 * @return uploads to {@code /files}
	 */
	public static TestUploads of(RestTestClient client) {
		return of(new RestTestClientTransport(client));
	}

	/**
	 * Uploads to a server.
	 * @param url gives the server's URL, such as {@code http://localhost:8080}
	 * @return uploads to {@code /files}
	 */
	public static TestUploads of(Supplier<String> url) {
		return of(new HttpTransport(url));
	}

	/**
	 * Uploads below a path that comes before all others: those of the context and of the
	 * servlet.
	 */
	TestUploads below(String prefix) {
		return new TestUploads(this.transport, prefix, this.path, this.metadata, this.headers);
	}

	/**
	 * Uploads to another path: that of an endpoint of the application's own, for one.
	 * @param path the path
	 * @return the changed uploads
	 */
	public TestUploads to(String path) {
		return new TestUploads(this.transport, this.prefix, path, this.metadata, this.headers);
	}

	/**
	 * Says something more of the uploads.
	 * @param key the key
	 * @param value the value
	 * @return the changed uploads
	 */
	public TestUploads metadata(String key, String value) {
		return new TestUploads(this.transport, this.prefix, this.path, with(this.metadata, key, value), this.headers);
	}

	/**
	 * Names the file that is uploaded.
	 * @param filename the name
	 * @return the changed uploads
	 */
	public TestUploads filename(String filename) {
		return metadata("filename", filename);
	}

	/**
	 * Sends a header with each request.
	 * @param name the name
	 * @param value the value
	 * @return the changed uploads
	 */
	public TestUploads header(String name, String value) {
		return new TestUploads(this.transport, this.prefix, this.path, this.metadata, with(this.headers, name, value));
	}

	private static Map<String, String> with(Map<String, String> map, String key, String value) {
		Map<String, String> changed = new LinkedHashMap<>(map);
		changed.put(key, value);
		return changed;
	}

	/**
	 * Uploads a text.
	 * @param content the text, in UTF-8
	 * @return the answer to the last request
	 */
	public TestUpload upload(String content) {
		return upload(content.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Uploads a content in two appends, as if the connection had been cut.
	 * @param content the content
	 * @return the answer to the last request, or to the first one that was refused
	 */
	public TestUpload upload(byte[] content) {
		TestUpload created = create(content.length);
		int half = content.length / 2;
		if (created.status() != 201 || content.length == 0) {
			return created;
		}
		if (half > 0) {
			TestUpload first = append(created, 0, Arrays.copyOfRange(content, 0, half));
			if (first.status() != 204) {
				return first;
			}
		}
		return append(created, half, Arrays.copyOfRange(content, half, content.length));
	}

	/**
	 * Creates an upload.
	 * @param length its length in bytes
	 * @return the answer
	 */
	public TestUpload create(long length) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("Upload-Length", Long.toString(length));
		if (!this.metadata.isEmpty()) {
			headers.put("Upload-Metadata",
					this.metadata.entrySet()
						.stream()
						.map((entry) -> entry.getKey() + " " + base64(entry.getValue()))
						.collect(Collectors.joining(",")));
		}
		TestTransport.Answer answer = send("POST", this.prefix + this.path, headers, new byte[0]);
		return upload(upload(null, answer).header("Location"), answer);
	}

	private static String base64(String value) {
		return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Appends to an upload.
	 * @param upload the upload, as it was created
	 * @param offset where the bytes belong
	 * @param bytes the bytes
	 * @return the answer
	 */
	public TestUpload append(TestUpload upload, long offset, byte[] bytes) {
		return send("PATCH", upload,
				Map.of("Content-Type", "application/offset+octet-stream", "Upload-Offset", Long.toString(offset)),
				bytes);
	}

	/**
	 * Looks at an upload.
	 * @param upload the upload, as it was created
	 * @return the answer
	 */
	public TestUpload inspect(TestUpload upload) {
		return send("HEAD", upload, Map.of(), new byte[0]);
	}

	/**
	 * Removes an upload.
	 * @param upload the upload, as it was created
	 * @return the answer
	 */
	public TestUpload terminate(TestUpload upload) {
		return send("DELETE", upload, Map.of(), new byte[0]);
	}

	private TestUpload send(String method, TestUpload upload, Map<String, String> headers, byte[] body) {
		String location = upload.location();
		Assert.state(location != null, () -> "No upload was created: " + upload.text());
		return upload(location, send(method, location, headers, body));
	}

	private static TestUpload upload(@Nullable String location, TestTransport.Answer answer) {
		return new TestUpload(location, answer.status(), answer.headers(), answer.body());
	}

	private TestTransport.Answer send(String method, String path, Map<String, String> headers, byte[] body) {
		Map<String, String> all = new LinkedHashMap<>(this.headers);
		all.put("Tus-Resumable", "1.0.0");
		all.putAll(headers);
		return this.transport.send(method, path, all, body);
	}

}
