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

package io.github.tusspring.web.tomcat;

import java.lang.reflect.Field;
import java.util.Arrays;

import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11InputBuffer;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

class TomcatRuntimeHintsTests {

	@Test
	void whatIsReachedByReflectionIsThereInANativeImage() throws Exception {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter(TomcatRuntimeHints.class::isInstance)
			.forEach((registrar) -> registrar.registerHints(hints, getClass().getClassLoader()));
		Class<?> stream = Class.forName("org.apache.coyote.http2.StreamProcessor");
		for (Field field : new Field[] { Request.class.getDeclaredField("hook"),
				Response.class.getDeclaredField("hook"), AbstractProcessor.class.getDeclaredField("socketWrapper"),
				Http11InputBuffer.class.getDeclaredField("wrapper"), stream.getDeclaredField("handler"),
				stream.getDeclaredField("stream") }) {
			assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(field)).as(field.toString()).accepts(hints);
		}
		assertThat(Arrays.stream(Class.forName("org.apache.coyote.http2.Http2UpgradeHandler").getDeclaredMethods())
			.filter((method) -> method.getName().equals("writeHeaders"))).isNotEmpty()
			.allSatisfy((method) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(method))
				.accepts(hints));
	}

	@Test
	void withoutTomcatThereIsNothingToReach() {
		RuntimeHints hints = new RuntimeHints();
		new TomcatRuntimeHints().registerHints(hints, new FilteredClassLoader("org.apache.coyote"));
		assertThat(hints.reflection().typeHints()).isEmpty();
	}

}
