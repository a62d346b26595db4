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

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadState;
import io.tus.java.client.ProtocolException;
import io.tus.java.client.TusClient;
import io.tus.java.client.TusExecutor;
import io.tus.java.client.TusURLMemoryStore;
import io.tus.java.client.TusUpload;
import io.tus.java.client.TusUploader;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of {@code docs/clients.md}, through a network that breaks.
 */
@SampleTest
@EnabledWithBrowser
class ClientsDocumentationTests {

	private static final String PAGE = "clients.md";

	@TempDir
	private Path directory;

	@LocalServerPort
	private int port;

	@Autowired
	private TusUploads uploads;

	private CuttingProxy proxy;

	@BeforeEach
	void openProxy() throws IOException {
		this.proxy = new CuttingProxy(this.port);
	}

	@AfterEach
	void closeProxy() throws IOException {
		this.proxy.close();
	}

	@Test
	void tusJsClient() throws IOException {
		String example = Documentation.code(PAGE, "tus-js-client", "js");
		this.proxy.cutAfter(500_000, CuttingProxy.Cut.CLOSE);
		try (Browser browser = new Browser()) {
			browser.openFresh("http://localhost:" + this.proxy.port() + "/test/client.html");
			Map<String, Object> result = browser.call("""
					const file = new File([content(1000000)], 'documented.bin', { type: 'application/x-test' });
					const shown = [];
					let finished;
					const finish = new Promise((resolve) => finished = resolve);
					const show = (text) => {
						shown.push(text);
						if (!text.endsWith('%')) {
							finished();
						}
					};
					""" + example + """
					await finish;
					return { shown };
					""");
			assertThat(result.get("shown")).asInstanceOf(InstanceOfAssertFactories.LIST).endsWith("100 %", "Finished");
		}
		Upload upload = upload("documented.bin");
		assertThat(upload.metadata().filetype()).isEqualTo("application/x-test");
		assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.proxy.cuts()).isEqualTo(1);
	}

	@Test
	void tusJavaClient() throws Exception {
		String source = Files.readString(Path.of("src/test/java/com/example/tus/ClientsDocumentationTests.java"));
		assertThat(source).containsIgnoringWhitespaces(Documentation.code(PAGE, "tus-java-client", "java"));
		File file = file("documented.java.bin").toFile();
		this.proxy.cutAfter(5_000_000, CuttingProxy.Cut.CLOSE);
		upload(file, URI.create("http://localhost:" + this.proxy.port() + "/files").toURL());
		assertThat(this.proxy.cuts()).isEqualTo(1);
		assertContent(file.toPath());
	}

	private static void upload(File file, URL endpoint) throws IOException, ProtocolException {
		TusClient client = new TusClient();
		client.setUploadCreationURL(endpoint);
		client.enableResuming(new TusURLMemoryStore());
		TusUpload upload = new TusUpload(file);
		new TusExecutor() {

			@Override
			protected void makeAttempt() throws ProtocolException, IOException {
				TusUploader uploader = client.resumeOrCreateUpload(upload);
				uploader.setChunkSize(1024 * 1024);
				while (uploader.uploadChunk() > -1) {
					// The offset says how far it is.
				}
				uploader.finish();
			}

		}.makeAttempts();
	}

	@Test
	@EnabledIf("com.example.tus.Curl#isInstalled")
	void curl() throws Exception {
		Path file = file("documented video.mp4");
		String script = Documentation.code(PAGE, "curl", "shell")
			.replace("file=video.mp4", "file='" + file + "'")
			.replace("localhost:8080", "localhost:" + this.proxy.port());
		assertThat(script).contains(file.toString(), ":" + this.proxy.port());
		this.proxy.cutAfter(5_000_000, CuttingProxy.Cut.RESET);
		Path output = this.directory.resolve("output");
		Process bash = new ProcessBuilder("bash", "-c", script).redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		boolean ended = bash.waitFor(60, TimeUnit.SECONDS);
		bash.destroyForcibly();
		assertThat(ended).as(Files.readString(output)).isTrue();
		assertThat(this.proxy.cuts()).isEqualTo(1);
		assertContent(file);
	}

	private Path file(String name) throws IOException {
		byte[] content = new byte[10_000_000];
		new Random(name.hashCode()).nextBytes(content);
		return Files.write(this.directory.resolve(name), content);
	}

	private Upload upload(String filename) {
		try (Stream<Upload> all = this.uploads.list()) {
			List<Upload> found = all.filter((upload) -> filename.equals(upload.metadata().filename())).toList();
			assertThat(found).hasSize(1);
			return found.get(0);
		}
	}

	private void assertContent(Path file) throws IOException {
		Upload upload = upload(file.getFileName().toString());
		assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(this.uploads.open(upload.id()).getContentAsByteArray()).isEqualTo(Files.readAllBytes(file));
	}

}
