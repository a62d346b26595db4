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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

import io.github.tusspring.security.TusRequest;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads behind Spring Security, configured as the documentation says.
 */
class SpringSecurityTests {

	private static final String ORIGIN = "https://www.example.org";

	private static final String NOBODY = "";

	private static final TestServer server = TestServer.tomcat()
		.security()
		.property("tus.cors.allowed-origins", ORIGIN)
		.property("tus.download.enabled", "true")
		.property("tus.rufh.enabled", "true")
		.with(SecurityConfiguration.class)
		.start();

	private final HttpClient client = HttpClient.newHttpClient();

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void configurationIsTheDocumentedOne() throws IOException {
		Path source = Path.of("src/test/java/" + SpringSecurityTests.class.getName().replace('.', '/') + ".java");
		String documentation = Files.readString(Path.of("../docs/security.md"));
		String block = documentation.substring(documentation.indexOf("```java") + 7);
		String code = block.substring(0, block.indexOf("```"));
		assertThat(Files.readString(source)).containsIgnoringWhitespaces(code);
	}

	@Test
	void whenAuthenticatedThenUploadIsStoredWithItsOwner() throws Exception {
		String location = create("alice");
		assertThat(send("alice", append(location)).statusCode()).isEqualTo(204);
		UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
		assertThat(server.bean(TusUploads.class).find(id))
			.hasValueSatisfying((upload) -> assertThat(upload.owner()).isEqualTo("alice"));
		HttpResponse<String> download = send("alice", request(location).GET());
		assertThat(download.body()).isEqualTo("hello");
	}

	@Test
	void whenNotAuthenticatedThenCreationIsRefused() throws Exception {
		HttpResponse<String> response = send(NOBODY,
				request("/files").header("Upload-Length", "5").POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(401);
	}

	@Test
	void whenNotAuthenticatedThenRefusalIsReadableByPageOfNamedOrigin() throws Exception {
		HttpResponse<String> response = send(NOBODY,
				request("/files").header("Origin", ORIGIN).header("Upload-Length", "5").POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue(ORIGIN);
	}

	@Test
	void failureOfTheApplicationsSecurityIsNoDenial() throws Exception {
		HttpResponse<String> response = send("alice",
				request("/files").header("Upload-Length", "4712").POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(500);
	}

	@Test
	void preflightNeedsNoCredentials() throws Exception {
		HttpResponse<String> response = send(NOBODY,
				request("/files").header("Origin", ORIGIN)
					.header("Access-Control-Request-Method", "POST")
					.header("Access-Control-Request-Headers", "authorization,tus-resumable,upload-length")
					.method("OPTIONS", BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Access-Control-Allow-Headers"))
			.hasValueSatisfying((headers) -> assertThat(headers).containsIgnoringCase("authorization"));
	}

	@Test
	void optionsNeedsNoCredentials() throws Exception {
		HttpResponse<String> response = send(NOBODY, request("/files").method("OPTIONS", BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(204);
		assertThat(response.headers().firstValue("Tus-Version")).hasValue("1.0.0");
	}

	@Test
	void withoutTheProtocolsHeaderNothingIsChanged() throws Exception {
		HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(server.uri("/files"))
			.header("Authorization", authorization("alice"))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("a=b"))
			.build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(412);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PATCH", "DELETE", "HEAD" })
	void optionsThatNeedsNoCredentialsStandsForNothingElse(String override) throws Exception {
		String location = create("alice");
		for (String path : List.of("/files", location)) {
			HttpResponse<String> response = send(NOBODY,
					request(path).header("X-HTTP-Method-Override", override)
						.header("Upload-Length", "5")
						.header("Upload-Offset", "0")
						.header("Content-Type", "application/offset+octet-stream")
						.method("OPTIONS", BodyPublishers.ofString("hello")));
			assertThat(response.statusCode()).isEqualTo(204);
			assertThat(response.headers().firstValue("Location")).isEmpty();
			assertThat(response.headers().firstValue("Upload-Offset")).isEmpty();
		}
		assertThat(send("alice", request(location).method("HEAD", BodyPublishers.noBody())).headers()
			.firstValue("Upload-Offset")).hasValue("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "PATCH", "DELETE", "GET" })
	void uploadOfSomebodyElseDoesNotExist(String method) throws Exception {
		String location = create("alice");
		HttpRequest.Builder request = method.equals("PATCH") ? append(location)
				: request(location).method(method, BodyPublishers.noBody());
		assertThat(send("bob", request).statusCode()).isEqualTo(404);
		assertThat(send("alice", request(location).method("HEAD", BodyPublishers.noBody())).headers()
			.firstValue("Upload-Offset")).hasValue("0");
	}

	@Test
	void uploadsOfSomebodyElseCannotBeConcatenated() throws Exception {
		HttpResponse<String> partial = send("alice",
				request("/files").header("Upload-Length", "5")
					.header("Upload-Concat", "partial")
					.POST(BodyPublishers.noBody()));
		String location = partial.headers().firstValue("Location").orElseThrow();
		send("alice", append(location));
		HttpRequest.Builder concatenation = request("/files").header("Upload-Concat", "final;" + location)
			.POST(BodyPublishers.noBody());
		assertThat(send("bob", concatenation).statusCode()).isBetween(400, 404);
		assertThat(send("alice", concatenation).statusCode()).isEqualTo(201);
	}

	@ParameterizedTest
	@CsvSource({ "POST, Upload-Metadata: filename \u00c3\u009c", "POST, X-HTTP-Method-Override: \u00c3\u009c",
			"HEAD, Upload-Draft-Interop-Version: \u00c3\u009c", "GET, Range: bytes=\u00c3\u009c" })
	void headerOfCharactersThatTheFirewallRefusesIsTheClientsFault(String method, String header) throws Exception {
		String location = create("alice");
		send("alice", append(location));
		RawRequest request = RawRequest.of(method, server.uri(method.equals("POST") ? "/files" : location))
			.with("Upload-Length: 5")
			.with("Authorization: " + authorization("alice"))
			.with(header);
		assertThat((method.equals("POST") ? request : request.without("Tus-Resumable")).send().status()).isEqualTo(400);
	}

	@Test
	void draftsHeaderOfCharactersThatTheFirewallRefusesIsTheClientsFault() {
		RawResponse response = RawRequest.of("POST", server.uri("/files"))
			.without("Tus-Resumable")
			.with("Upload-Complete: ?1")
			.with("Authorization: " + authorization("alice"))
			.with("Content-Disposition: attachment; filename=\"\u00c3\u009cbersicht.pdf\"")
			.body("hello")
			.send();
		assertThat(response.status()).isEqualTo(400);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Tus-Resumable: 1.0.0", "Upload-Draft-Interop-Version: 8" })
	void interceptorThatMayNotDoWhatItWantsIsARefusal(String protocol) {
		RawResponse response = RawRequest.of("POST", server.uri("/files"))
			.without("Tus-Resumable")
			.with(protocol)
			.with("Upload-Complete: ?0")
			.with("Upload-Length: 4711")
			.with("Content-Length: 0")
			.with("Authorization: " + authorization("alice"))
			.send();
		assertThat(response.status()).isEqualTo(403);
	}

	private String create(String user) throws Exception {
		HttpResponse<String> response = send(user,
				request("/files").header("Upload-Length", "5").POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(201);
		return response.headers().firstValue("Location").orElseThrow();
	}

	private static HttpRequest.Builder append(String location) {
		return request(location).header("Upload-Offset", "0")
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", BodyPublishers.ofString("hello"));
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(server.uri(path)).header("Tus-Resumable", "1.0.0");
	}

	private HttpResponse<String> send(String user, HttpRequest.Builder request) throws Exception {
		if (!user.equals(NOBODY)) {
			request.setHeader("Authorization", authorization(user));
		}
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	private static String authorization(String user) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	static class SecurityConfiguration {

		@Bean
		SecurityFilterChain securityFilterChain(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.OPTIONS, "/files", "/files/**")
					.permitAll()
					.anyRequest()
					.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UploadInterceptor premium() {
			return (upload) -> {
				if (Objects.equals(upload.length(), 4711L)) {
					throw new AccessDeniedException("For others only");
				}
				if (Objects.equals(upload.length(), 4712L)) {
					throw new InternalAuthenticationServiceException("The directory of users is away");
				}
				return upload;
			};
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("alice").password("{noop}secret").build(),
					User.withUsername("bob").password("{noop}secret").build())::loadUserByUsername;
		}

	}

}
