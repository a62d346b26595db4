package io.github.tusspring.upload;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;

import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Owns the rules of resumable uploads: who may append where, how long an upload may
 * become, when it is finished. Every protocol drives it with the same few operations. All
 * methods are thread-safe, and throw an {@link UploadStorageException} if the storage
 * fails.
 */
public final class UploadService {

	private final ConcurrentMap<UploadId, AppendSession> active = new ConcurrentHashMap<>();

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final UploadPolicy policy;

	private final List<UploadInterceptor> interceptors;

	private final UploadEvents events;

	private final UploadDelivery delivery;

	private final Concatenator concatenator;

	private volatile boolean stopped;

	/**
	 * Creates a service.
	 * @param storage keeps the uploads
	 * @param locker keeps requests for the same upload apart
	 * @param policy what is allowed
	 * @param interceptors asked before an upload is created, in their order
	 * @param events publishes what happens
	 * @param delivery delivers finished uploads
	 */
	public UploadService(UploadStorage storage, UploadLocker locker, UploadPolicy policy,
			List<UploadInterceptor> interceptors, UploadEvents events, UploadDelivery delivery) {
		this.storage = storage;
		this.locker = locker;
		this.policy = policy;
		this.interceptors = List.copyOf(interceptors);
		this.events = events;
		this.delivery = delivery;
		this.concatenator = new Concatenator(storage, locker, policy, delivery);
	}

	/**
	 * Creates an upload. One of length 0, and a final one of which all parts are there,
	 * is delivered to the application before this method returns.
	 * @param upload what the client asks for
	 * @return the new upload
	 * @throws UploadTooLargeException if it is longer than allowed
	 * @throws UploadRejectedException if the application refuses it
	 * @throws InvalidUploadException if a part of a final upload is no partial upload
	 * @throws UploadExistsException if there is one with this id
	 * @throws InsufficientStorageException if there is no room
	 * @throws UploadDeliveryException if the application fails to take the upload
	 */
	public Upload create(NewUpload upload) {
		NewUpload accepted = upload;
		if (upload.concatenation() instanceof Concatenation.Final concatenation) {
			accepted = this.concatenator.resolve(upload, concatenation);
		}
		this.policy.checkLength(accepted.length());
		for (UploadInterceptor interceptor : this.interceptors) {
			accepted = interceptor.beforeCreate(accepted);
		}
		try {
			Upload created = this.policy.expiration().apply(this.storage.create(accepted));
			this.events.publish(new TusUploadCreatedEvent(created));
			if (created.concatenation() instanceof Concatenation.Final concatenation) {
				return this.concatenator.created(created, concatenation);
			}
			return created.isFull() ? finishEmpty(created) : created;
		}
		catch (IOException ex) {
			throw storageFailed(accepted.id(), ex);
		}
	}

	private Upload finishEmpty(Upload upload) throws IOException {
		try (UploadLock lock = this.locker.tryLock(upload.id())) {
			return finish(upload);
		}
	}

	/**
	 * Begins to append to an upload, after taking it over from a request that still does.
	 * @param id the upload's id
	 * @param request what the client says of the bytes to come
	 * @param principal the name of the client's principal, or {@code null}
	 * @param stop asks the driver to {@link AppendSession#interrupt() interrupt} the
	 * session soon; called by any thread, perhaps before this method returns
	 * @return a session that takes the bytes
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadGoneException if it has expired or was refused
	 * @throws UploadForbiddenException if it is a final upload
	 * @throws OffsetMismatchException if it is to be continued elsewhere
	 * @throws UploadTooLargeException if more bytes are announced than are missing
	 * @throws InvalidUploadException if the declared length contradicts what is known
	 * @throws UploadLockedException if the upload can't be had in time
	 * @throws InsufficientStorageException if there is no room
	 */
	public AppendSession append(UploadId id, AppendRequest request, @Nullable String principal,
			Consumer<StopReason> stop) {
		if (this.stopped) {
			throw new UploadLockedException(id);
		}
		AppendSession running = this.active.get(id);
		if (running != null) {
			// A stray request at a wrong offset must not end a healthy one.
			checkOffset(require(id, principal).withOffset(running.offset()), request);
		}
		Opening opening = new Opening(stop);
		UploadLock lock = this.locker.lock(id, opening::stop, this.policy.lockTimeout());
		try {
			AppendSession session = open(lock, require(id, principal), request, stop);
			opening.session = session;
			this.active.put(id, session);
			return session;
		}
		catch (IOException ex) {
			lock.close();
			throw storageFailed(id, ex);
		}
		catch (RuntimeException ex) {
			lock.close();
			throw ex;
		}
	}

	private AppendSession open(UploadLock lock, Upload found, AppendRequest request, Consumer<StopReason> stop)
			throws IOException {
		if (found.isFinal()) {
			throw new UploadForbiddenException("A final upload can't be changed");
		}
		checkOffset(found, request);
		Upload upload = declareLength(found, request);
		long limit = this.policy.limit(upload);
		if (request.contentLength() > limit - request.offset()) {
			throw new UploadTooLargeException("The body goes beyond the end of the upload");
		}
		if (upload != found) {
			this.storage.update(upload);
		}
		UploadWriter writer = (upload.state() == UploadState.RECEIVING)
				? this.storage.append(upload, lock.generation(), request.isHeld()) : null;
		return new AppendSession(this, lock, upload, writer, request, limit, stop);
	}

	private void checkOffset(Upload upload, AppendRequest request) {
		boolean delivered = upload.state() == UploadState.FINISHING;
		if (request.offset() != upload.offset() && !(delivered && request.offset() == told(upload).offset())) {
			throw new OffsetMismatchException((delivered ? told(upload) : upload).offset());
		}
	}

	private Upload declareLength(Upload upload, AppendRequest request) {
		Long declared = request.uploadLength();
		if (declared == null || declared.equals(upload.length())) {
			return upload;
		}
		if (upload.length() != null) {
			throw new InvalidUploadException("The upload's length is known and can't be changed");
		}
		if (declared < upload.offset()) {
			throw new InvalidUploadException("The upload is longer than that already");
		}
		this.policy.checkLength(declared);
		return upload.withLength(declared);
	}

	/**
	 * Looks at an upload. An append that is still receiving bytes goes on undisturbed;
	 * one that is silent is ended first, so that the offset is one to continue at.
	 * @param id the upload's id
	 * @param principal the name of the client's principal, or {@code null}
	 * @return the upload as its client may see it
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadGoneException if it has expired or was refused
	 * @throws UploadLockedException if it is being delivered to the application
	 */
	public Upload inspect(UploadId id, @Nullable String principal) {
		AppendSession running = this.active.get(id);
		if (running != null && running.isSilentFor(this.policy.takeOverAfter())) {
			this.locker.lock(id, () -> true, this.policy.lockTimeout()).close();
		}
		Upload upload = require(id, principal);
		running = this.active.get(id);
		if (running != null && !running.isFinishing()) {
			upload = upload.withOffset(running.offset());
		}
		if (upload.state() == UploadState.COMPLETED || !upload.isFull()) {
			return this.concatenator.withLength(upload);
		}
		if (running != null || this.delivery.isRunning(id)) {
			throw new UploadLockedException(id);
		}
		// The delivery may have ended since the first look.
		Upload settled = require(id, principal);
		return (settled.state() == UploadState.FINISHING) ? told(settled) : settled;
	}

	/**
	 * Returns what a client may hear of an upload whose delivery has failed: one byte
	 * less than there is, which is no less than it ever heard, so that it sends the last
	 * byte again and hears of the next delivery. One that declared the length after the
	 * last byte heard more: it is to declare the length again.
	 */
	private Upload told(Upload upload) {
		return (upload.lateLength() || upload.offset() == 0) ? upload.withoutLength()
				: upload.withOffset(upload.offset() - 1);
	}

	/**
	 * Removes an upload at its client's wish, after ending an append to it.
	 * @param id the upload's id
	 * @param principal the name of the client's principal, or {@code null}
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadGoneException if it has expired or was refused
	 * @throws UploadForbiddenException if it is finished and finished ones are to stay
	 * @throws UploadLockedException if it is being delivered to the application
	 */
	public void terminate(UploadId id, @Nullable String principal) {
		require(id, principal);
		try (UploadLock lock = this.locker.lock(id, () -> false, this.policy.lockTimeout())) {
			Upload upload = require(id, principal);
			if (!this.policy.terminateFinished() && upload.isFull() && !upload.isPartial()) {
				throw new UploadForbiddenException("A finished upload can't be removed");
			}
			this.storage.delete(id);
			this.events.publish(new TusUploadTerminatedEvent(upload));
		}
		catch (IOException ex) {
			throw storageFailed(id, ex);
		}
	}

	/**
	 * Removes an upload that was created by a request that then failed: its client will
	 * never know of it.
	 * @param id the upload's id
	 */
	public void discard(UploadId id) {
		try (UploadLock lock = this.locker.lock(id, () -> false, this.policy.lockTimeout())) {
			this.storage.delete(id);
		}
		catch (IOException ex) {
			throw storageFailed(id, ex);
		}
	}

	/**
	 * Takes up what waited when the application stopped or crashed: final uploads that
	 * wait for their parts, and full uploads that wait for their delivery.
	 */
	public void resume() {
		this.concatenator.resume();
		this.delivery.resume();
	}

	/**
	 * Asks all appends to end that have not received a byte for the given time.
	 * @param time the time
	 */
	public void stopSilent(Duration time) {
		for (AppendSession session : this.active.values()) {
			if (session.isSilentFor(time)) {
				session.stop(StopReason.IDLE);
			}
		}
	}

	/**
	 * Begins appends, again after a {@link #stop}.
	 */
	public void start() {
		this.stopped = false;
	}

	/**
	 * Asks all appends to end and begins no further ones.
	 */
	public void stop() {
		this.stopped = true;
		this.active.values().forEach((session) -> session.stop(StopReason.SHUTDOWN));
	}

	private Upload require(UploadId id, @Nullable String principal) {
		Upload upload;
		try {
			upload = this.storage.find(id);
		}
		catch (IOException ex) {
			throw storageFailed(id, ex);
		}
		if (upload == null || (upload.owner() != null && !upload.owner().equals(principal))) {
			throw new UploadNotFoundException(id);
		}
		upload = this.policy.expiration().apply(upload);
		if (upload.state() == UploadState.REJECTED
				|| (upload.isExpired(Instant.now()) && !this.active.containsKey(id))) {
			throw new UploadGoneException(id);
		}
		return upload;
	}

	Upload finish(Upload upload) throws IOException {
		if (upload.isPartial()) {
			this.concatenator.filled(upload.id());
			return upload;
		}
		return this.policy.expiration().apply(this.delivery.deliver(upload));
	}

	Upload changed(Upload upload) {
		return this.policy.expiration().apply(upload.withModified(Instant.now()));
	}

	void progressed(Upload upload) {
		this.events.publish(new TusUploadProgressEvent(upload));
	}

	void interrupted(Upload upload) {
		this.events.publish(new TusUploadInterruptedEvent(upload));
		if (upload.isFull() && upload.isPartial()) {
			this.concatenator.filled(upload.id());
		}
		else if (upload.isFull()) {
			this.delivery.deliverSoon(upload.id());
		}
	}

	void ended(AppendSession session) {
		this.active.remove(session.id(), session);
	}

	UploadStorageException storageFailed(UploadId id, IOException cause) {
		return new UploadStorageException("Storage of upload '" + id + "' failed", cause);
	}

	/**
	 * Stands for a session that is being opened: a wish that comes so early is the
	 * driver's to remember.
	 */
	private static final class Opening {

		private final Consumer<StopReason> stop;

		private volatile @Nullable AppendSession session;

		private Opening(Consumer<StopReason> stop) {
			this.stop = stop;
		}

		private boolean stop() {
			AppendSession opened = this.session;
			if (opened != null) {
				return opened.stop(StopReason.TAKEN_OVER);
			}
			this.stop.accept(StopReason.TAKEN_OVER);
			return true;
		}

	}

}
