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

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The URLs of uploads behind a proxy, which Spring's own support for forwarded headers
 * makes right, and only where it is on.
 */
@ParameterizedClass
@EnumSource(Container.class)
class ForwardedHeadersTests {

	@Parameter
	Container container;

	private TestServer server;

	@AfterEach
	void stop() {
		this.server.close();
	}

	@Test
	void areHeardWithTheFramework() {
		start("framework");
		assertThat(location("X-Forwarded-Proto: https", "X-Forwarded-Host: example.org"))
			.startsWith("https://example.org/files/");
		assertThat(location("X-Forwarded-Proto: https,http", "X-Forwarded-Host: example.org, internal",
				"X-Forwarded-Port: 8443,80"))
			.startsWith("https://example.org:8443/files/");
		assertThat(location("X-Forwarded-Prefix: /app", "X-Forwarded-Host: example.org"))
			.startsWith("http://example.org/app/files/");
		assertThat(location("Forwarded: proto=https;host=example.org, proto=http"))
			.startsWith("https://example.org/files/");
		assertThat(create("X-Forwarded-Proto: ???", "X-Forwarded-Port: abc").status()).isIn(201, 400);
	}

	@Test
	void mayNameAnAddressOfIpVersion6() {
		start("framework");
		assertThat(location("Forwarded: proto=https;host=\"[2001:db8::1]:8443\""))
			.startsWith("https://[2001:db8::1]:8443/files/");
		assertThat(location("X-Forwarded-Host: [2001:db8::1]")).startsWith("http://[2001:db8::1]/files/");
		RawResponse created = RawRequest.of("POST", this.server.uri("/files"))
			.without("Host")
			.with("Host: [::1]:8080")
			.with("Upload-Length: 0")
			.with("Content-Length: 0")
			.send();
		assertThat(created.header("Location")).startsWith("http://[::1]:8080/files/");
	}

	@Test
	void areHeardByTheContainer() {
		start("native");
		String location = location("X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https",
				"X-Forwarded-Host: example.org");
		assertThat(location).startsWith("https://").contains("/files/");
		assertThat(create("X-Forwarded-For: 192.0.2.1, 192.0.2.2", "X-Forwarded-Proto: https,http").status())
			.isEqualTo(201);
	}

	@Test
	void areNotHeardUnlessThatIsOn() {
		start("none");
		assertThat(
				location("X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example.org", "X-Forwarded-Prefix: /evil"))
			.startsWith("http://127.0.0.1:" + this.server.port() + "/files/");
	}

	@Test
	void makeAPartialUploadsUrlThatAFinalOneTakes() {
		start("framework");
		String[] forwarded = { "X-Forwarded-Proto: https", "X-Forwarded-Host: example.org",
				"X-Forwarded-Prefix: /app" };
		String location = location("Upload-Concat: partial", forwarded[0], forwarded[1], forwarded[2]);
		RawRequest request = RawRequest.of("POST", this.server.uri("/files"))
			.with("Upload-Concat: final;" + location)
			.with("Content-Length: 0");
		for (String line : forwarded) {
			request.with(line);
		}
		assertThat(request.send().status()).isEqualTo(201);
	}

	private void start(String strategy) {
		this.server = this.container.server()
			.property("server.forward-headers-strategy", strategy)
			.property("tus.location", "absolute")
			.start();
	}

	private String location(String... headers) {
		RawResponse response = create(headers);
		assertThat(response.status()).isEqualTo(201);
		return response.header("Location");
	}

	private RawResponse create(String... headers) {
		RawRequest request = RawRequest.of("POST", this.server.uri("/files"))
			.with("Upload-Length: 0")
			.with("Content-Length: 0");
		for (String header : headers) {
			request.with(header);
		}
		return request.send();
	}

}
