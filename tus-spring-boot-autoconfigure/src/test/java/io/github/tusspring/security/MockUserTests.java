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

import java.nio.file.Path;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.test.context.support.WithMockUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;
import static org.springframework.security.test.web.servlet.setup.SecurityMockMvcConfigurers.springSecurity;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.head;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.patch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Uploads in the tests of an application that uses Spring Security's test support.
 */
@SpringBootTest
@DirtiesContext
class MockUserTests {

	@TempDir
	static Path directory;

	private MockMvc mvc;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry registry) {
		registry.add("tus.storage.disk.directory", () -> directory.resolve("uploads"));
		registry.add("tus.storage.disk.min-free-space", () -> "0");
	}

	@BeforeEach
	void setUp(@Autowired WebApplicationContext context) {
		this.mvc = MockMvcBuilders.webAppContextSetup(context).apply(springSecurity()).build();
	}

	@Test
	@WithMockUser("alice")
	void mockUserOwnsTheUpload(@Autowired TusUploads uploads) throws Exception {
		String location = create();
		this.mvc
			.perform(patch(location).header("Tus-Resumable", "1.0.0")
				.header("Upload-Offset", "0")
				.contentType("application/offset+octet-stream")
				.content("hello"))
			.andExpect(status().isNoContent());
		UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
		assertThat(uploads.find(id).map(Upload::owner)).contains("alice");
	}

	@Test
	@WithMockUser("alice")
	void userOfARequestReachesUploadsOfItsOwnOnly() throws Exception {
		String location = create();
		this.mvc.perform(head(location).header("Tus-Resumable", "1.0.0").with(user("bob")))
			.andExpect(status().isNotFound());
		this.mvc.perform(head(location).header("Tus-Resumable", "1.0.0")).andExpect(status().isOk());
	}

	@Test
	void whenThereIsNoUserThenUploadIsRefused() throws Exception {
		this.mvc.perform(post("/files").header("Tus-Resumable", "1.0.0").header("Upload-Length", "5"))
			.andExpect(status().isForbidden());
	}

	private String create() throws Exception {
		return this.mvc.perform(post("/files").header("Tus-Resumable", "1.0.0").header("Upload-Length", "5"))
			.andExpect(status().isCreated())
			.andReturn()
			.getResponse()
			.getHeader("Location");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))
				.build();
		}

	}

}
