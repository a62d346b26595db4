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

package io.github.tusspring.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request as it comes: read directly where that is possible, else from the
 * servlet's stream. Not thread-safe.
 */
final class BodyInput {

	private final HttpServletRequest request;

	private final ServletInputStream stream;

	private final @Nullable DirectInput direct;

	private final boolean readByAnyThread;

	private final DirectInput.Factory inputs;

	private final BooleanSupplier awaited;

	/**
	 * Opens the body of a request.
	 * @param request the request
	 * @param inputs opens direct inputs
	 * @param awaited tells whether others wait for the thread
	 */
	BodyInput(HttpServletRequest request, DirectInput.Factory inputs, BooleanSupplier awaited) throws IOException {
		this.awaited = awaited;
		this.request = request;
		this.inputs = inputs;
		this.stream = request.getInputStream();
		this.direct = inputs.open(request, this.stream);
		// Only where that was tried: a stream of a filter's may be anything.
		this.readByAnyThread = inputs.isReadByAnyThread(this.stream);
	}

	/**
	 * Whether a thread that isn't the container's may read on when the container's has
	 * left the body alone.
	 */
	boolean isReadByAnyThread() {
		return this.readByAnyThread;
	}

	ServletInputStream stream() {
		return this.stream;
	}

	/**
	 * Reads what is there, or for a turn if others wait. Small reads are gathered, since
	 * a write to a file costs more than a copy.
	 * @param buffer used for reading
	 * @param containerThread whether this is a call of the container's, which then also
	 * tells of the end
	 * @param wanted whether to read on
	 * @param consumer takes the bytes
	 * @return why the reading ended
	 */
	Reached read(ByteBuffer buffer, boolean containerThread, BooleanSupplier wanted, Consumer<ByteBuffer> consumer)
			throws IOException {
		int filled = 0;
		TransferTurn turn = new TransferTurn();
		try {
			while (wanted.getAsBoolean()) {
				// Containers leave the buffer in different states: its ends are set each
				// time.
				int count = read(buffer.limit(buffer.capacity()).position(filled), containerThread);
				if (count <= 0) {
					return (count < 0 || this.stream.isFinished()) ? Reached.END : Reached.LAST_BYTE;
				}
				filled += count;
				turn.transferred(count);
				if (buffer.capacity() - filled < DirectInput.ROOM) {
					int full = filled;
					filled = 0;
					consumer.accept(buffer.position(0).limit(full));
					if (this.readByAnyThread && turn.isOver()) {
						if (containerThread || this.awaited.getAsBoolean()) {
							return Reached.END_OF_TURN;
						}
						turn = new TransferTurn();
					}
				}
			}
			return Reached.LAST_BYTE;
		}
		finally {
			if (filled > 0) {
				consumer.accept(buffer.position(0).limit(filled));
			}
		}
	}

	private int read(ByteBuffer buffer, boolean containerThread) throws IOException {
		int start = buffer.position();
		int count = readDirectly(buffer);
		// At the end, the container would make a thread of its own tell of it, and have
		// this one wait.
		while (count == 0 && (containerThread || !this.stream.isFinished()) && this.stream.isReady()) {
			// Even a read of nothing may leave the buffer without room.
			count = this.stream.read(buffer.limit(buffer.capacity()).position(start));
		}
		return count;
	}

	/**
	 * Reads a short body, as far as it is there and can be read without the container's
	 * promise to call.
	 * @param buffer takes the bytes
	 * @param length the length of the body
	 * @return whether that were all of them
	 */
	boolean readAtOnce(ByteBuffer buffer, int length) throws IOException {
		int count = 1;
		while (count > 0 && buffer.position() < length) {
			count = readDirectly(buffer);
		}
		return buffer.position() == length;
	}

	private int readDirectly(ByteBuffer buffer) throws IOException {
		return (this.direct != null) ? this.direct.read(buffer) : 0;
	}

	/**
	 * Whether the client has broken the request off, whatever the stream says of the end.
	 */
	boolean isBrokenOff() {
		return this.inputs.isBrokenOff(this.request);
	}

	/**
	 * Returns what followed the body.
	 * @return the trailers, by names of any case: some containers give them in lower case
	 */
	Map<String, String> trailers() {
		Map<String, String> trailers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		if (this.request.isTrailerFieldsReady()) {
			trailers.putAll(this.request.getTrailerFields());
		}
		return trailers;
	}

	/**
	 * Where a reading has ended.
	 */
	enum Reached {

		/**
		 * The last byte that was there: the container calls when there are more.
		 */
		LAST_BYTE,

		/**
		 * The end of a turn: there may be more bytes.
		 */
		END_OF_TURN,

		/**
		 * The end of the body.
		 */
		END

	}

}
