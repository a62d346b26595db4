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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uppy's Dashboard in Chromium.
 */
@SampleTest
@EnabledWithBrowser
class UppyTests {

	private static final String FILE_INPUT = ".uppy-Dashboard-input:not([webkitdirectory])";

	private static Browser browser;

	private static PageServer pages;

	@TempDir
	private Path files;

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
	void openProxy() throws IOException {
		this.proxy = new CuttingProxy(this.port);
	}

	@AfterEach
	void closeProxy() throws IOException {
		browser.open("about:blank");
		this.proxy.close();
	}

	@Test
	void filesOfTheDashboardAreUploaded() throws IOException {
		openPage(this.port, this.port);
		Path first = file("uppy-1.bin");
		Path second = file("uppy-2.bin");
		upload("2 successful, 0 failed", first, second);
		assertWhole(first);
		assertWhole(second);
	}

	@Test
	void pageMayBeOfAnotherOrigin() throws IOException {
		openPage(pages.port(), this.port);
		Path file = file("uppy-other-origin.bin");
		upload("1 successful, 0 failed", file);
		assertWhole(file);
	}

	@Test
	void cutUploadGoesOn() throws IOException {
		openPage(pages.port(), this.proxy.port());
		this.proxy.cutAfter(1_000_000, CuttingProxy.Cut.RESET);
		Path file = file("uppy-cut.bin");
		upload("1 successful, 0 failed", file);
		assertThat(this.proxy.cuts()).isEqualTo(1);
		assertWhole(file);
	}

	@Test
	void refusalIsShown() throws IOException {
		openPage(this.port, this.port);
		upload("0 successful, 1 failed", file("refused-by-uppy.bin"));
		assertThat(this.listener.attempts("refused-by-uppy.bin")).containsExactly(1);
	}

	@Test
	void removedFileIsTerminated() throws IOException {
		openPage(this.port, this.proxy.port());
		this.proxy.slowDown(200_000);
		browser.choose(FILE_INPUT, file("uppy-cancelled.bin"));
		browser.awaitText(".uppy-StatusBar-actionBtn--upload", (text) -> text.contains("Upload 1 file"));
		browser.click(".uppy-StatusBar-actionBtn--upload");
		browser.awaitText(".uppy-StatusBar", (text) -> text.contains("Uploading: ") && !text.contains("Uploading: 0%"));
		browser.click(".uppy-Dashboard-Item-action--remove");
		Awaitility.await().until(() -> named("uppy-cancelled.bin").isEmpty());
		assertThat(this.listener.attempts("uppy-cancelled.bin")).isEmpty();
	}

	private void openPage(int pagePort, int port) {
		browser
			.openFresh("http://localhost:" + pagePort + "/test/uppy.html?endpoint=http://localhost:" + port + "/files");
		browser.awaitText("#dashboard", (text) -> text.contains("Drop files here"));
	}

	private void upload(String result, Path... files) {
		browser.choose(FILE_INPUT, files);
		browser.awaitText(".uppy-StatusBar-actionBtn--upload", (text) -> text.startsWith("Upload " + files.length));
		browser.click(".uppy-StatusBar-actionBtn--upload");
		browser.awaitText("#result", result::equals);
	}

	private Path file(String name) throws IOException {
		byte[] content = new byte[3_000_000];
		new Random(name.hashCode()).nextBytes(content);
		return Files.write(this.files.resolve(name), content);
	}

	private List<Upload> named(String filename) {
		try (Stream<Upload> all = this.uploads.list()) {
			return all.filter((upload) -> filename.equals(upload.metadata().filename())).toList();
		}
	}

	private void assertWhole(Path file) throws IOException {
		Upload upload = named(file.getFileName().toString()).get(0);
		assertThat(upload.metadata().filetype()).isEqualTo("application/octet-stream");
		assertThat(this.uploads.open(upload.id()).getContentAsByteArray()).isEqualTo(Files.readAllBytes(file));
	}

}
