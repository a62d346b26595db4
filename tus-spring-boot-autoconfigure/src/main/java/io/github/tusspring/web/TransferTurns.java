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

import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Has fast uploads take turns. A transfer never runs out of bytes if its client is faster
 * than the disk, and so would keep a thread of the server's for itself: with a few
 * hundred of them, no other request is answered. So a few threads of the server's may
 * transfer at a time, each for a turn; what goes on longer does so on a few threads of
 * ours, one after the other. Thread-safe.
 */
final class TransferTurns {

	private static final int PLACES = Math.max(8, 2 * Runtime.getRuntime().availableProcessors());

	private final Semaphore places = new Semaphore(PLACES);

	private final ThreadPoolExecutor executor;

	TransferTurns() {
		// Nothing is left to do when it is shut down: all transfers were stopped before.
		this.executor = StorageThreads.executor("tus-transfer-", PLACES);
	}

	/**
	 * Takes a turn on a thread of the server's, if that is possible now.
	 * @param now takes it now
	 * @param later queues for one of our threads
	 */
	void take(Runnable now, Runnable later) {
		if (!this.places.tryAcquire()) {
			later.run();
			return;
		}
		try {
			now.run();
		}
		finally {
			this.places.release();
		}
	}

	/**
	 * Takes a turn on one of our threads, after those who wait already.
	 * @param turn the turn
	 */
	void queue(Runnable turn) {
		this.executor.execute(turn);
	}

	/**
	 * Whether a transfer waits for one of our threads.
	 */
	boolean isAwaited() {
		return !this.executor.getQueue().isEmpty();
	}

	void close() {
		this.executor.shutdown();
	}

}
