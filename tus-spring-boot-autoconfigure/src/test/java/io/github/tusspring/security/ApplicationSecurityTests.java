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

import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.web.SignedUploadUrls;
import io.github.tusspring.web.UploadOwnerResolver;
import jakarta.servlet.DispatcherType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole applications, each of which has more of Spring Security than one chain: what an
 * upload's owner may do there, others may not. What Spring Security fails to parse, and
 * says so at length, never gets to us.
 */
class ApplicationSecurityTests {

	private static final Duration HOUR = Duration.ofHours(1);

	/**
	 * An application on a server.
	 */
	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class Application {

		/**
		 * The creation URL, as clients see it.
		 */
		private final String files;

		private TestServer server;

		Application(String files) {
			this.files = files;
		}

		abstract TestServer.Builder describe();

		/**
		 * Adds what comes with each request of a client's.
		 */
		abstract RawRequest by(Who who, RawRequest request);

		/**
		 * Returns where a path that clients see is on the server.
		 */
		String path(String seen) {
			return seen;
		}

		@BeforeAll
		void start() {
			this.server = describe().security()
				.property("tus.download.enabled", "true")
				.property("logging.level.org.apache.catalina.core", "off")
				.start();
		}

		@AfterAll
		void stop() {
			this.server.close();
		}

		<T> T bean(Class<T> type) {
			return this.server.bean(type);
		}

		RawRequest request(Who who, String method, String seen) {
			return by(who, RawRequest.of(method, this.server.uri(path(seen))));
		}

		RawResponse create(Who who, String... lines) {
			RawRequest request = request(who, "POST", this.files).with("Content-Length: 0");
			for (String line : lines) {
				request.with(line);
			}
			return request.send();
		}

		RawRequest append(Who who, String location, int offset) {
			return request(who, "PATCH", location).with("Upload-Offset: " + offset)
				.with("Content-Type: application/offset+octet-stream");
		}

		String created(RawResponse response) {
			assertThat(response.status()).as(response.toString()).isEqualTo(201);
			return response.header("Location");
		}

		String full(String... lines) {
			List<String> all = new ArrayList<>(List.of(lines));
			all.add("Upload-Length: 5");
			String location = created(create(Who.OWNER, all.toArray(String[]::new)));
			assertThat(append(Who.OWNER, location, 0).body("hello").send().status()).isEqualTo(204);
			return location;
		}

		Upload upload(String location) {
			String path = location.split("\\?")[0];
			return bean(TusUploads.class).find(UploadId.of(path.substring(path.lastIndexOf('/') + 1))).orElseThrow();
		}

		@ParameterizedTest
		@EnumSource
		void eachOperationIsItsOwners(Who who) {
			assertThat(create(who, "Upload-Length: 5").status()).as("create").isEqualTo(who.isKnown() ? 201 : 401);
			String location = created(create(Who.OWNER, "Upload-Length: 5"));
			assertThat(location).startsWith(this.files);
			assertStatus(who, 204, append(who, location, 0).body("he"));
			assertStatus(who, 200, request(who, "HEAD", location));
			assertStatus(who, 204, request(who, "DELETE", location));
			String full = full();
			assertStatus(who, 200, request(who, "GET", full).without("Tus-Resumable"));
			String part = full("Upload-Concat: partial");
			assertThat(create(who, "Upload-Concat: final;" + part).status()).as("concatenate")
				.isEqualTo((who == Who.OWNER) ? 201 : who.isKnown() ? 400 : 401);
		}

		private static void assertStatus(Who who, int success, RawRequest request) {
			RawResponse response = request.send();
			int expected = (who == Who.OWNER) ? success : who.isKnown() ? 404 : 401;
			assertThat(response.status()).as("%s: %s", request, response).isEqualTo(expected);
		}

		@Test
		void holderOfASignedUrlNeedsNothingElse() {
			String url = signed();
			String location = created(
					request(Who.NOBODY, "POST", url).with("Upload-Length: 5").with("Content-Length: 0").send());
			assertThat(location).startsWith(this.files).endsWith(url.substring(url.indexOf('?')));
			assertThat(append(Who.NOBODY, location, 0).body("hello").send().status()).isEqualTo(204);
			assertThat(request(Who.NOBODY, "HEAD", location).send().status()).isEqualTo(200);
			assertThat(request(Who.NOBODY, "HEAD", location.split("\\?")[0]).send().status()).isEqualTo(401);
			assertThat(request(Who.OWNER, "HEAD", location.split("\\?")[0]).send().status()).isEqualTo(404);
			String download = download(upload(location));
			assertThat(request(Who.NOBODY, "GET", download).without("Tus-Resumable").send().text()).isEqualTo("hello");
		}

		String signed() {
			return bean(SignedUploadUrls.class).toCreate(HOUR, (grant) -> grant);
		}

		String download(Upload upload) {
			return bean(SignedUploadUrls.class).toDownload(upload, HOUR);
		}

	}

	/**
	 * Several chains, of which each refuses what it doesn't name, below a context path
	 * and a servlet's path, with a firewall that lets nearly everything through.
	 */
	@Nested
	class SeveralChains extends Application {

		private static final String FILES = "/app/mvc/files";

		private static final String DOCUMENTS = "/app/mvc/documents";

		SeveralChains() {
			super(FILES);
		}

		@Override
		TestServer.Builder describe() {
			return TestServer.tomcat()
				.with(Users.class, ChainsConfiguration.class)
				.property("server.servlet.context-path", "/app")
				.property("spring.mvc.servlet.path", "/mvc")
				.property("tus.endpoints[0].path", "/documents")
				.property("tus.security.signing.keys", "a key that is long enough for a signature")
				.property("server.tomcat.relaxed-path-chars", "|,{,}");
		}

		@Override
		RawRequest by(Who who, RawRequest request) {
			return who.isKnown() ? request.with(basic(who.name)) : request;
		}

		@Test
		void credentialsOfOneChainAreNoneAtAnother() {
			assertThat(request(Who.OWNER, "GET", "/app/mvc/api/status").send().text()).isEqualTo("up");
			assertThat(request(Who.NOBODY, "GET", "/app/mvc/api/status").send().status()).isEqualTo(401);
			assertThat(request(Who.OWNER, "GET", "/app/mvc/api/other").send().status()).isEqualTo(403);
			RawResponse refused = request(Who.OWNER, "POST", DOCUMENTS).with("Upload-Length: 5")
				.with("Content-Length: 0")
				.send();
			assertThat(refused.status()).isEqualTo(302);
		}

		@Test
		void whoHasLoggedInUploadsToAnEndpoint() {
			String alice = login("alice");
			String location = created(
					atDocuments(alice, "POST", DOCUMENTS).with("Upload-Length: 5").with("Content-Length: 0").send());
			String bob = login("bob");
			assertThat(atDocuments(bob, "HEAD", location).send().status()).isEqualTo(404);
			assertThat(atDocuments(bob, "DELETE", location).send().status()).isEqualTo(404);
			assertThat(appendTo(atDocuments(bob, "PATCH", location)).status()).isEqualTo(404);
			assertThat(appendTo(request(Who.NOBODY, "PATCH", location)).status()).isEqualTo(302);
			RawResponse handled = appendTo(atDocuments(alice, "PATCH", location));
			assertThat(handled.status()).as(handled.toString()).isEqualTo(200);
			assertThat(handled.text()).isEqualTo("alice hello");
		}

		@Test
		void holderOfASignedUrlUploadsToAnEndpoint() {
			String url = bean(SignedUploadUrls.class).toCreate("/mvc/documents", HOUR, (grant) -> grant.owner("alice"));
			String location = created(
					request(Who.NOBODY, "POST", url).with("Upload-Length: 5").with("Content-Length: 0").send());
			assertThat(request(Who.NOBODY, "HEAD", location.split("\\?")[0]).send().status()).isEqualTo(302);
			RawResponse handled = appendTo(request(Who.NOBODY, "PATCH", location));
			assertThat(handled.status()).as(handled.toString()).isEqualTo(200);
			assertThat(handled.text()).isEqualTo("null hello");
		}

		@ParameterizedTest
		@ValueSource(strings = { "/app/mvc/files;a=b", "/app/mvc;a=b/files", "/app;a=b/mvc/files", "/%61pp/mvc/files",
				"//app/mvc/files", "/x/../app/mvc/files", "/app/mvc/%66iles", "/app/%6dvc/files",
				"/app/mvc/api/../files", "/app/mvc/api/..;/files", "/app/mvc/api/%2e%2e/files", "/app/mvc//files",
				"/app//mvc/files", "/app/mvc/./files", "/app/mvc/files//", "/app/mvc/files/.", "/app/mvc%2ffiles",
				"/app/mvc/files%2f", "/app/mvc/files%3b", "/app/mvc/files%00", "/app/mvc/files%0a", "/app/mvc/files\\",
				"/app/mvc/files%5c", "/app/mvc/FILES", "/app/mvc/files%25" })
		void noOtherWayToWriteThePathCreatesAnUpload(String path) {
			List<Upload> before = bean(TusUploads.class).list().toList();
			for (Who who : Who.values()) {
				RawResponse response = request(who, "POST", FILES).target(path)
					.with("Upload-Length: 5")
					.with("Content-Length: 0")
					.send();
				assertThat(response.status()).as("%s by %s: %s", path, who, response).isGreaterThanOrEqualTo(300);
			}
			assertThat(bean(TusUploads.class).list()).hasSameSizeAs(before);
		}

		@ParameterizedTest
		@ValueSource(strings = { "/app/mvc/files;a=b/{id}", "/app/mvc/files/{id};a=b", "/app/mvc/files/%2e/{id}",
				"/app/mvc/files/x/..;/{id}", "/app/mvc/files%2f{id}", "/app/mvc/files//{id}",
				"/app/mvc/api/status/../../files/{id}", "/app/mvc/api/status/..%2f..%2ffiles%2f{id}",
				"/app/mvc/documents/{id}", "/app/mvc/documents/..;/files/{id}", "/app/mvc/files/{id}/",
				"/app/mvc/files/{id}%2f", "/app/mvc/files/{id}/x", "/app/mvc/files/{id}.info", "/app/files/{id}" })
		void noOtherWayToWriteThePathReachesAnUpload(String path) {
			String location = created(create(Who.OWNER, "Upload-Length: 5"));
			String id = location.substring(location.lastIndexOf('/') + 1);
			for (String method : List.of("HEAD", "DELETE", "PATCH", "GET")) {
				for (Who who : Who.values()) {
					RawResponse response = append(who, location, 0).body("he").target(path.replace("{id}", id)).send();
					assertThat(response.status()).as("%s %s by %s: %s", method, path, who, response)
						.isBetween(300, 499);
				}
			}
			assertThat(request(Who.OWNER, "HEAD", location).send().header("Upload-Offset")).isEqualTo("0");
		}

		private RawRequest atDocuments(String cookie, String method, String path) {
			return request(Who.NOBODY, method, path).with("Cookie: " + cookie);
		}

		private RawResponse appendTo(RawRequest request) {
			return request.with("Upload-Offset: 0")
				.with("Content-Type: application/offset+octet-stream")
				.body("hello")
				.send();
		}

		private String login(String user) {
			RawResponse response = request(Who.NOBODY, "POST", "/app/mvc/login")
				.with("Content-Type: application/x-www-form-urlencoded")
				.body("username=" + user + "&password=secret")
				.send();
			assertThat(response.header("Location")).endsWith("/");
			return response.header("Set-Cookie").split(";")[0];
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ChainsConfiguration {

		@Bean
		@Order(1)
		SecurityFilterChain api(HttpSecurity http) throws Exception {
			return http.securityMatcher("/api/**")
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/api/status").authenticated().anyRequest().denyAll())
				.csrf((csrf) -> csrf.disable())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		@Order(2)
		SecurityFilterChain uploads(HttpSecurity http) throws Exception {
			return http.securityMatcher(TusRequest.toUploads())
				.authorizeHttpRequests((requests) -> requests.requestMatchers(TusRequest.toSignedUploads())
					.permitAll()
					.requestMatchers("/files", "/files/*")
					.authenticated()
					.anyRequest()
					.denyAll())
				.csrf((csrf) -> csrf.disable())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		@Order(3)
		SecurityFilterChain pages(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(TusRequest.toSignedUploads())
					.permitAll()
					.requestMatchers("/documents", "/documents/*")
					.authenticated()
					.dispatcherTypeMatchers(DispatcherType.ERROR)
					.permitAll()
					.anyRequest()
					.denyAll())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toEndpoints())
					.ignoringRequestMatchers((request) -> request.getRequestURI().endsWith("/login")))
				.formLogin((form) -> form.loginProcessingUrl("/mvc/login"))
				.build();
		}

		@Bean
		HttpFirewall laxFirewall() {
			StrictHttpFirewall firewall = new StrictHttpFirewall();
			firewall.setAllowSemicolon(true);
			firewall.setAllowUrlEncodedSlash(true);
			firewall.setAllowUrlEncodedDoubleSlash(true);
			firewall.setAllowUrlEncodedPercent(true);
			firewall.setAllowUrlEncodedPeriod(true);
			firewall.setAllowBackSlash(true);
			firewall.setAllowNull(true);
			firewall.setAllowUrlEncodedLineFeed(true);
			firewall.setAllowUrlEncodedCarriageReturn(true);
			firewall.setUnsafeAllowAnyHttpMethod(true);
			return firewall;
		}

		@RestController
		static class Pages {

			@GetMapping("/api/status")
			String status() {
				return "up";
			}

			@PostMapping("/documents")
			String documents(@RequestBody String body, Principal principal) {
				return ((principal != null) ? principal.getName() : null) + " " + body;
			}

		}

	}

	/**
	 * Users of several tenants, behind a proxy that takes a prefix away, with a firewall
	 * that knows fewer methods than usual.
	 */
	@Nested
	class TenantsBehindAPrefix extends Application {

		private static final String PREFIX = "/portal";

		TenantsBehindAPrefix() {
			super("https://www.example.org/portal/files");
		}

		@Override
		TestServer.Builder describe() {
			return TestServer.tomcat()
				.with(Users.class, TenantsConfiguration.class)
				.property("server.forward-headers-strategy", "framework")
				.property("tus.location", "absolute")
				.property("tus.security.signing.keys", "a key that is long enough for a signature");
		}

		@Override
		String path(String seen) {
			return seen.replace("https://www.example.org", "").replaceFirst("^" + PREFIX, "");
		}

		@Override
		RawRequest by(Who who, RawRequest request) {
			request.with("X-Forwarded-Prefix: " + PREFIX)
				.with("X-Forwarded-Proto: https")
				.with("X-Forwarded-Host: www.example.org")
				.with("X-Tenant: acme");
			return who.isKnown() ? request.with(basic(who.name)) : request;
		}

		@Override
		RawRequest request(Who who, String method, String seen) {
			return Set.of("PATCH", "DELETE").contains(method)
					? super.request(who, "POST", seen).with("X-HTTP-Method-Override: " + method)
					: super.request(who, method, seen);
		}

		@Test
		void sameUserOfAnotherTenantIsAnother() {
			String location = created(create(Who.OWNER, "Upload-Length: 5"));
			assertThat(upload(location).owner()).isEqualTo("acme/alice");
			RawRequest request = request(Who.OWNER, "HEAD", location).without("X-Tenant").with("X-Tenant: other");
			assertThat(request.send().status()).isEqualTo(404);
			assertThat(request(Who.OWNER, "HEAD", location).send().status()).isEqualTo(200);
		}

		@Test
		void prefixOfTheClientsOwnLeadsNowhere() {
			String location = created(create(Who.OWNER, "Upload-Length: 5"));
			for (String prefix : List.of("/", "//", "/..", "/portal/..", "/a;b", "https://evil.example.org", "/%2e",
					"/files", "/portal,/admin")) {
				RawResponse response = request(Who.OTHER, "HEAD", location).without("X-Forwarded-Prefix")
					.with("X-Forwarded-Prefix: " + prefix)
					.send();
				assertThat(response.status()).as(prefix).isGreaterThanOrEqualTo(400);
				response = request(Who.NOBODY, "HEAD", location).without("X-Forwarded-Prefix")
					.with("X-Forwarded-Prefix: " + prefix)
					.send();
				assertThat(response.status()).as(prefix).isGreaterThanOrEqualTo(400);
			}
		}

		@Test
		void whatTheFirewallRefusesNeverComes() {
			String location = created(create(Who.OWNER, "Upload-Length: 5"));
			RawRequest patch = super.request(Who.OWNER, "PATCH", location).with("Upload-Offset: 0")
				.with("Content-Type: application/offset+octet-stream");
			assertThat(patch.body("hello").send().status()).isEqualTo(400);
			assertThat(request(Who.OWNER, "HEAD", location).send().header("Upload-Offset")).isEqualTo("0");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TenantsConfiguration {

		@Bean
		SecurityFilterChain tenants(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(TusRequest.toSignedUploads())
					.permitAll()
					.requestMatchers("/files", "/files/*")
					.hasRole("USER")
					.dispatcherTypeMatchers(DispatcherType.ERROR)
					.permitAll()
					.anyRequest()
					.denyAll())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		HttpFirewall strictFirewall() {
			StrictHttpFirewall firewall = new StrictHttpFirewall();
			firewall.setAllowedHttpMethods(Set.of("GET", "HEAD", "POST", "OPTIONS"));
			firewall.setAllowedHostnames("www.example.org"::equals);
			return firewall;
		}

		@Bean
		UploadOwnerResolver owners() {
			return (request) -> (request.getUserPrincipal() != null)
					? request.getHeader("X-Tenant") + "/" + request.getUserPrincipal().getName() : null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Users {

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(Stream.of("alice", "bob")
				.map((name) -> User.withUsername(name).password("{noop}secret").roles("USER").build())
				.toList())::loadUserByUsername;
		}

	}

	enum Who {

		OWNER("alice"), OTHER("bob"), NOBODY(null);

		private final String name;

		Who(String name) {
			this.name = name;
		}

		boolean isKnown() {
			return this.name != null;
		}

	}

	private static String basic(String user) {
		return "Authorization: Basic " + HttpHeaders.encodeBasicAuth(user, "secret", null);
	}

}
