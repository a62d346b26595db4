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

import io.github.tusspring.web.OwnThreadReader;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Keeps Tomcat from processing a connection twice at a time. At the end of a chunked body
 * that is read without waiting, Tomcat goes on with the connection in the middle of the
 * read, as it has to for a thread that isn't its own. On its own thread that makes a
 * second processor, which takes what has come of a pipelined request for the beginning of
 * one. There the thread goes on by itself when it returns from the read. A thread of ours
 * finds the end by itself, too, and must not wait for the connection's lock in the middle
 * of a read: a thread of Tomcat's may hold it while it waits for that read. Nor must the
 * note be left that there is something to read: when the request is dispatched, Tomcat
 * would find it after its end, and answer once more.
 */
final class TomcatDispatchGuard implements ActionHook {

	private static final @Nullable Field HOOK = TomcatFields.find(Request.class, "hook", ActionHook.class);

	private final Request request;

	private final ActionHook processor;

	private TomcatDispatchGuard(Request request, ActionHook processor) {
		this.request = request;
		this.processor = processor;
	}

	/**
	 * Guards all requests of a connection from now on.
	 */
	static void guard(Request request) {
		if (HOOK != null && ReflectionUtils.getField(HOOK, request) instanceof ActionHook hook
				&& !(hook instanceof TomcatDispatchGuard)) {
			ReflectionUtils.setField(HOOK, request, new TomcatDispatchGuard(request, hook));
		}
	}

	@Override
	public void action(ActionCode code, @Nullable Object param) {
		boolean superfluous = switch (code) {
			case DISPATCH_EXECUTE -> this.request.isRequestThread() || isReadByUs();
			case DISPATCH_READ -> (this.request.isRequestThread() && this.request.isFinished()) || isReadByUs();
			default -> false;
		};
		if (!superfluous) {
			this.processor.action(code, param);
		}
	}

	private boolean isReadByUs() {
		return this.request.getReadListener() instanceof OwnThreadReader reader && reader.isReadingHere();
	}

}
