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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

import io.github.tusspring.security.TusRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.CrossOrigin;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.CommonsRequestLoggingFilter;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ShallowEtagHeaderFilter;
import org.springframework.web.util.ContentCachingRequestWrapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for resumable endpoints behind Spring Security and among filters of the
 * application.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractEndpointSecurityTests {

	private static final byte[] NOTHING = new byte[0];

	private TestServer server;

	private TusClient anna;

	private TusClient bert;

	protected abstract TestServer.Builder builder();

	@BeforeAll
	void start() {
		this.server = builder().security()
			.with(SecuredApplication.class)
			.property("tus.endpoints[0].path", "/documents")
			.property("tus.endpoints[1].path", "/later")
			.property("tus.cors.allowed-origins", "https://page.example")
			.property("spring.mvc.hiddenmethod.filter.enabled", "true")
			.property("server.compression.enabled", "true")
			.property("server.compression.min-response-size", "1")
			.start();
		this.anna = client("anna");
		this.bert = client("bert");
	}

	private TusClient client(String user) {
		return new TusClient(this.server.port(),
				"Authorization: Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes()));
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void handlerSeesTheClientsPrincipal() {
		String location = this.anna.create("/documents", 5, Map.of()).header("Location");
		RawResponse answer = this.anna.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("anna anna hello");
		assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
	}

	@Test
	void asynchronousHandlerSeesTheClientsPrincipal() {
		String location = this.anna.create("/later", 5, Map.of()).header("Location");
		RawResponse answer = this.anna.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("later anna hello");
	}

	@Test
	void requestWithoutCredentialsNeverReachesTheUploads() {
		RawResponse refused = new TusClient(this.server.port()).create("/documents", 5, Map.of());
		assertThat(refused.status()).isEqualTo(401);
		assertThat(refused.header("Location")).isNull();
	}

	@Test
	void clientThatMayNotCallTheHandlerMayNotUpload() {
		assertThat(client("carl").create("/documents", 5, Map.of()).status()).isEqualTo(403);
	}

	@Test
	void uploadOfAnotherClientDoesNotExist() {
		String location = this.anna.create("/documents", 5, Map.of()).header("Location");
		assertThat(this.bert.head(location).status()).isEqualTo(404);
		assertThat(this.bert.append(location, 0, "hello").status()).isEqualTo(404);
		assertThat(this.bert.tus("DELETE", location, NOTHING).status()).isEqualTo(404);
	}

	@Test
	void ordinaryPostNeedsItsCsrfTokenAsBefore() {
		assertThat(this.anna.send("POST", "/documents", "x".getBytes(), "Content-Type: text/plain").status())
			.isEqualTo(403);
	}

	@Test
	void preflightForAnUploadIsAnsweredBeforeCredentialsAreAskedFor() {
		RawResponse preflight = new TusClient(this.server.port()).send("OPTIONS", "/documents/abc", NOTHING,
				"Origin: https://page.example", "Access-Control-Request-Method: PATCH",
				"Access-Control-Request-Headers: content-type,tus-resumable,upload-offset");
		assertThat(preflight.status()).isEqualTo(200);
		assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://page.example");
	}

	private RawResponse preflight(String method, String path, String headers) {
		return new TusClient(this.server.port()).send("OPTIONS", path, NOTHING, "Origin: https://page.example",
				"Access-Control-Request-Method: " + method, "Access-Control-Request-Headers: " + headers);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"POST | /documents | content-digest,content-type,repr-digest,upload-complete,upload-draft-interop-version,upload-length",
			"POST | /documents | upload-draft-interop-version,upload-incomplete",
			"PATCH | /documents/abc | content-digest,content-type,upload-complete,upload-length,upload-offset",
			"PATCH | /documents/abc | upload-offset", "HEAD | /documents/abc | upload-draft-interop-version",
			"HEAD | /documents/abc | upload-draft-interop-version,want-repr-digest",
			"DELETE | /documents/abc | upload-draft-interop-version" })
	void preflightOfTheDraftIsAnsweredBeforeCredentialsAreAskedFor(String method, String path, String headers) {
		RawResponse preflight = preflight(method, path, headers);
		assertThat(preflight.status()).as("%s", preflight).isEqualTo(200);
		assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://page.example");
		assertThat(preflight.header("Access-Control-Allow-Methods")).contains(method);
		assertThat(preflight.header("Access-Control-Allow-Headers").replace(" ", "").split(","))
			.containsAll(List.of(headers.split(",")));
	}

	private RawResponse draft(TusClient client, String method, String path, String content, String... headers) {
		List<String> all = new ArrayList<>(List.of("Upload-Draft-Interop-Version: 9", "Origin: https://page.example"));
		all.addAll(List.of(headers));
		return client.send(method, path, content.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
	}

	@Test
	void answersOfTheDraftCanBeReadByAPageOfAnotherOriginAndNeedNoCsrfToken() {
		RawResponse created = draft(this.anna, "POST", "/documents", "hello", "Upload-Complete: ?0");
		String location = created.header("Location");
		RawResponse head = draft(this.anna, "HEAD", location, "");
		RawResponse refused = draft(this.anna, "PATCH", location, "x", "Upload-Complete: ?1", "Upload-Offset: 3",
				"Content-Type: application/partial-upload");
		RawResponse answer = draft(this.anna, "PATCH", location, "", "Upload-Complete: ?1", "Upload-Offset: 5",
				"Content-Type: application/partial-upload");
		RawResponse other = draft(this.anna, "POST", "/documents", "hello", "Upload-Complete: ?0");
		RawResponse cancelled = draft(this.anna, "DELETE", other.header("Location"), "");
		RawResponse stranger = draft(new TusClient(this.server.port()), "POST", "/documents", "x",
				"Upload-Complete: ?1");
		List<RawResponse> all = List.of(created, head, refused, answer, cancelled, stranger);
		assertThat(all).extracting(RawResponse::status).containsExactly(201, 204, 409, 200, 204, 401);
		assertThat(all).allSatisfy((response) -> {
			assertThat(response.headers("Access-Control-Allow-Origin")).containsExactly("https://page.example");
			assertThat(response.header("Access-Control-Expose-Headers")).contains("Location", "Upload-Offset",
					"Upload-Complete", "Upload-Limit", "Upload-Draft-Interop-Version");
		});
		assertThat(answer.text()).isEqualTo("anna anna hello");
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=x" })
	void creationOfTheDraftThatLooksLikeAFormPassesTheApplicationsFilters(String type) {
		String content = "_method=DELETE&_csrf=x";
		RawResponse answer = draft(this.anna, "POST", "/documents", content, "Upload-Complete: ?1",
				"Content-Type: " + type, "Accept-Encoding: gzip");
		assertThat(answer.status()).as("%s", answer).isEqualTo(200);
		assertThat(answer.interim()).extracting(RawResponse::status).containsExactly(104);
		assertThat(answer.header("Upload-Offset")).isEqualTo(Integer.toString(content.length()));
		assertThat(answer.header("Upload-Complete")).isEqualTo("?1");
		String location = answer.interim().get(0).header("Location");
		RawResponse again = draft(this.anna, "PATCH", location, "", "Upload-Complete: ?1",
				"Upload-Offset: " + content.length(), "Content-Type: application/partial-upload");
		assertThat(again.text()).isEqualTo("anna anna " + content);
	}

	@Test
	void draftAnnouncesNothingBeforeItIsClearWhoAsks() {
		RawResponse stranger = draft(new TusClient(this.server.port()), "POST", "/documents", "x",
				"Upload-Complete: ?1");
		RawResponse forbidden = draft(client("carl"), "POST", "/documents", "x", "Upload-Complete: ?1");
		assertThat(List.of(stranger, forbidden)).allSatisfy((response) -> {
			assertThat(response.status()).isIn(401, 403);
			assertThat(response.interim()).isEmpty();
		});
	}

	@Test
	void uploadOfTheDraftAndItsAnswerAreItsOwnersAlone() {
		RawResponse created = draft(this.anna, "POST", "/documents", "hello", "Upload-Complete: ?1");
		String location = created.interim().get(0).header("Location");
		String[] again = { "Upload-Complete: ?1", "Upload-Offset: 5", "Content-Type: application/partial-upload" };
		assertThat(draft(this.anna, "PATCH", location, "", again).text()).isEqualTo("anna anna hello");
		RawResponse others = draft(this.bert, "PATCH", location, "", again);
		assertThat(others.status()).isEqualTo(404);
		assertThat(others.text()).doesNotContain("anna");
		assertThat(draft(this.bert, "HEAD", location, "").status()).isEqualTo(404);
		assertThat(draft(this.bert, "DELETE", location, "").status()).isEqualTo(404);
	}

	@Test
	void ordinaryRequestOfAnUnknownVersionNeedsItsCsrfTokenAsBefore() {
		assertThat(this.anna
			.send("POST", "/documents", "x".getBytes(), "Content-Type: text/plain", "Upload-Draft-Interop-Version: 99",
					"Upload-Complete: ?1")
			.status()).isEqualTo(403);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "DELETE | Upload-Draft-Interop-Version: 99", "HEAD | Upload-Draft-Interop-Version: 6",
					"PATCH | Upload-Offset: 0", "PATCH | Content-Type: application/partial-upload" })
	void whatTheMatcherMatchesIsNeverTheApplications(String method, String header) {
		// Without a CSRF token: the application's own would be 403.
		RawResponse answer = this.anna.send(method, "/documents/5", NOTHING, header);
		assertThat(answer.status()).as("%s", answer).isIn(404, 412);
		assertThat(answer.header("Document")).isNull();
	}

	@Test
	void ordinaryPatchOfAClientThatAnnouncesTheDraftNeedsItsCsrfTokenAsBefore() {
		assertThat(this.anna
			.send("PATCH", "/documents/5", NOTHING, "Upload-Draft-Interop-Version: 6", "Upload-Complete: ?1")
			.status()).isEqualTo(403);
	}

	@Test
	void requestForOneOfTheApplicationsOwnReachesIt() {
		assertThat(this.anna.send("GET", "/documents/5", NOTHING).header("Document")).isEqualTo("5");
		assertThat(this.anna.send("HEAD", "/documents/5", NOTHING).header("Document")).isEqualTo("5");
		assertThat(this.anna.send("DELETE", "/documents/5", NOTHING).status()).isEqualTo(403);
	}

	@Test
	void preflightForAnythingElseIsTheApplications() {
		RawResponse preflight = new TusClient(this.server.port()).send("OPTIONS", "/documents", NOTHING,
				"Origin: https://page.example", "Access-Control-Request-Method: POST",
				"Access-Control-Request-Headers: content-type");
		assertThat(preflight.header("Access-Control-Allow-Origin")).isNull();
	}

	@Test
	void preflightForOtherPathsIsTheApplications() {
		RawResponse preflight = new TusClient(this.server.port()).send("OPTIONS", "/open", NOTHING,
				"Origin: https://other.example", "Access-Control-Request-Method: POST");
		assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("https://other.example");
	}

	@Test
	void answerOfTheHandlerCanBeReadByAPageOfAnotherOrigin() {
		String location = this.anna.create("/documents", 5, Map.of(), "Origin: https://page.example")
			.header("Location");
		RawResponse answer = this.anna.append(location, 0, "hello", "Origin: https://page.example");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.headers("Access-Control-Allow-Origin")).containsExactly("https://page.example");
		assertThat(answer.header("Access-Control-Expose-Headers")).contains("Upload-Offset");
	}

	@Test
	void bodyThatLooksLikeAFormIsNotReadByTheApplicationsFilters() {
		RawResponse created = this.anna.tus("POST", "/documents", "a=b".getBytes(StandardCharsets.UTF_8),
				"Upload-Length: 3", "Content-Type: application/x-www-form-urlencoded");
		assertThat(created.status()).isEqualTo(201);
		assertThat(created.header("Upload-Offset")).isEqualTo("0");
	}

	@Configuration(proxyBeanMethods = false)
	static class SecuredApplication {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
					.permitAll()
					.requestMatchers(HttpMethod.OPTIONS, "/open")
					.permitAll()
					.requestMatchers(HttpMethod.POST, "/documents")
					.hasRole("AUTHOR")
					.anyRequest()
					.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toEndpoints()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("anna").password("{noop}secret").roles("AUTHOR").build(),
					User.withUsername("bert").password("{noop}secret").roles("AUTHOR").build(),
					User.withUsername("carl").password("{noop}secret").roles("READER").build())::loadUserByUsername;
		}

		@Bean
		FilterRegistrationBean<CommonsRequestLoggingFilter> logging() {
			CommonsRequestLoggingFilter filter = new CommonsRequestLoggingFilter();
			filter.setIncludePayload(true);
			filter.setMaxPayloadLength(10);
			FilterRegistrationBean<CommonsRequestLoggingFilter> registration = new FilterRegistrationBean<>(filter);
			registration.setOrder(-200);
			return registration;
		}

		@Bean
		ShallowEtagHeaderFilter etags() {
			return new ShallowEtagHeaderFilter();
		}

		@Bean
		Filter plain() {
			return (request, response, chain) -> chain.doFilter(request, response);
		}

		@Bean
		OncePerRequestFilter wrapping() {
			return new OncePerRequestFilter() {
				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws IOException, ServletException {
					chain.doFilter(new org.springframework.web.util.ContentCachingRequestWrapper(request, 100),
							response);
				}
			};
		}

		@RestController
		static class SecuredController {

			@PostMapping("/documents")
			String create(@RequestBody String body, Principal principal) {
				Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
				return principal.getName() + " " + authentication.getName() + " " + body;
			}

			@RequestMapping("/documents/{id}")
			String document(@PathVariable String id, HttpServletResponse response) {
				response.setHeader("Document", id);
				return id;
			}

			@PostMapping("/open")
			@CrossOrigin(origins = "https://other.example")
			String open() {
				return "open";
			}

			@PostMapping("/later")
			Callable<String> later(@RequestBody String body) {
				return () -> "later " + SecurityContextHolder.getContext().getAuthentication().getName() + " " + body;
			}

		}

	}

}
