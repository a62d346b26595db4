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

import io.github.tusspring.web.DirectInput;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.CoyoteInputStream;
import org.apache.catalina.connector.CoyoteOutputStream;
import org.apache.catalina.connector.Request;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Opens direct inputs on Tomcat: for HTTP/1.1 without TLS, and only where no filter has
 * put a stream of its own before the server's. There is no public way to the socket, so
 * the field that has it is read by reflection. If a later Tomcat has no such field, the
 * stream is used.
 */
public final class TomcatDirectInputFactory implements DirectInput.Factory {

	@Override
	public @Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream) {
		Request tomcatRequest = TomcatRequestValve.find(request);
		if (tomcatRequest == null) {
			return null;
		}
		org.apache.coyote.Request coyoteRequest = tomcatRequest.getCoyoteRequest();
		if (coyoteRequest.getInputBuffer() instanceof Http11InputBuffer && coyoteRequest.getContentLengthLong() < 0) {
			TomcatDispatchGuard.guard(coyoteRequest);
		}
		if (Http11.SOCKET == null || !(stream instanceof CoyoteInputStream)) {
			return null;
		}
		if (coyoteRequest.getInputBuffer() instanceof Http11InputBuffer input
				&& ReflectionUtils.getField(Http11.SOCKET, input) instanceof SocketWrapperBase<?> socket
				&& TomcatDirectInput.isPlain(socket)
				// With a large buffer of Tomcat's own there is nothing to be won.
				&& socket.getSocketBufferHandler().getReadBuffer().capacity() <= DirectInput.ROOM) {
			return new TomcatDirectInput(coyoteRequest, input, socket);
		}
		return null;
	}

	@Override
	public boolean isReadByAnyThread(ServletInputStream stream) {
		return stream instanceof CoyoteInputStream;
	}

	@Override
	public boolean isListenedTo(HttpServletRequest request, ServletInputStream stream) {
		if (stream instanceof CoyoteInputStream) {
			// The request may be over already, and has to be left alone.
			return true;
		}
		Request tomcatRequest = TomcatRequestValve.find(request);
		return tomcatRequest == null || tomcatRequest.getCoyoteRequest().getReadListener() != null;
	}

	@Override
	public boolean isListenedTo(HttpServletRequest request, ServletOutputStream stream) {
		if (stream instanceof CoyoteOutputStream) {
			// The request may be over already, and has to be left alone.
			return true;
		}
		Request tomcatRequest = TomcatRequestValve.find(request);
		return tomcatRequest == null || tomcatRequest.getCoyoteRequest().getResponse().getWriteListener() != null;
	}

	@Override
	public boolean tellsOfEnd(HttpServletRequest request) {
		Request tomcatRequest = TomcatRequestValve.find(request);
		// Trailers of HTTP/2 that come late wake only threads that wait for bytes.
		return tomcatRequest == null || tomcatRequest.getCoyoteRequest().getInputBuffer() instanceof Http11InputBuffer;
	}

	@Override
	public boolean isBrokenOff(HttpServletRequest request) {
		Request tomcatRequest = TomcatRequestValve.find(request);
		return tomcatRequest != null
				&& !(tomcatRequest.getCoyoteRequest().getInputBuffer() instanceof Http11InputBuffer)
				&& Http2.STATE.isClosed(tomcatRequest.getCoyoteRequest());
	}

	/**
	 * Not looked for before the first body comes.
	 */
	private static final class Http11 {

		private static final @Nullable Field SOCKET = TomcatFields.find(Http11InputBuffer.class, "wrapper",
				SocketWrapperBase.class);

	}

	/**
	 * Not loaded before it is needed.
	 */
	private static final class Http2 {

		private static final TomcatStreamState STATE = new TomcatStreamState();

	}

}
