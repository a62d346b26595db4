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

import java.util.concurrent.Semaphore;

import io.github.tusspring.upload.UploadUnavailableException;

/**
 * A share of the memory for which threads wait in turn. Who needs more than there is gets
 * all of it. Thread-safe.
 */
final class MemoryShare {

	private final int size;

	private final Semaphore chunks;

	MemoryShare(long bytes) {
		this.size = (int) Math.max(1, bytes / MemoryBudget.CHUNK);
		this.chunks = new Semaphore(this.size, true);
	}

	void acquire(long bytes) {
		try {
			if (bytes > 0) {
				this.chunks.acquire(chunks(bytes));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UploadUnavailableException("Interrupted while waiting for memory", ex);
		}
	}

	boolean tryAcquire(long bytes) {
		return this.chunks.tryAcquire(chunks(bytes));
	}

	void release(long bytes) {
		this.chunks.release(chunks(bytes));
	}

	private int chunks(long bytes) {
		return (int) Math.min(this.size, (bytes + MemoryBudget.CHUNK - 1) / MemoryBudget.CHUNK);
	}

}
