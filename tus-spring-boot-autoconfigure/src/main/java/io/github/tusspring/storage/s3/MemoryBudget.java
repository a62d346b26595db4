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

import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The memory that the parts of all uploads of this process share. Who finds no room waits
 * without a thread. Memory is in two places: in parts that are on their way to the store,
 * from where it comes back by itself, and in parts that are still being filled, perhaps
 * by clients that have gone quiet. If only the latter could help, the fullest of those is
 * asked to send what it has. Thread-safe.
 */
final class MemoryBudget {

	/**
	 * How many bytes a chunk has.
	 */
	static final int CHUNK = 64 * 1024;

	/**
	 * How many chunks a write may need.
	 */
	static final int CHUNKS_AT_ONCE = 3;

	private final Set<Holder> holders = new LinkedHashSet<>();

	private final Set<Holder> waiting = new LinkedHashSet<>();

	private final long limit;

	private final Executor executor;

	/**
	 * What threads may wait for: half of the memory, so that uploads that are received
	 * get along with the other half.
	 */
	private final MemoryShare acquirable;

	/**
	 * What tails that are read to be sent again may take at a time: half of the memory,
	 * in addition to what is used by then, since who reads them holds some that others
	 * wait for.
	 */
	private final MemoryShare tails;

	private long used;

	private long sending;

	/**
	 * How much threads wait for, which comes before what holders wait for.
	 */
	private long wanted;

	/**
	 * Chunks that have been sent and can be filled again: new ones would have to be
	 * cleared, and moved by the garbage collector, which here takes them away when it has
	 * no memory left or they were unused for long.
	 */
	private SoftReference<Deque<ByteBuffer>> free = new SoftReference<>(new ArrayDeque<>());

	private @Nullable Holder spilling;

	/**
	 * Creates a budget.
	 * @param limit the number of bytes
	 * @param executor calls holders
	 */
	MemoryBudget(long limit, Executor executor) {
		this.limit = limit;
		this.executor = executor;
		this.acquirable = new MemoryShare(limit / 2);
		this.tails = new MemoryShare(limit / 2);
	}

	synchronized void join(Holder holder) {
		this.holders.add(holder);
	}

	synchronized void leave(Holder holder) {
		this.holders.remove(holder);
		this.waiting.remove(holder);
		settle();
	}

	/**
	 * Takes chunks: all or none, so that what a few need isn't spread over many.
	 * @param holder who takes them
	 * @param chunks how many, at most {@link #CHUNKS_AT_ONCE}
	 * @return {@code false} if there are fewer: the holder is called when there may be
	 */
	synchronized boolean take(Holder holder, int chunks) {
		long bytes = (long) chunks * CHUNK;
		if (this.used + this.wanted + bytes > this.limit) {
			this.waiting.add(holder);
			settle();
			return false;
		}
		this.used += bytes;
		return true;
	}

	/**
	 * Takes memory that can't be waited for.
	 */
	synchronized void force(long bytes) {
		this.used += bytes;
	}

	/**
	 * Waits for memory that comes back by itself. For threads that may wait, and that
	 * hold no other memory.
	 * @param bytes how much, from a half of all as much as there is
	 */
	void acquire(long bytes) {
		CompletableFuture<Void> turn = this.acquirable.acquire(bytes);
		try {
			turn.get();
			awaitRoom(bytes);
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("Nobody else ends it", ex);
		}
		catch (InterruptedException ex) {
			if (!turn.cancel(false)) {
				this.acquirable.release(bytes);
			}
			Thread.currentThread().interrupt();
			throw new UploadUnavailableException("Interrupted while waiting for memory", ex);
		}
	}

	private synchronized void awaitRoom(long bytes) throws InterruptedException {
		this.wanted += bytes;
		try {
			while (this.used > 0 && this.used + bytes > this.limit) {
				settle();
				wait();
			}
			this.used += bytes;
			this.sending += bytes;
		}
		finally {
			this.wanted -= bytes;
			settle();
		}
	}

	/**
	 * Gives memory back that was waited for.
	 */
	void giveBack(long bytes) {
		sent(bytes);
		this.acquirable.release(bytes);
	}

	/**
	 * Waits, without a thread, for the turn to read tails that are sent again.
	 * @return ends when they may be read: the turn is to be {@link #beginTurn begun} and
	 * {@link #endTurn ended} then
	 */
	CompletableFuture<Void> awaitTurn(long bytes) {
		return this.tails.acquire(bytes);
	}

	/**
	 * Whether nobody would have to wait for such a turn.
	 */
	boolean hasTurn(long bytes) {
		return this.tails.hasRoom(bytes);
	}

	/**
	 * Notes that tails are read now.
	 */
	synchronized void beginTurn(long bytes) {
		this.used += bytes;
		this.sending += bytes;
	}

	/**
	 * Notes that what was read has been sent.
	 */
	void endTurn(long bytes) {
		sent(bytes);
		this.tails.release(bytes);
	}

	/**
	 * Returns an empty chunk, in memory that has been taken.
	 */
	synchronized ByteBuffer chunk() {
		Deque<ByteBuffer> free = this.free.get();
		ByteBuffer chunk = (free != null) ? free.pollLast() : null;
		return (chunk != null) ? chunk.clear() : ByteBuffer.allocate(CHUNK);
	}

	/**
	 * Keeps chunks whose memory has been given back, and which nobody reads any more, as
	 * far as they have room beside what is used.
	 */
	synchronized void reuse(List<ByteBuffer> chunks) {
		Deque<ByteBuffer> free = this.free.get();
		if (free == null) {
			free = new ArrayDeque<>();
			this.free = new SoftReference<>(free);
		}
		long room = (this.limit - this.used) / CHUNK - free.size();
		chunks.stream().limit(Math.max(0, room)).forEach(free::add);
	}

	/**
	 * Notes that memory is going to come back by itself.
	 */
	synchronized void send(long bytes) {
		this.sending += bytes;
	}

	/**
	 * Gives memory back that was on its way.
	 */
	synchronized void sent(long bytes) {
		this.sending -= bytes;
		release(bytes);
	}

	synchronized void release(long bytes) {
		this.used -= bytes;
		notifyAll();
		settle();
	}

	synchronized long used() {
		return this.used;
	}

	/**
	 * Called when a holder has sent what it had, or could not.
	 */
	synchronized void spilled(Holder holder) {
		if (this.spilling == holder) {
			this.spilling = null;
		}
		settle();
	}

	private void settle() {
		long free = this.limit - this.used - this.wanted;
		if (this.waiting.isEmpty() && free >= 0) {
			return;
		}
		long takers = free / CHUNK / CHUNKS_AT_ONCE;
		if (takers > 0) {
			// Whoever is next to a full part comes first: that memory comes back soonest.
			List<Holder> next = this.waiting.stream()
				.sorted(Comparator.comparingLong(Holder::filled).reversed())
				.limit(takers)
				.toList();
			next.forEach((holder) -> {
				this.waiting.remove(holder);
				this.executor.execute(holder::roomIsThere);
			});
		}
		else if (this.sending == 0 && this.spilling == null) {
			this.holders.stream()
				.filter((holder) -> holder.filled() > 0)
				.max(Comparator.comparingLong(Holder::filled))
				.ifPresent((holder) -> {
					this.spilling = holder;
					this.executor.execute(holder::spill);
				});
		}
	}

	/**
	 * Who has memory.
	 */
	interface Holder {

		/**
		 * Returns how many bytes are in a part that is being filled. Must not wait.
		 */
		long filled();

		/**
		 * Called when the holder may ask for memory again.
		 */
		void roomIsThere();

		/**
		 * Sends what is in the part that is being filled, and says when it is
		 * {@link MemoryBudget#spilled sent}.
		 */
		void spill();

	}

}
