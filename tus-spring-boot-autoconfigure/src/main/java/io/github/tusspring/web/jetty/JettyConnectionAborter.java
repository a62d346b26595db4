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
import java.util.concurrent.atomic.AtomicReference;

import io.github.tusspring.web.ConnectionAborter;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.HttpStream;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections of Jetty.
 */
public final class JettyConnectionAborter implements ConnectionAborter {

	@Override
	public boolean abort(HttpServletRequest request) {
		ServletContextRequest jettyRequest = find(request);
		if (jettyRequest == null) {
			return false;
		}
		ServletChannel channel = jettyRequest.getServletChannel();
		if (channel.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
			reset(jettyRequest);
		}
		else {
			channel.getEndPoint().close();
		}
		if (request.isAsyncStarted()) {
			request.getAsyncContext().complete();
		}
		return true;
	}

	/**
	 * Returns Jetty's own request.
	 * @return the request, or {@code null} if it is that of another server, with Jetty on
	 * the class path too
	 */
	static @Nullable ServletContextRequest find(HttpServletRequest request) {
		try {
			return ServletContextRequest.getServletContextRequest(request);
		}
		catch (IllegalStateException ex) {
			return null;
		}
	}

	/**
	 * Resets the stream of HTTP/2 itself. To abort the channel would be to answer 500,
	 * unless there was an answer before.
	 */
	private static void reset(ServletContextRequest request) {
		AtomicReference<HttpStream> current = new AtomicReference<>();
		request.addHttpStreamWrapper((stream) -> {
			current.set(stream);
			return stream;
		});
		HttpStream stream = current.get();
		while (stream instanceof HttpStream.Wrapper wrapper) {
			stream = wrapper.getWrapped();
		}
		stream.failed(new EOFException());
	}

}
