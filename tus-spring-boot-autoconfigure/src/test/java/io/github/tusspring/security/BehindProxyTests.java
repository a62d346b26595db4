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

package io.github.tusspring.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.ReverseProxy;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A hostile client before a proxy that lets it reach uploads and nothing else: it hides a
 * request in another one, or has proxy and application understand a path differently.
 */
@ParameterizedClass
@EnumSource(ReverseProxy.class)
class BehindProxyTests {

	private static final String EVE = "Authorization: Basic " + HttpHeaders.encodeBasicAuth("eve", "secret", null);

	private static final String HIDDEN = "GET /private HTTP/1.1\r\nHost: x\r\nX: ";

	private static TestServer server;

	private static ReverseProxy.Running proxy;

	@Parameter
	ReverseProxy kind;

	@BeforeParameterizedClassInvocation
	static void start(ReverseProxy kind) throws IOException {
		server = TestServer.tomcat()
			.security()
			.with(Application.class)
			.property("server.http2.enabled", "true")
			.property("tus.download.enabled", "true")
			.start();
		proxy = kind.start(server.port());
	}

	@AfterParameterizedClassInvocation
	static void stop() throws IOException {
		if (proxy != null) {
			proxy.close();
		}
		server.close();
	}

	@BeforeEach
	void reset() {
		Application.paths.clear();
		Application.handled = 0;
	}

	@Test
	void proxyLetsUploadsThroughOnly() {
		assertThat(create().status()).isEqualTo(201);
		assertThat(RawRequest.of("GET", server.uri("/private")).send().text()).isEqualTo("secret");
		assertThat(Application.handled).isOne();
		try (RawConnection connection = RawConnection.to(proxy.port())) {
			connection.request("GET /private HTTP/1.1", "Host: x");
			assertThat(connection.read().status()).isEqualTo(403);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 4|Transfer-Encoding: chunked",
			"Transfer-Encoding: chunked|Content-Length: 4", "Transfer-Encoding: xchunked|Content-Length: 4",
			"Transfer-Encoding : chunked|Content-Length: 4", "Transfer-Encoding\t: chunked|Content-Length: 4",
			"Transfer-Encoding: chunked, identity|Content-Length: 4",
			"Transfer-Encoding: identity, chunked|Content-Length: 4",
			"Transfer-Encoding: identity|Transfer-Encoding: chunked|Content-Length: 4",
			"Transfer-Encoding: chunked|Transfer-Encoding: identity|Content-Length: 4",
			"Transfer-Encoding: \"chunked\"|Content-Length: 4", "Transfer-Encoding:\u000bchunked|Content-Length: 4",
			"Transfer-Encoding: chunked\u0000|Content-Length: 4", "X-Fold: a| Transfer-Encoding: chunked",
			"Transfer-Encoding:| chunked|Content-Length: 4", "Transfer-Encoding:\n chunked|Content-Length: 4",
			"X: y\nTransfer-Encoding: chunked|Content-Length: 4", "X: y\rTransfer-Encoding: chunked|Content-Length: 4",
			"Content-Length: 4|Content-Length: 150", "Content-Length: 150|Content-Length: 4", "Content-Length: 4, 150",
			"Content-Length: +4", "Content-Length: 4 5", "Content-Length: 0x4", "Content-Length: 4_0",
			"Content-Length : 4", "Content-Length: 4|Content_Length: 150", "Content-Length: 0",
			"Content-Length: 18446744073709551620", "Content-Length: -4" })
	void noRequestIsHiddenInABody(String framing) {
		for (String body : List.of("0\r\n\r\n" + HIDDEN, "a2\r\n" + HIDDEN, "abcd" + HIDDEN)) {
			smuggle(framing, body);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "5;a=b\r\nhello\r\n0\r\n\r\n", "5;\nhello\r\n0\r\n\r\n", "5\nhello\n0\n\n",
			"5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "0005\r\nhello\r\n0\r\n\r\n",
			"0x5\r\nhello\r\n0\r\n\r\n", "-1\r\n", "fffffffffffffffff5\r\nhello\r\n0\r\n\r\n",
			"5\r\nhelloxx\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\rhello\r0\r\r", "5\r\nhello\r\n0\r\nX: y\n\r\n",
			"5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", "5\r\nhello\r\n0\r\n\n",
			"5;\u0000\r\nhello\r\n0\r\n\r\n" })
	void noRequestIsHiddenInChunks(String chunks) {
		// The hidden request is the proxy's to refuse if it sees it as one.
		smuggle("Transfer-Encoding: chunked", chunks + HIDDEN);
	}

	private void smuggle(String framing, String body) {
		List<String> lines = new ArrayList<>(List.of("POST /files HTTP/1.1", "Host: x", EVE, "Tus-Resumable: 1.0.0",
				"Upload-Length: 5", "Content-Type: application/offset+octet-stream"));
		lines.addAll(List.of(framing.split("\\|")));
		try (RawConnection connection = RawConnection.to(proxy.port()).timeout(Duration.ofMillis(300))) {
			connection.request(lines.toArray(String[]::new)).send(body);
			connection.read();
			connection.send("\r\n\r\n");
			connection.request("OPTIONS /files HTTP/1.1", "Host: x");
			connection.read();
		}
		catch (UncheckedIOException ex) {
			// Closed, or waited for more: as good.
		}
		// Whoever comes next over the proxy's connection gets an answer of its own.
		assertThat(create().status()).isEqualTo(201);
		assertThat(Application.paths).as("%s with %s", framing, body).doesNotContain("/private");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files/../private", "/files/..;/private", "/files/..;a=b/private",
			"/files/%2e%2e/private", "/files/%2E%2E;/private", "/files/..%2fprivate", "/files/%2e%2e%2fprivate",
			"/files/%252e%252e/private", "/files/..%5cprivate", "/files/..\\private", "//private", "/files//../private",
			"/files/.;/..;/private", "/files;/../private", "/files/.%00./private", "/files/..%00/private",
			"/files/..%0d%0a/private", "/files/..%3b/private", "/files/%c0%ae%c0%ae/private",
			"/files/..%ef%bc%8fprivate", "http://x/files/../private", "http://x/private", "/files/x/../../private",
			"/./private", "/files?/../private", "/files#/../private", "/files\t/../private", "/files/..;/..;/private",
			"/files/%2e./private", "/private/..;/files", "/private/../files",
			"/files/x HTTP/1.1\r\nX: y\r\n\r\nGET /private" })
	void noPathLeadsElsewhere(String target) {
		for (String method : List.of("GET", "HEAD", "POST", "DELETE")) {
			try (RawConnection connection = RawConnection.to(proxy.port()).timeout(Duration.ofMillis(300))) {
				connection.request(method + " " + target + " HTTP/1.1", "Host: x", EVE, "Tus-Resumable: 1.0.0",
						"Content-Length: 0");
				RawResponse response = connection.read();
				assertThat(response.status()).as("%s %s: %s", method, target, response).isBetween(300, 499);
				assertThat(response.text()).doesNotContain("secret");
			}
			catch (UncheckedIOException ex) {
				// Closed without an answer is as good.
			}
		}
		assertThat(Application.handled).isZero();
	}

	@Test
	void connectionCannotBeTurnedIntoATunnel() {
		try (RawConnection connection = RawConnection.to(proxy.port()).timeout(Duration.ofSeconds(1))) {
			connection.request("OPTIONS /files HTTP/1.1", "Host: x", EVE, "Connection: Upgrade, HTTP2-Settings",
					"Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA");
			assertThat(connection.read().status()).isEqualTo(204);
			connection.request("CONNECT /files HTTP/1.1", "Host: x");
			assertThat(connection.read().status()).isBetween(400, 499);
		}
		catch (UncheckedIOException ex) {
			// Closed without an answer is as good.
		}
	}

	@Test
	void nothingGetsIntoAnAnswer() {
		for (String target : List.of("/files/a%0d%0aSet-Cookie:%20stolen=1", "/files?a=%0d%0aSet-Cookie:%20stolen=1",
				"/files/a\rSet-Cookie: stolen=1")) {
			for (String header : List.of("X: y", "Origin: https://x\rSet-Cookie: stolen=1",
					"Tus-Resumable: 1.0.0\rSet-Cookie: stolen=1", "X-Forwarded-Prefix: /a%0d%0aSet-Cookie: stolen=1",
					"Upload-Metadata: a YQ==\u000b\rSet-Cookie: stolen=1")) {
				try (RawConnection connection = RawConnection.to(proxy.port()).timeout(Duration.ofMillis(300))) {
					connection.request("POST " + target + " HTTP/1.1", "Host: x", EVE, "Upload-Length: 5", header,
							"Content-Length: 0");
					assertThat(connection.read().headers("Set-Cookie")).noneMatch((value) -> value.contains("stolen"));
				}
				catch (UncheckedIOException ex) {
					// Closed without an answer is as good.
				}
			}
		}
	}

	private static RawResponse create() {
		try (RawConnection connection = RawConnection.to(proxy.port())) {
			connection.request("POST /files HTTP/1.1", "Host: x", EVE, "Tus-Resumable: 1.0.0", "Upload-Length: 5",
					"Content-Length: 0");
			return connection.read();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		/**
		 * The paths of all requests that the application takes for requests.
		 */
		static final List<String> paths = new CopyOnWriteArrayList<>();

		/**
		 * How many have come where the proxy lets nobody.
		 */
		static volatile int handled;

		@Bean
		FilterRegistrationBean<Filter> recorder() {
			FilterRegistrationBean<Filter> recorder = new FilterRegistrationBean<>((request, response, chain) -> {
				paths.add(((HttpServletRequest) request).getRequestURI());
				chain.doFilter(request, response);
			});
			recorder.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return recorder;
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/private").permitAll().anyRequest().authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("eve").password("{noop}secret").build())::loadUserByUsername;
		}

		@RestController
		static class Private {

			@GetMapping("/private")
			String page() {
				handled++;
				return "secret";
			}

		}

	}

}
