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

import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/**
 * Lets fields and methods of Tomcat's be found in a native image to which there is no
 * public way. Where one isn't found, what needs it steps aside.
 */
class TomcatRuntimeHints implements RuntimeHintsRegistrar {

	private static final Map<String, Set<String>> FIELDS = Map.of("org.apache.coyote.Request", Set.of("hook"),
			"org.apache.coyote.Response", Set.of("hook"), "org.apache.coyote.AbstractProcessor",
			Set.of("socketWrapper"), "org.apache.coyote.http11.Http11InputBuffer", Set.of("wrapper"),
			"org.apache.coyote.http2.StreamProcessor", Set.of("handler", "stream"), "org.apache.coyote.http2.Stream",
			Set.of(), "org.apache.coyote.http2.AbstractNonZeroStream", Set.of("state"),
			"org.apache.coyote.http2.StreamStateMachine", Set.of("state"),
			"org.apache.coyote.http2.StreamStateMachine$State", Set.of());

	private static final String HTTP2 = "org.apache.coyote.http2.Http2UpgradeHandler";

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		FIELDS.forEach((owner, fields) -> {
			if (ClassUtils.isPresent(owner, classLoader)) {
				hints.reflection().registerType(TypeReference.of(owner), (type) -> fields.forEach(type::withField));
			}
		});
		if (ClassUtils.isPresent(HTTP2, classLoader)) {
			hints.reflection().registerType(TypeReference.of(HTTP2), MemberCategory.INVOKE_DECLARED_METHODS);
		}
	}

}
