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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.storage.disk.UnlockableDirectoryException;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * What is said of an application that can't start, or starts less well than it could.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

	@Test
	void directoryThatIsAFile(@TempDir Path directory, CapturedOutput output) throws Exception {
		Path file = Files.createFile(directory.resolve("file"));
		fails(TestServer.tomcat().directory(file));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Uploads can't be kept in the directory '" + file + "'")
			.contains("Make it a directory that the application may write to");
	}

	@Test
	void directoryOnAReadOnlyFileSystem(@TempDir Path directory, CapturedOutput output) throws Exception {
		assumeThat(mount("-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", directory.toString()))
			.as("a file system can be mounted, which takes root")
			.isTrue();
		try {
			fails(TestServer.tomcat().directory(directory.resolve("uploads")));
		}
		finally {
			new ProcessBuilder("umount", directory.toString()).start().waitFor();
		}
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Uploads can't be kept in the directory '" + directory.resolve("uploads") + "'")
			.contains("Read-only file system")
			.contains("on a file system that isn't mounted read-only");
	}

	@Test
	void sharedDirectoryOnAFileSystemThatLocksNoFiles(@TempDir Path directory) {
		IOException cause = new UnlockableDirectoryException(directory, new IOException("No locks available"));
		FailureAnalysis analysis = new UnusableDirectoryFailureAnalyzer()
			.analyze(new UnusableDirectoryException(directory, cause));
		assertThat(analysis.getDescription()).startsWith("Uploads can't be kept in the directory '" + directory + "'")
			.endsWith("its file system locks no files (No locks available)");
		assertThat(analysis.getAction()).contains("Instances that share a directory")
			.contains("'tus.storage.disk.directory'")
			.contains("'nolock'");
	}

	@Test
	void locksWithoutTheirServer(CapturedOutput output) {
		fails(TestServer.tomcat().property("tus.lock.type", "redis"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'tus.lock.type=redis' needs one RedisConnectionFactory, and there is none or more.")
			.contains("Add the dependency 'org.springframework.boot:spring-boot-starter-data-redis'");
	}

	@Test
	void bucketWithoutAName(CapturedOutput output) {
		fails(TestServer.tomcat().property("tus.storage.type", "s3"));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("'tus.storage.s3.bucket' must");
	}

	private static boolean mount(String... arguments) throws InterruptedException {
		List<String> command = new ArrayList<>(List.of("mount"));
		command.addAll(List.of(arguments));
		try {
			return new ProcessBuilder(command).start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@ParameterizedTest
	@CsvSource({ "tus.storage.type, tape", "tus.lock.type, redsi", "tus.location, somewhere", "tus.max-size, much",
			"tus.append.idle-timeout, never" })
	void unknownValues(String property, String value, CapturedOutput output) {
		fails(TestServer.tomcat().property(property, value));
		assertThat(output).contains("APPLICATION FAILED TO START").contains(property).contains(value);
	}

	@Test
	void unknownValue(CapturedOutput output) {
		fails(TestServer.tomcat().property("tus.storage.disk.durability", "tape"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("tus.storage.disk.durability")
			.contains("tape")
			.contains("APPEND");
	}

	@Test
	void typeOfFilesThatIsNone(CapturedOutput output) {
		fails(TestServer.tomcat().property("tus.limits.filetypes", "pdf"));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("tus.limits.filetypes").contains("pdf");
	}

	@Test
	void credentialsForPagesOfAnyOrigin(CapturedOutput output) {
		fails(TestServer.tomcat()
			.property("tus.cors.allowed-origins", "*")
			.property("tus.cors.allow-credentials", "true"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'tus.cors.allowed-origins' must not be '*' when 'tus.cors.allow-credentials' is true");
	}

	@Test
	void pathsThatCollide(CapturedOutput output) {
		fails(TestServer.tomcat().property("tus.endpoints[0].path", "/files"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("'tus.endpoints[0].path' is '/files', which collides with 'tus.path', '/files'.");
	}

	@Test
	void filtersAndServletsThatKnowOfNoAsynchronousRequests(CapturedOutput output) {
		try (TestServer server = TestServer.tomcat().with(OldConfiguration.class).start()) {
			assertThat(output).contains("'oldFilter' doesn't support asynchronous requests")
				.contains("'oldServlet' doesn't support asynchronous requests")
				.contains("Call setAsyncSupported(true) on it")
				.doesNotContain("'async-supported'");
			Uploads client = new Uploads(server, "/files");
			String path = client.create(6);
			for (int offset = 0; offset < 6; offset += 3) {
				try (RawConnection append = client.begin(path, offset, 3, 2)) {
					await().until(() -> client.offset(path) % 3 == 2);
					assertThat(append.send("a").read().status()).isEqualTo(204);
				}
			}
		}
		assertThat(output).as("of those that are no beans").containsOnlyOnce("'async-supported'");
	}

	@Test
	void handlerAtThePathOfUploads(CapturedOutput output) {
		try (TestServer server = TestServer.tomcat().with(FilesController.class).start()) {
			assertThat(server.port()).isPositive();
		}
		assertThat(output).contains("FilesController#file").contains("is never called").contains("Set 'tus.path'");
		assertThat(output).doesNotContain("FilesController#other");
	}

	@Test
	void limitsThatTheStorageOfAParentContextDoesNotKnow(@TempDir Path directory, CapturedOutput output) {
		String[] properties = { "tus.storage.disk.directory=" + directory, "tus.limits.max-stored=5" };
		AutoConfigurations configurations = AutoConfigurations.of(TusAutoConfiguration.class,
				TusWebMvcAutoConfiguration.class, TusQuotaAutoConfiguration.class);
		WebApplicationContextRunner web = new WebApplicationContextRunner().withConfiguration(configurations)
			.withPropertyValues(properties);
		web.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).doesNotContain("don't hold");
		new ApplicationContextRunner().withConfiguration(configurations)
			.withPropertyValues(properties)
			.run((parent) -> web.withParent(parent).run((context) -> assertThat(context).hasNotFailed()));
		assertThat(output).contains("The limits of what clients may store don't hold");
	}

	private static void fails(TestServer.Builder builder) {
		assertThatException().isThrownBy(builder::start);
	}

	@Configuration(proxyBeanMethods = false)
	static class OldConfiguration {

		@Bean
		FilterRegistrationBean<Filter> oldFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.setAsyncSupported(false);
			return registration;
		}

		@Bean
		ServletRegistrationBean<Servlet> oldServlet() {
			ServletRegistrationBean<Servlet> registration = new ServletRegistrationBean<>(new HttpServlet() {
			}, "/old");
			registration.setAsyncSupported(false);
			return registration;
		}

	}

	@RestController
	static class FilesController {

		@GetMapping("/files/{name}")
		String file() {
			return "";
		}

		@GetMapping("/filesystems")
		String other() {
			return "";
		}

	}

}
