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
import java.nio.ByteBuffer;

import io.github.tusspring.web.DirectInput;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Reads the body of an HTTP/1.1 request from Tomcat's socket. Tomcat reads bodies in
 * pieces of {@code socket.appReadBufSize}, of which it keeps two for each connection: so
 * it is either slow or memory-hungry. Here the socket is read into a buffer that is
 * borrowed for the moment, and that is then given to Tomcat's filters as if Tomcat had
 * read it: they go on to count the bytes of the body and to take chunks apart.
 */
final class TomcatDirectInput implements DirectInput, ApplicationBufferHandler {

	private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

	/**
	 * Of a chunked body no more is read at once, since what follows it has to be kept.
	 */
	private static final int MAX_CHUNKED_READ = 64 * 1024;

	private final Request request;

	private final Http11InputBuffer input;

	private final SocketWrapperBase<?> socket;

	private final boolean chunked;

	/**
	 * A piece of the body that the filters have given and that was not passed on yet.
	 */
	private ByteBuffer piece = NOTHING;

	TomcatDirectInput(Request request, Http11InputBuffer input, SocketWrapperBase<?> socket) {
		this.request = request;
		this.input = input;
		this.socket = socket;
		this.chunked = request.getContentLengthLong() < 0;
	}

	@Override
	public int read(ByteBuffer buffer) throws IOException {
		int start = buffer.position();
		while (buffer.hasRemaining() && (this.piece.hasRemaining() || nextPiece())) {
			copy(buffer);
		}
		if (buffer.position() == start) {
			readSocket(buffer);
		}
		return buffer.position() - start;
	}

	/**
	 * Takes what has been read already.
	 */
	private boolean nextPiece() throws IOException {
		return this.input.available() > 0 && this.request.doRead(this) > 0;
	}

	private void copy(ByteBuffer buffer) {
		int count = Math.min(this.piece.remaining(), buffer.remaining());
		// Of a chunked body, the piece may lie further back in the same buffer.
		buffer.put(buffer.position(), this.piece, this.piece.position(), count);
		buffer.position(buffer.position() + count);
		this.piece.position(this.piece.position() + count);
	}

	private void readSocket(ByteBuffer buffer) throws IOException {
		ByteBuffer original = this.input.getByteBuffer();
		long limit = this.chunked ? MAX_CHUNKED_READ
				: this.request.getContentLengthLong() - this.request.getBytesRead();
		int size = (int) Math.min(limit, buffer.remaining());
		// Looking for the end of a chunk's header, Tomcat may go on to read, behind the
		// place where the headers of the request would end.
		if (size <= 0 || this.request.isFinished() || (this.chunked && size < original.capacity())
				|| original.hasRemaining() || !isPlain(this.socket)
				|| !this.socket.getSocketBufferHandler().isReadBufferEmpty()) {
			return;
		}
		ByteBuffer raw = buffer.slice(buffer.position(), size);
		// That the connection has ended, the stream will tell in its own way.
		if (((NioChannel) this.socket.getSocket()).read(raw) > 0) {
			int count = filter(raw.flip(), original);
			if (this.chunked) {
				takeApart(count, buffer, raw, original);
			}
			else {
				// It lies where it belongs.
				buffer.position(buffer.position() + Math.max(count, 0));
			}
			this.piece = this.piece.hasRemaining() && this.chunked ? this.piece : NOTHING;
		}
	}

	private int filter(ByteBuffer raw, ByteBuffer original) throws IOException {
		this.input.setByteBuffer(raw);
		try {
			return this.request.doRead(this);
		}
		finally {
			this.input.setByteBuffer(original);
		}
	}

	private void takeApart(int first, ByteBuffer buffer, ByteBuffer raw, ByteBuffer original) throws IOException {
		int end = original.limit();
		int start = buffer.position();
		// If this has changed afterwards, Tomcat has read on.
		original.limit(0);
		int count = first;
		while (count > 0) {
			if (original.limit() == 0 && start + this.piece.position() == buffer.position()) {
				// It lies where it belongs.
				buffer.position(buffer.position() + this.piece.remaining());
				this.piece = NOTHING;
			}
			else {
				copy(buffer);
			}
			boolean more = !this.piece.hasRemaining() && this.input.available() > 0;
			count = more ? this.request.doRead(this) : 0;
		}
		if (original.limit() == 0) {
			original.limit(end).position(end);
			if (count < 0) {
				keep(raw, original);
			}
		}
	}

	/**
	 * Gives what may be the beginning of the next request back to Tomcat, which goes back
	 * in its buffer by the number of bytes that were left over.
	 */
	private void keep(ByteBuffer raw, ByteBuffer original) {
		int count = raw.limit();
		int start = original.limit();
		if (original.capacity() - start >= count) {
			original.limit(start + count).put(start, raw, 0, count).position(start + count);
		}
		else {
			// A smaller one Tomcat would replace by an empty one.
			ByteBuffer larger = ByteBuffer.allocate(Math.max(count, original.capacity()));
			this.input.setByteBuffer(larger.put(0, raw, 0, count).limit(count).position(count));
		}
	}

	/**
	 * Whether the bytes on the socket are those of the request: not with TLS.
	 */
	static boolean isPlain(SocketWrapperBase<?> socket) {
		return socket.getSocket() != null && socket.getSocket().getClass() == NioChannel.class;
	}

	@Override
	public void setByteBuffer(ByteBuffer buffer) {
		this.piece = buffer;
	}

	@Override
	public ByteBuffer getByteBuffer() {
		return this.piece;
	}

	@Override
	public void expand(int size) {
		// Nobody fills this buffer.
	}

}
