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

import java.util.concurrent.Future;

import org.jspecify.annotations.Nullable;

/**
 * One attempt to deliver a full upload to the application. Begun with
 * {@link UploadState#FINISHING} stored, it goes on until it is {@link #close closed}:
 * until then no other request gets the upload, and who asks for it is told to come back.
 * It may be ended by another thread than the one that began it, and a second end of
 * whatever kind changes nothing. Thread-safe.
 */
public final class Delivery implements UploadOutcome, AutoCloseable {

	private final UploadDelivery deliveries;

	private final UploadLock lock;

	private volatile UploadObserver.DeliveryObserver observer = UploadObserver.DeliveryObserver.NONE;

	private Upload upload;

	private @Nullable Throwable failure;

	private Outcome outcome = Outcome.NONE;

	private boolean closed;

	private @Nullable Future<?> renewal;

	Delivery(UploadDelivery deliveries, UploadLock lock, Upload upload) {
		this.deliveries = deliveries;
		this.lock = lock;
		this.upload = upload;
	}

	/**
	 * Sets what tells the storage that this delivery goes on, until it is closed.
	 */
	synchronized void renewBy(@Nullable Future<?> renewal) {
		this.renewal = renewal;
	}

	/**
	 * Returns the upload.
	 * @return the upload as it is now
	 */
	@Override
	public synchronized Upload upload() {
		return this.upload;
	}

	void observedBy(UploadObserver.DeliveryObserver observer) {
		this.observer = observer;
	}

	/**
	 * Returns what sees the delivery.
	 * @return the observer
	 */
	public UploadObserver.DeliveryObserver observer() {
		return this.observer;
	}

	/**
	 * Notes that the application has taken the upload, with what it says to the client.
	 * To be called before the client hears it.
	 * @param answer the application's answer or {@code null}
	 * @return the completed upload
	 * @throws UploadStorageException if that can't be stored: the delivery then has
	 * failed
	 */
	public synchronized Upload succeed(@Nullable UploadAnswer answer) {
		if (this.outcome == Outcome.NONE) {
			try {
				this.upload = this.deliveries.complete(this.upload,
						(answer != null && answer.isEmpty()) ? null : answer);
				this.outcome = Outcome.TAKEN;
			}
			catch (Throwable ex) {
				this.failure = ex;
				throw ex;
			}
		}
		return this.upload;
	}

	/**
	 * Notes that the application has refused the upload, and removes its content.
	 * @throws UploadStorageException if that can't be stored: the delivery then has
	 * failed
	 */
	public synchronized void reject() {
		if (this.outcome == Outcome.NONE) {
			Upload rejected = this.upload.withState(UploadState.REJECTED);
			this.deliveries.reject(rejected);
			this.upload = rejected;
			this.outcome = Outcome.REFUSED;
		}
	}

	/**
	 * Notes that the application has failed to take the upload: it stays, and is
	 * delivered again.
	 * @param cause why, or {@code null} if that is not known
	 */
	public synchronized void fail(@Nullable Throwable cause) {
		if (this.outcome == Outcome.NONE) {
			this.outcome = Outcome.FAILED;
			this.failure = cause;
			this.deliveries.failed(this.upload, cause);
		}
	}

	/**
	 * Lets go of the upload, after the content was removed if it is of no more use. A
	 * delivery that was not ended otherwise has failed.
	 */
	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		if (this.renewal != null) {
			this.renewal.cancel(false);
		}
		try {
			fail(this.failure);
			this.observer.ended(this.upload, this.failure);
		}
		finally {
			this.deliveries.ended(this, this.lock);
		}
	}

	private enum Outcome {

		NONE, TAKEN, REFUSED, FAILED

	}

}
