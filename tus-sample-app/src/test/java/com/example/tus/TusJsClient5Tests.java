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
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The pre-release of tus-js-client 5, unchanged, in Chromium, where it speaks versions 5
 * and 6 of Resumable Uploads for HTTP.
 */
@ParameterizedClass
@ValueSource(strings = { "ietf-draft-03", "ietf-draft-05" })
@SampleTest
@EnabledWithBrowser
class TusJsClient5Tests {

	private static final int SIZE = 3_000_017;

	private static Browser browser;

	private static PageServer pages;

	@Parameter
	String protocol;

	@LocalServerPort
	private int port;

	@Autowired
	private TusUploads uploads;

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
		browser.openFresh("http://localhost:" + this.proxy.port() + "/test/client5.html");
	}

	@AfterEach
	void closeProxy() throws IOException {
		browser.open("about:blank");
		this.proxy.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "chunkSize: 1000000, ", "uploadDataDuringCreation: true, ",
			"uploadDataDuringCreation: true, chunkSize: 1000000, ", "uploadLengthDeferred: true, chunkSize: 1000000, ",
			"overridePatchMethod: true, " })
	void uploadWorks(String options) throws Exception {
		assertWhole(upload("/files", options));
	}

	@ParameterizedTest
	@EnumSource(CuttingProxy.Cut.class)
	void cutUploadGoesOn(CuttingProxy.Cut cut) throws Exception {
		this.proxy.cutAfter(1_000_000, cut);
		assertWhole(upload("/files", ""));
		assertThat(this.proxy.cuts()).isPositive();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "uploadDataDuringCreation: true, " })
	void uploadFromAnotherOriginWorks(String options) throws Exception {
		browser.open("http://localhost:" + pages.port() + "/test/client5.html");
		assertWhole(upload("http://localhost:" + this.port + "/files", options));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "uploadDataDuringCreation: true, " })
	void endpointsOwnAnswerComesToThePage(String options) throws Exception {
		Map<String, Object> result = upload("/documents", options);
		String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content()));
		assertThat(String.valueOf(result.get("body"))).contains(sha256);
	}

	private Map<String, Object> upload(String endpoint, String options) {
		Map<String, Object> result = browser.call("""
				const answers = [];
				const result = await upload(args[0], args[1], 'draft', { %s protocol: args[2],
					onAfterResponse: (request, response) => answers.push(response) });
				return { ...result, body: answers.at(-1)?.getBody() };
				""".formatted(options), endpoint, SIZE, this.protocol);
		assertThat(result).doesNotContainKey("error");
		return result;
	}

	private void assertWhole(Map<String, Object> result) throws IOException {
		String url = String.valueOf(result.get("url"));
		Upload upload = this.uploads.find(UploadId.of(url.substring(url.lastIndexOf('/') + 1))).orElseThrow();
		assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(upload.draft()).isEqualTo(this.protocol.equals("ietf-draft-03") ? 5 : 6);
		assertThat(Arrays.equals(this.uploads.open(upload.id()).getContentAsByteArray(), content()))
			.as("the content is the same")
			.isTrue();
	}

	private static byte[] content() {
		byte[] content = new byte[SIZE];
		for (int i = 0; i < SIZE; i++) {
			content[i] = (byte) (i * 31 + (i >> 8) * 7 + (i >> 16));
		}
		return content;
	}

}
