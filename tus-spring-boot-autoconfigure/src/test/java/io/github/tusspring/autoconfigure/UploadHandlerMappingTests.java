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

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.support.StaticApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

import static org.assertj.core.api.Assertions.assertThat;

class UploadHandlerMappingTests {

	private final Object controller = new Object();

	private final UploadHandlerMapping mapping = new UploadHandlerMapping("/files", this.controller, null);

	@BeforeEach
	void initialize() {
		this.mapping.setApplicationContext(new StaticApplicationContext());
	}

	@ParameterizedTest
	@CsvSource({ "/files, /files", "/files/a-1, /files/{id}", "/files/a.b, /files/{id}", "/files/%61, /files/{id}",
			"/files/a/b, /files/**", "/files/, /files/**" })
	void requestIsMappedByThePatternThatFitsBest(String path, String pattern) throws Exception {
		MockHttpServletRequest request = handle(path);
		assertThat(request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)).isEqualTo(pattern);
		assertThat(request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE)).isSameAs(this.controller);
	}

	@Test
	void idOfAnUploadIsAVariableOfThePath() throws Exception {
		MockHttpServletRequest request = handle("/files/a-1");
		assertThat(request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE))
			.isEqualTo(Map.of("id", "a-1"));
		assertThat(request.getAttribute(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE)).isEqualTo("a-1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/filesystem/a", "/files2", "/other/files/a", "/" })
	void requestToAnotherPathIsNotMapped(String path) throws Exception {
		assertThat(find(request(path))).isNull();
	}

	private MockHttpServletRequest handle(String path) throws Exception {
		MockHttpServletRequest request = request(path);
		HandlerExecutionChain chain = find(request);
		assertThat(chain).isNotNull();
		for (HandlerInterceptor interceptor : chain.getInterceptorList()) {
			interceptor.preHandle(request, new MockHttpServletResponse(), chain.getHandler());
		}
		return request;
	}

	private @Nullable HandlerExecutionChain find(MockHttpServletRequest request) throws Exception {
		return this.mapping.getHandler(request);
	}

	private static MockHttpServletRequest request(String path) {
		MockHttpServletRequest request = new MockHttpServletRequest("HEAD", path);
		ServletRequestPathUtils.parseAndCache(request);
		return request;
	}

}
