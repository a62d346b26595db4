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

package io.github.tusspring.upload;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Appends bytes to one upload. To be used by one thread at a time; only {@link #offset()}
 * and {@link #keepAlive()} may be called by others.
 */
public interface UploadWriter extends Closeable {

	/**
	 * Appends all remaining bytes of the buffer. If it fails, those that were written
	 * before count.
	 * @param bytes the bytes
	 * @throws InsufficientStorageException if there is no room
	 * @throws UploadLockedException if a later generation writes to the upload
	 * @throws IOException if the storage fails
	 */
	void write(ByteBuffer bytes) throws IOException;

	/**
	 * Whether there is room for more bytes. They are taken all the same if there is none,
	 * but then memory may run short.
	 * @param listener called once, by any thread and perhaps before this method returns,
	 * when there is room again; only if this method returns {@code false}
	 * @return {@code true} if the next bytes can be written
	 */
	default boolean hasRoom(Runnable listener) {
		return true;
	}

	/**
	 * Returns the offset that a client may be told now.
	 * @return the offset in bytes: held bytes, and those that are not as durable as the
	 * storage promises, are not in it
	 */
	long offset();

	/**
	 * Whether what was written can be {@link #read read} again, however much it is.
	 * @return {@code true} if it can
	 */
	default boolean isReadable() {
		return true;
	}

	/**
	 * Gives all bytes that this writer has written to the consumer, piece by piece.
	 * @param consumer takes all remaining bytes of each buffer
	 * @throws IOException if the storage fails
	 */
	void read(Consumer<ByteBuffer> consumer) throws IOException;

	/**
	 * Makes all written bytes count, and as durable as the storage promises.
	 * @throws IOException if the storage fails
	 */
	void commit() throws IOException;

	/**
	 * Says to other instances of the application that the upload is still appended to,
	 * though perhaps nothing was stored for a while: else it would expire there. Called
	 * now and then by another thread, and must not wait.
	 */
	default void keepAlive() {
	}

	/**
	 * Ends the writing. Held bytes that were not committed are removed, all others stay.
	 * @throws IOException if the storage fails
	 */
	@Override
	void close() throws IOException;

}
