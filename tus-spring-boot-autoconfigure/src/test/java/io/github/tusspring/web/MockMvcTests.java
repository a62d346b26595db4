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

package io.github.tusspring.web;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.head;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.patch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Uploads in the tests of an application that starts no server.
 */
@SpringBootTest
@DirtiesContext
class MockMvcTests {

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
		this.mvc = MockMvcBuilders.webAppContextSetup(context).build();
	}

	@Test
	void uploadIsCreatedContinuedAndFinished(@Autowired Listener listener, @Autowired TusUploads uploads)
			throws Exception {
		String location = this.mvc
			.perform(post("/files").header("Tus-Resumable", "1.0.0").header("Upload-Length", "10"))
			.andExpect(status().isCreated())
			.andReturn()
			.getResponse()
			.getHeader("Location");
		append(location, 0, "01234");
		this.mvc.perform(head(location).header("Tus-Resumable", "1.0.0"))
			.andExpect(status().isOk())
			.andExpect(header().string("Upload-Offset", "5"));
		append(location, 5, "56789");
		UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
		assertThat(uploads.find(id))
			.hasValueSatisfying((upload) -> assertThat(upload.state()).isEqualTo(UploadState.COMPLETED));
		assertThat(uploads.open(id).getContentAsString(StandardCharsets.UTF_8)).isEqualTo("0123456789");
		assertThat(listener.completed).containsExactly(id);
	}

	@Test
	void refusalIsAnswered() throws Exception {
		this.mvc
			.perform(patch("/files/unknown").header("Tus-Resumable", "1.0.0")
				.header("Upload-Offset", "0")
				.contentType("application/offset+octet-stream")
				.content("01234"))
			.andExpect(status().isNotFound())
			.andExpect(header().string("Tus-Resumable", "1.0.0"));
	}

	private void append(String location, long offset, String body) throws Exception {
		this.mvc
			.perform(patch(location).header("Tus-Resumable", "1.0.0")
				.header("Upload-Offset", offset)
				.contentType("application/offset+octet-stream")
				.content(body))
			.andExpect(status().isNoContent())
			.andExpect(header().string("Upload-Offset", String.valueOf(offset + body.length())));
	}

	static class Listener {

		private final List<UploadId> completed = new ArrayList<>();

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			this.completed.add(event.upload().id());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Listener.class)
	static class TestApplication {

	}

}
