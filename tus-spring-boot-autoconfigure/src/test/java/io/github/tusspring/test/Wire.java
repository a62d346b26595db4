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
package io.github.tusspring.test;

import java.io.Closeable;
import java.util.function.IntFunction;

/**
 * A way for requests to a server, with which a test can be written once for each version
 * of HTTP.
 */
public interface Wire extends Closeable {

	/**
	 * Sends a request and reads the answer.
	 */
	RawResponse send(RawRequest request);

	/**
	 * Sends the head of a request, whose body is sent bit by bit.
	 */
	OpenRequest open(RawRequest request);

	/**
	 * Whether requests are written as HTTP/1.1 has them.
	 */
	boolean isHttp11();

	@Override
	void close();

	/**
	 * Opens a way to whatever listens at a port and speaks HTTP/1.1.
	 */
	static Wire http11(int port) {
		return new Http1Wire(port);
	}

	/**
	 * The versions of HTTP.
	 */
	enum Version {

		/** A connection for each request. */
		HTTP_1_1(Http1Wire::new),

		/**
		 * Over TCP without TLS, with prior knowledge; one connection for all requests.
		 */
		HTTP_2(Http2Wire::new);

		private final IntFunction<Wire> factory;

		Version(IntFunction<Wire> factory) {
			this.factory = factory;
		}

		/**
		 * Opens a way to a server.
		 */
		public Wire to(TestServer server) {
			return this.factory.apply(server.port());
		}

		/**
		 * Prepares a server for it.
		 */
		public TestServer.Builder prepare(TestServer.Builder builder) {
			return (this == HTTP_2) ? builder.property("server.http2.enabled", "true").with(Http2Wire.SmallFrames.class)
					: builder;
		}

	}

}
