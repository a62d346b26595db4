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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Writes down what it sees.
 */
class RecordingObserver implements UploadObserver {

	final List<String> seen = new CopyOnWriteArrayList<>();

	private final String name;

	/**
	 * What it fails to see.
	 */
	volatile String failing;

	RecordingObserver(String name) {
		this.name = name;
	}

	private void saw(String what) {
		this.seen.add(this.name + what);
		if (what.equals(this.failing)) {
			throw new IllegalStateException("The observer fails at '" + what + "'");
		}
	}

	private Scope scope(String what) {
		saw(what + " opened");
		return () -> saw(what + " closed");
	}

	@Override
	public void created(Upload upload) {
		saw("created " + upload.id());
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		saw("append at " + upload.offset());
		return new AppendObserver() {

			@Override
			public void received(int count) {
				saw("received " + count);
			}

			@Override
			public Scope openScope() {
				return scope("append");
			}

			@Override
			public void ended(AppendOutcome outcome) {
				saw("append " + outcome);
			}

		};
	}

	@Override
	public void waiting(Upload upload) {
		saw("waiting " + upload.id());
	}

	@Override
	public void settled(UploadId id) {
		saw("settled " + id);
	}

	@Override
	public void rejected(Upload upload) {
		saw("rejected " + upload.id() + " " + upload.state());
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		saw("delivery " + upload.attempts());
		return new DeliveryObserver() {

			@Override
			public Scope openScope() {
				return scope("delivery");
			}

			@Override
			public void refused(int status) {
				saw("delivery refused " + status);
			}

			@Override
			public void ended(Upload upload, Throwable failure) {
				saw("delivery " + upload.state() + ((failure != null) ? " " + failure.getMessage() : ""));
			}

		};
	}

	@Override
	public void terminated(Upload upload) {
		saw("terminated " + upload.id());
	}

	@Override
	public void expired(Upload upload) {
		saw("expired " + upload.id());
	}

	@Override
	public void refused(UploadClient client, int status, RefusalReason reason) {
		saw("refused " + status + " " + reason);
	}

	@Override
	public void lockAwaited(UploadId id, Duration waited, boolean locked) {
		saw("lock " + id + " " + waited + " " + locked);
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, UploadId id) {
		saw(operation + " " + id);
		return (failure) -> saw(operation + " ended " + failure);
	}

	@Override
	public Scope working(UploadId id) {
		return scope("work");
	}

}
