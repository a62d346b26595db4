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
import java.security.Principal;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.web.UploadOwnerResolver;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpMethod;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The filter chains of the documentation, each on a server of its own.
 */
class FilterChainTests {

	private static final String ORIGIN = "https://page.example";

	/**
	 * A server with one of the chains.
	 */
	@TestInstance(Lifecycle.PER_CLASS)
	abstract static class Chain {

		private final Class<?> configuration;

		TestServer server;

		Chain(Class<?> configuration) {
			this.configuration = configuration;
		}

		@BeforeAll
		void start() {
			this.server = TestServer.tomcat()
				.security()
				.with(this.configuration)
				.property("tus.cors.allowed-origins", ORIGIN)
				.property("tus.endpoints[0].path", "/documents")
				.start();
		}

		@AfterAll
		void stop() {
			this.server.close();
		}

		RawResponse send(String method, String path, String... lines) {
			RawRequest request = RawRequest.of(method, this.server.uri(path));
			for (String line : lines) {
				request.with(line);
			}
			return request.send();
		}

		RawResponse create(String path, String... lines) {
			String[] all = List.of(lines).toArray(new String[lines.length + 2]);
			all[lines.length] = "Upload-Length: 10";
			all[lines.length + 1] = "Content-Length: 0";
			return send("POST", path, all);
		}

		RawResponse append(String location, long offset, String bytes, String... lines) {
			RawRequest request = RawRequest.of("PATCH", this.server.uri(location))
				.with("Upload-Offset: " + offset)
				.with("Content-Type: application/offset+octet-stream");
			for (String line : lines) {
				request.with(line);
			}
			return request.body(bytes).send();
		}

		Upload upload(String location) {
			return this.server.bean(TusUploads.class)
				.find(UploadId.of(location.substring(location.lastIndexOf('/') + 1)))
				.orElseThrow();
		}

		@Test
		void preflightIsAnsweredBeforeCredentialsAreAskedFor() {
			RawResponse response = RawRequest.of("OPTIONS", this.server.uri("/files"))
				.without("Tus-Resumable")
				.with("Origin: " + ORIGIN)
				.with("Access-Control-Request-Method: POST")
				.with("Access-Control-Request-Headers: authorization,tus-resumable,upload-length")
				.send();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
		}

		@Test
		void refusalCanBeReadByAPageOfAnotherOrigin() {
			RawResponse response = create("/files", "Origin: " + ORIGIN);
			assertThat(response.status()).isIn(302, 401, 403);
			assertThat(response.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
		}

	}

	@Nested
	class FormLogin extends Chain {

		FormLogin() {
			super(FormLoginConfiguration.class);
		}

		@Test
		void whenLoggedInThenUploadsNeedNoCsrfToken() {
			String cookie = login("");
			String location = create("/files", "Cookie: " + cookie).header("Location");
			assertThat(append(location, 0, "0123456789", "Cookie: " + cookie).status()).isEqualTo(204);
			assertThat(create("/documents", "Cookie: " + cookie).status()).isEqualTo(201);
		}

		@Test
		void whenNotLoggedInThenUploadIsNotCreated() {
			RawResponse response = create("/files");
			assertThat(response.status()).isEqualTo(302);
			assertThat(response.header("Location")).endsWith("/login");
		}

		@Test
		void otherRequestsStillNeedTheToken() {
			String cookie = login("");
			RawResponse response = RawRequest.of("POST", this.server.uri("/documents"))
				.without("Tus-Resumable")
				.with("Cookie: " + cookie)
				.with("Content-Type: text/plain")
				.body("forged")
				.send();
			assertThat(response.status()).isEqualTo(403);
		}

		@Test
		void whenPathIsNoUploadsThenHeaderOfAClientOpensNothing() {
			String cookie = login("");
			assertThat(send("POST", "/other", "Cookie: " + cookie, "Content-Length: 0").status()).isEqualTo(403);
		}

		@Test
		void visitorWhoLogsInMeanwhileGoesOnWithTheUpload() {
			RawResponse created = create("/files", "X-Visitor: yes");
			String cookie = String.valueOf(created.header("Set-Cookie")).split(";")[0];
			String location = created.header("Location");
			assertThat(append(location, 0, "01234", "Cookie: " + cookie, "X-Visitor: yes").status()).isEqualTo(204);
			String changed = login(cookie);
			assertThat(changed).isNotEqualTo(cookie);
			assertThat(append(location, 5, "56789", "Cookie: " + changed).status()).isEqualTo(204);
			assertThat(send("HEAD", location, "Cookie: " + login("")).status()).isEqualTo(404);
		}

		private String login(String cookie) {
			String session = cookie;
			RawRequest form = RawRequest.of("GET", this.server.uri("/login"));
			RawResponse page = (cookie.isEmpty() ? form : form.with("Cookie: " + cookie)).send();
			if (page.header("Set-Cookie") != null) {
				session = page.header("Set-Cookie").split(";")[0];
			}
			Matcher token = Pattern.compile("name=\"_csrf\" type=\"hidden\" value=\"([^\"]+)\"").matcher(page.text());
			assertThat(token.find()).as(page.toString()).isTrue();
			RawResponse response = RawRequest.of("POST", this.server.uri("/login"))
				.with("Cookie: " + session)
				.with("Content-Type: application/x-www-form-urlencoded")
				.body("username=alice&password=secret&_csrf=" + token.group(1))
				.send();
			assertThat(response.status()).isEqualTo(302);
			assertThat(response.header("Location")).doesNotContain("error");
			return response.header("Set-Cookie").split(";")[0];
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FormLoginConfiguration {

		@Bean
		SecurityFilterChain formLogin(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers((request) -> request.getHeader("X-Visitor") != null)
							.permitAll()
							.anyRequest()
							.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads(), TusRequest.toEndpoints()))
				.formLogin(Customizer.withDefaults())
				.build();
		}

		@Bean
		UploadOwnerResolver owners() {
			return UploadOwnerResolver.session();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("alice").password("{noop}secret").build())::loadUserByUsername;
		}

		@Bean
		Documents documents() {
			return new Documents();
		}

	}

	@Nested
	class ResourceServer extends Chain {

		ResourceServer() {
			super(ResourceServerConfiguration.class);
		}

		@Test
		void whenTokenExpiresMeanwhileThenUploadGoesOnWithANewOne() {
			String location = create("/files", token("alice", 600)).header("Location");
			assertThat(append(location, 0, "01234", token("alice", 600)).status()).isEqualTo(204);
			RawResponse refused = append(location, 5, "56789", token("alice", -1), "Origin: " + ORIGIN);
			assertThat(refused.status()).isEqualTo(401);
			assertThat(refused.header("WWW-Authenticate")).contains("invalid_token");
			assertThat(refused.header("Access-Control-Allow-Origin")).isEqualTo(ORIGIN);
			assertThat(send("HEAD", location, token("alice", 600)).header("Upload-Offset")).isEqualTo("5");
			assertThat(append(location, 5, "56789", token("alice", 600)).status()).isEqualTo(204);
		}

		@Test
		void whenTokenExpiresMeanwhileThenHandlerGetsTheUploadWithANewOne() {
			String location = create("/documents", token("alice", 600)).header("Location");
			assertThat(append(location, 0, "01234", token("alice", 600)).status()).isEqualTo(204);
			assertThat(append(location, 5, "56789", token("alice", -1)).status()).isEqualTo(401);
			assertThat(append(location, 5, "56789", token("alice", 600)).text()).isEqualTo("alice 0123456789");
		}

		@Test
		void interimAnswerComesAfterAuthorizationOnly() {
			RawResponse response = append("/files/any", 0, "01234", "Expect: 100-continue");
			assertThat(response.status()).isEqualTo(401);
			assertThat(response.interim()).noneMatch((interim) -> interim.status() == 104);
		}

		private static String token(String user, int seconds) {
			return "Authorization: Bearer " + JwtTokens.of(user, "acme", Instant.now().plusSeconds(seconds));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ResourceServerConfiguration {

		@Bean
		SecurityFilterChain resourceServer(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests(
					(requests) -> requests.requestMatchers(HttpMethod.OPTIONS).permitAll().anyRequest().authenticated())
				.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
				.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		JwtDecoder jwtDecoder() {
			return JwtTokens.decoder();
		}

		@Bean
		UserDetailsService noUsers() {
			return new InMemoryUserDetailsManager();
		}

		@Bean
		Documents documents() {
			return new Documents();
		}

	}

	@Nested
	class ApiKeys extends Chain {

		private static final String ANNA = "X-Api-Key: key-of-anna";

		private static final String BERT = "X-Api-Key: key-of-bert";

		ApiKeys() {
			super(ApiKeyConfiguration.class);
		}

		@Test
		void uploadBelongsToTheKeysUser() {
			String location = create("/files", ANNA).header("Location");
			assertThat(upload(location).owner()).isEqualTo("anna");
			assertThat(send("HEAD", location, BERT).status()).isEqualTo(404);
			assertThat(send("HEAD", location).status()).isEqualTo(403);
		}

		@Test
		void listenerRunsWithTheSecurityContextOfTheRequest() {
			Methods methods = this.server.bean(Methods.class);
			String location = create("/files", ANNA).header("Location");
			append(location, 0, "01234", ANNA);
			append(location, 5, "56789", ANNA);
			assertThat(methods.completedBy(upload(location).id())).isEqualTo("anna");
		}

		@Test
		void whenMethodOfAHandlerIsAllowedThenItGetsTheUpload() {
			String location = create("/documents", ANNA).header("Location");
			assertThat(append(location, 0, "0123456789", ANNA).text()).isEqualTo("anna 0123456789");
		}

		@Test
		void whenRightToCallAHandlerIsLostThenUploadWaitsForIt() {
			String location = create("/documents", ANNA).header("Location");
			assertThat(append(location, 0, "01234", ANNA).status()).isEqualTo(204);
			ApiKeyFilter.readers.add("anna");
			assertThat(append(location, 5, "56789", ANNA).status()).isEqualTo(403);
			assertThat(send("HEAD", location, ANNA).header("Upload-Offset")).isEqualTo("9");
			ApiKeyFilter.readers.remove("anna");
			assertThat(append(location, 9, "9", ANNA).text()).isEqualTo("anna 0123456789");
		}

		@Test
		void whenRightToCallAListenerIsLostThenUploadWaitsForIt() {
			String location = create("/files", ANNA).header("Location");
			assertThat(append(location, 0, "01234", ANNA).status()).isEqualTo(204);
			ApiKeyFilter.readers.add("anna");
			assertThat(append(location, 5, "56789", ANNA).status()).isEqualTo(500);
			assertThat(send("HEAD", location, ANNA).header("Upload-Offset")).isEqualTo("9");
			ApiKeyFilter.readers.remove("anna");
			assertThat(append(location, 9, "9", ANNA).status()).isEqualTo(204);
			assertThat(this.server.bean(Methods.class).completedBy(upload(location).id())).isEqualTo("anna");
		}

		@Test
		void whenMethodOfAListenerIsNotAllowedThenUploadIsKept() {
			String location = create("/files", BERT).header("Location");
			assertThat(append(location, 0, "0123456789", BERT).status()).isEqualTo(500);
			assertThat(send("HEAD", location, BERT).header("Upload-Offset")).isEqualTo("9");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class ApiKeyConfiguration {

		@Bean
		SecurityFilterChain apiKeys(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
				.csrf((csrf) -> csrf.disable())
				.addFilterBefore(new ApiKeyFilter(), BasicAuthenticationFilter.class)
				.build();
		}

		@Bean
		UserDetailsService noUsers() {
			return new InMemoryUserDetailsManager();
		}

		@Bean
		AuthorsDocuments documents() {
			return new AuthorsDocuments();
		}

		@Bean
		Methods methods() {
			return new Methods();
		}

		@Bean
		Listener listener(Methods methods) {
			return new Listener(methods);
		}

	}

	/**
	 * Authenticates as most tutorials do.
	 */
	static class ApiKeyFilter extends OncePerRequestFilter {

		/**
		 * Who has lost the right of an author.
		 */
		static final Set<String> readers = ConcurrentHashMap.newKeySet();

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String key = request.getHeader("X-Api-Key");
			if (key != null) {
				String user = key.replace("key-of-", "");
				SecurityContext context = SecurityContextHolder.createEmptyContext();
				context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(user, null,
						AuthorityUtils.createAuthorityList(
								(user.equals("anna") && !readers.contains(user)) ? "ROLE_AUTHOR" : "ROLE_READER")));
				SecurityContextHolder.setContext(context);
			}
			chain.doFilter(request, response);
		}

	}

	static class Methods {

		private final Map<UploadId, String> completed = new ConcurrentHashMap<>();

		public void complete(UploadId id) {
			this.completed.put(id, SecurityContextHolder.getContext().getAuthentication().getName());
		}

		public String completedBy(UploadId id) {
			return this.completed.get(id);
		}

	}

	static class Listener {

		private final Methods methods;

		Listener(Methods methods) {
			this.methods = methods;
		}

		@EventListener
		@PreAuthorize("hasRole('AUTHOR')")
		public void completed(TusUploadCompletedEvent event) {
			this.methods.complete(event.upload().id());
		}

	}

	@RestController
	static class Documents {

		@PostMapping("/documents")
		String create(@RequestBody String body, Principal principal) {
			return principal.getName() + " " + body;
		}

	}

	@RestController
	static class AuthorsDocuments {

		@PostMapping("/documents")
		@PreAuthorize("hasRole('AUTHOR')")
		public String create(@RequestBody String body, Principal principal) {
			return principal.getName() + " " + body;
		}

	}

	/**
	 * What Boot does where the application says nothing.
	 */
	@Nested
	@ExtendWith(OutputCaptureExtension.class)
	class DefaultChain {

		@Test
		void uploadIsRefusedAndTheLogSaysWhatToAdd(CapturedOutput output) {
			try (TestServer server = TestServer.tomcat()
				.security()
				.property("spring.security.user.password", "secret")
				.start()) {
				assertThat(output)
					.contains("http.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))");
				String basic = Base64.getEncoder().encodeToString("user:secret".getBytes(StandardCharsets.UTF_8));
				RawResponse response = RawRequest.of("POST", server.uri("/files"))
					.with("Authorization: Basic " + basic)
					.with("Upload-Length: 1")
					.with("Content-Length: 0")
					.send();
				// The error page asks for credentials once more, and says 401 in place of
				// 403.
				assertThat(response.status()).isEqualTo(401);
			}
		}

		@Test
		void logSaysItToWhereTheActuatorMakesTheChain(CapturedOutput output) {
			try (TestServer server = TestServer.tomcat().operations().security().managementSecurity().start()) {
				assertThat(output)
					.contains("http.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))");
				assertThat(RawRequest.of("POST", server.uri("/files"))
					.with("Upload-Length: 1")
					.with("Content-Length: 0")
					.send()
					.status()).isEqualTo(403);
			}
		}

	}

}
