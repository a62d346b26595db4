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
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * tus-js-client, unchanged, in Chromium, in each of its ways to send a file.
 */
@SampleTest
@EnabledWithBrowser
class TusJsClientTests {

	private static final int SIZE = 3_000_017;

	private static final int LARGE = 100_000_000;

	private static Browser browser;

	private static PageServer pages;

	@LocalServerPort
	private int port;

	@Autowired
	private TusUploads uploads;

	@Autowired
	private TestListener listener;

	private CuttingProxy proxy;

	@BeforeAll
	static void open() throws IOException {
		browser = new Browser();
		pages = new PageServer();
	}

	@AfterAll
	static void close() {
		browser.close();
		pages.close();
	}

	@BeforeEach
	void openPage() throws IOException {
		this.proxy = new CuttingProxy(this.port);
		browser.openFresh("http://localhost:" + this.proxy.port() + "/test/client.html");
	}

	@AfterEach
	void closeProxy() throws IOException {
		browser.open("about:blank");
		this.proxy.close();
	}

	@Test
	void plainUploadIsOneCreationAndOnePatch() throws IOException {
		Map<String, Object> result = upload("plain", "{}");
		assertThat(requests(result)).containsExactly("POST 201", "PATCH 204");
		assertWhole(result);
	}

	@Test
	void chunkedUploadIsOnePatchForEachChunk() throws IOException {
		Map<String, Object> result = upload("chunked", "{ chunkSize: 1000000 }");
		assertThat(requests(result)).containsExactly("POST 201", "PATCH 204", "PATCH 204", "PATCH 204", "PATCH 204");
		assertWhole(result);
	}

	@Test
	void parallelUploadIsConcatenated() throws IOException {
		Map<String, Object> result = upload("parallel", "{ parallelUploads: 4 }");
		assertThat(requests(result)).hasSize(9).endsWith("POST 201");
		assertWhole(result);
		assertThat(this.listener.attempts("parallel")).containsExactly(1);
	}

	@Test
	void lengthMayBeDeferredToTheEnd() throws IOException {
		Map<String, Object> result = upload("deferred", "{ uploadLengthDeferred: true, chunkSize: 1000000 }");
		assertThat(requests(result)).startsWith("POST 201").hasSizeGreaterThan(3);
		assertWhole(result);
		assertThat(this.listener.attempts("deferred")).containsExactly(1);
	}

	@Test
	void dataMayComeWithTheCreation() throws IOException {
		Map<String, Object> result = upload("creation-with-upload", "{ uploadDataDuringCreation: true }");
		assertThat(requests(result)).containsExactly("POST 201");
		assertWhole(result);
	}

	@Test
	void patchMayBeSentAsPost() throws IOException {
		Map<String, Object> result = upload("override", "{ overridePatchMethod: true }");
		assertThat(requests(result)).containsExactly("POST 201", "POST 204");
		assertWhole(result);
	}

	@Test
	void abortMayTerminateTheUpload() {
		this.proxy.slowDown(1_000_000);
		Map<String, Object> result = browser.call("""
				return upload('/files', 10000000, 'aborted', { onProgress: () => {} }, (upload, resolve, requests) => {
					upload.options.onProgress = async (sent) => {
						if (sent > 500000) {
							upload.options.onProgress = () => {};
							await upload.abort(true);
							resolve({ url: upload.url, requests });
						}
					};
				});
				""");
		assertThat(requests(result)).contains("DELETE 204");
		assertThat(this.uploads.find(id(result))).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(CuttingProxy.Cut.class)
	void cutUploadGoesOn(CuttingProxy.Cut cut) throws IOException {
		this.proxy.cutAfter(1_000_000, cut);
		Map<String, Object> result = upload("cut-" + cut, "{}");
		assertWhole(result);
		assertThat(this.proxy.cuts()).isPositive();
		assertThat(this.listener.attempts("cut-" + cut)).containsExactly(1);
	}

	@ParameterizedTest
	@EnumSource(CuttingProxy.Cut.class)
	void cutParallelUploadGoesOn(CuttingProxy.Cut cut) throws IOException {
		this.proxy.cutAfter(1_000_000, cut);
		Map<String, Object> result = upload("cut-parallel-" + cut, "{ parallelUploads: 3 }");
		assertWhole(result);
		assertThat(this.proxy.cuts()).isPositive();
		assertThat(this.listener.attempts("cut-parallel-" + cut)).containsExactly(1);
	}

	@Test
	void deliveryThatFailedIsMadeAgainWhenTheClientComesBack() throws IOException {
		for (String options : List.of("{}", "{ chunkSize: 1000000 }", "{ overridePatchMethod: true }",
				"{ uploadLengthDeferred: true, chunkSize: 1000000 }")) {
			String filename = "fails-once with " + options;
			assertWhole(upload(filename, options));
			assertThat(this.listener.attempts(filename)).as(options).containsExactly(1, 2);
		}
	}

	@Test
	void refusalIsReadable() {
		Map<String, Object> result = upload("refused", "{}");
		assertThat(result).containsEntry("status", 422L).containsEntry("body", "No cats, please.");
	}

	@Nested
	class FromAnotherOrigin {

		@BeforeEach
		void openPageOfAnotherOrigin() {
			browser.open("http://localhost:" + pages.port() + "/test/client.html");
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "{ parallelUploads: 3 }", "{ uploadDataDuringCreation: true }",
				"{ overridePatchMethod: true }", "{ addRequestId: true, chunkSize: 1000000 }" })
		void uploadWorks(String options) throws IOException {
			assertWhole(uploadTo("http://localhost:" + TusJsClientTests.this.port + "/files", "cors", options));
		}

		@Test
		void errorsAreReadable() {
			Map<String, Object> result = uploadTo("http://localhost:" + TusJsClientTests.this.port + "/files",
					"refused-cors", "{}");
			assertThat(result).containsEntry("status", 422L).containsEntry("body", "No cats, please.");
			assertThat(send("PATCH", "http://localhost:" + TusJsClientTests.this.port + "/files/unknown",
					"{ 'Upload-Offset': 0, 'Content-Type': 'application/offset+octet-stream' }", 10))
				.containsEntry("status", 404L);
		}

		@Test
		void originThatIsNotNamedIsKeptOut() {
			browser.open("http://127.0.0.1:" + pages.port() + "/test/client.html");
			Map<String, Object> result = browser
				.call("return send('HEAD', 'http://localhost:%d/files/x', {})".formatted(TusJsClientTests.this.port));
			assertThat(result.get("error")).asString().contains("Failed to fetch");
		}

	}

	@Nested
	class Refusals {

		private static final String PATCH_HEADERS = "'Content-Type': 'application/offset+octet-stream', ";

		@ParameterizedTest
		@ValueSource(booleans = { false, true })
		void wrongOffsetIsReadable(boolean otherOrigin) {
			String url = create(otherOrigin, LARGE, "");
			Map<String, Object> answer = send("PATCH", url, "{ " + PATCH_HEADERS + "'Upload-Offset': '5' }", LARGE - 5);
			assertThat(answer).containsEntry("status", 409L).containsEntry("offset", "0");
		}

		@ParameterizedTest
		@ValueSource(booleans = { false, true })
		void bodyBeyondTheLengthIsReadable(boolean otherOrigin) {
			String url = create(otherOrigin, 10, "");
			assertThat(send("PATCH", url, "{ " + PATCH_HEADERS + "'Upload-Offset': '0' }", LARGE))
				.containsEntry("status", 413L);
		}

		@ParameterizedTest
		@ValueSource(booleans = { false, true })
		void creationBeyondTheMaximumIsReadable(boolean otherOrigin) {
			openOrigin(otherOrigin);
			assertThat(send("POST", endpoint(), "{ " + PATCH_HEADERS + "'Upload-Length': '200000000' }", LARGE))
				.containsEntry("status", 413L);
		}

		@ParameterizedTest
		@ValueSource(booleans = { false, true })
		void checksumMismatchIsReadable(boolean otherOrigin) {
			String url = create(otherOrigin, LARGE, "");
			assertThat(send("PATCH", url,
					"{ " + PATCH_HEADERS
							+ "'Upload-Offset': '0', 'Upload-Checksum': 'sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }",
					LARGE))
				.containsEntry("status", 460L);
			assertThat(send("HEAD", url, "{}", 0)).containsEntry("offset", "0");
		}

		@Test
		void appendToFinalUploadIsReadable() {
			String part = create(false, 1, "");
			assertThat(send("PATCH", part, "{ " + PATCH_HEADERS + "'Upload-Offset': '0' }", 1)).containsEntry("status",
					204L);
			String partial = create(false, 1, "'Upload-Concat': 'partial', ");
			String url = create(false, null, "'Upload-Concat': 'final;" + partial + "', ");
			assertThat(send("PATCH", url, "{ " + PATCH_HEADERS + "'Upload-Offset': '0' }", LARGE))
				.containsEntry("status", 403L);
		}

		private void openOrigin(boolean other) {
			if (other) {
				browser.open("http://localhost:" + pages.port() + "/test/client.html");
			}
		}

		private String endpoint() {
			return "http://localhost:" + TusJsClientTests.this.port + "/files";
		}

		private String create(boolean otherOrigin, Integer length, String headers) {
			openOrigin(otherOrigin);
			String lengthHeader = (length != null) ? "'Upload-Length': '" + length + "'" : "";
			Map<String, Object> answer = send("POST", endpoint(), "{ " + headers + lengthHeader + " }", 0);
			assertThat(answer).containsEntry("status", 201L);
			return "http://localhost:" + TusJsClientTests.this.port + answer.get("location");
		}

	}

	private Map<String, Object> upload(String filename, String options) {
		return uploadTo("/files", filename, options);
	}

	private Map<String, Object> uploadTo(String endpoint, String filename, String options) {
		return browser.call("return upload(args[0], args[1], args[2], %s)".formatted(options), endpoint, SIZE,
				filename);
	}

	private Map<String, Object> send(String method, String url, String headers, int size) {
		String body = (size != 0) ? "new Blob([new Uint8Array(" + size + ")])" : "undefined";
		return browser.call("return send(args[0], args[1], %s, %s)".formatted(headers, body), method, url);
	}

	@SuppressWarnings("unchecked")
	private static List<String> requests(Map<String, Object> result) {
		return (List<String>) result.get("requests");
	}

	private static UploadId id(Map<String, Object> result) {
		String url = String.valueOf(result.get("url"));
		return UploadId.of(url.substring(url.lastIndexOf('/') + 1));
	}

	private void assertWhole(Map<String, Object> result) throws IOException {
		assertThat(result).doesNotContainKey("error");
		Upload upload = this.uploads.find(id(result)).orElseThrow();
		assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
		byte[] content = this.uploads.open(upload.id()).getContentAsByteArray();
		assertThat(Arrays.equals(content, content(SIZE))).as("the content is the same").isTrue();
	}

	private static byte[] content(int size) {
		byte[] content = new byte[size];
		for (int i = 0; i < size; i++) {
			content[i] = (byte) (i * 31 + (i >> 8) * 7 + (i >> 16));
		}
		return content;
	}

}
