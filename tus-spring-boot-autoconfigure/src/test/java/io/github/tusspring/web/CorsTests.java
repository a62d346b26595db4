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

import java.util.Arrays;
import java.util.List;

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadInterceptor;
import io.github.tusspring.upload.UploadRejectedException;
import jakarta.servlet.Filter;
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
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pages of other origins: with Spring Security in front of the uploads, which asks for a
 * password and knows nothing of CORS.
 */
@ParameterizedClass
@EnumSource(Container.class)
class CorsTests {

	private static final String ORIGIN = "https://app.example.org";

	private static final String PASSWORD = "Authorization: Basic dXNlcjpzZWNyZXQ=";

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server()
			.security()
			.with(Application.class)
			.property("spring.security.user.name", "user")
			.property("spring.security.user.password", "secret")
			.property("tus.max-size", "1000")
			.property("tus.cors.allowed-origins", "https://app.example.org,https://other.example.org")
			.property("tus.cors.allowed-origin-patterns", "https://*.pages.example.org")
			.property("tus.cors.allow-credentials", "true")
			.property("tus.cors.max-age", "60")
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PATCH", "HEAD", "DELETE", "GET", "OPTIONS" })
	void aPreflightIsAnsweredBeforeSecurityAsksForAPassword(String method) {
		RawResponse response = preflight(ORIGIN, method, "/files/x");
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.headers("Access-Control-Allow-Origin")).containsExactly(ORIGIN);
		assertThat(response.header("Access-Control-Allow-Credentials")).isEqualTo("true");
		assertThat(response.header("Access-Control-Allow-Methods")).contains(method);
		assertThat(response.header("Access-Control-Max-Age")).isEqualTo("60");
		assertThat(response.header("WWW-Authenticate")).isNull();
	}

	@Test
	void aPreflightAllowsEveryHeaderThatAClientSends() {
		List<String> sent = List.of("authorization", "content-type", "tus-resumable", "upload-length", "upload-offset",
				"upload-metadata", "upload-concat", "upload-defer-length", "upload-checksum", "x-http-method-override",
				"x-requested-with", "x-request-id", "content-digest", "repr-digest");
		RawResponse response = RawRequest.of("OPTIONS", server.uri("/files"))
			.without("Tus-Resumable")
			.with("Origin: " + ORIGIN)
			.with("Access-Control-Request-Method: POST")
			.with("Access-Control-Request-Headers: " + String.join(",", sent))
			.send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(split(response.header("Access-Control-Allow-Headers").toLowerCase())).containsAll(sent);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://app.example.org", "https://other.example.org", "https://a.pages.example.org" })
	void eachOriginThatIsNamedOrMatchesIsAllowed(String origin) {
		assertThat(preflight(origin, "POST", "/files").header("Access-Control-Allow-Origin")).isEqualTo(origin);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example.org", "http://app.example.org", "https://app.example.org.evil.net",
			"null", "https://pages.example.org", "x" })
	void anotherOriginIsRefused(String origin) {
		RawResponse response = preflight(origin, "POST", "/files");
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.headers("Access-Control-Allow-Origin")).isEmpty();
		response = post("10").with("Origin: " + origin).send();
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.headers("Access-Control-Allow-Origin")).isEmpty();
		assertThat(response.header("Tus-Resumable")).isEqualTo("1.0.0");
	}

	@Test
	void aSuccessCanBeRead() {
		RawResponse created = post("10").with("Origin: " + ORIGIN).send();
		assertThat(created.status()).isEqualTo(201);
		assertReadable(created);
		String path = created.header("Location");
		assertReadable(RawRequest.of("HEAD", server.uri(path)).with(PASSWORD).with("Origin: " + ORIGIN).send());
		assertReadable(RawRequest.of("PATCH", server.uri(path))
			.with(PASSWORD)
			.with("Origin: " + ORIGIN)
			.with("Upload-Offset: 0")
			.with("Content-Type: application/offset+octet-stream")
			.body("hello")
			.send());
		assertReadable(RawRequest.of("DELETE", server.uri(path)).with(PASSWORD).with("Origin: " + ORIGIN).send());
	}

	@Test
	void everyRefusalCanBeRead() {
		assertRefused(401, post("10").without("Authorization"));
		assertRefused(403, post("10").with("Upload-Metadata: refused"));
		assertRefused(404, RawRequest.of("HEAD", server.uri("/files/unknown")).with(PASSWORD));
		assertRefused(405, RawRequest.of("PUT", server.uri("/files")).with(PASSWORD));
		assertRefused(412, post("10").without("Tus-Resumable"));
		assertRefused(413, post("1001"));
		assertRefused(400, post("x"));
	}

	@Test
	void aFailureAnywhereBehindCanBeRead() {
		assertRefused(500, post("10").with("X-Fail: throw"));
		assertRefused(500, post("10").with("X-Fail: sendError"));
		assertRefused(500, post("10").with("Upload-Metadata: broken"));
	}

	@Test
	void aRequestOfTheSameOriginIsNoBusinessOfCors() {
		RawResponse response = post("10").send();
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.headers("Access-Control-Allow-Origin")).isEmpty();
		response = post("10").with("Origin: http://127.0.0.1:" + server.port()).send();
		assertThat(response.status()).isEqualTo(201);
	}

	@Test
	void otherPathsOfTheApplicationAreLeftAlone() {
		RawResponse response = preflight(ORIGIN, "POST", "/elsewhere");
		assertThat(response.headers("Access-Control-Allow-Origin")).isEmpty();
		response = preflight(ORIGIN, "POST", "/filesystem");
		assertThat(response.headers("Access-Control-Allow-Origin")).isEmpty();
	}

	private static void assertRefused(int status, RawRequest request) {
		RawResponse response = request.with("Origin: " + ORIGIN).send();
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		assertReadable(response);
	}

	private static void assertReadable(RawResponse response) {
		assertThat(response.headers("Access-Control-Allow-Origin")).as("%s", response).containsExactly(ORIGIN);
		assertThat(response.headers("Access-Control-Allow-Credentials")).containsExactly("true");
		assertThat(split(response.header("Access-Control-Expose-Headers")))
			.containsExactlyInAnyOrderElementsOf(TusHeaders.EXPOSED);
		if (response.header("Tus-Resumable") != null) {
			// Jetty takes it out of its own answers.
			assertThat(split(String.join(",", response.headers("Vary")))).contains("Origin");
		}
	}

	private static List<String> split(String list) {
		return Arrays.stream(list.split(",")).map(String::strip).toList();
	}

	private static RawResponse preflight(String origin, String method, String path) {
		return RawRequest.of("OPTIONS", server.uri(path))
			.without("Tus-Resumable")
			.with("Origin: " + origin)
			.with("Access-Control-Request-Method: " + method)
			.with("Access-Control-Request-Headers: tus-resumable,upload-length")
			.send();
	}

	private static RawRequest post(String length) {
		return RawRequest.of("POST", server.uri("/files"))
			.with(PASSWORD)
			.with("Upload-Length: " + length)
			.with("Content-Length: 0");
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(PathPatternRequestMatcher.pathPattern("/files/**")))
				.build();
		}

		@Bean
		UploadInterceptor interceptor() {
			return (upload) -> {
				if (upload.metadata().get("refused") != null) {
					throw new UploadRejectedException(403, "Not you");
				}
				if (upload.metadata().get("broken") != null) {
					throw new IllegalStateException("broken");
				}
				return upload;
			};
		}

		@Bean
		FilterRegistrationBean<Filter> failure() {
			return new FilterRegistrationBean<>((request, response, chain) -> {
				String failure = ((jakarta.servlet.http.HttpServletRequest) request).getHeader("X-Fail");
				if ("throw".equals(failure)) {
					throw new IllegalStateException("broken");
				}
				if ("sendError".equals(failure)) {
					((jakarta.servlet.http.HttpServletResponse) response).sendError(500);
					return;
				}
				chain.doFilter(request, response);
			});
		}

	}

}
