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

package io.github.tusspring.autoconfigure;

import java.nio.file.Path;
import java.util.List;

import io.github.tusspring.web.UploadCorsCustomizer;
import io.github.tusspring.web.endpoint.EndpointFilter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TusEndpointAutoConfiguration}.
 */
class TusEndpointAutoConfigurationTests {

	@TempDir
	Path directory;

	private WebApplicationContextRunner runner;

	@BeforeEach
	void prepare() {
		this.runner = new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DispatcherServletAutoConfiguration.class,
					WebMvcAutoConfiguration.class, TusAutoConfiguration.class, TusWebMvcAutoConfiguration.class,
					TusEndpointAutoConfiguration.class))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues("tus.storage.disk.directory=" + this.directory);
	}

	@Test
	void backsOffWhenThereIsNoEndpoint() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EndpointFilter.class));
	}

	@ParameterizedTest
	@CsvSource({ "/documents", "/documents/", "/users/{user}/documents", "/function", "/projects/{project}/documents",
			"/versioned", "/function/form" })
	void whenEndpointHasHandlerThenStarts(String path) {
		this.runner.withPropertyValues("tus.endpoints[0].path=" + path)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(EndpointFilter.class));
	}

	@Test
	void customizerSaysWhichPagesOfOtherOriginsMayUploadToEndpoints() {
		this.runner.withPropertyValues("tus.endpoints[0].path=/documents")
			.withBean(UploadCorsCustomizer.class,
					() -> (configuration) -> configuration.setAllowedOrigins(List.of("https://tenant.example.org")))
			.run((context) -> {
				MockHttpServletRequest preflight = new MockHttpServletRequest("OPTIONS", "/documents");
				preflight.addHeader("Origin", "https://tenant.example.org");
				preflight.addHeader("Access-Control-Request-Method", "POST");
				preflight.addHeader("Access-Control-Request-Headers", "tus-resumable");
				MockHttpServletResponse response = new MockHttpServletResponse();
				context.getBean("tusEndpointCorsFilter", FilterRegistrationBean.class)
					.getFilter()
					.doFilter(preflight, response, new MockFilterChain());
				assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo("https://tenant.example.org");
			});
	}

	@ParameterizedTest
	@CsvSource({ "/unknown", "/reports" })
	void whenEndpointHasNoHandlerThenFailsWithAnAnalysis(String path) {
		this.runner.withPropertyValues("tus.endpoints[0].path=" + path).run((context) -> {
			FailureAnalysis analysis = analyze(context);
			assertThat(analysis.getDescription()).contains("'tus.endpoints[0].path'",
					"nothing in the application handles", "POST " + path);
			assertThat(analysis.getAction()).contains("@PostMapping(\"" + path + "\")");
		});
	}

	@ParameterizedTest
	@CsvSource({ "/files", "/files/more", "/files/{a}/{b}/more", "/{anything}", "/{anything}/more" })
	void whenEndpointCollidesWithThePathOfAllUploadsThenFailsWithAnAnalysis(String path) {
		this.runner.withPropertyValues("tus.endpoints[0].path=" + path)
			.run((context) -> assertThat(analyze(context).getDescription())
				.contains("collides with 'tus.path', '/files'"));
	}

	@ParameterizedTest
	@CsvSource({ "/documents", "/{documents}", "/documents/more" })
	void whenEndpointsCollideThenFailsWithAnAnalysis(String path) {
		this.runner
			.withPropertyValues("tus.path=/deeply/nested/files", "tus.endpoints[0].path=/documents",
					"tus.endpoints[1].path=" + path)
			.run((context) -> assertThat(analyze(context).getDescription())
				.contains("'tus.endpoints[1].path' is '" + path + "'", "'tus.endpoints[0].path', '/documents'"));
	}

	@ParameterizedTest
	@CsvSource({ "/{a}/documents, /projects/{b}", "/projects/{b}, /{a}/documents", "/{a}/documents, /projects",
			"/users/{user}/documents, /users/{user}/{kind}/{id}" })
	void whenSomePathMatchesTwoEndpointsThenFailsWithAnAnalysis(String one, String other) {
		this.runner
			.withPropertyValues("tus.path=/deeply/nested/files/of/all", "tus.endpoints[0].path=" + one,
					"tus.endpoints[1].path=" + other)
			.run((context) -> assertThat(analyze(context).getDescription())
				.contains("'tus.endpoints[1].path' is '" + other + "'", "'tus.endpoints[0].path', '" + one + "'"));
	}

	@Test
	void whenNoPathMatchesTwoEndpointsThenStarts() {
		this.runner
			.withPropertyValues("tus.endpoints[0].path=/documents", "tus.endpoints[1].path=/users/{user}/documents",
					"tus.endpoints[2].path=/function")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "documents", "/", "/documents/**", "/a b", "/documents?x" })
	void whenPathIsInvalidThenFails(String path) {
		this.runner.withPropertyValues("tus.endpoints[0].path=" + path)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("such as '/documents'"));
	}

	private static FailureAnalysis analyze(AssertableWebApplicationContext context) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = new InvalidEndpointFailureAnalyzer().analyze(context.getStartupFailure());
		assertThat(analysis).isNotNull();
		return analysis;
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		@Bean
		RouterFunction<ServerResponse> function() {
			return RouterFunctions.route()
				.POST("/function", (request) -> ServerResponse.ok().build())
				.POST("/function/form", RequestPredicates.contentType(MediaType.MULTIPART_FORM_DATA),
						(request) -> ServerResponse.ok().build())
				.build();
		}

		@RestController
		static class Controller {

			@PostMapping({ "/documents", "/users/{user}/documents" })
			void documents() {
			}

			@PostMapping("/projects/{project:\\d+}/documents")
			void projects() {
			}

			@PostMapping(path = "/versioned", headers = "X-Api=2")
			void versioned() {
			}

			@GetMapping("/reports")
			String reports() {
				return "";
			}

		}

	}

}
