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

import org.apache.coyote.ActionHook;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Tells whether a stream of HTTP/2 was reset by its client. To Tomcat its input has ended
 * then, as that of a whole body has, and what it says otherwise it says a moment later.
 * There is no public way to a stream's state; if a later Tomcat has none of these fields,
 * nothing is known.
 */
final class TomcatStreamState {

	private static final String PACKAGE = "org.apache.coyote.http2.";

	private final @Nullable Field hook = TomcatFields.find(Request.class, "hook", ActionHook.class);

	private final @Nullable Field stream = find("StreamProcessor", "stream", "Stream");

	private final @Nullable Field machine = find("AbstractNonZeroStream", "state", "StreamStateMachine");

	private final @Nullable Field state = find("StreamStateMachine", "state", "StreamStateMachine$State");

	private static @Nullable Field find(String owner, String name, String type) {
		ClassLoader classLoader = Request.class.getClassLoader();
		try {
			return TomcatFields.find(ClassUtils.forName(PACKAGE + owner, classLoader), name,
					ClassUtils.forName(PACKAGE + type, classLoader));
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return null;
		}
	}

	/**
	 * Whether the stream of a request that wasn't answered yet is closed.
	 */
	boolean isClosed(Request request) {
		Object state = get(this.state, get(this.machine, get(this.stream, get(this.hook, request))));
		// The end of a whole body leaves our half of the stream open.
		return state instanceof Enum<?> value && value.name().startsWith("CLOSED");
	}

	private static @Nullable Object get(@Nullable Field field, @Nullable Object target) {
		if (field == null || !field.getDeclaringClass().isInstance(target)) {
			return null;
		}
		// A state is written under its machine's monitor.
		synchronized (target) {
			return ReflectionUtils.getField(field, target);
		}
	}

}
