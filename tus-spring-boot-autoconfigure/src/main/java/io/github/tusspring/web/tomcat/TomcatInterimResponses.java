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
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;

import io.github.tusspring.web.InterimResponses;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.AbstractProcessor;
import org.apache.coyote.ActionHook;
import org.apache.coyote.Response;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Sends interim answers on Tomcat, which itself knows 100 and 103 only: over HTTP/1.1 as
 * bytes on the connection, over HTTP/2 as a frame of headers. Thread-safe.
 */
public final class TomcatInterimResponses implements InterimResponses {

	private static final Log logger = LogFactory.getLog(TomcatInterimResponses.class);

	@Override
	public boolean send(HttpServletRequest request, int status, Map<String, String> headers) {
		Request tomcatRequest = TomcatRequestValve.find(request);
		if (tomcatRequest == null || Http11.HOOK == null) {
			return false;
		}
		Object processor = ReflectionUtils.getField(Http11.HOOK, tomcatRequest.getResponse().getCoyoteResponse());
		try {
			if (processor instanceof Http11Processor && Http11.SOCKET != null
					&& ReflectionUtils.getField(Http11.SOCKET, processor) instanceof SocketWrapperBase<?> connection) {
				connection.write(true, InterimResponses.toBytes(status, headers));
				connection.flush(true);
				return true;
			}
			Http2 http2 = Http2.Known.http2;
			return http2 != null && http2.send(processor, status, headers);
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("An interim answer could not be sent: %s", ex));
			return true;
		}
	}

	/**
	 * The way to a connection. Not looked for before the first answer.
	 */
	private static final class Http11 {

		private static final @Nullable Field HOOK = TomcatFields.find(Response.class, "hook", ActionHook.class);

		private static final @Nullable Field SOCKET = TomcatFields.find(AbstractProcessor.class, "socketWrapper",
				SocketWrapperBase.class);

	}

	/**
	 * The way to a stream of HTTP/2.
	 *
	 * @param processor the class of what processes a stream
	 * @param handler the processor's field with the handler of the connection
	 * @param stream the processor's field with the stream
	 * @param writeHeaders the handler's method that sends a frame of headers
	 */
	private record Http2(Class<?> processor, Field handler, Field stream, Method writeHeaders) {

		/**
		 * The room for the frame of headers to begin with.
		 */
		private static final int FRAME_SIZE = 512;

		/**
		 * Looked for when the first one is wanted: HTTP/2 is two dozen classes.
		 */
		private static final class Known {

			private static final @Nullable Http2 http2 = Http2.find();

		}

		static @Nullable Http2 find() {
			try {
				Class<?> processor = type("StreamProcessor");
				Class<?> connection = type("Http2UpgradeHandler");
				Field handler = TomcatFields.find(processor, "handler", connection);
				Field stream = TomcatFields.find(processor, "stream", type("Stream"));
				Method write = ReflectionUtils.findMethod(connection, "writeHeaders", type("Stream"), MimeHeaders.class,
						boolean.class, int.class);
				if (handler == null || stream == null || write == null) {
					return null;
				}
				ReflectionUtils.makeAccessible(write);
				return new Http2(processor, handler, stream, write);
			}
			catch (ClassNotFoundException | RuntimeException ex) {
				logger.debug(LogMessage.format("Interim answers can't be sent over HTTP/2: %s", ex));
				return null;
			}
		}

		private static Class<?> type(String name) throws ClassNotFoundException {
			return ClassUtils.forName("org.apache.coyote.http2." + name, Response.class.getClassLoader());
		}

		boolean send(@Nullable Object target, int status, Map<String, String> headers) throws IOException {
			if (!this.processor.isInstance(target)) {
				return false;
			}
			MimeHeaders fields = new MimeHeaders();
			fields.setValue(":status").setString(Integer.toString(status));
			headers.forEach((name, value) -> fields.setValue(name).setString(value));
			try {
				this.writeHeaders.invoke(ReflectionUtils.getField(this.handler, target),
						ReflectionUtils.getField(this.stream, target), fields, false, FRAME_SIZE);
				return true;
			}
			catch (InvocationTargetException ex) {
				if (ex.getTargetException() instanceof IOException failure) {
					throw failure;
				}
				throw new IOException(ex.getTargetException());
			}
			catch (IllegalAccessException ex) {
				return false;
			}
		}

	}

}
