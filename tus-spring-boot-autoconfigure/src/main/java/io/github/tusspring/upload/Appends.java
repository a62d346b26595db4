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
import java.util.function.Consumer;

/**
 * Begins to append to uploads, and has what all sessions need. Thread-safe.
 */
final class Appends {

	private final Engine engine;

	private final VisibleUploads visible;

	private final FullUploads full;

	private final RunningAppends running;

	private final OpenAppends open;

	/**
	 * Creates an instance.
	 * @param engine what the engine works with
	 * @param visible finds uploads for those who may see them
	 * @param full goes on with uploads that have all their bytes
	 * @param running knows the sessions until they end
	 */
	Appends(Engine engine, VisibleUploads visible, FullUploads full, RunningAppends running) {
		this.engine = engine;
		this.visible = visible;
		this.full = full;
		this.running = running;
		this.open = new OpenAppends(engine.policy().limits());
	}

	Engine engine() {
		return this.engine;
	}

	FullUploads full() {
		return this.full;
	}

	RunningAppends running() {
		return this.running;
	}

	/**
	 * Begins to append to an upload, after taking it over from a request that still does.
	 */
	AppendSession open(UploadId id, AppendRequest request, UploadClient client, Consumer<StopReason> stop) {
		if (this.running.isStopped()) {
			throw new UploadLockedException(id);
		}
		AppendSession holder = this.running.find(id);
		if (holder != null) {
			// A stray request at a wrong offset must not end a healthy one.
			request.checkOffset(this.visible.recall(id, UploadIntent.APPEND, client).withOffset(holder.offset()));
		}
		RunningAppends.Opening opening = new RunningAppends.Opening(stop);
		UploadLock lock = (holder != null) ? lock(id, request, client, opening)
				: lockElsewhere(id, request, client, opening);
		AppendSession session = null;
		try {
			lock = this.open.open(lock, client);
			session = open(lock, id, client, request, stop);
			opening.opened(session);
			this.running.add(session);
			return session;
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
		finally {
			if (session == null) {
				lock.close();
			}
		}
	}

	/**
	 * Takes the lock of an upload to which nobody here appends. Where another instance
	 * does, it only hears of those who may append.
	 */
	private UploadLock lockElsewhere(UploadId id, AppendRequest request, UploadClient client, LockHolder holder) {
		try {
			return this.engine.locker().tryLock(id, holder);
		}
		catch (UploadLockedException ex) {
			this.visible.require(id, UploadIntent.APPEND, client);
			return lock(id, request, client, holder);
		}
	}

	private UploadLock lock(UploadId id, AppendRequest request, UploadClient client, LockHolder holder) {
		try {
			return this.engine.locker()
				.lock(id, LockRequest.append(request.offset()), holder, this.engine.policy().lockTimeout());
		}
		catch (UploadLockedException ex) {
			AppendSession running = this.running.find(id);
			Upload upload = this.visible.require(id, UploadIntent.APPEND, client);
			if (running == null) {
				this.visible.secure(upload);
			}
			request.checkOffset((running != null) ? upload.withOffset(running.offset()) : upload);
			throw ex;
		}
	}

	private AppendSession open(UploadLock lock, UploadId id, UploadClient client, AppendRequest request,
			Consumer<StopReason> stop) throws IOException {
		Upload found = find(id, client, request);
		Upload upload = request.applyTo(found, this.engine.policy());
		UploadWriter writer = (upload.state() == UploadState.RECEIVING)
				? this.engine.storage().append(upload, lock.generation(), request.isHeld()) : null;
		return new AppendSession(this, new OpenedUpload(lock, found, upload, writer), request, client, stop);
	}

	private Upload find(UploadId id, UploadClient client, AppendRequest request) {
		try {
			return this.visible.open(id, client, request, this.engine.policy());
		}
		catch (OffsetMismatchException ex) {
			// The client may be told how far the upload has come.
			this.visible.secure(this.visible.require(id, UploadIntent.APPEND, client));
			throw ex;
		}
		catch (InconsistentLengthException ex) {
			Upload found = this.visible.require(id, UploadIntent.APPEND, client);
			if (ex.isExcess() && found.state() == UploadState.RECEIVING) {
				this.full.invalidate(found);
			}
			throw ex;
		}
	}

}
