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

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.SpringServletContainerInitializer;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads where the application has not started its server, and where it has more than
 * one {@code DispatcherServlet}.
 */
class ForeignContainerTests {

	@Test
	void applicationInAContainerThatIsThereAlreadyTakesUploads(@TempDir Path directory) throws Exception {
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(directory.resolve("tomcat").toString());
		tomcat.setPort(0);
		tomcat.getConnector();
		Context context = tomcat.addContext("/app", null);
		// A deployed WAR has these from the JVM's system and the container's environment.
		context.addParameter("tus.storage.disk.directory", directory.resolve("uploads").toString());
		context.addServletContainerInitializer(new SpringServletContainerInitializer(), Set.of(WebArchive.class));
		tomcat.start();
		try {
			assertThat(context.getState().isAvailable()).isTrue();
			URI uri = URI.create("http://localhost:" + tomcat.getConnector().getLocalPort());
			uploadInTwoAppends(uri, "/app/files");
			assertThat(WebArchive.completed).containsExactly(6L);
			assertThat(directory.resolve("uploads")).isDirectory();
			URI documents = uri.resolve("/app/documents");
			URI kept = create(documents);
			assertThat(append(kept, 0, "503").status()).isEqualTo(503);
			assertThat(append(kept, 2, "3").status()).isEqualTo(503);
			assertThat(RawRequest.of("HEAD", kept).send().header("Upload-Offset")).isEqualTo("2");
			URI refused = create(documents);
			assertThat(append(refused, 0, "422").status()).isEqualTo(422);
			assertThat(RawRequest.of("HEAD", refused).send().status()).isEqualTo(410);
		}
		finally {
			tomcat.stop();
			tomcat.destroy();
		}
	}

	@Test
	void secondDispatcherServletSeesUploadsAsAllThatTheApplicationMaps() {
		try (TestServer server = TestServer.tomcat().with(SecondServlet.class).start()) {
			uploadInTwoAppends(server.uri(""), "/files");
			uploadInTwoAppends(server.uri(""), "/admin/files");
		}
	}

	private static void uploadInTwoAppends(URI server, String path) {
		RawResponse created = RawRequest.of("POST", server.resolve(path)).with("Upload-Length: 6").send();
		assertThat(created.status()).isEqualTo(201);
		URI upload = server.resolve(URI.create(created.header("Location")).getPath());
		assertThat(upload.getPath()).startsWith(path + "/");
		for (int offset = 0; offset < 6; offset += 3) {
			assertThat(RawRequest.of("PATCH", upload)
				.with("Content-Type: application/offset+octet-stream")
				.with("Upload-Offset: " + offset)
				.body("abc")
				.send()
				.status()).isEqualTo(204);
		}
		assertThat(RawRequest.of("HEAD", upload).send().header("Upload-Offset")).isEqualTo("6");
	}

	private static URI create(URI path) {
		RawResponse created = RawRequest.of("POST", path).with("Upload-Length: 3").send();
		return path.resolve(String.valueOf(created.header("Location")));
	}

	private static RawResponse append(URI upload, int offset, String bytes) {
		return RawRequest.of("PATCH", upload)
			.with("Content-Type: application/offset+octet-stream")
			.with("Upload-Offset: " + offset)
			.body(bytes)
			.send();
	}

	/**
	 * What a WAR has as its entry.
	 */
	public static class WebArchive extends SpringBootServletInitializer {

		private static final CopyOnWriteArrayList<Long> completed = new CopyOnWriteArrayList<>();

		@Override
		protected SpringApplicationBuilder configure(SpringApplicationBuilder builder) {
			return builder.sources(Application.class)
				.properties(Map.of("spring.main.banner-mode", "off", "logging.level.root", "warn",
						"tus.storage.disk.min-free-space", "0", "tus.endpoints[0].path", "/documents"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class,
			TusAutoConfiguration.class, TusWebMvcAutoConfiguration.class, TusRufhAutoConfiguration.class,
			TusEndpointAutoConfiguration.class })
	static class Application {

		@Bean
		Documents documents() {
			return new Documents();
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			WebArchive.completed.add(event.upload().offset());
		}

	}

	/**
	 * Answers with the error that a content names. A WAR has a filter of Boot's that
	 * keeps errors until it is left.
	 */
	@RestController
	static class Documents {

		@PostMapping("/documents")
		void create(InputStream content, HttpServletResponse response) throws IOException {
			response.sendError(Integer.parseInt(new String(content.readAllBytes(), StandardCharsets.US_ASCII)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SecondServlet {

		@Bean
		ServletRegistrationBean<DispatcherServlet> adminServlet() {
			AnnotationConfigWebApplicationContext context = new AnnotationConfigWebApplicationContext();
			context.register(AdminConfiguration.class);
			ServletRegistrationBean<DispatcherServlet> registration = new ServletRegistrationBean<>(
					new DispatcherServlet(context), "/admin/*");
			registration.setName("admin");
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebMvc
	static class AdminConfiguration {

	}

}
