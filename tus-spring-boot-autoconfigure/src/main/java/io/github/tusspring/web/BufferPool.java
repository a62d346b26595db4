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

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Lends direct buffers. A buffer is borrowed when bytes are there and given back before
 * the thread goes, so there are never more than threads at work, and none for a client
 * that is silent. Thread-safe.
 */
final class BufferPool {

	/**
	 * Large enough that the calls don't count, small enough for a processor's cache.
	 */
	static final int BUFFER_SIZE = 128 * 1024;

	private static final int MAX_IDLE = 64;

	private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>();

	ByteBuffer take() {
		ByteBuffer buffer;
		synchronized (this.idle) {
			buffer = this.idle.pollLast();
		}
		return (buffer != null) ? buffer.clear() : ByteBuffer.allocateDirect(BUFFER_SIZE);
	}

	void give(ByteBuffer buffer) {
		synchronized (this.idle) {
			if (this.idle.size() < MAX_IDLE) {
				this.idle.addLast(buffer);
			}
		}
	}

}
