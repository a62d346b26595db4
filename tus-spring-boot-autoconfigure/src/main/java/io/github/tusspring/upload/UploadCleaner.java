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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Removes uploads that have expired, and what a crash left behind. Any number of
 * instances may clean the same storage at the same time: each upload is looked at again
 * under its lock. To be used by one thread at a time.
 */
public final class UploadCleaner {

	private static final Log logger = LogFactory.getLog(UploadCleaner.class);

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final ExpirationPolicy expiration;

	private final UploadEvents events;

	private final Clock clock;

	private final LastingRecords lasting = new LastingRecords();

	private volatile boolean stopped;

	private @Nullable Asked asked;

	/**
	 * Creates a cleaner.
	 * @param storage keeps the uploads
	 * @param locker keeps the cleaner and requests for the same upload apart
	 * @param expiration when uploads expire
	 * @param events publishes what expired
	 * @param clock says what time it is
	 */
	public UploadCleaner(UploadStorage storage, UploadLocker locker, ExpirationPolicy expiration, UploadEvents events,
			Clock clock) {
		this.storage = storage;
		this.locker = locker;
		this.expiration = expiration;
		this.events = events;
		this.clock = clock;
	}

	/**
	 * Lets passes begin again after a {@link #stop}. Thread-safe.
	 */
	public void start() {
		this.stopped = false;
	}

	/**
	 * Ends a running pass before the next upload, and lets no other one begin.
	 * Thread-safe.
	 */
	public void stop() {
		this.stopped = true;
	}

	/**
	 * Goes through all uploads, unless another instance of the application has begun to
	 * do so lately. If that one dies meanwhile, an interval is left out. Where it can't
	 * be noted who has begun when, each instance goes through them.
	 * @param interval the time between two passes
	 */
	public void clean(Duration interval) {
		try {
			if (!this.storage.beginPass(interval)) {
				return;
			}
		}
		catch (UploadUnavailableException ex) {
			logger.debug("The uploads can't be cleaned now", ex);
			return;
		}
		catch (IOException | RuntimeException ex) {
			// A pass too many does no harm, and is what makes room in a full storage.
			logger.warn(LogMessage.format("It can't be noted that the uploads are cleaned now: %s", ex));
		}
		clean();
	}

	/**
	 * Goes through all uploads once. Where it costs something to read a record, finished
	 * uploads that never expire are read only once, and those that were changed lately
	 * not at all.
	 */
	public void clean() {
		Instant now = this.clock.instant();
		new UploadPass(() -> this.storage.list(this::isOfInterest).takeWhile((upload) -> !this.stopped), "cleaned")
			.forEach((upload) -> {
				if (isOver(upload, now)) {
					remove(upload.id(), now);
				}
				else if (isLasting(upload) && this.asked != null && this.asked.id().equals(upload.id())) {
					this.lasting.add(upload.id(), this.asked.changed());
				}
			});
		if (!this.stopped) {
			tidy();
		}
	}

	private void tidy() {
		try {
			this.storage.tidy();
		}
		catch (UploadUnavailableException ex) {
			logger.debug("The storage can't be tidied now", ex);
		}
		catch (IOException | RuntimeException ex) {
			logger.error("The storage can't be tidied", ex);
		}
	}

	private boolean isOfInterest(UploadId id, Instant changed) {
		this.asked = new Asked(id, changed);
		return !isYoung(changed) && !this.lasting.contains(id, changed);
	}

	/**
	 * Whether nothing that was changed at the given time can be over: its own time begins
	 * no earlier.
	 */
	private boolean isYoung(Instant changed) {
		return Duration.between(changed, this.clock.instant()).compareTo(this.expiration.remembered()) < 0;
	}

	/**
	 * Whether an upload stays until something is done with it.
	 */
	private boolean isLasting(Upload upload) {
		return upload.state() == UploadState.COMPLETED && this.expiration.apply(upload).expires() == null
				&& !this.expiration.isSpent(upload) && this.storage.hasContent(upload);
	}

	private boolean isOver(Upload upload, Instant now) {
		return this.expiration.apply(upload).isExpired(now)
				|| (upload.state().isSettled() && this.expiration.isForgettable(upload, now)
						&& (this.expiration.isSpent(upload) || !this.storage.hasContent(upload)));
	}

	private void remove(UploadId id, Instant now) {
		try (UploadLock lock = this.locker.tryLock(id)) {
			Upload upload = this.storage.find(id);
			if (upload == null || !isOver(upload, now)) {
				return;
			}
			if (upload.isClaimed(Instant.now())) {
				// By another instance, which may not be bound by the lock.
				throw new UploadLockedException(id);
			}
			boolean expired = !this.expiration.isSpent(upload) && this.storage.hasContent(upload);
			if (this.storage.delete(upload) && expired) {
				this.events.expired(this.expiration.apply(upload));
			}
		}
		catch (UploadLockedException | UploadUnavailableException ex) {
			logger.debug(LogMessage.format("Upload '%s' is in use and can't expire", id.abbreviated()));
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("Upload '%s' has expired and can't be removed", id.abbreviated()), ex);
		}
	}

	/**
	 * What the storage has asked about last.
	 *
	 * @param id the upload's id
	 * @param changed when its record was changed last
	 */
	private record Asked(UploadId id, Instant changed) {
	}

}
