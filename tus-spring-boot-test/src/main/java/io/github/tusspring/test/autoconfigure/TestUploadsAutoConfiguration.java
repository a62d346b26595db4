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

package io.github.tusspring.test.autoconfigure;

import java.io.IOException;

import io.github.tusspring.autoconfigure.TusAutoConfiguration;
import io.github.tusspring.upload.UploadStorage;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration for {@link AutoConfigureTus}.
 */
@AutoConfiguration(before = TusAutoConfiguration.class)
public final class TestUploadsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(UploadStorage.class)
	TemporaryUploadStorage tusTestUploadStorage() throws IOException {
		return new TemporaryUploadStorage();
	}

	@Bean
	@ConditionalOnMissingBean
	TestUploads tusTestUploads(ObjectProvider<MockMvc> mvc, Environment environment) {
		String path = environment.getProperty("tus.path", "/files");
		MockMvc available = mvc.getIfAvailable();
		return (available != null) ? TestUploads.of(available).to(path)
				: TestUploads.of(() -> "http://localhost:" + environment.getRequiredProperty("local.server.port"))
					.below(prefix(environment))
					.to(path);
	}

	private static String prefix(Environment environment) {
		String servletPath = environment.getProperty("spring.mvc.servlet.path", "");
		return environment.getProperty("server.servlet.context-path", "")
				+ StringUtils.trimTrailingCharacter(servletPath, '/');
	}

}
