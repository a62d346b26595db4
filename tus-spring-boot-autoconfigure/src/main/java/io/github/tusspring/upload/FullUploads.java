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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Goes on with uploads that have all their bytes: final uploads that wait for a partial
 * one are concatenated, all others are delivered to the application, if the client who
 * filled them may have that done. Thread-safe.
 */
final class FullUploads {

	private static final Log logger = LogFactory.getLog(FullUploads.class);

	private final UnfinishedUploads unfinished;

	private final Concatenator concatenator;

	private final UploadDelivery delivery;

	private final UploadGuard guard;

	FullUploads(UnfinishedUploads unfinished, Concatenator concatenator, UploadDelivery delivery, UploadGuard guard) {
		this.unfinished = unfinished;
		this.concatenator = concatenator;
		this.delivery = delivery;
		this.guard = guard;
	}

	/**
	 * Finishes a full upload.
	 * @param upload the upload
	 * @param lock the upload's lock, which is not the caller's any more
	 * @param client who made it full
	 * @return the finished upload, or its delivery
	 */
	UploadOutcome finish(Upload upload, UploadLock lock, UploadClient client) throws IOException {
		this.unfinished.remove(upload.id());
		if (upload.isPartial()) {
			lock.close();
			this.concatenator.filled(upload.id());
			return new UploadOutcome.Settled(upload);
		}
		authorize(upload, lock, client);
		return this.delivery.deliver(upload, lock);
	}

	/**
	 * Asks whether a full upload may still be delivered: a right may have been lost since
	 * its first byte came. One that may not is refused as the application itself would
	 * refuse it.
	 */
	private void authorize(Upload upload, UploadLock lock, UploadClient client) {
		UploadException refusal;
		try {
			refusal = refusal(upload, client);
			if (refusal != null) {
				this.delivery.refuse(upload);
			}
		}
		catch (Throwable ex) {
			// An authorizer may throw anything, and a refusal has to be stored.
			lock.close();
			askAgain(upload, client);
			throw ex;
		}
		if (refusal != null) {
			lock.close();
			throw refusal;
		}
	}

	/**
	 * Returns what a client is told that may not have its upload delivered, or
	 * {@code null} if it may.
	 */
	private @Nullable UploadException refusal(Upload upload, UploadClient client) {
		try {
			this.guard.check(UploadIntent.DELIVER, upload, client);
			return null;
		}
		catch (UploadForbiddenException ex) {
			return new UploadRejectedException(403, String.valueOf(ex.getMessage()));
		}
		catch (UploadNotFoundException ex) {
			return ex;
		}
	}

	/**
	 * Rejects an upload that can't be completed any more.
	 * @param upload the upload, whose lock is the caller's
	 */
	void invalidate(Upload upload) {
		this.unfinished.remove(upload.id());
		this.delivery.refuse(upload);
	}

	/**
	 * Goes on with an upload, full or not, whose client may not come back.
	 * @param upload the upload, which is not locked
	 * @param client who appended to it last
	 */
	void release(Upload upload, UploadClient client) {
		if (!upload.isFull()) {
			return;
		}
		this.unfinished.remove(upload.id());
		if (upload.isPartial()) {
			this.concatenator.filled(upload.id());
		}
		else if (upload.endpoint() != null) {
			this.delivery.deliverSoon(upload);
		}
		else {
			decide(upload, client);
		}
	}

	private void decide(Upload upload, UploadClient client) {
		try {
			if (refusal(upload, client) == null) {
				this.delivery.deliverSoon(upload);
			}
			else {
				this.delivery.refuse(upload.id());
			}
		}
		catch (UploadLockedException ex) {
			// Whoever holds the lock is going to be asked the same.
		}
		catch (Throwable ex) {
			// An authorizer may throw anything.
			logger.warn(LogMessage.format(
					"It can't be decided now whether upload '%s' may be delivered: asking again later",
					upload.id().abbreviated()), ex);
			askAgain(upload, client);
		}
	}

	/**
	 * Makes sure that an upload is not forgotten if it could not be decided whether it
	 * may be delivered.
	 */
	private void askAgain(Upload upload, UploadClient client) {
		DeliverySchedule schedule = this.delivery.schedule();
		schedule.repeat(upload.id(), schedule.delay(1), () -> release(upload, client));
	}

}
