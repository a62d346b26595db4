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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests whose path is one thing to a filter and another to the container or to Spring
 * MVC: whatever guards an application, none of them is an upload's.
 */
@ParameterizedClass
@EnumSource(Container.class)
class PlainPathTests {

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server().with(Handlers.class).property("tus.endpoints[0].path", "/documents").start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files", "/documents", "/videos" })
	void pathThatIsPlainCreatesAnUpload(String path) {
		RawResponse created = send("POST", path);
		assertThat(created.status()).isEqualTo(201);
		assertThat(send("HEAD", created.header("Location")).header("Upload-Offset")).isEqualTo("0");
	}

	@ParameterizedTest
	@CsvSource({ "/files, /%66iles", "/files, /FILES", "/files, /fil%65s/", "/documents, /doc%75ments",
			"/documents, /documents/", "/videos, /vid%65os" })
	void pathThatSecurityMayNotKnowCreatesNothing(String path, String variant) throws IOException {
		assertRefused(path, variant);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files", "/documents", "/videos" })
	void pathThatIsNotPlainCreatesNothing(String path) throws IOException {
		for (String variant : new String[] { "/" + path, "/." + path, "/x/.." + path, "/%2e" + path, "/x/%2e%2e" + path,
				path + ";a=b", "/;a=b" + path, path + ";", path + "//", path + "/.", path + "/;a", path + "%2f",
				path + "/%2e", path + "%00", path + "%5c", "/x%2f.." + path }) {
			assertRefused(path, variant);
		}
	}

	private static void assertRefused(String path, String variant) throws IOException {
		long files = count();
		RawResponse answer = send("POST", variant);
		assertThat(answer.status()).as("%s: %s", variant, answer).isBetween(400, 499);
		assertThat(answer.header("Location")).as(variant).isNull();
		assertThat(count()).as(variant).isEqualTo(files);
	}

	private static long count() throws IOException {
		try (Stream<Path> files = Files.list(server.directory())) {
			return files.count();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files", "/documents", "/videos" })
	void uploadIsReachedByItsOwnPathOnly(String path) {
		String id = send("POST", path).header("Location").substring(path.length() + 1);
		String encoded = String.format("%%%02x", (int) id.charAt(0)) + id.substring(1);
		for (String variant : new String[] { path + ";a=b/" + id, path + "/" + id + ";a=b", path + "//" + id,
				path + "/./" + id, path + "/x/../" + id, path + "/" + id + "/", path + "/" + encoded,
				path + "/%2e/" + id, path + "%2f" + id, "/" + path + "/" + id, path + "/;/" + id }) {
			RawResponse head = send("HEAD", variant);
			assertThat(head.status()).as("%s: %s", variant, head).isBetween(400, 499);
			assertThat(send("DELETE", variant).status()).as(variant).isBetween(400, 499);
		}
		assertThat(send("HEAD", path + "/" + id).status()).isEqualTo(200);
	}

	private static RawResponse send(String method, String path) {
		try (RawConnection connection = RawConnection.to(server.port())) {
			connection.request(method + " " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
					"Upload-Length: 5", "Content-Length: 0");
			return method.equals("HEAD") ? connection.readHead() : connection.read();
		}
	}

	@RestController
	static class Handlers {

		private final TusRequests tus;

		Handlers(TusRequests tus) {
			this.tus = tus;
		}

		@PostMapping("/documents")
		String document() {
			return "document";
		}

		@RequestMapping({ "/videos", "/videos/{id}" })
		void videos(HttpServletRequest request, HttpServletResponse response) {
			this.tus.handle(request, response, "/videos");
		}

	}

}
