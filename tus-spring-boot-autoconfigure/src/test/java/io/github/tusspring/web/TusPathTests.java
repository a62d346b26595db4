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

import java.net.URI;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where an upload's URL leads below a context path and a servlet's path.
 */
class TusPathTests {

	@ParameterizedTest
	@CsvSource({ "'', /, /up/loads, relative", "/ctx, /, /files, absolute", "'', /api, /files, absolute",
			"/ctx, /api, /up/loads, relative" })
	void locationLeadsToTheUpload(String contextPath, String servletPath, String path, String location) {
		try (TestServer server = TestServer.tomcat()
			.property("server.servlet.context-path", contextPath)
			.property("spring.mvc.servlet.path", servletPath)
			.property("tus.path", path)
			.property("tus.location", location)
			.start()) {
			URI creation = server.uri(contextPath + (servletPath.equals("/") ? "" : servletPath) + path);
			RawResponse created = RawRequest.of("POST", creation).with("Upload-Length: 5").send();
			assertThat(created.status()).isEqualTo(201);
			URI upload = creation.resolve(created.header("Location"));
			assertThat(upload.toString()).startsWith(creation + "/");
			assertThat(RawRequest.of("HEAD", upload).send().status()).isEqualTo(200);
		}
	}

}
