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
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Goes on with a final upload whose creation is asked for again, by a client that has not
 * heard of it: because the application has failed to take it, or because a proxy has not
 * waited until its parts were put together. Another upload of the same parts would be
 * delivered as well. Thread-safe.
 */
final class RepeatedFinals {

	/**
	 * The number of final uploads that are remembered: those that were asked for last.
	 */
	private static final int MAX = 10_000;

	/**
	 * The last final uploads by the first of their parts.
	 */
	private final Map<UploadId, Asked> last = Collections.synchronizedMap(new LastFinals());

	private final UploadStorage storage;

	private final ExpirationPolicy expiration;

	private final Function<UploadId, UploadLock> locks;

	private final Concatenator concatenator;

	private final FullUploads full;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param expiration when uploads expire
	 * @param locks takes the lock of an upload, after waiting a while for whoever has it
	 * @param concatenator goes on with uploads that have not been put together
	 * @param full finishes those that have
	 */
	RepeatedFinals(UploadStorage storage, ExpirationPolicy expiration, Function<UploadId, UploadLock> locks,
			Concatenator concatenator, FullUploads full) {
		this.storage = storage;
		this.expiration = expiration;
		this.locks = locks;
		this.concatenator = concatenator;
		this.full = full;
	}

	/**
	 * Remembers a final upload that is going to be created.
	 */
	void add(NewUpload upload) {
		this.last.put(firstPart(upload), new Asked(upload.id()));
	}

	/**
	 * Says that the client is about to hear of a final upload: who asks for the same
	 * again then wants another one. If it was asked for again meanwhile, its client
	 * hasn't waited, and will come back.
	 */
	void answered(NewUpload upload) {
		Asked asked = this.last.get(firstPart(upload));
		if (asked != null && asked.id.equals(upload.id())) {
			asked.answered(0);
		}
	}

	/**
	 * Returns the upload that its client has not heard of, or may have heard of if no
	 * other one can be made since parts are gone.
	 */
	private @Nullable Asked asked(NewUpload wanted) throws IOException {
		Asked asked = this.last.get(firstPart(wanted));
		return (asked != null && (!asked.answered || this.concatenator.isPartGone(parts(wanted)))) ? asked : null;
	}

	/**
	 * Returns the upload that was asked for before, with the same metadata or not, if it
	 * has been put together.
	 * @return the upload, or {@code null} if there is none
	 */
	@Nullable Upload findMade(NewUpload wanted) throws IOException {
		Asked asked = asked(wanted);
		Upload upload = (asked != null) ? this.storage.find(asked.id) : null;
		boolean made = upload != null && upload.state() != UploadState.RECEIVING && upload.isFinal()
				&& parts(upload.asked()).parts().equals(parts(wanted).parts());
		return made ? upload : null;
	}

	/**
	 * Goes on with the upload that was asked for before.
	 * @param wanted what a client asks for
	 * @param client who asks
	 * @return the upload, or the delivery that was begun, or {@code null} if it is asked
	 * for the first time, or what there was is of no more use
	 * @throws UploadLockedException if another thread holds its lock
	 */
	@Nullable UploadOutcome goOn(NewUpload wanted, UploadClient client) throws IOException {
		Asked asked = asked(wanted);
		if (asked == null || find(asked.id, wanted) == null) {
			return null;
		}
		int repetition = asked.repetitions.incrementAndGet();
		UploadOutcome outcome = goOn(asked.id, wanted, client);
		if (outcome instanceof UploadOutcome.Settled) {
			asked.answered(repetition);
		}
		return outcome;
	}

	private @Nullable UploadOutcome goOn(UploadId id, NewUpload wanted, UploadClient client) throws IOException {
		UploadLock lock = this.locks.apply(id);
		boolean finishing = false;
		Upload upload;
		try {
			upload = find(id, wanted);
			finishing = upload != null && upload.state() == UploadState.FINISHING;
			if (finishing && upload.isClaimed(Instant.now())) {
				// By another instance, which may not be bound by the lock.
				finishing = false;
				throw new UploadLockedException(id);
			}
		}
		finally {
			if (!finishing) {
				lock.close();
			}
		}
		if (upload == null) {
			return null;
		}
		if (finishing) {
			return this.full.finish(upload, lock, client);
		}
		return (upload.state() == UploadState.RECEIVING) ? this.concatenator.created(upload, parts(wanted), List.of())
				: new UploadOutcome.Settled(upload);
	}

	private @Nullable Upload find(UploadId id, NewUpload wanted) throws IOException {
		Upload stored = this.storage.find(id);
		if (stored == null) {
			return null;
		}
		Upload upload = this.expiration.apply(stored);
		return (isSame(upload.asked(), wanted) && upload.state() != UploadState.REJECTED
				&& !upload.isExpired(Instant.now())) ? upload : null;
	}

	private static boolean isSame(NewUpload upload, NewUpload wanted) {
		return upload.isFinal() && parts(upload).parts().equals(parts(wanted).parts())
				&& upload.metadata().equals(wanted.metadata()) && Objects.equals(upload.owner(), wanted.owner())
				&& Objects.equals(upload.endpoint(), wanted.endpoint());
	}

	private static UploadId firstPart(NewUpload upload) {
		return parts(upload).parts().get(0);
	}

	private static Concatenation.Final parts(NewUpload upload) {
		return (Concatenation.Final) Objects.requireNonNull(upload.concatenation());
	}

	private static final class Asked {

		private final UploadId id;

		private final AtomicInteger repetitions = new AtomicInteger();

		private volatile boolean answered;

		Asked(UploadId id) {
			this.id = id;
		}

		/**
		 * Says what was answered last, unless it was asked for again meanwhile.
		 */
		void answered(int repetition) {
			if (this.repetitions.get() == repetition) {
				this.answered = true;
			}
		}

	}

	private static final class LastFinals extends LinkedHashMap<UploadId, Asked> {

		LastFinals() {
			super(16, 0.75F, true);
		}

		@Override
		protected boolean removeEldestEntry(Map.Entry<UploadId, Asked> eldest) {
			return size() > MAX;
		}

	}

}
