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
