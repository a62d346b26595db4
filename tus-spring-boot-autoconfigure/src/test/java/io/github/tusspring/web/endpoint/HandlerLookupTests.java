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

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import org.junit.jupiter.api.Test;

import org.springframework.asm.ClassWriter;
import org.springframework.asm.Opcodes;
import org.springframework.http.HttpMethod;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application has besides the handlers of its endpoints.
 */
class HandlerLookupTests {

	@Test
	@SuppressWarnings("removal")
	void whenAPatternIsNoneOfAPathPatternParserThenTheOthersAreFound() throws Exception {
		RequestMappingInfo.BuilderConfiguration options = new RequestMappingInfo.BuilderConfiguration();
		options.setPathMatcher(new AntPathMatcher());
		RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
		mapping.setPatternParser(null);
		mapping.registerMapping(RequestMappingInfo.paths("/a/**/b", "/imports").options(options).build(), this,
				Object.class.getMethod("toString"));
		List<HandlerMethod> found = new HandlerLookup(() -> List.of(mapping), "").methods("/imports", HttpMethod.POST,
				null);
		assertThat(found).hasSize(1);
	}

	@Test
	void servletOfSpringMvcIsKnownWhoeverLoadsItsClass() {
		assertThat(lookup(new Loader()).hasOther("/api/imports", "/api")).isFalse();
	}

	@Test
	void servletWhoseClassIsNotKnownIsNoneOfSpringMvc() {
		assertThat(lookup(getClass().getClassLoader()).hasOther("/api/imports", "/api")).isTrue();
	}

	private static ServletLookup lookup(ClassLoader loader) {
		ServletRegistration servlet = proxy(ServletRegistration.class,
				Map.of("getClassName", "restarted.Servlet", "getMappings", List.of("/api/*")));
		return new ServletLookup(proxy(ServletContext.class,
				Map.of("getClassLoader", loader, "getServletRegistrations", Map.of("api", servlet))));
	}

	private static <T> T proxy(Class<T> type, Map<String, Object> values) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> values.get(method.getName())));
	}

	/**
	 * Loads a class of the application's that the starter's own loader doesn't know.
	 */
	private static final class Loader extends ClassLoader {

		Loader() {
			super(HandlerLookupTests.class.getClassLoader());
		}

		@Override
		protected Class<?> findClass(String name) {
			ClassWriter writer = new ClassWriter(0);
			writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, name.replace('.', '/'), null,
					"org/springframework/web/servlet/DispatcherServlet", null);
			byte[] bytes = writer.toByteArray();
			return defineClass(name, bytes, 0, bytes.length);
		}

	}

}
