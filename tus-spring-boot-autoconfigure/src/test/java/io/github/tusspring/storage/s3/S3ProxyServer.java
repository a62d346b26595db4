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

package io.github.tusspring.storage.s3;

import java.net.URI;

import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import org.gaul.shaded.org.eclipse.jetty.server.Server;
import org.gaul.shaded.org.eclipse.jetty.server.handler.EagerContentHandler;
import org.gaul.shaded.org.eclipse.jetty.server.handler.EagerContentHandler.RetainedContentLoaderFactory;

import org.springframework.test.util.ReflectionTestUtils;

/**
 * S3Proxy in this process, which keeps everything in memory.
 */
public final class S3ProxyServer implements S3Server {

	private static final int SMALL = 64 * 1024;

	private final S3Proxy server;

	private final int port;

	public S3ProxyServer() {
		this(AuthenticationType.AWS_V2_OR_V4, false);
	}

	/**
	 * Starts a server.
	 * @param ignoring whether it takes headers that it doesn't know for nothing, rather
	 * than refuse them
	 */
	public S3ProxyServer(boolean ignoring) {
		this(AuthenticationType.AWS_V2_OR_V4, ignoring);
	}

	private S3ProxyServer(AuthenticationType authentication, boolean ignoring) {
		try {
			this.server = S3Proxy.builder()
				.blobStore(new TransientNio2BlobStore())
				.endpoint(URI.create("http://127.0.0.1:0"))
				.awsAuthentication(authentication, ACCESS_KEY, SECRET_KEY)
				.ignoreUnknownHeaders(ignoring)
				.build();
			readBodiesFirst(this.server);
			this.server.start();
			this.port = this.server.getPort();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Has the server read a small body before it answers. It would refuse a request whose
	 * condition isn't met without having read it, and close the connection; a client that
	 * sends the body at that moment has its connection broken and doesn't get the answer.
	 */
	private static void readBodiesFirst(S3Proxy server) {
		Server jetty = (Server) ReflectionTestUtils.getField(server, "server");
		jetty.insertHandler(new EagerContentHandler(new RetainedContentLoaderFactory(SMALL, 1, false)));
	}

	/**
	 * Returns a server that doesn't look at signatures.
	 */
	public static S3ProxyServer anonymous() {
		return new S3ProxyServer(AuthenticationType.NONE, false);
	}

	@Override
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.port);
	}

	@Override
	public void close() {
		try {
			this.server.stop();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
