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

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Removes uploads at somebody's wish. Thread-safe.
 */
final class Removals {

	private static final long INTERVAL = Duration.ofMillis(20).toNanos();

	private final Engine engine;

	private final VisibleUploads visible;

	private final Concatenator concatenator;

	private final UnfinishedUploads unfinished;

	/**
	 * Creates an instance.
	 * @param engine what the engine works with
	 * @param visible finds uploads for those who may see them
	 * @param concatenator hears of parts that are gone
	 * @param unfinished counts the uploads
	 */
	Removals(Engine engine, VisibleUploads visible, Concatenator concatenator, UnfinishedUploads unfinished) {
		this.engine = engine;
		this.visible = visible;
		this.concatenator = concatenator;
		this.unfinished = unfinished;
	}

	/**
	 * Removes an upload at its client's wish, after ending an append to it or waiting for
	 * what can't be ended.
	 */
	void terminate(UploadId id, UploadClient client) {
		this.visible.require(id, UploadIntent.TERMINATE, client);
		terminate(id, () -> requireRemovable(id, client));
	}

	private Upload requireRemovable(UploadId id, UploadClient client) {
		Upload upload = this.visible.require(id, UploadIntent.TERMINATE, client);
		if (!this.engine.policy().terminateFinished() && upload.isFull() && !upload.isPartial()) {
			throw new UploadForbiddenException("A finished upload can't be removed");
		}
		return upload;
	}

	/**
	 * Removes an upload at an operator's wish, whoever it belongs to and in whatever
	 * state.
	 * @return whether there was such an upload
	 */
	boolean terminate(UploadId id) {
		return this.visible.find(id) != null && terminate(id, () -> this.visible.find(id));
	}

	private boolean terminate(UploadId id, Supplier<@Nullable Upload> look) {
		Upload removed = remove(id, look);
		if (removed != null) {
			this.engine.events().terminated(removed);
		}
		return removed != null;
	}

	private @Nullable Upload remove(UploadId id, Supplier<@Nullable Upload> look) {
		try (UploadLock lock = lockPatiently(id)) {
			Upload upload = look.get();
			if (upload != null && upload.isClaimed(Instant.now())) {
				// By another instance, which may not be bound by the lock.
				throw new UploadLockedException(id);
			}
			if (upload == null || !this.engine.storage().delete(upload)) {
				return null;
			}
			this.unfinished.remove(id);
			this.concatenator.removed(upload);
			return upload;
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
	}

	/**
	 * Takes the lock of an upload from whoever has it. A holder that can't be interrupted
	 * says so at once, but is most often about to end: a delivery, or the last request
	 * just before it.
	 */
	UploadLock lockPatiently(UploadId id) {
		long deadline = System.nanoTime() + this.engine.policy().lockTimeout().toNanos();
		while (true) {
			long left = Math.max(0, deadline - System.nanoTime());
			try {
				return this.engine.locker()
					.lock(id, LockRequest.remove(), LockHolder.UNINTERRUPTIBLE, Duration.ofNanos(left));
			}
			catch (UploadLockedException ex) {
				if (left == 0 || Thread.currentThread().isInterrupted()) {
					throw ex;
				}
				LockSupport.parkNanos(Math.min(left, INTERVAL));
			}
		}
	}

}
