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

import java.nio.charset.StandardCharsets;

/**
 * Sends each request on a socket of its own.
 */
final class Http1Wire implements Wire {

	private final int port;

	Http1Wire(int port) {
		this.port = port;
	}

	@Override
	public RawResponse send(RawRequest request) {
		try (RawConnection connection = RawConnection.to(this.port)) {
			return request.on(connection).read();
		}
	}

	@Override
	public OpenRequest open(RawRequest request) {
		RawConnection connection = RawConnection.to(this.port);
		connection.request(request.lines().toArray(String[]::new));
		return new Open(connection, request.isChunked());
	}

	@Override
	public boolean isHttp11() {
		return true;
	}

	@Override
	public void close() {
	}

	private record Open(RawConnection connection, boolean chunked) implements OpenRequest {

		@Override
		public RawResponse readInterim() {
			return this.connection.readInterim();
		}

		@Override
		public OpenRequest send(String text) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			if (this.chunked) {
				this.connection.chunk(bytes);
			}
			else {
				this.connection.send(bytes);
			}
			return this;
		}

		@Override
		public OpenRequest end() {
			if (this.chunked) {
				this.connection.lastChunk();
			}
			return this;
		}

		@Override
		public RawResponse read() {
			return this.connection.read();
		}

		@Override
		public boolean isEndedByPeer() {
			return this.connection.isClosedByPeer();
		}

		@Override
		public void close() {
			this.connection.close();
		}

	}

}
