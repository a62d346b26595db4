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

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Calculates the checksum of bytes that come fast on another processor, while the next
 * ones are read and written: a SHA-1 takes more than half as long as all the rest. The
 * bytes are copied, since their buffer is used again, and gathered, since handing them to
 * another thread has its price. Where there is no other processor, or no buffer, the
 * caller calculates. Not thread-safe.
 */
final class ParallelCalculation implements ChecksumAlgorithm.Calculation {

	/**
	 * A client that sends less at a time is slower than the calculation.
	 */
	private static final int FAST = 64 * 1024;

	private static final Buffers SHARED = new Buffers(2 * (Runtime.getRuntime().availableProcessors() - 1));

	private final ChecksumAlgorithm.Calculation calculation;

	private final Buffers buffers;

	private @Nullable ByteBuffer gathered;

	private @Nullable Piece pending;

	ParallelCalculation(ChecksumAlgorithm.Calculation calculation) {
		this(calculation, SHARED);
	}

	ParallelCalculation(ChecksumAlgorithm.Calculation calculation, Buffers buffers) {
		this.calculation = calculation;
		this.buffers = buffers;
	}

	@Override
	public void update(ByteBuffer bytes) {
		boolean fast = bytes.remaining() >= FAST;
		while (bytes.hasRemaining() && (this.gathered != null || fast)) {
			if (this.gathered == null && (this.gathered = this.buffers.take()) == null) {
				break;
			}
			gather(bytes, this.gathered);
		}
		if (!fast || bytes.hasRemaining()) {
			close();
			this.calculation.update(bytes);
		}
	}

	private void gather(ByteBuffer bytes, ByteBuffer target) {
		int count = Math.min(bytes.remaining(), target.remaining());
		target.put(target.position(), bytes, bytes.position(), count).position(target.position() + count);
		bytes.position(bytes.position() + count);
		if (!target.hasRemaining()) {
			await();
			this.pending = new Piece(target.flip());
			this.gathered = null;
			ForkJoinPool.commonPool().execute(this.pending);
		}
	}

	private void await() {
		if (this.pending != null) {
			this.pending.await();
			this.pending = null;
		}
	}

	/**
	 * Calculates what was gathered and gives all buffers back. More bytes may follow.
	 */
	void close() {
		await();
		if (this.gathered != null) {
			new Piece(this.gathered.flip()).await();
			this.gathered = null;
		}
	}

	@Override
	public byte[] value() {
		close();
		return this.calculation.value();
	}

	/**
	 * Bytes that are calculated by whichever thread comes first.
	 */
	private final class Piece implements Runnable {

		private final AtomicBoolean begun = new AtomicBoolean();

		private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();

		private final ByteBuffer bytes;

		Piece(ByteBuffer bytes) {
			this.bytes = bytes;
		}

		@Override
		public void run() {
			if (this.begun.compareAndSet(false, true)) {
				try {
					ParallelCalculation.this.calculation.update(this.bytes);
				}
				finally {
					ParallelCalculation.this.buffers.give(this.bytes);
					this.done.complete(null);
				}
			}
		}

		void await() {
			// No other thread may have begun.
			run();
			this.done.join();
		}

	}

	/**
	 * A limited number of buffers for all uploads: fewer than that where memory is short.
	 */
	static final class Buffers {

		static final int SIZE = 1024 * 1024;

		private final Deque<ByteBuffer> idle = new ArrayDeque<>();

		private final IntFunction<ByteBuffer> allocator;

		private int left;

		Buffers(int limit) {
			this(limit, ByteBuffer::allocateDirect);
		}

		Buffers(int limit, IntFunction<ByteBuffer> allocator) {
			this.left = limit;
			this.allocator = allocator;
		}

		synchronized @Nullable ByteBuffer take() {
			ByteBuffer buffer = this.idle.poll();
			return (buffer == null && this.left > 0) ? allocate() : buffer;
		}

		private @Nullable ByteBuffer allocate() {
			try {
				ByteBuffer buffer = this.allocator.apply(SIZE);
				this.left--;
				return buffer;
			}
			catch (OutOfMemoryError ex) {
				// The memory outside of the heap is limited, and others need it more.
				this.left = 0;
				return null;
			}
		}

		synchronized void give(ByteBuffer buffer) {
			this.idle.push(buffer.clear());
		}

	}

}
