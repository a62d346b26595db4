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

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.tusspring.test.TestServer;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

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
	void unknownValue(CapturedOutput output) {
		fails(TestServer.tomcat().property("tus.storage.disk.durability", "tape"));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("tus.storage.disk.durability")
			.contains("tape")
			.contains("APPEND");
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
	void filterThatKnowsOfNoAsynchronousRequests(CapturedOutput output) {
		try (TestServer server = TestServer.tomcat().with(FilterConfiguration.class).start()) {
			assertThat(server.port()).isPositive();
		}
		assertThat(output).contains("'oldFilter' doesn't support asynchronous requests")
			.contains("Call setAsyncSupported(true) on it");
	}

	private static void fails(TestServer.Builder builder) {
		assertThatException().isThrownBy(builder::start);
	}

	@Configuration(proxyBeanMethods = false)
	static class FilterConfiguration {

		@Bean
		FilterRegistrationBean<Filter> oldFilter() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.setAsyncSupported(false);
			return registration;
		}

	}

}
