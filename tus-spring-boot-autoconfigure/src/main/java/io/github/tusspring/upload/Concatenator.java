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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Makes final uploads of partial ones (tus 1.0.0, section Concatenation): at once where
 * all parts are full, else when the last of them is.
 */
final class Concatenator {

	private static final Log logger = LogFactory.getLog(Concatenator.class);

	/**
	 * How long a final upload is left to the instance that has created it.
	 */
	private static final Duration YOUNG = Duration.ofSeconds(30);

	/**
	 * The final uploads that wait for a part, where the storage doesn't note it for all
	 * instances. One that waited when the application stopped is put here again by
	 * {@link #resume}.
	 */
	private final Map<UploadId, Set<UploadId>> waiting = new ConcurrentHashMap<>();

	/**
	 * The full parts whose final uploads are being gone on with.
	 */
	private final Set<UploadId> filling = ConcurrentHashMap.newKeySet();

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final UploadPolicy policy;

	private final UploadDelivery delivery;

	private final DeliverySchedule schedule;

	private final UnfinishedUploads unfinished;

	private final UploadGuard guard;

	private final UploadEvents events;

	Concatenator(UploadStorage storage, UploadLocker locker, UploadPolicy policy, UploadDelivery delivery,
			UnfinishedUploads unfinished, UploadGuard guard, UploadEvents events) {
		this.storage = storage;
		this.locker = locker;
		this.policy = policy;
		this.delivery = delivery;
		this.schedule = delivery.schedule();
		this.unfinished = unfinished;
		this.guard = guard;
		this.events = events;
	}

	/**
	 * Checks the parts of a final upload that a client asks for.
	 * @return the upload with its length, if that is known already, and the parts
	 */
	Resolved resolve(NewUpload upload, UploadClient client) {
		Concatenation.Final concatenation = (Concatenation.Final) Objects.requireNonNull(upload.concatenation());
		this.policy.limits().check(concatenation);
		List<Upload> parts = new ArrayList<>();
		for (UploadId id : concatenation.parts()) {
			Upload part = find(id);
			if (part == null || !part.isPartial() || !mayConcatenate(part, client)) {
				throw new InvalidUploadException("There is no partial upload '" + id + "'");
			}
			if (upload.endpoint() != null && !part.isFull()) {
				// Its handler runs in a request of the client's: there will be no later
				// one.
				throw new InvalidUploadException("Partial upload '" + id + "' is not finished");
			}
			parts.add(part);
		}
		Long length = length(parts);
		return new Resolved((length != null) ? upload.withLength(length) : upload, parts);
	}

	private boolean mayConcatenate(Upload part, UploadClient client) {
		try {
			this.guard.check(UploadIntent.CONCATENATE, part, client);
			return true;
		}
		catch (UploadNotFoundException ex) {
			return false;
		}
	}

	private static @Nullable Long length(List<Upload> parts) {
		long length = 0;
		for (Upload part : parts) {
			if (part.length() == null) {
				return null;
			}
			if (part.length() > Long.MAX_VALUE - length) {
				throw new UploadTooLargeException("The parts are too long in total");
			}
			length += part.length();
		}
		return length;
	}

	/**
	 * Goes on with a final upload that was just created.
	 * @param seen parts that were looked at just before
	 * @return the upload, finished if all its parts are full, or the delivery that was
	 * begun
	 * @throws UploadLockedException if another thread or instance is at it, and its
	 * client has to ask again
	 * @throws UploadGoneException if the application has refused it meanwhile
	 */
	UploadOutcome created(Upload upload, Concatenation.Final concatenation, List<Upload> seen) throws IOException {
		return checkTaken(make(upload, concatenation, seen));
	}

	private UploadOutcome make(Upload upload, Concatenation.Final concatenation, List<Upload> seen) throws IOException {
		try {
			UploadOutcome result = concatenate(upload.id(), true, seen);
			if (result == null && (upload.endpoint() != null || isPartGone(concatenation)) && giveUp(upload.id())) {
				throw new PartGoneException();
			}
			return (result != null) ? result : new UploadOutcome.Settled(upload);
		}
		catch (UploadLockedException ex) {
			if (upload.endpoint() != null || this.storage.find(upload.id()) == null) {
				// It has to be asked for again, since there is no answer without the
				// handler, or it was a part that could not be locked.
				throw ex;
			}
			// Another thread holds the lock, and goes on with it.
			return new UploadOutcome.Settled(upload);
		}
	}

	/**
	 * Checks what has become of a final upload that another thread or instance has put
	 * together: its client must not take it for done as long as it isn't.
	 */
	private static UploadOutcome checkTaken(UploadOutcome outcome) {
		if (outcome instanceof UploadOutcome.Settled settled) {
			UploadId id = settled.upload().id();
			switch (settled.upload().state()) {
				case REJECTED -> throw new UploadGoneException(id);
				case FINISHING -> throw new UploadLockedException(id);
				default -> {
				}
			}
		}
		return outcome;
	}

	private void register(UploadId id, Concatenation.Final concatenation) {
		concatenation.parts().forEach((part) -> this.waiting.compute(part, (key, waiting) -> {
			Set<UploadId> finals = (waiting != null) ? waiting : ConcurrentHashMap.newKeySet();
			finals.add(id);
			return finals;
		}));
	}

	/**
	 * Goes on with the final uploads that wait for a part.
	 * @param part the part that is full now
	 */
	void filled(UploadId part) {
		Set<UploadId> finals = this.waiting.get(part);
		if (finals != null) {
			finals.forEach((id) -> this.schedule.submit(() -> concatenateLate(id, 1)));
		}
		if (this.storage.isRemote()) {
			this.schedule.submit(part, () -> goOn(part));
		}
	}

	/**
	 * Goes on with what any instance has noted to wait for a part, one by one: however
	 * many a client makes wait, everybody else's have their turn meanwhile.
	 */
	private void goOn(UploadId part) {
		if (!this.filling.add(part)) {
			return;
		}
		try (Stream<UploadId> finals = this.storage.filled(part)) {
			finals.forEach((id) -> concatenateLate(id, 1));
		}
		catch (UploadUnavailableException ex) {
			logger.debug(LogMessage.format("What waits for upload '%s' is looked for later", part.abbreviated()), ex);
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("What waits for upload '%s' is looked for later", part.abbreviated()), ex);
		}
		finally {
			this.filling.remove(part);
		}
	}

	private void concatenateLate(UploadId id, int attempt) {
		try {
			concatenate(id, false, List.of());
		}
		catch (UploadRejectedException | UploadDeliveryException ex) {
			logger.debug(LogMessage.format("Upload '%s' was not taken: %s", id.abbreviated(), ex));
		}
		catch (UploadLockedException | UploadUnavailableException | InsufficientStorageException ex) {
			// Whoever holds the lock may have looked at the parts before the last was
			// full.
			logger.debug(LogMessage.format("Upload '%s' can't be concatenated now: %s", id.abbreviated(), ex));
			repeat(id, attempt);
		}
		catch (UploadTooLargeException | QuotaExceededException | PartGoneException ex) {
			logger.info(LogMessage.format("Upload '%s' was removed: %s", id.abbreviated(), ex.getMessage()));
		}
		catch (Throwable ex) {
			// A proxy or code in another language may throw anything.
			logger.warn(
					LogMessage.format("Upload '%s' could not be concatenated, trying again later", id.abbreviated()),
					ex);
			repeat(id, attempt);
		}
	}

	/**
	 * Tries again later, once however often it is tried meanwhile. If the upload was made
	 * already, what its failed delivery has left to do goes before.
	 */
	private void repeat(UploadId id, int attempt) {
		this.schedule.retry(id, this.schedule.delay(attempt), () -> concatenateLate(id, attempt + 1));
	}

	/**
	 * Concatenates the parts of a final upload and delivers it, unless it is for an
	 * endpoint of the application's own and no client waits.
	 * @param id the final upload's id
	 * @param unknown whether its client waits, and doesn't know of it if this fails
	 * @param seen parts that were looked at just before
	 * @return the full upload, or the delivery that was begun, or {@code null} if a part
	 * is not full yet
	 * @throws PartGoneException if a part was removed, and the final upload with it
	 * @throws UploadLockedException if another thread holds the upload's lock
	 */
	private @Nullable UploadOutcome concatenate(UploadId id, boolean unknown, List<Upload> seen) throws IOException {
		UploadLock lock = this.locker.tryLock(id);
		Upload upload;
		boolean deliver = false;
		try {
			upload = this.storage.recall(id);
			if (upload == null || !(upload.concatenation() instanceof Concatenation.Final concatenation)) {
				return null;
			}
			if (upload.state() == UploadState.RECEIVING) {
				List<Upload> parts = fullParts(upload, concatenation, seen);
				if (parts == null) {
					return null;
				}
				upload = join(upload, parts, unknown);
				removed(upload);
				deliver = upload.endpoint() == null || unknown;
			}
		}
		finally {
			if (!deliver) {
				lock.close();
			}
		}
		if (!deliver) {
			return new UploadOutcome.Settled(upload);
		}
		return unknown ? this.delivery.deliver(upload, lock) : this.delivery.deliverUnattended(upload, lock);
	}

	/**
	 * Returns the parts of a final upload, or {@code null} if it has to wait for one of
	 * them. What it waits for is noted then.
	 */
	private @Nullable List<Upload> fullParts(Upload upload, Concatenation.Final concatenation, List<Upload> seen)
			throws IOException {
		Map<UploadId, Upload> full = new HashMap<>();
		seen.stream().filter(Upload::isFull).forEach((part) -> full.put(part.id(), part));
		List<Upload> parts = new ArrayList<>();
		for (UploadId partId : concatenation.parts()) {
			Upload part = full.get(partId);
			if (part == null) {
				part = this.storage.recall(partId);
			}
			if (part == null || !part.isFull()) {
				// What is remembered may be out of date; a full part doesn't change.
				part = this.storage.find(partId);
			}
			if (part != null && !part.isFull() && upload.endpoint() == null && !await(upload, concatenation, partId)) {
				part = this.storage.find(partId);
			}
			if (part == null && discardUnlessMade(upload.id())) {
				throw new PartGoneException();
			}
			if (part == null || !part.isFull()) {
				return null;
			}
			parts.add(part);
		}
		return parts;
	}

	/**
	 * Notes what a final upload waits for, so that whoever fills that part goes on with
	 * it.
	 * @return {@code false} if the part has become full meanwhile, or is gone
	 */
	private boolean await(Upload upload, Concatenation.Final concatenation, UploadId part) throws IOException {
		if (!this.storage.isRemote()) {
			register(upload.id(), concatenation);
		}
		return this.storage.awaitPart(upload, part);
	}

	private Upload join(Upload upload, List<Upload> parts, boolean unknown) throws IOException {
		try {
			this.policy.checkLength(length(parts), upload.endpointPattern());
			return this.storage.concatenate(upload, parts);
		}
		catch (Throwable ex) {
			if (unknown || isRefusal(ex)) {
				// The client will ask for another one.
				discard(upload);
			}
			if (isPartGone((Concatenation.Final) upload.concatenation())
					&& (unknown || discardUnlessMade(upload.id()))) {
				throw new PartGoneException();
			}
			throw ex;
		}
	}

	/**
	 * Whether it is the upload itself that can't be made, rather than that something went
	 * wrong.
	 */
	private static boolean isRefusal(Throwable failure) {
		return failure instanceof UploadTooLargeException || failure instanceof QuotaExceededException
				|| failure instanceof UploadRejectedException;
	}

	/**
	 * Whether a part of a final upload was removed.
	 */
	boolean isPartGone(Concatenation.Final concatenation) throws IOException {
		for (UploadId id : concatenation.parts()) {
			if (this.storage.find(id) == null) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Removes a final upload that can't be made, unless another thread has made it
	 * meanwhile: its parts may have been removed since they are no longer needed.
	 * @return whether it was removed
	 * @throws UploadLockedException if another thread holds its lock
	 */
	private boolean giveUp(UploadId id) throws IOException {
		try (UploadLock lock = this.locker.tryLock(id)) {
			return discardUnlessMade(id);
		}
	}

	private boolean discardUnlessMade(UploadId id) throws IOException {
		Upload upload = this.storage.find(id);
		if (upload == null || upload.state() != UploadState.RECEIVING) {
			return false;
		}
		discard(upload);
		return true;
	}

	private void discard(Upload upload) throws IOException {
		boolean deleted = this.storage.delete(upload);
		removed(upload);
		if (deleted) {
			this.events.terminated(upload);
		}
	}

	/**
	 * Forgets a final upload that waits no more.
	 */
	void removed(Upload upload) {
		this.unfinished.remove(upload.id());
		if (upload.concatenation() instanceof Concatenation.Final concatenation) {
			concatenation.parts().forEach((part) -> forget(part, upload.id()));
		}
	}

	private void forget(UploadId part, UploadId id) {
		this.waiting.computeIfPresent(part, (key, finals) -> {
			finals.remove(id);
			return finals.isEmpty() ? null : finals;
		});
	}

	/**
	 * Forgets the final uploads that were removed or concatenated while they waited, and
	 * goes on with those of which a part was removed. To be called every now and then.
	 */
	void prune() {
		Map<UploadId, Boolean> settled = new HashMap<>();
		this.waiting.forEach((part, finals) -> finals.forEach((id) -> {
			if (settled.computeIfAbsent(id, this::waitsNoMore)) {
				forget(part, id);
			}
		}));
		this.waiting.keySet().stream().filter(this::isGone).forEach(this::filled);
	}

	private boolean isGone(UploadId part) {
		try {
			return this.storage.find(part) == null;
		}
		catch (Throwable ex) {
			logger.debug(
					LogMessage.format("Upload '%s' can't be read, and goes on being waited for", part.abbreviated()),
					ex);
			return false;
		}
	}

	/**
	 * Returns how many parts are remembered for which a final upload waits.
	 */
	int size() {
		return this.waiting.size();
	}

	private boolean waitsNoMore(UploadId id) {
		try {
			Upload upload = this.storage.find(id);
			return upload == null || upload.state() != UploadState.RECEIVING;
		}
		catch (Throwable ex) {
			logger.debug(LogMessage.format("Upload '%s' can't be read, and goes on waiting", id.abbreviated()), ex);
			return false;
		}
	}

	/**
	 * Returns the length of a final upload as soon as those of its parts are known.
	 */
	Upload withLength(Upload upload) {
		if (upload.length() == null && upload.concatenation() instanceof Concatenation.Final concatenation) {
			List<Upload> parts = new ArrayList<>();
			for (UploadId id : concatenation.parts()) {
				Upload part = find(id);
				if (part == null) {
					return upload;
				}
				parts.add(part);
			}
			Long length = length(parts);
			return (length != null) ? upload.withLength(length) : upload;
		}
		return upload;
	}

	/**
	 * Takes up what was left undone when this or another instance stopped: a final upload
	 * of which isn't noted what it waits for, or a full part whose final uploads haven't
	 * heard of it.
	 */
	void resume(Upload upload) {
		if (upload.isPartial() && upload.isFull()) {
			filled(upload.id());
		}
		else if (upload.state() == UploadState.RECEIVING && upload.isFinal() && upload.endpoint() == null
				&& !isBeingMade(upload)) {
			this.schedule.submit(upload.id(), () -> concatenateLate(upload.id(), 1));
		}
	}

	/**
	 * Whether the instance that has created it is likely to be at it.
	 */
	private boolean isBeingMade(Upload upload) {
		return this.storage.isRemote() && upload.created().isAfter(Instant.now().minus(YOUNG));
	}

	private @Nullable Upload find(UploadId id) {
		try {
			return this.storage.find(id);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
	}

	/**
	 * What a client asks for.
	 *
	 * @param upload the final upload
	 * @param parts its parts
	 */
	record Resolved(NewUpload upload, List<Upload> parts) {
	}

	/**
	 * Says that a final upload can't be made any more.
	 */
	private static final class PartGoneException extends InvalidUploadException {

		PartGoneException() {
			super("A partial upload was removed");
		}

	}

}
