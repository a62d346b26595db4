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

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Goes on with what was left undone, and forgets what is gone. Thread-safe.
 */
final class Maintenance {

	private final AtomicBoolean settling = new AtomicBoolean();

	private final UploadStorage storage;

	private final UploadDelivery delivery;

	private final Concatenator concatenator;

	private final UnfinishedUploads unfinished;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param delivery delivers finished uploads
	 * @param concatenator puts final uploads together
	 * @param unfinished counts the uploads
	 */
	Maintenance(UploadStorage storage, UploadDelivery delivery, Concatenator concatenator,
			UnfinishedUploads unfinished) {
		this.storage = storage;
		this.delivery = delivery;
		this.concatenator = concatenator;
		this.unfinished = unfinished;
	}

	/**
	 * Takes up what waited when the application stopped or crashed. What can't be listed
	 * now is looked for again later.
	 */
	void resume() {
		boolean counted = this.unfinished.load();
		boolean listed = resumeUnsettled();
		if (!counted || !listed) {
			this.delivery.schedule().submitLater(this::resume);
		}
	}

	private boolean resumeUnsettled() {
		UploadDelivery.Resumption deliveries = this.delivery.resume();
		boolean all = new UploadPass(this.storage::unsettled, "resumed").forEach((upload) -> {
			this.concatenator.resume(upload);
			deliveries.add(upload);
		});
		deliveries.end(all);
		return all;
	}

	/**
	 * Goes on with what other instances of the application have left undone, unless
	 * another thread does.
	 */
	void settle() {
		if (this.settling.compareAndSet(false, true)) {
			try {
				resumeUnsettled();
			}
			finally {
				this.settling.set(false);
			}
		}
	}

	/**
	 * Forgets what was remembered of uploads that are gone.
	 */
	void forgetRemoved() {
		this.concatenator.prune();
		this.unfinished.prune();
		this.delivery.prune();
	}

}
