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

import org.jspecify.annotations.Nullable;

/**
 * Sees what happens to uploads: for metrics, traces and the like. All beans of this type
 * are told, at once and in the thread in which it happens: so they must be quick, and are
 * thread-safe. None of them can change what happens: what one throws is logged.
 */
public interface UploadObserver {

	/**
	 * Sees nothing.
	 */
	UploadObserver NONE = new UploadObserver() {

		@Override
		public boolean observesCalls() {
			return false;
		}

	};

	/**
	 * Returns one observer that stands for many. What one of them throws is logged, and
	 * changes nothing for the others or for what they see.
	 * @param observers the observers, of which scopes are opened in this order
	 * @return an observer
	 */
	static UploadObserver all(List<? extends UploadObserver> observers) {
		return observers.isEmpty() ? NONE : new CompositeUploadObserver(observers);
	}

	/**
	 * Whether calls of the storage and waits for locks are to be seen.
	 * @return {@code false} if they need not be told
	 */
	default boolean observesCalls() {
		return true;
	}

	/**
	 * An upload was created.
	 * @param upload the upload
	 */
	default void created(Upload upload) {
	}

	/**
	 * An append has begun.
	 * @param upload the upload before the append
	 * @return sees the append
	 */
	default AppendObserver appendBegan(Upload upload) {
		return AppendObserver.NONE;
	}

	/**
	 * An upload waits for its delivery: all its bytes are there, and no client is.
	 * @param upload the upload
	 */
	default void waiting(Upload upload) {
	}

	/**
	 * An upload doesn't wait for its delivery any more, of which {@link #waiting} was
	 * told, or a delivery that has failed: another instance has delivered it, or it was
	 * removed.
	 * @param id the upload's id
	 */
	default void settled(UploadId id) {
	}

	/**
	 * An upload was rejected without a delivery: since it may not be delivered, or since
	 * its client has contradicted itself.
	 * @param upload the upload
	 */
	default void rejected(Upload upload) {
	}

	/**
	 * A delivery has begun.
	 * @param upload the upload, with the attempt's number
	 * @return sees the delivery
	 */
	default DeliveryObserver deliveryBegan(Upload upload) {
		return DeliveryObserver.NONE;
	}

	/**
	 * An upload was removed at its client's wish, or because its creation failed.
	 * @param upload the upload
	 */
	default void terminated(Upload upload) {
	}

	/**
	 * An upload has expired and was removed, or the storage has lost it.
	 * @param upload the upload
	 */
	default void expired(Upload upload) {
	}

	/**
	 * A request was refused: its answer is one of the 4xx family, or 507.
	 * @param client who has asked
	 * @param status the status
	 * @param reason why
	 */
	default void refused(UploadClient client, int status, RefusalReason reason) {
	}

	/**
	 * A request has waited for an upload's lock.
	 * @param id the upload's id
	 * @param waited how long
	 * @param locked whether it has got the lock
	 */
	default void lockAwaited(UploadId id, Duration waited, boolean locked) {
	}

	/**
	 * A call of the storage begins.
	 * @param operation what the storage is to do
	 * @param id the upload's id, or {@code null} if it is about all uploads
	 * @return sees the call
	 */
	default StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		return StorageCallObserver.NONE;
	}

	/**
	 * A thread begins to work for an upload.
	 * @param id the upload's id
	 * @return closed by the same thread when it has done that
	 */
	default Scope working(UploadId id) {
		return Scope.NONE;
	}

	/**
	 * What holds for a thread while it does something.
	 */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		/**
		 * Nothing.
		 */
		Scope NONE = () -> {
		};

		@Override
		void close();

	}

	/**
	 * Sees one append. Calls don't overlap, but for {@link #openScope}.
	 */
	interface AppendObserver {

		/**
		 * Sees nothing.
		 */
		AppendObserver NONE = new AppendObserver() {
		};

		/**
		 * Bytes were taken.
		 * @param count how many
		 */
		default void received(int count) {
		}

		/**
		 * The append goes on to what the application may hear of, perhaps in another
		 * thread than the one in which it began.
		 * @return closed by the same thread
		 */
		default Scope openScope() {
			return Scope.NONE;
		}

		/**
		 * The append has ended.
		 * @param outcome how
		 */
		default void ended(AppendOutcome outcome) {
		}

	}

	/**
	 * Sees one delivery. Calls don't overlap.
	 */
	interface DeliveryObserver {

		/**
		 * Sees nothing.
		 */
		DeliveryObserver NONE = new DeliveryObserver() {
		};

		/**
		 * The application is called.
		 * @return closed by the same thread when the application has returned
		 */
		default Scope openScope() {
			return Scope.NONE;
		}

		/**
		 * An endpoint's handler has refused the upload by an exception, of which the
		 * application itself tells the client.
		 * @param status the status of the answer
		 */
		default void refused(int status) {
		}

		/**
		 * The delivery has ended.
		 * @param upload the upload after it: {@link UploadState#COMPLETED completed},
		 * {@link UploadState#REJECTED rejected} or, if the delivery has failed,
		 * {@link UploadState#FINISHING finishing} still
		 * @param failure why it has failed, if that is known
		 */
		default void ended(Upload upload, @Nullable Throwable failure) {
		}

	}

	/**
	 * Sees one call of the storage.
	 */
	@FunctionalInterface
	interface StorageCallObserver {

		/**
		 * Sees nothing.
		 */
		StorageCallObserver NONE = (failure) -> {
		};

		/**
		 * The call has ended.
		 * @param failure why it has failed, or {@code null}
		 */
		void ended(@Nullable Throwable failure);

	}

}
