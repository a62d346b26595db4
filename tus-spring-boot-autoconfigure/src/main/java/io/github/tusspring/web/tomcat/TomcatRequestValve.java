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

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.jspecify.annotations.Nullable;

/**
 * Remembers Tomcat's own request, which the servlet request hides. Without it Tomcat
 * would answer 400 or 408 of its own accord when a body ends early, and clients would
 * give up. No bean: the container would load what its methods name, Tomcat's request and
 * all, when the application starts.
 */
public final class TomcatRequestValve extends ValveBase {

	private static final String REQUEST = TomcatRequestValve.class.getName() + ".REQUEST";

	/**
	 * Creates an instance.
	 */
	public TomcatRequestValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		request.setAttribute(REQUEST, request);
		getNext().invoke(request, response);
	}

	/**
	 * Returns Tomcat's own request.
	 */
	static @Nullable Request find(HttpServletRequest request) {
		return (request.getAttribute(REQUEST) instanceof Request tomcatRequest) ? tomcatRequest : null;
	}

}
