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
import java.io.InputStream;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;
import org.springframework.util.StringUtils;

/**
 * Delivers full uploads to the application: the one door through which every upload is
 * finished. {@link UploadState#FINISHING} is stored before the application is called and
 * {@link UploadState#COMPLETED} after, so that a delivery that fails or is cut off by a
 * crash is made again: at least once, never for an upload that lacks a byte. Thread-safe.
 */
public final class UploadDelivery {

	private static final Log logger = LogFactory.getLog(UploadDelivery.class);

	/**
	 * How often a remote storage is told that a delivery goes on.
	 */
	private static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(10);

	private static final int DIGEST_BUFFER = 64 * 1024;

	private final Map<UploadId, Delivery> running = new ConcurrentHashMap<>();

	/**
	 * The uploads that the observer knows as waiting.
	 */
	private final Set<UploadId> waiting = ConcurrentHashMap.newKeySet();

	private final AtomicInteger reported = new AtomicInteger();

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final TusUploads uploads;

	private final ApplicationEventPublisher publisher;

	private final DeliverySchedule schedule;

	private final ExpirationPolicy expiration;

	private final UploadObserver observer;

	private final AbsentClients absent;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param locker keeps a delivery and requests for the same upload apart
	 * @param uploads gives the application access to the uploads
	 * @param publisher publishes the completed event
	 * @param schedule repeats deliveries that failed
	 * @param expiration when uploads expire
	 */
	public UploadDelivery(UploadStorage storage, UploadLocker locker, TusUploads uploads,
			ApplicationEventPublisher publisher, DeliverySchedule schedule, ExpirationPolicy expiration) {
		this(storage, locker, uploads, publisher, schedule, expiration, UploadObserver.NONE, AbsentClients.UNKNOWN);
	}

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param locker keeps a delivery and requests for the same upload apart
	 * @param uploads gives the application access to the uploads
	 * @param publisher publishes the completed event
	 * @param schedule repeats deliveries that failed
	 * @param expiration when uploads expire
	 * @param observer sees the deliveries
	 * @param absent stands for clients that don't wait for the delivery
	 */
	public UploadDelivery(UploadStorage storage, UploadLocker locker, TusUploads uploads,
			ApplicationEventPublisher publisher, DeliverySchedule schedule, ExpirationPolicy expiration,
			UploadObserver observer, AbsentClients absent) {
		this.storage = storage;
		this.locker = locker;
		this.uploads = uploads;
		this.publisher = publisher;
		this.schedule = schedule;
		this.expiration = expiration;
		this.observer = observer;
		this.absent = absent;
	}

	DeliverySchedule schedule() {
		return this.schedule;
	}

	/**
	 * Delivers a full upload, or begins to: that of one for an endpoint of the
	 * application's own goes on when this method returns.
	 * @param upload the upload
	 * @param lock the upload's lock, which is closed at the end of the delivery
	 * @return the completed upload, or the delivery that was begun
	 * @throws UploadRejectedException if the application refuses the upload
	 * @throws UploadDeliveryException if the application fails to take it; that will be
	 * tried again
	 */
	UploadOutcome deliver(Upload upload, UploadLock lock) throws IOException {
		return deliver(upload, lock, AbsentClients.UNKNOWN);
	}

	/**
	 * Delivers a full upload for which no client waits, in its client's name where that
	 * is known.
	 */
	UploadOutcome deliverUnattended(Upload upload, UploadLock lock) throws IOException {
		return deliver(upload, lock, this.absent);
	}

	private UploadOutcome deliver(Upload upload, UploadLock lock, AbsentClients absent) throws IOException {
		Delivery delivery = begin(upload, lock);
		verify(delivery);
		if (upload.endpoint() != null) {
			return delivery;
		}
		try (delivery) {
			UploadAnswer.Builder answer = UploadAnswer.builder();
			publish(delivery, answer, absent);
			return new UploadOutcome.Settled(delivery.succeed(answer.build()));
		}
	}

	private Delivery begin(Upload upload, UploadLock lock) throws IOException {
		// The application must not take it for one that is going to be removed.
		Upload attempt = upload.withNextAttempt().withExpires(null);
		Delivery delivery = new Delivery(this, lock, attempt);
		this.running.put(upload.id(), delivery);
		boolean begun = false;
		try {
			if (upload.isClaimed(Instant.now())) {
				throw new UploadLockedException(upload.id());
			}
			this.storage.update(attempt);
			delivery.observedBy(this.observer.deliveryBegan(attempt));
			if (this.storage.isRemote()) {
				delivery.renewBy(this.schedule.every(RENEWAL_INTERVAL, () -> renew(attempt)));
			}
			begun = true;
			return delivery;
		}
		catch (Throwable ex) {
			waits(attempt);
			if (!(ex instanceof UploadNotFoundException)) {
				repeat(attempt, this.schedule.delay(attempt.attempts()));
			}
			throw ex;
		}
		finally {
			if (!begun) {
				ended(delivery, lock);
			}
		}
	}

	/**
	 * Compares the content with the checksum that it is expected to have as a whole.
	 * @throws DigestMismatchException if it has another one: the upload is refused
	 */
	private void verify(Delivery delivery) throws IOException {
		Upload upload = delivery.upload();
		Checksum expected = upload.asked().digest();
		if (expected == null) {
			return;
		}
		boolean verified = false;
		try {
			if (!expected.matches(digest(upload, expected.algorithm()))) {
				delivery.reject();
				throw new DigestMismatchException();
			}
			verified = true;
		}
		finally {
			if (!verified) {
				delivery.close();
			}
		}
	}

	/**
	 * Calculates a checksum of all of the content.
	 */
	byte[] digest(Upload upload, ChecksumAlgorithm algorithm) throws IOException {
		ChecksumAlgorithm.Calculation calculation = algorithm.start();
		try (InputStream content = this.storage.content(upload).getInputStream()) {
			byte[] piece = new byte[DIGEST_BUFFER];
			for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
				calculation.update(ByteBuffer.wrap(piece, 0, count));
			}
		}
		return calculation.value();
	}

	private void renew(Upload upload) {
		try {
			this.storage.renew(upload);
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("Another instance may begin to deliver upload '%s', too: %s",
					upload.id().abbreviated(), ex));
		}
	}

	private void publish(Delivery delivery, UploadAnswer.Builder answer, AbsentClients absent) {
		Upload upload = delivery.upload();
		try (UploadObserver.Scope scope = delivery.observer().openScope();
				UploadObserver.Scope client = absent.stepIn(upload)) {
			this.publisher.publishEvent(new TusUploadCompletedEvent(upload, answer, this.uploads));
		}
		catch (Throwable ex) {
			Throwable cause = (ex instanceof UndeclaredThrowableException && ex.getCause() != null) ? ex.getCause()
					: ex;
			if (cause instanceof UploadRejectedException rejection) {
				delivery.reject();
				throw rejection;
			}
			delivery.fail(cause);
			throw new UploadDeliveryException(upload.id(), cause);
		}
	}

	/**
	 * Stores that the application has taken an upload. If there is no room for its
	 * answer, only the client that waits for it gets it.
	 * @return the completed upload
	 */
	Upload complete(Upload upload, @Nullable UploadAnswer answer) {
		Upload completed = this.expiration
			.apply(upload.mutate().state(UploadState.COMPLETED).completed(Instant.now()).answer(answer).build());
		try {
			update(completed);
		}
		catch (InsufficientStorageException ex) {
			if (answer == null) {
				throw ex;
			}
			logger.warn(
					LogMessage.format("The answer to upload '%s' can't be stored: %s", upload.id().abbreviated(), ex));
			update(completed.withAnswer(null));
		}
		this.schedule.cancel(upload.id());
		return completed;
	}

	/**
	 * Stores that the application refuses an upload, and only then removes the content: a
	 * crash between leaves no upload without content that would be delivered again.
	 */
	void reject(Upload upload) {
		update(upload);
		this.schedule.cancel(upload.id());
		removeContent(upload);
	}

	/**
	 * Rejects an upload without asking the application.
	 * @param upload the upload, whose lock is the caller's
	 */
	void refuse(Upload upload) {
		Upload rejected = upload.withState(UploadState.REJECTED);
		reject(rejected);
		this.waiting.remove(upload.id());
		this.observer.rejected(rejected);
	}

	/**
	 * Refuses an upload that waits for its delivery, unless it has gone on meanwhile.
	 * @throws UploadLockedException if another thread holds its lock
	 */
	void refuse(UploadId id) throws IOException {
		try (UploadLock lock = this.locker.tryLock(id)) {
			Upload upload = this.storage.find(id);
			if (upload != null && upload.state() == UploadState.FINISHING && !upload.isClaimed(Instant.now())) {
				refuse(upload);
			}
		}
	}

	private void update(Upload upload) {
		try {
			this.storage.update(upload);
		}
		catch (UploadNotFoundException ex) {
			logger
				.debug(LogMessage.format("Upload '%s' was removed while it was delivered", upload.id().abbreviated()));
		}
		catch (IOException ex) {
			throw UploadStorageException.of(upload.id(), ex);
		}
	}

	/**
	 * Makes sure that an upload which the application has failed to take is not
	 * forgotten.
	 */
	void failed(Upload upload, @Nullable Throwable cause) {
		Duration delay = this.schedule.delay(upload.attempts());
		release(upload, delay);
		if (UploadDeliveryException.isStorageAway(cause)) {
			// That it is away is in the log already.
			logger.warn(LogMessage.format("The application can't read upload '%s' (attempt %d): trying again in %s",
					upload.id().abbreviated(), upload.attempts(), delay));
			repeat(upload, delay);
		}
		else if (upload.endpoint() == null) {
			logger
				.error(LogMessage.format("The application failed to take upload '%s' (attempt %d): trying again in %s",
						upload.id().abbreviated(), upload.attempts(), delay), cause);
			repeat(upload, delay);
		}
		else if (upload.attempts() == 1) {
			// What went wrong is the container's or the application's to log.
			logger.warn(LogMessage.format("%s failed to take upload '%s', which waits for its client to come back: %s",
					StringUtils.capitalize(taker(upload)), upload.id().abbreviated(), cause));
		}
	}

	/**
	 * Names the endpoint that takes an upload by what is configured: its path, as the
	 * client has sent it, is not for the log.
	 */
	private static String taker(Upload upload) {
		return (upload.endpointPattern() != null) ? "'" + upload.endpointPattern() + "'" : "the application";
	}

	private void release(Upload upload, Duration delay) {
		try {
			this.storage.release(upload, Instant.now().plus(delay));
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("Upload '%s' is only released when its claim runs out",
					upload.id().abbreviated()), ex);
		}
	}

	private void repeat(Upload upload, Duration delay) {
		if (upload.endpoint() == null) {
			this.schedule.repeat(upload.id(), delay, () -> redeliver(upload.id()));
		}
	}

	/**
	 * Ends a delivery.
	 */
	void ended(Delivery delivery, UploadLock lock) {
		Upload upload = delivery.upload();
		try {
			if (this.expiration.isSpent(upload)) {
				removeContent(upload);
			}
		}
		finally {
			if (isSettled(upload)) {
				this.waiting.remove(upload.id());
			}
			else {
				this.waiting.add(upload.id());
			}
			this.running.remove(upload.id(), delivery);
			lock.close();
		}
	}

	private void removeContent(Upload upload) {
		try {
			this.storage.deleteContent(upload);
		}
		catch (UploadNotFoundException ex) {
			logger
				.debug(LogMessage.format("Upload '%s' was removed while it was delivered", upload.id().abbreviated()));
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("The content of upload '%s' stays until the upload is forgotten: %s",
					upload.id().abbreviated(), ex));
		}
	}

	/**
	 * Whether an upload is being delivered just now.
	 * @param id the upload's id
	 * @return {@code true} between the begin and the end of a delivery by this instance
	 */
	boolean isRunning(UploadId id) {
		return this.running.containsKey(id);
	}

	/**
	 * Delivers a full upload for which no client waits. What belongs to an endpoint of
	 * the application's own waits for its client.
	 * @param upload the upload
	 */
	void deliverSoon(Upload upload) {
		waits(upload);
		if (upload.endpoint() == null) {
			this.schedule.submit(upload.id(), () -> redeliver(upload.id()));
		}
		else if (upload.state() == UploadState.RECEIVING) {
			logger.info(LogMessage.format("All of upload '%s' is there: it waits for its client to come back to %s",
					upload.id().abbreviated(), taker(upload)));
		}
	}

	private void waits(Upload upload) {
		this.waiting.add(upload.id());
		this.observer.waiting(upload);
	}

	/**
	 * Forgets what waits no more since another instance has delivered or removed it.
	 */
	void prune() {
		prune(Set.of());
	}

	private void prune(Set<UploadId> listed) {
		for (UploadId id : this.waiting) {
			if (!listed.contains(id) && !isRunning(id) && isSettled(id)) {
				settled(id);
			}
		}
	}

	private boolean isSettled(UploadId id) {
		try {
			return isSettled(this.storage.find(id));
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("It can't be read now whether upload '%s' waits for its delivery",
					id.abbreviated()), ex);
			return false;
		}
	}

	private static boolean isSettled(@Nullable Upload upload) {
		return upload == null || upload.state().isSettled();
	}

	private void settled(UploadId id) {
		if (this.waiting.remove(id)) {
			this.observer.settled(id);
		}
	}

	/**
	 * Begins to deliver again what was full when the application stopped or crashed.
	 */
	Resumption resume() {
		return new Resumption();
	}

	private void redeliver(UploadId id) {
		try {
			UploadLock lock = this.locker.tryLock(id);
			Upload upload = find(id, lock);
			if (upload != null && upload.state() == UploadState.FINISHING && upload.endpoint() == null) {
				deliverUnattended(upload, lock);
			}
			else {
				lock.close();
				if (isSettled(upload)) {
					settled(id);
				}
			}
		}
		catch (UploadLockedException | UploadUnavailableException ex) {
			logger.debug(
					LogMessage.format("Upload '%s' can't be locked, and is not delivered again now", id.abbreviated()));
			this.schedule.retry(id, () -> redeliver(id));
		}
		catch (UploadRejectedException | UploadDeliveryException | UploadNotFoundException ex) {
			logger.debug(LogMessage.format("Upload '%s' was not taken: %s", id.abbreviated(), ex));
		}
		catch (Throwable ex) {
			// A proxy or code in another language may throw anything.
			logger.error(LogMessage.format("Upload '%s' can't be delivered now", id.abbreviated()), ex);
			this.schedule.retry(id, () -> redeliver(id));
		}
	}

	private @Nullable Upload find(UploadId id, UploadLock lock) throws IOException {
		boolean looked = false;
		try {
			Upload upload = this.storage.find(id);
			looked = true;
			return upload;
		}
		finally {
			if (!looked) {
				lock.close();
			}
		}
	}

	/**
	 * A pass through the uploads that may have to be delivered again. What belongs to an
	 * endpoint of the application's own waits for its client.
	 */
	final class Resumption {

		private final Set<UploadId> listed = new HashSet<>();

		private int waiting;

		private Resumption() {
		}

		void add(Upload upload) {
			if (upload.state() != UploadState.FINISHING) {
				return;
			}
			this.listed.add(upload.id());
			waits(upload);
			if (upload.endpoint() == null) {
				// On a thread of its own: a listener that hangs must not keep the others
				// waiting.
				UploadDelivery.this.schedule.submit(upload.id(), () -> redeliver(upload.id()));
			}
			else {
				this.waiting++;
				logger.debug(LogMessage.format("Upload '%s' waits for its client to come back to %s",
						upload.id().abbreviated(), taker(upload)));
			}
		}

		/**
		 * Ends the pass.
		 * @param all whether all uploads could be listed
		 */
		void end(boolean all) {
			if (UploadDelivery.this.reported.getAndSet(this.waiting) != this.waiting) {
				logger
					.info(LogMessage.format("Full uploads that wait for their clients to come back: %d", this.waiting));
			}
			if (all) {
				prune(this.listed);
			}
		}

	}

}
