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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadEvents;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.web.SignedUploadUrls;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * URLs that are good without any other credentials.
 */
class SignedUrlTests {

	private static final String NEW_KEY = "the key that signs since yesterday, long enough";

	private static final String OLD_KEY = "the key that signed before, and is still accepted";

	private static final Duration HOUR = Duration.ofHours(1);

	private static final TestServer server = TestServer.tomcat()
		.security()
		.with(Application.class)
		.property("tus.download.enabled", "true")
		.property("tus.endpoints[0].path", "/documents")
		.property("tus.endpoints[1].path", "/blocking")
		.property("tus.endpoints[2].path", "/imports")
		.property("tus.progress.enabled", "true")
		.property("tus.security.signing.keys[0]", NEW_KEY)
		.property("tus.security.signing.keys[1]", OLD_KEY)
		.start();

	private final SignedUploadUrls urls = server.bean(SignedUploadUrls.class);

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void holderCreatesAndFillsOneUpload() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant.maxSize(10).filetypes("image/*").owner("alice"));
		RawResponse created = create(url, "Upload-Length: 10", "Upload-Metadata: filetype " + base64("image/png"));
		assertThat(created.status()).as(created.toString()).isEqualTo(201);
		String location = created.header("Location");
		assertThat(location).contains("?").endsWith(url.substring(url.indexOf('?')));
		assertThat(append(location, 0, "01234").status()).isEqualTo(204);
		assertThat(send("HEAD", location).header("Upload-Offset")).isEqualTo("5");
		assertThat(append(location, 5, "56789").status()).isEqualTo(204);
		assertThat(upload(location).owner()).isEqualTo("alice");
		// One, not two.
		assertThat(create(url, "Upload-Length: 10", "Upload-Metadata: filetype " + base64("image/png")).status())
			.isEqualTo(409);
	}

	@Test
	void ownerGoesOnWithOtherCredentials() {
		String location = create(this.urls.toCreate(HOUR, (grant) -> grant.owner("alice")), "Upload-Length: 5")
			.header("Location");
		String bare = location.substring(0, location.indexOf('?'));
		assertThat(RawRequest.of("HEAD", server.uri(bare)).with(basic("alice")).send().status()).isEqualTo(200);
		assertThat(RawRequest.of("HEAD", server.uri(bare)).with(basic("bob")).send().status()).isEqualTo(404);
		assertThat(send("HEAD", bare).status()).isEqualTo(401);
	}

	@Test
	void uploadOfNobodysIsReachedByItsUrlOnly() {
		String location = create(this.urls.toCreate(HOUR, (grant) -> grant), "Upload-Length: 5").header("Location");
		String bare = location.substring(0, location.indexOf('?'));
		assertThat(RawRequest.of("HEAD", server.uri(bare)).with(basic("alice")).send().status()).isEqualTo(404);
		assertThat(send("DELETE", location).status()).isEqualTo(204);
	}

	@Test
	void holderRemovesNoFullUploadToFillAnother() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		String location = create(url, "Upload-Length: 5").header("Location");
		assertThat(append(location, 0, "01234").status()).isEqualTo(204);
		assertThat(send("DELETE", location).status()).isEqualTo(403);
		assertThat(create(url, "Upload-Length: 5").status()).isEqualTo(409);
	}

	@Test
	void isNotGoodForLongerThanItsUploadIsRemembered() {
		this.urls.toCreate(Duration.ofHours(24), (grant) -> grant);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.urls.toCreate(Duration.ofHours(25), (grant) -> grant))
			.withMessageContaining("tus.expiration.after");
	}

	@Test
	void whenUploadWasTakenThenItsUrlIsUsedUp(@TempDir Path directory) throws IOException {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		String location = create(url, "Upload-Length: 5").header("Location");
		append(location, 0, "hello");
		server.bean(TusUploads.class).moveTo(upload(location).id(), directory);
		server.bean(UploadCleaner.class).clean();
		assertThat(create(url, "Upload-Length: 5").status()).isEqualTo(409);
	}

	@Test
	void whenUploadWasRemovedByItsHolderThenItsUrlIsUsedUp() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		String location = create(url, "Upload-Length: 5").header("Location");
		assertThat(send("DELETE", location).status()).isEqualTo(204);
		assertThat(create(url, "Upload-Length: 5").status()).isEqualTo(409);
	}

	@Test
	void whenUploadWasDeletedByTheApplicationThenItsUrlIsUsedUp() throws IOException {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		String location = create(url, "Upload-Length: 5").header("Location");
		append(location, 0, "hello");
		// As the cleaner does with one that is over.
		server.bean(TusUploads.class).delete(upload(location).id());
		server.bean(UploadCleaner.class).clean();
		assertThat(create(url, "Upload-Length: 5").status()).isEqualTo(409);
	}

	@Test
	void whenUploadHasExpiredThenItsUrlIsUsedUp() throws IOException {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		UploadId id = upload(create(url, "Upload-Length: 5").header("Location")).id();
		new UploadCleaner(server.bean(UploadStorage.class), server.bean(UploadLocker.class),
				server.bean(ExpirationPolicy.class), server.bean(UploadEvents.class),
				Clock.offset(Clock.systemUTC(), Duration.ofDays(2)))
			.clean();
		assertThat(server.bean(TusUploads.class).find(id)).isEmpty();
		assertThat(create(url, "Upload-Length: 5").status()).isEqualTo(409);
	}

	@Test
	void whenNoUploadWasCreatedThenItsUrlIsStillGood() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		RawResponse refused = RawRequest.of("POST", server.uri("/files"))
			.target(url)
			.with("Upload-Length: 5")
			.with("Content-Type: application/offset+octet-stream")
			.with("Upload-Checksum: sha1 " + base64("not that of the body"))
			.body("hello")
			.send();
		assertThat(refused.status()).isEqualTo(460);
		assertThat(create(url, "Upload-Length: 5").status()).isEqualTo(201);
	}

	@Test
	void whenDraftsUploadWasRemovedThenItsUrlIsUsedUp() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant);
		String location = createDraft(url).header("Location");
		assertThat(RawRequest.of("DELETE", server.uri(location))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 8")
			.send()
			.status()).isEqualTo(204);
		assertThat(createDraft(url).status()).isEqualTo(409);
	}

	private static RawResponse createDraft(String url) {
		return RawRequest.of("POST", server.uri("/files"))
			.target(url)
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 8")
			.with("Upload-Complete: ?0")
			.body("he")
			.send();
	}

	@Test
	void termsAreKept() {
		String small = this.urls.toCreate(HOUR, (grant) -> grant.maxSize(10));
		RawResponse tooLong = create(small, "Upload-Length: 11");
		assertThat(tooLong.status()).isEqualTo(413);
		assertThat(tooLong.text()).contains("10 bytes");
		assertThat(create(small, "Upload-Defer-Length: 1").status()).isEqualTo(400);
		assertThat(create(small, "Upload-Length: 5", "Upload-Concat: partial").status()).isEqualTo(403);
		String image = this.urls.toCreate(HOUR, (grant) -> grant.filetypes("image/*"));
		assertThat(create(image, "Upload-Length: 5", "Upload-Metadata: filetype " + base64("text/html")).status())
			.isEqualTo(415);
		assertThat(create(image, "Upload-Length: 5").status()).isEqualTo(415);
	}

	@Test
	void whenTimeIsOverThenNothingIsGranted() {
		SignedUploadUrls yesterday = urls(OLD_KEY, Instant.now().minusSeconds(7200));
		assertThat(create(yesterday.toCreate(HOUR, (grant) -> grant), "Upload-Length: 5").status()).isEqualTo(401);
		RawResponse refused = RawRequest
			.of("POST", server.uri(yesterday.toCreate(HOUR, (grant) -> grant.owner("alice"))))
			.with(basic("alice"))
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send();
		assertThat(refused.status()).isEqualTo(403);
		assertThat(refused.text()).isEqualTo("The URL has expired");
	}

	@Test
	void whenKeyIsStillKnownThenItsSignatureIsGood() {
		assertThat(create(urls(OLD_KEY, Instant.now()).toCreate(HOUR, (grant) -> grant), "Upload-Length: 5").status())
			.isEqualTo(201);
		assertThat(create(urls("another key that nobody has ever heard of", Instant.now()).toCreate(HOUR,
				(grant) -> grant.owner("alice")), "Upload-Length: 5")
			.status()).isEqualTo(401);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", ".", "x.y", "%2e", "Q1JFQVRF.AAAA", "%00.%00" })
	void whatIsNoSignatureIsNone(String value) {
		assertThat(create("/files?tus-grant=" + value, "Upload-Length: 5").status()).isEqualTo(401);
		assertThat(RawRequest.of("POST", server.uri("/files"))
			.target("/files?tus-grant=" + value)
			.with(basic("alice"))
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send()
			.status()).isEqualTo(403);
	}

	@Test
	void everyChangeBreaksTheSignature() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant.maxSize(10));
		String value = url.substring(url.indexOf('=') + 1);
		for (int i = 0; i < value.length() - 1; i += 7) {
			char changed = (value.charAt(i) == 'A') ? 'B' : 'A';
			String forged = value.substring(0, i) + changed + value.substring(i + 1);
			assertThat(create("/files?tus-grant=" + forged, "Upload-Length: 5").status()).as("character %d", i)
				.isEqualTo(401);
		}
	}

	@Test
	void isGoodAtItsOwnPathAndUploadOnly() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant.owner("alice"));
		String query = url.substring(url.indexOf('?'));
		assertThat(create("/documents" + query, "Upload-Length: 5").status()).isEqualTo(401);
		String other = RawRequest.of("POST", server.uri("/files"))
			.with(basic("alice"))
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send()
			.header("Location");
		assertThat(send("HEAD", other + query).status()).isEqualTo(401);
		assertThat(RawRequest.of("HEAD", server.uri(other + query)).with(basic("alice")).send().status())
			.isEqualTo(404);
		assertThat(append(other + query, 0, "hello").status()).isEqualTo(401);
	}

	@Test
	void isGoodAtNoPathWithWhichItsOwnBegins() {
		SignedUploadUrls urls = urls(NEW_KEY, Instant.now());
		String url = urls.toCreate("/videos", HOUR, (grant) -> grant);
		String[] value = url.substring(url.indexOf('=') + 1).split("\\.");
		String moved = Base64.getUrlEncoder()
			.withoutPadding()
			.encodeToString(("eos" + new String(Base64.getUrlDecoder().decode(value[0]))).getBytes());
		assertThat(urls.isSigned(request("POST", "/videos", value[0] + "." + value[1]))).isTrue();
		assertThat(urls.isSigned(request("POST", "/vid", moved + "." + value[1]))).isFalse();
	}

	@Test
	void isNotGoodAtTheMomentOfItsEnd() {
		Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
		String url = urls(NEW_KEY, now).toCreate(HOUR, (grant) -> grant);
		String value = url.substring(url.indexOf('=') + 1);
		assertThat(urls(NEW_KEY, now.plusSeconds(3599)).isSigned(request("POST", "/files", value))).isTrue();
		assertThat(urls(NEW_KEY, now.plusSeconds(3600)).isSigned(request("POST", "/files", value))).isFalse();
	}

	@Test
	void whoFollowsAnUploadOnlyReads() {
		UploadId id = upload(create(this.urls.toCreate(HOUR, (grant) -> grant), "Upload-Length: 5").header("Location"))
			.id();
		String url = this.urls.toDownload(server.bean(TusUploads.class).find(id).orElseThrow(), HOUR);
		String path = url.substring(0, url.indexOf('?')) + "/events";
		String value = url.substring(url.indexOf('=') + 1);
		assertThat(this.urls.isSignedToFollow(request("GET", path, value))).isTrue();
		assertThat(this.urls.isSignedToFollow(request("POST", path, value))).isFalse();
	}

	private static HttpServletRequest request(String method, String path, String value) {
		MockHttpServletRequest request = new MockHttpServletRequest(method, path);
		request.setQueryString(SignedUploadUrls.PARAMETER + "=" + value);
		return request;
	}

	@Test
	void downloadIsGrantedAndNothingElse() {
		String url = this.urls.toCreate(HOUR, (grant) -> grant.owner("alice"));
		String location = create(url, "Upload-Length: 5").header("Location");
		append(location, 0, "hello");
		assertThat(get(location).status()).isEqualTo(403);
		String download = this.urls.toDownload(upload(location), HOUR);
		RawResponse content = get(download);
		assertThat(content.status()).as(content.toString()).isEqualTo(200);
		assertThat(content.text()).isEqualTo("hello");
		assertThat(send("DELETE", download).status()).isEqualTo(403);
		assertThat(create("/files" + download.substring(download.indexOf('?')), "Upload-Length: 5").status())
			.isEqualTo(401);
	}

	@Test
	void endpointHasItsOwn() {
		String url = this.urls.toCreate("/documents", HOUR, (grant) -> grant.owner("alice"));
		RawResponse created = create(url, "Upload-Length: 5");
		assertThat(created.status()).as(created.toString()).isEqualTo(201);
		assertThat(append(created.header("Location"), 0, "he").status()).isEqualTo(204);
		RawResponse handled = append(created.header("Location"), 2, "llo");
		assertThat(handled.status()).as(handled.toString()).isEqualTo(200);
		assertThat(handled.text()).isEqualTo("hello");
		// It is for an upload, not for a request to the handler itself.
		assertThat(RawRequest.of("POST", server.uri(url))
			.without("Tus-Resumable")
			.with("Content-Type: text/plain")
			.body("hello")
			.send()
			.status()).isIn(401, 403);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DELETE", "PATCH", "HEAD", "POST" })
	void applicationsOwnHandlersAreNeverReachedByIt(String method) {
		String url = this.urls.toCreate("/documents", HOUR, (grant) -> grant);
		String location = create(url, "Upload-Length: 5").header("Location");
		Application.Documents.reached.set(0);
		RawRequest request = RawRequest.of(method, server.uri(location))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Content-Type: application/partial-upload")
			.with("Content-Length: 0");
		if (method.equals("POST")) {
			request.with("X-HTTP-Method-Override: DELETE");
		}
		assertThat(request.send().status()).isEqualTo(404);
		assertThat(Application.Documents.reached).hasValue(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files", "/documents" })
	void holderFollowsItsUploadAndNoOther(String endpoint) {
		String location = create(this.urls.toCreate(endpoint, HOUR, (grant) -> grant), "Upload-Length: 5")
			.header("Location");
		int query = location.indexOf('?');
		append(location, 0, "hello");
		assertThat(get(location.substring(0, query) + "/events" + location.substring(query)).text())
			.contains("event: completed");
		assertThat(get(location.substring(0, query) + "/events").status()).isEqualTo(401);
		assertThat(get(endpoint + "/another/events" + location.substring(query)).status()).isEqualTo(401);
		assertThat(send("POST", location.substring(0, query) + "/events" + location.substring(query)).status())
			.isEqualTo(401);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/drop", "/imports" })
	void nobodyFollowsWhatTheApplicationHasThere(String path) {
		String url = this.urls.toCreate(path, HOUR, (grant) -> grant);
		String query = url.substring(url.indexOf('?'));
		String text = query.substring(query.indexOf('=') + 1, query.indexOf('.'));
		String id = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split("&")[1];
		assertThat(get(path + "/" + id + "/events" + query).status()).isEqualTo(401);
	}

	@Test
	void whenTimeIsOverBeforeTheLastRequestIsThenItsUploadIsDelivered() {
		Instant end = Instant.now().plusSeconds(2).truncatedTo(ChronoUnit.SECONDS);
		String url = urls(NEW_KEY, end).toCreate("/documents", Duration.ZERO, (grant) -> grant);
		String location = create(url, "Upload-Length: 5").header("Location");
		try (RawConnection connection = RawConnection.to(server.port())) {
			connection
				.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 5")
				.send("hell");
			await().until(() -> Instant.now().isAfter(end));
			RawResponse handled = connection.send("o").read();
			assertThat(handled.status()).as(handled.toString()).isEqualTo(200);
			assertThat(handled.text()).isEqualTo("hello");
		}
		assertThat(append(location, 5, "").status()).as("another request").isEqualTo(401);
	}

	@Test
	void whenFilterKnowsNoAsynchronousRequestsThenTheUploadIsDelivered() {
		String url = this.urls.toCreate("/blocking", HOUR, (grant) -> grant);
		RawResponse handled = append(create(url, "Upload-Length: 5").header("Location"), 0, "hello");
		assertThat(handled.status()).as(handled.toString()).isEqualTo(200);
		assertThat(handled.text()).isEqualTo("hello");
	}

	private static RawResponse get(String path) {
		return RawRequest.of("GET", server.uri(path)).without("Tus-Resumable").send();
	}

	private static SignedUploadUrls urls(String key, Instant now) {
		return new SignedUploadUrls(List.of(key), "", "/files", UploadIdGenerator.random(),
				Clock.fixed(now, ZoneOffset.UTC), HOUR);
	}

	private static RawResponse create(String url, String... lines) {
		RawRequest request = RawRequest.of("POST", server.uri("/files")).target(url);
		for (String line : lines) {
			request.with(line);
		}
		return request.with("Content-Length: 0").send();
	}

	private static RawResponse send(String method, String path) {
		return RawRequest.of(method, server.uri(path)).send();
	}

	private static RawResponse append(String location, long offset, String bytes) {
		return RawRequest.of("PATCH", server.uri(location))
			.with("Upload-Offset: " + offset)
			.with("Content-Type: application/offset+octet-stream")
			.body(bytes)
			.send();
	}

	private static Upload upload(String location) {
		String path = location.substring(0, location.indexOf('?'));
		return server.bean(TusUploads.class).find(UploadId.of(path.substring(path.lastIndexOf('/') + 1))).orElseThrow();
	}

	private static String basic(String user) {
		return "Authorization: Basic " + base64(user + ":secret");
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(TusRequest.toSignedUploads())
					.permitAll()
					.anyRequest()
					.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads(), TusRequest.toEndpoints()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		FilterRegistrationBean<Filter> blocking() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.addUrlPatterns("/blocking/*");
			registration.setAsyncSupported(false);
			return registration;
		}

		@Bean
		ServletRegistrationBean<HttpServlet> imports() {
			return new ServletRegistrationBean<>(new HttpServlet() {
				@Override
				protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
					response.getWriter().print("an import");
				}
			}, "/imports/*");
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("alice").password("{noop}secret").build(),
					User.withUsername("bob").password("{noop}secret").build())::loadUserByUsername;
		}

		@RestController
		static class Documents {

			static final AtomicInteger reached = new AtomicInteger();

			@RequestMapping("/documents/{id}")
			String document(@PathVariable String id) {
				reached.incrementAndGet();
				return id;
			}

			@GetMapping("/drop/{id}/events")
			String events(@PathVariable String id) {
				return id;
			}

			@PostMapping({ "/documents", "/blocking" })
			String create(@RequestBody String body) {
				return body;
			}

		}

	}

}
