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

package io.github.tusspring.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Interim answers over TLS, with HTTP/2 and HTTP/1.1, as curl sees them.
 */
class RufhTlsTests {

	@TempDir
	static Path directory;

	@BeforeAll
	static void needsCurl() {
		Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
	}

	@ParameterizedTest
	@EnumSource(Container.class)
	void uploadIsAnnouncedOverHttp2AndHttp11(Container container) throws Exception {
		try (TestServer server = container.server()
			.property("server.http2.enabled", "true")
			.property("server.ssl.key-store", keyStore().toUri().toString())
			.property("server.ssl.key-store-password", "password")
			.start()) {
			assertThat(upload(server, "--http2")).contains("< HTTP/2 104", "< location: /files/", "< HTTP/2 204",
					"< upload-complete: ?1");
			assertThat(upload(server, "--http1.1")).contains("< HTTP/1.1 104", "< Location: /files/", "< HTTP/1.1 204",
					"< Upload-Complete: ?1");
		}
	}

	private static String upload(TestServer server, String version) throws Exception {
		return run("/usr/bin/curl", "-kvs", version, "-X", "POST", "-H", "Upload-Complete: ?1", "-H",
				"Upload-Draft-Interop-Version: 9", "--data-binary", "hello",
				"https://localhost:" + server.port() + "/files");
	}

	private static Path keyStore() throws Exception {
		Path file = directory.resolve("keys.p12");
		if (Files.exists(file)) {
			return file;
		}
		run(System.getProperty("java.home") + "/bin/keytool", "-genkeypair", "-alias", "server", "-keyalg", "EC",
				"-dname", "CN=localhost", "-storetype", "PKCS12", "-storepass", "password", "-keystore",
				file.toString());
		return file;
	}

	private static String run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
