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

import java.time.Instant;

/**
 * Looks at uploads for their clients. Thread-safe.
 */
final class Inspections {

	private final Engine engine;

	private final VisibleUploads visible;

	private final RunningAppends running;

	private final Concatenator concatenator;

	/**
	 * Creates an instance.
	 * @param engine what the engine works with
	 * @param visible finds uploads for those who may see them
	 * @param running knows the appends that run here
	 * @param concatenator knows the length of final uploads
	 */
	Inspections(Engine engine, VisibleUploads visible, RunningAppends running, Concatenator concatenator) {
		this.engine = engine;
		this.visible = visible;
		this.running = running;
		this.concatenator = concatenator;
	}

	/**
	 * Looks at an upload for a client that wants to go on with it. An append that is
	 * still receiving bytes goes on undisturbed; one that is silent is ended first.
	 */
	Upload inspect(UploadId id, UploadClient client) {
		// Where the protocol wants it, an append ends whose client asks how far it has
		// come.
		LockRequest request = client.draft() ? LockRequest.takeOver() : LockRequest.inspect();
		AppendSession running = this.running.find(id);
		Upload upload = require(id, client);
		while (this.engine.locker().ask(id, request, this.engine.policy().lockTimeout())
				|| running != this.running.find(id)) {
			// An append that has ended meanwhile may have taken bytes back.
			running = this.running.find(id);
			upload = require(id, client);
		}
		if (running != null && !running.isFinishing()) {
			upload = upload.withOffset(running.offset());
		}
		else {
			this.visible.secure(upload);
		}
		if (upload.state() == UploadState.COMPLETED || !upload.isFull()) {
			return this.concatenator.withLength(upload);
		}
		if (running != null || this.engine.delivery().isRunning(id) || upload.isClaimed(Instant.now())) {
			throw new UploadLockedException(id);
		}
		// The delivery may have ended since the first look.
		Upload settled = require(id, client);
		return (settled.state() == UploadState.FINISHING) ? settled.withoutLastByte() : settled;
	}

	/**
	 * Looks at an upload without disturbing anybody, whichever protocol its client
	 * speaks.
	 */
	Upload look(UploadId id, UploadClient client) {
		try {
			return require(id, client);
		}
		catch (UploadNotFoundException ex) {
			return require(id, client.withDraft());
		}
	}

	private Upload require(UploadId id, UploadClient client) {
		return this.visible.require(id, UploadIntent.INSPECT, client);
	}

}
