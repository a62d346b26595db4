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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A share of the memory, of which everybody gets some in turn and waits for it without a
 * thread. Who needs more than there is gets all of it. Thread-safe.
 */
final class MemoryShare {

	private final int size;

	private final Deque<Turn> waiting = new ArrayDeque<>();

	/**
	 * How many chunks nobody has.
	 */
	private int free;

	MemoryShare(long bytes) {
		this.size = (int) Math.max(1, bytes / MemoryBudget.CHUNK);
		this.free = this.size;
	}

	/**
	 * Takes memory as soon as there is enough, and all who came before have theirs.
	 * @return ends when it is taken; who ends it by an exception, or cancels it, waits no
	 * more
	 */
	CompletableFuture<Void> acquire(long bytes) {
		Turn turn = new Turn(chunks(bytes));
		synchronized (this) {
			this.waiting.add(turn);
		}
		// Whoever comes next need not wait for what this one has waited for.
		turn.whenComplete((taken, ex) -> {
			if (ex != null && giveUp(turn)) {
				next();
			}
		});
		next();
		return turn;
	}

	private synchronized boolean giveUp(Turn turn) {
		return this.waiting.remove(turn);
	}

	/**
	 * Whether nobody would have to wait for that much.
	 */
	synchronized boolean hasRoom(long bytes) {
		return this.waiting.isEmpty() && chunks(bytes) <= this.free;
	}

	void release(long bytes) {
		free(chunks(bytes));
		next();
	}

	private synchronized void free(int chunks) {
		this.free += chunks;
	}

	private void next() {
		for (Turn turn : takeTurns()) {
			if (!turn.complete(null)) {
				// It was given up just now.
				free(turn.chunks);
				next();
			}
		}
	}

	private synchronized List<Turn> takeTurns() {
		List<Turn> turns = new ArrayList<>();
		for (Turn next = this.waiting.peek(); next != null && next.chunks <= this.free; next = this.waiting.peek()) {
			this.free -= next.chunks;
			turns.add(this.waiting.remove());
		}
		return turns;
	}

	private int chunks(long bytes) {
		return (int) Math.min(this.size, (bytes + MemoryBudget.CHUNK - 1) / MemoryBudget.CHUNK);
	}

	private static final class Turn extends CompletableFuture<Void> {

		private final int chunks;

		Turn(int chunks) {
			this.chunks = chunks;
		}

	}

}
