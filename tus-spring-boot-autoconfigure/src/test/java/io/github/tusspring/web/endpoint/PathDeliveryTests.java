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
import java.util.Map;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.ServletContextInitializer;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.pattern.PathPatternParser;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Handlers that get paths, and can be reached by more than their endpoint's.
 */
class PathDeliveryTests {

	private static final String[] ENDPOINTS = { "/imports", "/wide", "/function", "/filtered", "/servlet",
			"/second/imports", "/projects/{project}/imports", "/twice/imports" };

	private static TestServer server;

	private static TusClient client;

	@BeforeAll
	static void start() {
		TestServer.Builder builder = TestServer.tomcat().with(Application.class);
		for (int i = 0; i < ENDPOINTS.length; i++) {
			builder.property("tus.endpoints[" + i + "].path", ENDPOINTS[i]);
			builder.property("tus.endpoints[" + i + "].deliver", "path");
		}
		server = builder.start();
		client = new TusClient(server.port());
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/imports", "/wide", "/function", "/filtered", "/servlet", "/second/imports",
			"/projects/7/imports" })
	void uploadIsDelivered(String path) {
		RawResponse answer = client.upload(path, "hello", Map.of());
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).startsWith("took " + server.directory());
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v2/imports", "/IMPORTS", "/Imports", "/forwarding", "/wide/x", "/wide/x/y",
			"/v2/function", "/filtered/x", "/servlet/x", "/servlet/", "/second/v2/imports", "/v2/projects/7/imports" })
	void ordinaryRequestIsTakenForADeliveryByNoPathOfTheHandlers(String path) {
		RawResponse answer = post(path, "/etc/passwd");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(415);
		assertThat(answer.text()).contains("resumable uploads only");
	}

	@Test
	void handlerThatGetsNoPathsKeepsItsRequests() {
		assertThat(post("/notes", "a note").text()).isEqualTo("noted a note");
		assertThat(post("/imports/notes", "a note").text()).isEqualTo("noted a note");
		assertThat(post("/second/notes", "a note").text()).isEqualTo("noted a note");
		assertThat(post("/anything/else", "a note").text()).isEqualTo("noted a note");
		assertThat(post("/noting", "a note").text()).isEqualTo("noted a note");
		assertThat(post("/what/nobody/else/takes", "a note").text()).isEqualTo("noted a note");
		assertThat(client.send("POST", "/v2/imports", new byte[] { 1 }, "Content-Type: image/png").text())
			.isEqualTo("a picture");
	}

	@Test
	void firstPathByWhichAServletIsReachedIsNotTakenForTheEndpoints() {
		assertThat(post("/double/notes", "a note").text()).isEqualTo("noted a note");
		assertThat(post("/double/imports", "/etc/passwd").status()).isEqualTo(415);
		assertThat(post("/also/imports", "/etc/passwd").status()).isEqualTo(415);
	}

	@Test
	void handlerMayBeReachedWithoutContent() {
		assertThat(client.send("GET", "/wide/x", new byte[0]).text()).isEqualTo("took ");
	}

	@Test
	void contentOfAnyMethodIsTakenForADelivery() {
		RawResponse answer = RawRequest.of("GET", server.uri("/wide/x"))
			.without("Tus-Resumable")
			.chunked("/etc/passwd")
			.send();
		assertThat(answer.status()).as(answer.toString()).isEqualTo(415);
	}

	@Test
	void contentThatHttp2DoesNotAnnounceReachesNoHandlerThatGetsPaths() throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", "/docs");
		request.setContent("/etc/passwd".getBytes(StandardCharsets.UTF_8));
		UnannouncedContentRequest unannounced = new UnannouncedContentRequest(request);
		unannounced.withhold();
		assertThat(unannounced.getInputStream().readAllBytes()).isEmpty();
		assertThat(unannounced.getReader().readLine()).isNull();
		assertThat(unannounced.getParts()).isEmpty();
	}

	@Test
	void contentThatHttp2DoesNotAnnounceReachesOtherHandlers() throws Exception {
		MockHttpServletRequest request = new MockHttpServletRequest("GET", "/docs");
		request.setContent("query".getBytes(StandardCharsets.UTF_8));
		assertThat(new UnannouncedContentRequest(request).getInputStream().readAllBytes()).asString()
			.isEqualTo("query");
	}

	private static RawResponse post(String path, String body) {
		return client.send("POST", path, body.getBytes(StandardCharsets.UTF_8),
				"Content-Type: text/plain;charset=UTF-8");
	}

	@Configuration(proxyBeanMethods = false)
	static class Application implements WebMvcConfigurer {

		@Override
		public void configurePathMatch(PathMatchConfigurer configurer) {
			PathPatternParser parser = new PathPatternParser();
			parser.setCaseSensitive(false);
			configurer.setPatternParser(parser);
		}

		@Bean
		RouterFunction<ServerResponse> function() {
			HandlerFunction<ServerResponse> take = Application::take;
			return RouterFunctions.route()
				.POST("/function", take)
				.POST("/v2/function", take)
				.POST("/noting", (request) -> ServerResponse.ok().body("noted " + request.body(String.class)))
				.build();
		}

		@Bean
		RouterFunction<ServerResponse> filtered() {
			return RouterFunctions.route()
				.POST("/filtered/**", Application::take)
				.filter((request, next) -> next.handle(request))
				.build();
		}

		private static ServerResponse take(ServerRequest request) throws Exception {
			return ServerResponse.ok().body("took " + request.body(String.class));
		}

		@Bean
		ServletRegistrationBean<HttpServlet> servlet() {
			return new ServletRegistrationBean<>(new HttpServlet() {
				@Override
				protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
					response.getWriter()
						.print("took " + new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
				}
			}, "/servlet/*");
		}

		@Bean
		ServletRegistrationBean<DispatcherServlet> second() {
			return dispatcher("second", "/second/*");
		}

		@Bean
		ServletRegistrationBean<DispatcherServlet> twice() {
			return dispatcher("twice", "/twice/*", "/double/*");
		}

		@Bean
		ServletContextInitializer also() {
			return (context) -> context.getServletRegistration("dispatcherServlet").addMapping("/also/*");
		}

		private static ServletRegistrationBean<DispatcherServlet> dispatcher(String name, String... mappings) {
			AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
			context.register(Second.class, Second.Handlers.class);
			ServletRegistrationBean<DispatcherServlet> registration = new ServletRegistrationBean<>(
					new DispatcherServlet(context), mappings);
			registration.setName(name);
			return registration;
		}

		@RestController
		static class Handlers {

			@PostMapping({ "/imports", "/v2/imports" })
			String take(@RequestBody String path) {
				return "took " + path;
			}

			@PostMapping(path = "/v2/imports", consumes = "image/png")
			String takePicture() {
				return "a picture";
			}

			@RequestMapping("/**")
			String noteAll(@RequestBody(required = false) String text) {
				return "noted " + text;
			}

			@RequestMapping("/wide/**")
			String takeAll(@RequestBody(required = false) String path) {
				return "took " + ((path != null) ? path : "");
			}

			@PostMapping({ "/projects/{project:\\d+}/imports", "/v2/projects/{project:\\d+}/imports" })
			String takeForProject(@RequestBody String path) {
				return "took " + path;
			}

			@PostMapping({ "/notes", "/imports/{other}", "/anything/{*rest}" })
			String note(@RequestBody String text) {
				return "noted " + text;
			}

		}

		@Controller
		static class Forwarding {

			@PostMapping("/forwarding")
			String forward() {
				return "forward:/imports";
			}

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class Second {

		@RestController
		static class Handlers {

			@PostMapping({ "/imports", "/v2/imports" })
			String take(@RequestBody String path) {
				return "took " + path;
			}

			@PostMapping("/notes")
			String note(@RequestBody String text) {
				return "noted " + text;
			}

		}

	}

}
