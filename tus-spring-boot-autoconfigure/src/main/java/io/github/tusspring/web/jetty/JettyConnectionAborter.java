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

package io.github.tusspring.web.jetty;

import java.io.EOFException;

import io.github.tusspring.web.ConnectionAborter;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;

/**
 * Closes connections of Jetty.
 */
public final class JettyConnectionAborter implements ConnectionAborter {

	@Override
	public boolean abort(HttpServletRequest request) {
		ServletContextRequest jettyRequest;
		try {
			jettyRequest = ServletContextRequest.getServletContextRequest(request);
		}
		catch (IllegalStateException ex) {
			// The request of another server, with Jetty on the class path too.
			return false;
		}
		ServletChannel channel = jettyRequest.getServletChannel();
		if (channel.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
			channel.abort(new EOFException());
		}
		else {
			channel.getEndPoint().close();
		}
		if (request.isAsyncStarted()) {
			request.getAsyncContext().complete();
		}
		return true;
	}

}
