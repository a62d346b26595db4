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
import java.nio.file.Path;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.web.bind.TusUpload;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
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
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.InternalAuthenticationServiceException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for who calls an endpoint's handler, and for what is said on the way to it: with
 * a token that a filter reads and leaves in the thread, and with sessions that end.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractEndpointSenderTests {

	private static final byte[] NOTHING = new byte[0];

	private TestServer server;

	private TusClient anna;

	protected abstract TestServer.Builder builder();

	@BeforeAll
	void start() {
		TestServer.Builder builder = builder().security()
			.with(SenderApplication.class)
			.property("tus.path", "/token/files");
		List<String> paths = List.of("/token/documents", "/token/later", "/token/servlet", "/token/authors",
				"/token/images", "/token/json", "/session/documents", "/token/redirecting", "/token/forwarding",
				"/token/blocking", "/token/second/documents", "/token/third/documents", "/legacy/documents",
				"/plain/documents", "/token/shown/authors", "/token/shown/failing", "/token/shown/rejecting",
				"/token/shown/quiet", "/token/shown/away");
		for (int i = 0; i < paths.size(); i++) {
			builder.property("tus.endpoints[" + i + "].path", paths.get(i));
		}
		this.server = builder.start();
		this.anna = client("Authorization: Bearer anna");
	}

	private TusClient client(String... headers) {
		return new TusClient(this.server.port(), headers);
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	private Path content(String location) {
		return this.server.directory().resolve(location.replaceAll(".*/", ""));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/token/documents | anna anna anna hello
			/token/later     | later anna hello
			/token/servlet   | servlet anna anna hello
			/token/blocking  | anna anna anna hello
			/legacy/documents | anna anna anna hello
			/plain/documents | anna anna anna hello
			/token/second/documents | second anna hello
			""")
	void handlerIsCalledAsWhoeverTheFilterHasFound(String path, String answer) {
		String location = this.anna.create(path, 5, Map.of()).header("Location");
		RawResponse appended = this.anna.append(location, 0, "hello");
		assertThat(appended.status()).as(appended.toString()).isEqualTo(200);
		assertThat(appended.text()).isEqualTo(answer);
	}

	@Test
	void handlerIsCalledAsItsClientWhereTheLastBytesComeLate() {
		String location = this.anna.create("/token/documents", 10, Map.of()).header("Location");
		try (RawConnection connection = RawConnection.to(this.server.port())) {
			connection
				.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Authorization: Bearer anna",
						"Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
						"Content-Length: 10")
				.send("hello");
			assertThat(client("Authorization: Bearer bert").create("/token/documents", 5, Map.of()).status())
				.isEqualTo(201);
			assertThat(connection.send("world").read().text()).isEqualTo("anna anna anna helloworld");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/token/documents", "/legacy/documents", "/plain/documents" })
	void uploadIsOfWhoeverTheFilterHasFound(String path) {
		String location = this.anna.create(path, 5, Map.of()).header("Location");
		assertThat(client("Authorization: Bearer bert").head(location).status()).isEqualTo(404);
		assertThat(this.anna.head(location).status()).isEqualTo(200);
	}

	@Test
	void uploadIsBoundByAPathVariableForWhoeverTheFilterHasFound() {
		String location = this.anna.create("/plain/documents", 5, Map.of("title", "hers")).header("Location");
		String path = location.replace("documents", "titles");
		assertThat(this.anna.send("GET", path, NOTHING).text()).isEqualTo("hers");
		assertThat(client("Authorization: Bearer bert").send("GET", path, NOTHING).status()).isEqualTo(404);
	}

	@Test
	void methodSecurityThatLetsTheClientInDoesSoForItsUpload() {
		String location = this.anna.create("/token/authors", 5, Map.of()).header("Location");
		assertThat(this.anna.append(location, 0, "hello").text()).isEqualTo("written by anna");
	}

	@Test
	void methodSecurityThatKeepsTheClientOutRefusesNoUpload() {
		TusClient bert = client("Authorization: Bearer bert");
		String location = bert.create("/token/authors", 5, Map.of()).header("Location");
		assertThat(bert.append(location, 0, "hello").status()).isEqualTo(403);
		assertKept(bert, location);
		assertThat(client("Authorization: Bearer bert", "X-Role: AUTHOR").append(location, 4, "o").text())
			.isEqualTo("written by bert");
	}

	@Test
	void viewThatKeepsTheClientOutRefusesNoUpload() {
		TusClient bert = client("Authorization: Bearer bert");
		String location = bert.create("/token/shown/authors", 5, Map.of()).header("Location");
		assertThat(bert.append(location, 0, "hello").status()).isEqualTo(403);
		assertKept(bert, location);
		assertThat(client("Authorization: Bearer bert", "X-Role: AUTHOR").append(location, 4, "o").text())
			.isEqualTo("written");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/token/shown/failing", "/token/shown/quiet" })
	void successThatIsMadeOfAnExceptionTakesNoUpload(String path) {
		String location = this.anna.create(path, 5, Map.of()).header("Location");
		assertThat(this.anna.append(location, 0, "hello").status()).isEqualTo(500);
		assertKept(this.anna, location);
	}

	@Test
	void failureOfTheSecuritySystemRefusesNoUploadWhateverAViewSays() {
		String location = this.anna.create("/token/shown/away", 5, Map.of()).header("Location");
		assertThat(this.anna.append(location, 0, "hello").status()).isEqualTo(401);
		assertKept(this.anna, location);
	}

	@Test
	void rejectionOfWhichAViewIsShownRefusesTheUpload() {
		String location = this.anna.create("/token/shown/rejecting", 5, Map.of()).header("Location");
		assertThat(this.anna.append(location, 0, "hello").status()).isEqualTo(409);
		assertThat(content(location)).doesNotExist();
		assertThat(this.anna.head(location).status()).isEqualTo(410);
	}

	@Test
	void sessionThatEndsWhileTheLastRequestRunsEndsNoDelivery() {
		String session = login("anna");
		TusClient client = client("Cookie: " + session);
		String location = client.create("/session/documents", 10, Map.of()).header("Location");
		try (RawConnection connection = RawConnection.to(this.server.port())) {
			connection
				.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Cookie: " + session,
						"Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
						"Content-Length: 10")
				.send("hello");
			await().until(() -> "5".equals(client.head(location).header("Upload-Offset")));
			assertThat(client.send("POST", "/session/logout", NOTHING).status()).isEqualTo(302);
			assertThat(client.head(location).status()).isEqualTo(302);
			RawResponse answer = connection.send("world").read();
			assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
			assertThat(answer.text()).isEqualTo("anna anna anna helloworld");
		}
	}

	@Test
	void sessionThatHasEndedKeepsTheUploadForTheNextOne() {
		String location = client("Cookie: " + login("anna")).create("/session/documents", 5, Map.of())
			.header("Location");
		RawResponse refused = client().append(location, 0, "hello");
		assertThat(refused.status()).isEqualTo(302);
		assertThat(client("Cookie: " + login("anna")).append(location, 0, "hello").text())
			.isEqualTo("anna anna anna hello");
	}

	private String login(String user) {
		RawResponse answer = client().send("POST", "/session/login",
				("username=" + user + "&password=secret").getBytes(StandardCharsets.UTF_8),
				"Content-Type: application/x-www-form-urlencoded");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(302);
		return answer.header("Set-Cookie").replaceAll(";.*", "");
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 204, 302, 303, 400, 401, 403, 404, 405, 406, 409, 415, 422, 429, 500, 503 })
	void whatIsSaidOnTheWayKeepsTheUpload(int status) {
		for (String by : List.of("X-Filter", "X-Interceptor", "X-Late", "X-Filter-Error", "X-Interceptor-Error")) {
			if (status < 300 && by.endsWith("Error")) {
				continue;
			}
			String location = this.anna.create("/token/documents", 5, Map.of()).header("Location");
			RawResponse answer = client("Authorization: Bearer anna", by + ": " + status).append(location, 0, "hello");
			assertThat(answer.status()).as("%s: %s", by, answer).isEqualTo((status < 300) ? 500 : status);
			assertThat(answer.text()).doesNotContain("hello");
			assertKept(this.anna, location);
			assertThat(this.anna.append(location, 4, "o").text()).as(by).isEqualTo("anna anna anna hello");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 401, 404, 503 })
	void whatIsSaidOnTheWayFromAnAsynchronousHandlerKeepsTheUpload(int status) {
		String location = this.anna.create("/token/later", 5, Map.of()).header("Location");
		RawResponse answer = client("Authorization: Bearer anna", "X-Second: " + status).append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		assertKept(this.anna, location);
		assertThat(this.anna.append(location, 4, "o").text()).isEqualTo("later anna hello");
	}

	@Test
	void pageToWhichAnInterceptorForwardsKeepsTheUpload() {
		String location = this.anna.create("/token/documents", 5, Map.of()).header("Location");
		RawResponse answer = client("Authorization: Bearer anna", "X-Forward: /token/page").append(location, 0,
				"hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
		assertKept(this.anna, location);
		assertThat(this.anna.append(location, 4, "o").text()).isEqualTo("anna anna anna hello");
	}

	@Test
	void pageToWhichTheHandlerForwardsIsItsAnswer() {
		String location = this.anna.create("/token/forwarding", 5, Map.of()).header("Location");
		RawResponse answer = this.anna.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.header("Upload-Offset")).isEqualTo("5");
		assertThat(answer.text()).isEqualTo("a page");
	}

	@Test
	void whatIsSaidByAnotherServletsInterceptorKeepsTheUpload() {
		String location = this.anna.create("/token/second/documents", 5, Map.of()).header("Location");
		RawResponse answer = client("Authorization: Bearer anna", "X-Interceptor: 401").append(location, 0, "hello");
		assertThat(answer.status()).isEqualTo(401);
		assertKept(this.anna, location);
		assertThat(this.anna.append(location, 4, "o").text()).isEqualTo("second anna hello");
	}

	@Test
	void whatIsSaidByAServletThatAsksOnlyItsOwnMappingKeepsTheUpload() {
		String location = this.anna.create("/token/third/documents", 5, Map.of()).header("Location");
		RawResponse answer = client("Authorization: Bearer anna", "X-Interceptor: 302").append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isNotEqualTo(204);
		assertKept(this.anna, location);
		// Nobody knows whether that is the handler's word.
		this.anna.append(location, 4, "o");
		assertKept(this.anna, location);
	}

	@Test
	void whatIsSaidOnTheWayBackChangesNothing() {
		String location = this.anna.create("/token/documents", 5, Map.of()).header("Location");
		RawResponse answer = client("Authorization: Bearer anna", "X-Back: 403").append(location, 0, "hello");
		assertThat(answer.status()).as("from an error page").isBetween(400, 599);
		assertThat(content(location)).doesNotExist();
		assertThat(this.anna.head(location).header("Upload-Offset")).isEqualTo("5");
	}

	@Test
	void redirectionOfTheHandlersOwnTakesTheUpload() {
		String location = this.anna.create("/token/redirecting", 5, Map.of()).header("Location");
		assertThat(this.anna.append(location, 0, "hello").status()).isEqualTo(204);
		assertThat(content(location)).doesNotExist();
	}

	@Test
	void typeThatNoHandlerConsumesKeepsTheUpload() {
		String location = this.anna.create("/token/images", 5, Map.of("filetype", "text/plain")).header("Location");
		assertThat(this.anna.append(location, 0, "hello").status()).isEqualTo(415);
		assertKept(this.anna, location);
	}

	@Test
	void typeThatNobodyCanProduceKeepsTheUpload() {
		String location = this.anna.create("/token/json", 5, Map.of()).header("Location");
		RawResponse answer = client("Authorization: Bearer anna", "Accept: image/png").append(location, 0, "hello");
		assertThat(answer.status()).isEqualTo(406);
		assertKept(this.anna, location);
		assertThat(this.anna.append(location, 4, "o").status()).isEqualTo(200);
	}

	private void assertKept(TusClient client, String location) {
		assertThat(content(location)).hasContent("hello");
		RawResponse head = client.head(location);
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("Upload-Offset")).isEqualTo("4");
	}

	@Test
	void listenersOfEveryCompletionRunAsTheClient() {
		byte[] large = new byte[300_000];
		String[] locations = { complete("short", "hello".getBytes()), complete("long", large),
				complete("in pieces", large), complete("chunked", "hello".getBytes()),
				location(this.anna.create("/token/files", 0, Map.of())),
				location(this.anna.tus("POST", "/token/files", "hello".getBytes(), "Upload-Length: 5",
						"Content-Type: application/offset+octet-stream")),
				location(this.anna.tus("POST", "/token/files", large, "Upload-Length: " + large.length,
						"Content-Type: application/offset+octet-stream")),
				concatenated(), };
		Listener listener = this.server.bean(Listener.class);
		for (String location : locations) {
			assertThat(listener.senders).containsEntry(location.replaceAll(".*/", ""), "anna anna");
		}
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
	}

	private static String location(RawResponse created) {
		assertThat(created.status()).as(created.toString()).isEqualTo(201);
		return created.header("Location");
	}

	private String complete(String how, byte[] content) {
		String location = location(this.anna.create("/token/files", content.length, Map.of()));
		try (RawConnection connection = RawConnection.to(this.server.port())) {
			connection.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Authorization: Bearer anna",
					"Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
					how.equals("chunked") ? "Transfer-Encoding: chunked" : "Content-Length: " + content.length);
			if (how.equals("chunked")) {
				connection.send("3\r\nhel\r\n");
				assertThat(this.anna.head(location).status()).isEqualTo(200);
				connection.send("2\r\nlo\r\n0\r\n\r\n");
			}
			else {
				int pause = how.equals("in pieces") ? content.length / 2 : 0;
				connection.send(java.util.Arrays.copyOf(content, pause));
				assertThat(this.anna.head(location).status()).isEqualTo(200);
				connection.send(java.util.Arrays.copyOfRange(content, pause, content.length));
			}
			assertThat(connection.read().status()).as(how).isEqualTo(204);
		}
		return location;
	}

	private String concatenated() {
		String part = location(
				this.anna.tus("POST", "/token/files", NOTHING, "Upload-Length: 2", "Upload-Concat: partial"));
		assertThat(this.anna.append(part, 0, "ab").status()).isEqualTo(204);
		return location(this.anna.tus("POST", "/token/files", NOTHING, "Upload-Concat: final;" + part));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class SenderApplication implements WebMvcConfigurer {

		@Bean
		@Order(1)
		SecurityFilterChain tokens(HttpSecurity http) throws Exception {
			return http.securityMatcher("/token/**")
				.authorizeHttpRequests((requests) -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
					.permitAll()
					.anyRequest()
					.authenticated())
				.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
				.csrf((csrf) -> csrf.disable())
				.addFilterBefore(new TokenFilter(), UsernamePasswordAuthenticationFilter.class)
				.build();
		}

		@Bean
		@Order(2)
		SecurityFilterChain sessions(HttpSecurity http) throws Exception {
			return http.securityMatcher("/session/**")
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.csrf((csrf) -> csrf.disable())
				.formLogin((login) -> login.loginProcessingUrl("/session/login"))
				.logout((logout) -> logout.logoutUrl("/session/logout"))
				.requestCache(Customizer.withDefaults())
				.build();
		}

		@Bean
		@Order(3)
		SecurityFilterChain legacy(HttpSecurity http) throws Exception {
			return http.securityMatcher("/legacy/**")
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.securityContext((context) -> context.requireExplicitSave(false))
				.csrf((csrf) -> csrf.disable())
				.addFilterBefore(new TokenFilter(), UsernamePasswordAuthenticationFilter.class)
				.build();
		}

		/**
		 * Without any of Spring Security's filters.
		 */
		@Bean
		FilterRegistrationBean<TokenFilter> plain() {
			FilterRegistrationBean<TokenFilter> registration = new FilterRegistrationBean<>(new TokenFilter());
			registration.addUrlPatterns("/plain/*");
			return registration;
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("anna").password("{noop}secret").roles("AUTHOR").build())::loadUserByUsername;
		}

		@Bean
		ServletRegistrationBean<HttpServlet> servlet() {
			return new ServletRegistrationBean<>(new HttpServlet() {
				@Override
				protected void doPost(HttpServletRequest request, HttpServletResponse response) {
					AsyncContext context = request.startAsync();
					context.start(() -> {
						try {
							String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
							response.getWriter()
								.print("servlet " + request.getUserPrincipal().getName() + " "
										+ SecurityContextHolder.getContext().getAuthentication().getName() + " "
										+ body);
						}
						catch (IOException ex) {
							throw new IllegalStateException(ex);
						}
						context.complete();
					});
				}
			}, "/token/servlet");
		}

		/**
		 * Without asynchronous requests, a call of a handler is a forward.
		 */
		@Bean
		FilterRegistrationBean<Filter> blocking() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.addUrlPatterns("/token/blocking", "/token/blocking/*");
			registration.setAsyncSupported(false);
			return registration;
		}

		@Bean
		ServletRegistrationBean<DispatcherServlet> second() {
			AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
			context.register(SecondApplication.class, SecondController.class);
			ServletRegistrationBean<DispatcherServlet> registration = new ServletRegistrationBean<>(
					new DispatcherServlet(context), "/token/second/*");
			registration.setName("second");
			return registration;
		}

		@Bean
		ServletRegistrationBean<DispatcherServlet> third() {
			AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
			context.register(SecondApplication.class, SecondController.class);
			DispatcherServlet servlet = new DispatcherServlet(context);
			servlet.setDetectAllHandlerMappings(false);
			ServletRegistrationBean<DispatcherServlet> registration = new ServletRegistrationBean<>(servlet,
					"/token/third/*");
			registration.setName("third");
			return registration;
		}

		@Bean
		FilterRegistrationBean<Filter> talkative() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
				HttpServletRequest http = (HttpServletRequest) request;
				if (!say("X-Filter", http, (HttpServletResponse) response, chain)) {
					chain.doFilter(request, response);
					String back = http.getHeader("X-Back");
					if (back != null) {
						((HttpServletResponse) response).sendError(Integer.parseInt(back));
					}
				}
			});
			registration.setDispatcherTypes(DispatcherType.ASYNC);
			return registration;
		}

		private static boolean say(String header, HttpServletRequest request, HttpServletResponse response,
				Object unused) throws IOException {
			String status = request.getHeader(header);
			String error = request.getHeader(header + "-Error");
			if (status != null) {
				response.setStatus(Integer.parseInt(status));
				response.setHeader("Location", "/login");
			}
			else if (error != null) {
				response.sendError(Integer.parseInt(error));
			}
			return status != null || error != null;
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {
				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
						throws Exception {
					if (request.getDispatcherType() != DispatcherType.ASYNC) {
						return true;
					}
					if (request.getAttribute("second") != null && say("X-Second", request, response, handler)) {
						return false;
					}
					request.setAttribute("second", true);
					if (request.getHeader("X-Forward") != null) {
						request.getRequestDispatcher(request.getHeader("X-Forward")).forward(request, response);
						return false;
					}
					return !say("X-Interceptor", request, response, handler);
				}
			});
		}

		@Bean
		org.springframework.web.servlet.handler.MappedInterceptor late() {
			return new org.springframework.web.servlet.handler.MappedInterceptor(null, new HandlerInterceptor() {
				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
						throws Exception {
					return request.getDispatcherType() != DispatcherType.ASYNC
							|| !say("X-Late", request, response, handler);
				}
			});
		}

		@Bean
		Listener listener() {
			return new Listener();
		}

		@Bean
		Shown shown() {
			return new Shown();
		}

		@RestController
		static class Controller {

			@PostMapping({ "/token/documents", "/session/documents", "/token/blocking", "/legacy/documents",
					"/plain/documents" })
			String create(@RequestBody String body, Principal principal, HttpServletRequest request) {
				Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
				return principal.getName() + " " + request.getRemoteUser() + " " + authentication.getName() + " "
						+ body;
			}

			@GetMapping("/plain/titles/{id}")
			String title(@TusUpload UploadMetadata metadata) {
				return String.valueOf(metadata.get("title"));
			}

			@PostMapping("/token/later")
			Callable<String> later(@RequestBody String body) {
				return () -> "later " + SecurityContextHolder.getContext().getAuthentication().getName() + " " + body;
			}

			@PostMapping("/token/authors")
			@PreAuthorize("hasRole('AUTHOR')")
			String write(Principal principal) {
				return "written by " + principal.getName();
			}

			@PostMapping(path = "/token/images", consumes = "image/*")
			String image() {
				return "image";
			}

			@PostMapping(path = "/token/json")
			Map<String, String> json() {
				return Map.of("a", "b");
			}

			@PostMapping("/token/forwarding")
			ModelAndView forwarding() {
				return new ModelAndView("forward:/token/page");
			}

			@PostMapping("/token/page")
			String page() {
				return "a page";
			}

			@PostMapping("/token/redirecting")
			ResponseEntity<Void> redirecting() {
				return ResponseEntity.status(HttpStatus.SEE_OTHER).header("Location", "/documents/42").build();
			}

		}

	}

	/**
	 * Shows a page for whatever goes wrong.
	 */
	@org.springframework.stereotype.Controller
	static class Shown {

		private static final View SORRY = (model, request, response) -> response.getWriter().print("sorry");

		@PostMapping("/token/shown/authors")
		@PreAuthorize("hasRole('AUTHOR')")
		@ResponseBody
		String authors() {
			return "written";
		}

		@PostMapping("/token/shown/failing")
		void failing() throws IOException {
			throw new IOException("no room");
		}

		@PostMapping("/token/shown/quiet")
		void quiet() {
			throw new IllegalStateException("not now");
		}

		@PostMapping("/token/shown/rejecting")
		void rejecting() {
			throw new UploadRejectedException(409, "not this one");
		}

		@PostMapping("/token/shown/away")
		void away() {
			throw new InternalAuthenticationServiceException("The directory of users is away");
		}

		@ExceptionHandler(AuthenticationException.class)
		@ResponseStatus(HttpStatus.UNAUTHORIZED)
		View unknown() {
			return SORRY;
		}

		@ExceptionHandler(AccessDeniedException.class)
		@ResponseStatus(HttpStatus.FORBIDDEN)
		View denied() {
			return SORRY;
		}

		@ExceptionHandler(Exception.class)
		View failed() {
			return SORRY;
		}

		@ExceptionHandler(IllegalStateException.class)
		@ResponseBody
		String excused() {
			return "never mind";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class SecondApplication implements WebMvcConfigurer {

		/**
		 * For a servlet that asks no other.
		 */
		@Bean
		HandlerMapping handlerMapping(RequestMappingHandlerMapping mapping) {
			return mapping::getHandler;
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {
				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
						throws Exception {
					return !SenderApplication.say("X-Interceptor", request, response, handler);
				}
			});
		}

	}

	@RestController
	static class SecondController {

		@PostMapping("/documents")
		String create(@RequestBody String body, Principal principal) {
			return "second " + principal.getName() + " " + body;
		}

	}

	static class Listener {

		final Map<String, String> senders = new ConcurrentHashMap<>();

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			ServletRequestAttributes attributes = (ServletRequestAttributes) RequestContextHolder
				.currentRequestAttributes();
			this.senders.put(event.upload().id().toString(),
					SecurityContextHolder.getContext().getAuthentication().getName() + " "
							+ attributes.getRequest().getHeader("Authorization").replace("Bearer ", ""));
		}

	}

	/**
	 * As most tutorials have it: the thread's context is all that is set.
	 */
	private static final class TokenFilter extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String header = request.getHeader("Authorization");
			if (header != null && header.startsWith("Bearer ")) {
				String name = header.substring(7);
				boolean author = name.equals("anna") || request.getHeader("X-Role") != null;
				SecurityContextHolder.getContext()
					.setAuthentication(new UsernamePasswordAuthenticationToken(name, null,
							AuthorityUtils.createAuthorityList(author ? "ROLE_AUTHOR" : "ROLE_READER")));
			}
			try {
				chain.doFilter(request, response);
			}
			finally {
				SecurityContextHolder.clearContext();
			}
		}

	}

}
