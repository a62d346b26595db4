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
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;

/**
 * Owns the rules of resumable uploads: who may append where, how long an upload may
 * become, when it is finished. Every protocol drives it with the same few operations. All
 * methods are thread-safe, and throw an {@link UploadStorageException} if the storage
 * fails.
 */
public final class UploadService {

	private static final Log logger = LogFactory.getLog(UploadService.class);

	/**
	 * The longest content that is read for a client that would like to hear its digest.
	 */
	private static final long MAX_DIGESTED = 1024 * 1024;

	private static final long REMOVAL_INTERVAL = Duration.ofMillis(20).toNanos();

	private final RunningAppends running = new RunningAppends();

	private final AtomicBoolean settling = new AtomicBoolean();

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final UploadPolicy policy;

	private final UploadEvents events;

	private final List<UploadInterceptor> interceptors;

	private final UploadDelivery delivery;

	private final Concatenator concatenator;

	private final UnfinishedUploads unfinished;

	private final FullUploads full;

	private final RepeatedFinals finals;

	private final OpenAppends appends;

	private final ClientCounts downloads;

	private final VisibleUploads visible;

	private final UploadGuard guard;

	/**
	 * Creates a service that lets everybody do everything with uploads of their own.
	 * @param storage keeps the uploads
	 * @param locker keeps requests for the same upload apart
	 * @param policy what is allowed
	 * @param interceptors asked before an upload is created, in their order
	 * @param events publishes what happens
	 * @param delivery delivers finished uploads
	 */
	public UploadService(UploadStorage storage, UploadLocker locker, UploadPolicy policy,
			List<UploadInterceptor> interceptors, UploadEvents events, UploadDelivery delivery) {
		this(storage, locker, policy, interceptors, events, delivery, UploadGuard.OWNERSHIP);
	}

	/**
	 * Creates a service.
	 * @param storage keeps the uploads
	 * @param locker keeps requests for the same upload apart
	 * @param policy what is allowed
	 * @param interceptors asked before an upload is created, in their order
	 * @param events publishes what happens
	 * @param delivery delivers finished uploads
	 * @param guard decides who may do what
	 */
	public UploadService(UploadStorage storage, UploadLocker locker, UploadPolicy policy,
			List<UploadInterceptor> interceptors, UploadEvents events, UploadDelivery delivery, UploadGuard guard) {
		this.storage = storage;
		this.locker = locker;
		this.policy = policy;
		this.interceptors = List.copyOf(interceptors);
		this.events = events;
		this.delivery = delivery;
		this.guard = guard;
		this.unfinished = new UnfinishedUploads(storage, policy);
		this.concatenator = new Concatenator(storage, locker, policy, delivery, this.unfinished, guard, events);
		this.full = new FullUploads(this.unfinished, this.concatenator, delivery, guard);
		this.finals = new RepeatedFinals(storage, policy.expiration(), this::lockPatiently, this.concatenator,
				this.full);
		this.appends = new OpenAppends(policy.limits());
		this.downloads = new ClientCounts(policy.limits().maxDownloads(), policy.limits().maxDownloadsPerClient());
		this.visible = new VisibleUploads(storage, policy.expiration(), guard,
				(id) -> this.running.find(id) != null || delivery.isRunning(id));
		storage.whenLost(this::lost);
	}

	private void lost(Upload upload) {
		this.concatenator.removed(upload);
		this.events.expired(this.policy.expiration().apply(upload));
	}

	/**
	 * Creates an upload. One of length 0, and a final one whose parts are all there, is
	 * delivered to the application before this method returns; of one for an endpoint of
	 * the application's own the delivery is begun, and the caller has to end it. A final
	 * one of the same parts whose client has not heard of it is gone on with.
	 * @param upload what the client asks for
	 * @param client who asks
	 * @return the new upload, or the {@link Delivery} that was begun
	 * @throws UploadForbiddenException if the client may not create it
	 * @throws UploadTooLargeException if it is longer than allowed
	 * @throws UploadRejectedException if the application refuses it
	 * @throws InvalidUploadException if a part of a final upload is no partial upload
	 * @throws UploadExistsException if there is one with this id
	 * @throws InsufficientStorageException if there is no room
	 * @throws TooManyUploadsException if there are too many unfinished uploads
	 * @throws UploadDeliveryException if the application fails to take the upload
	 */
	public UploadOutcome create(NewUpload upload, UploadClient client) {
		this.guard.checkCreation(upload, client);
		NewUpload accepted = (client.user() instanceof UploadGrant grant) ? upload.withId(grant.id()) : upload;
		boolean made = upload.isFinal() && isMade(upload, client);
		if (upload.isFinal() && !made) {
			accepted = this.concatenator.resolve(upload, client);
		}
		this.policy.check(accepted);
		// What can't be locked could not be continued.
		this.locker.ask(accepted.id(), LockRequest.inspect(), this.policy.lockTimeout());
		accepted = this.unfinished.trim(intercept(accepted));
		if (accepted.isFinal()) {
			// Its parts may become full when no client is there to be asked for.
			this.guard.check(UploadIntent.DELIVER, Upload.builder(accepted, Instant.now()).build(), client);
		}
		try {
			UploadOutcome repeated = accepted.isFinal() ? this.finals.goOn(accepted, client) : null;
			if (repeated != null) {
				return repeated;
			}
			return createCounted(made ? this.concatenator.resolve(accepted, client) : accepted, client);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(accepted.id(), ex);
		}
	}

	/**
	 * Whether a final upload was put together already for which a client asks again. Its
	 * parts are no longer needed then, and the first may have gone with the content.
	 */
	private boolean isMade(NewUpload upload, UploadClient client) {
		try {
			Upload made = this.finals.findMade(upload);
			return made != null && this.guard.mayInspect(made, client);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(upload.id(), ex);
		}
	}

	private UploadOutcome createCounted(NewUpload accepted, UploadClient client) throws IOException {
		UnfinishedUploads.Entry reserved = this.unfinished.reserve(accepted);
		try {
			if (accepted.isFinal()) {
				this.finals.add(accepted);
			}
			boolean empty = Long.valueOf(0).equals(accepted.length()) && accepted.draft() == 0;
			UploadOutcome outcome = empty ? createEmpty(accepted, client) : createAndWait(accepted, client);
			if (accepted.isFinal() && outcome instanceof UploadOutcome.Settled) {
				this.finals.answered(accepted);
			}
			return outcome;
		}
		finally {
			this.unfinished.release(accepted.id(), reserved);
		}
	}

	private NewUpload intercept(NewUpload upload) {
		NewUpload accepted = upload;
		for (UploadInterceptor interceptor : this.interceptors) {
			accepted = interceptor.beforeCreate(accepted);
			Assert.state(accepted != null, () -> interceptor + " must return the upload to create");
			// Its client could not append to it at this endpoint, and would not be asked
			// at the other.
			Assert.state(
					Objects.equals(accepted.endpoint(), upload.endpoint())
							&& Objects.equals(accepted.endpointPattern(), upload.endpointPattern()),
					() -> interceptor + " must not change the upload's endpoint");
			this.policy.checkLength(accepted.length(), accepted.endpointPattern());
		}
		return accepted;
	}

	private UploadOutcome createAndWait(NewUpload upload, UploadClient client) throws IOException {
		Upload created = store(upload, client);
		return (created.concatenation() instanceof Concatenation.Final concatenation)
				? this.concatenator.created(created, concatenation) : new UploadOutcome.Settled(created);
	}

	/**
	 * Creates an upload that is full from the beginning: under its lock, so that nobody
	 * else delivers it.
	 */
	private UploadOutcome createEmpty(NewUpload upload, UploadClient client) throws IOException {
		UploadLock lock = this.locker.tryLock(upload.id());
		Upload created = null;
		try {
			created = store(upload, client);
		}
		finally {
			if (created == null) {
				lock.close();
			}
		}
		return this.full.finish(created, lock, client);
	}

	private Upload store(NewUpload upload, UploadClient client) throws IOException {
		Upload stored = (client.user() instanceof UploadGrant grant) ? storeOnce(upload, grant)
				: this.storage.create(upload);
		Upload created = this.policy.expiration().apply(stored);
		this.unfinished.created(created.id());
		this.events.created(created);
		return created;
	}

	/**
	 * Stores the one upload that was granted, which may be gone before the grant is over.
	 */
	private Upload storeOnce(NewUpload upload, UploadGrant grant) throws IOException {
		if (!this.storage.use(grant.id(), grant.expires())) {
			throw new UploadExistsException(grant.id());
		}
		Upload created = null;
		try {
			created = this.storage.create(upload);
			return created;
		}
		finally {
			if (created == null) {
				giveBack(grant);
			}
		}
	}

	private void giveBack(UploadGrant grant) {
		try {
			this.storage.giveBack(grant.id(), grant.expires());
		}
		catch (IOException | UploadException ex) {
			logger.debug(LogMessage.format("A signed URL is used up though its upload '%s' was not created",
					grant.id().abbreviated()), ex);
		}
	}

	/**
	 * Begins to append to an upload, after taking it over from a request that still does.
	 * @param id the upload's id
	 * @param request what the client says of the bytes to come
	 * @param client who asks
	 * @param stop asks the driver to {@link AppendSession#interrupt() interrupt} the
	 * session soon; called by any thread, perhaps before this method returns
	 * @return a session that takes the bytes
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadGoneException if it has expired or was refused
	 * @throws UploadForbiddenException if it is a final upload, or the client may not
	 * append to it
	 * @throws OffsetMismatchException if it is to be continued elsewhere
	 * @throws UploadTooLargeException if more bytes are announced than are missing
	 * @throws InvalidUploadException if the declared length contradicts what is known
	 * @throws UploadLockedException if the upload can't be had in time, or there are too
	 * many open appends
	 * @throws InsufficientStorageException if there is no room
	 */
	public AppendSession append(UploadId id, AppendRequest request, UploadClient client, Consumer<StopReason> stop) {
		if (this.running.isStopped()) {
			throw new UploadLockedException(id);
		}
		AppendSession holder = this.running.find(id);
		if (holder != null) {
			// A stray request at a wrong offset must not end a healthy one.
			request.checkOffset(this.visible.recall(id, UploadIntent.APPEND, client).withOffset(holder.offset()));
		}
		RunningAppends.Opening opening = new RunningAppends.Opening(stop);
		UploadLock lock = (holder != null) ? lock(id, request, client, opening)
				: lockElsewhere(id, request, client, opening);
		AppendSession session = null;
		try {
			lock = this.appends.open(lock, client);
			session = open(lock, id, client, request, stop);
			opening.opened(session);
			this.running.add(session);
			return session;
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
		finally {
			if (session == null) {
				lock.close();
			}
		}
	}

	/**
	 * Takes the lock of an upload to which nobody here appends. Where another instance
	 * does, it only hears of those who may append.
	 */
	private UploadLock lockElsewhere(UploadId id, AppendRequest request, UploadClient client, LockHolder holder) {
		try {
			return this.locker.tryLock(id, holder);
		}
		catch (UploadLockedException ex) {
			require(id, UploadIntent.APPEND, client);
			return lock(id, request, client, holder);
		}
	}

	private UploadLock lock(UploadId id, AppendRequest request, UploadClient client, LockHolder holder) {
		try {
			return this.locker.lock(id, LockRequest.append(request.offset()), holder, this.policy.lockTimeout());
		}
		catch (UploadLockedException ex) {
			AppendSession running = this.running.find(id);
			Upload upload = require(id, UploadIntent.APPEND, client);
			if (running == null) {
				secure(upload);
			}
			request.checkOffset((running != null) ? upload.withOffset(running.offset()) : upload);
			throw ex;
		}
	}

	private AppendSession open(UploadLock lock, UploadId id, UploadClient client, AppendRequest request,
			Consumer<StopReason> stop) throws IOException {
		Upload found = find(id, client, request);
		Upload upload = request.applyTo(found, this.policy);
		UploadWriter writer = (upload.state() == UploadState.RECEIVING)
				? this.storage.append(upload, lock.generation(), request.isHeld()) : null;
		return new AppendSession(lock, this.storage, found, upload, writer, request, client, stop, this.policy,
				this.events, this.full, this.running);
	}

	private Upload find(UploadId id, UploadClient client, AppendRequest request) {
		try {
			return this.visible.open(id, client, request, this.policy);
		}
		catch (OffsetMismatchException ex) {
			// The client may be told how far the upload has come.
			secure(require(id, UploadIntent.APPEND, client));
			throw ex;
		}
		catch (InconsistentLengthException ex) {
			Upload found = require(id, UploadIntent.APPEND, client);
			if (ex.isExcess() && found.state() == UploadState.RECEIVING) {
				this.full.invalidate(found);
			}
			throw ex;
		}
	}

	/**
	 * Finds an upload, whoever it belongs to, so that it is clear which protocol its
	 * client speaks.
	 * @param id the upload's id
	 * @return the upload, or {@code null} if there is none
	 */
	public @Nullable Upload find(UploadId id) {
		try {
			Upload upload = this.storage.find(id);
			return (upload != null) ? this.policy.expiration().apply(upload) : null;
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
	}

	/**
	 * Checks what a client wants to do with an upload that was {@link #find found}
	 * already, before it hears anything about it.
	 * @param id the upload's id
	 * @param found the upload, or {@code null} if there is none
	 * @param intent what the client wants to do
	 * @param client who asks
	 * @return the upload
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadForbiddenException if the client may not do that
	 */
	public Upload admit(UploadId id, @Nullable Upload found, UploadIntent intent, UploadClient client) {
		return this.visible.admit(id, found, intent, client);
	}

	/**
	 * Returns a checksum of the content of an upload that is complete: the one that was
	 * verified then, or that of a short content. A longer content would have to be read
	 * whenever somebody asks.
	 * @param upload the upload
	 * @param algorithms those that will do, the best first
	 * @return the checksum, or {@code null} if there is none
	 */
	public @Nullable Checksum digest(Upload upload, List<ChecksumAlgorithm> algorithms) {
		Checksum verified = upload.asked().digest();
		if (algorithms.isEmpty() || upload.state() != UploadState.COMPLETED) {
			return null;
		}
		if (verified != null && algorithms.contains(verified.algorithm())) {
			return verified;
		}
		try {
			return (upload.offset() <= MAX_DIGESTED && this.storage.hasContent(upload))
					? new Checksum(algorithms.get(0), this.delivery.digest(upload, algorithms.get(0))) : null;
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("The digest of upload '%s' can't be calculated: %s",
					upload.id().abbreviated(), ex));
			return null;
		}
	}

	/**
	 * Looks at an upload. An append that is still receiving bytes goes on undisturbed;
	 * one that is silent is ended first, so that the offset is one to continue at.
	 * @param id the upload's id
	 * @param client who asks
	 * @return the upload as its client may see it
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadGoneException if it has expired or was refused
	 * @throws UploadLockedException if it is being delivered to the application
	 */
	public Upload inspect(UploadId id, UploadClient client) {
		// Where the protocol wants it, an append ends whose client asks how far it has
		// come.
		LockRequest request = client.draft() ? LockRequest.takeOver() : LockRequest.inspect();
		AppendSession running = this.running.find(id);
		Upload upload = require(id, UploadIntent.INSPECT, client);
		while (this.locker.ask(id, request, this.policy.lockTimeout()) || running != this.running.find(id)) {
			// An append that has ended meanwhile may have taken bytes back.
			running = this.running.find(id);
			upload = require(id, UploadIntent.INSPECT, client);
		}
		if (running != null && !running.isFinishing()) {
			upload = upload.withOffset(running.offset());
		}
		else {
			secure(upload);
		}
		if (upload.state() == UploadState.COMPLETED || !upload.isFull()) {
			return this.concatenator.withLength(upload);
		}
		if (running != null || this.delivery.isRunning(id) || upload.isClaimed(Instant.now())) {
			throw new UploadLockedException(id);
		}
		// The delivery may have ended since the first look.
		Upload settled = require(id, UploadIntent.INSPECT, client);
		return (settled.state() == UploadState.FINISHING) ? settled.withoutLastByte() : settled;
	}

	private void secure(Upload upload) {
		try {
			this.storage.secure(upload);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(upload.id(), ex);
		}
	}

	/**
	 * Begins to send an upload's content to a client.
	 * @param id the upload's id
	 * @param client who asks
	 * @return the upload, whose content may be sent until it is closed
	 * @throws UploadNotFoundException if there is no such upload, or none that is
	 * finished
	 * @throws UploadGoneException if it has expired or was refused
	 * @throws UploadForbiddenException if the client may not have its content
	 * @throws TooManyDownloadsException if there are as many as there may be
	 */
	public Download download(UploadId id, UploadClient client) {
		Upload upload = require(id, UploadIntent.DOWNLOAD, client);
		if (upload.state() != UploadState.COMPLETED || upload.isPartial()) {
			throw new UploadNotFoundException(id);
		}
		String key = client.key();
		if (!this.downloads.tryAdd(key)) {
			throw new TooManyDownloadsException(this.downloads.exceeded("tus.limits.max-downloads"));
		}
		return new Download(upload, () -> this.downloads.remove(key));
	}

	/**
	 * Removes an upload at its client's wish, after ending an append to it or waiting for
	 * what can't be ended.
	 * @param id the upload's id
	 * @param client who asks
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadGoneException if it was refused
	 * @throws UploadForbiddenException if it is finished and finished ones are to stay,
	 * or the client may not remove it
	 * @throws UploadLockedException if it is in use, and stays so for long
	 */
	public void terminate(UploadId id, UploadClient client) {
		require(id, UploadIntent.TERMINATE, client);
		terminate(id, () -> requireRemovable(id, client));
	}

	private Upload requireRemovable(UploadId id, UploadClient client) {
		Upload upload = require(id, UploadIntent.TERMINATE, client);
		if (!this.policy.terminateFinished() && upload.isFull() && !upload.isPartial()) {
			throw new UploadForbiddenException("A finished upload can't be removed");
		}
		return upload;
	}

	/**
	 * Removes an upload at an operator's wish, whoever it belongs to and in whatever
	 * state, after ending an append to it or waiting for what can't be ended.
	 * @param id the upload's id
	 * @return whether there was such an upload
	 * @throws UploadLockedException if it is in use, and stays so for long
	 */
	boolean terminate(UploadId id) {
		return find(id) != null && terminate(id, () -> find(id));
	}

	private boolean terminate(UploadId id, Supplier<@Nullable Upload> look) {
		Upload removed = remove(id, look);
		if (removed != null) {
			this.events.terminated(removed);
		}
		return removed != null;
	}

	private @Nullable Upload remove(UploadId id, Supplier<@Nullable Upload> look) {
		try (UploadLock lock = lockPatiently(id)) {
			Upload upload = look.get();
			if (upload != null && upload.isClaimed(Instant.now())) {
				// By another instance, which may not be bound by the lock.
				throw new UploadLockedException(id);
			}
			if (upload == null || !this.storage.delete(upload)) {
				return null;
			}
			this.unfinished.remove(id);
			this.concatenator.removed(upload);
			return upload;
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
	}

	/**
	 * Takes the lock of an upload from whoever has it. A holder that can't be interrupted
	 * says so at once, but is most often about to end: a delivery, or the last request
	 * just before it.
	 */
	private UploadLock lockPatiently(UploadId id) {
		long deadline = System.nanoTime() + this.policy.lockTimeout().toNanos();
		while (true) {
			long left = Math.max(0, deadline - System.nanoTime());
			try {
				return this.locker.lock(id, LockRequest.remove(), LockHolder.UNINTERRUPTIBLE, Duration.ofNanos(left));
			}
			catch (UploadLockedException ex) {
				if (left == 0 || Thread.currentThread().isInterrupted()) {
					throw ex;
				}
				LockSupport.parkNanos(Math.min(left, REMOVAL_INTERVAL));
			}
		}
	}

	/**
	 * Removes an upload that was created by a request that then failed: its client will
	 * never know of it, and may try again by the same signed URL. One whose delivery has
	 * begun stays, since the application may have taken it already. If the upload can't
	 * be removed now, it stays until it expires.
	 * @param id the upload's id
	 * @param client who has created it
	 */
	public void discard(UploadId id, UploadClient client) {
		try (UploadLock lock = this.locker.lock(id, LockRequest.remove(), LockHolder.UNINTERRUPTIBLE,
				this.policy.lockTimeout())) {
			this.unfinished.remove(id);
			Upload upload = this.storage.find(id);
			if (upload == null || mayBeTaken(upload) || !this.storage.delete(upload)) {
				return;
			}
			this.concatenator.removed(upload);
			this.events.terminated(upload);
		}
		catch (IOException | RuntimeException ex) {
			// The client's answer tells of what went wrong first.
			logger.warn(LogMessage.format("Upload '%s' can't be removed, and stays until it expires", id.abbreviated()),
					ex);
			return;
		}
		if (client.user() instanceof UploadGrant grant) {
			giveBack(grant);
		}
	}

	/**
	 * Whether the application may have taken an upload. Not to be seen from what the
	 * delivery has thrown: another thread, or another instance, may have delivered it.
	 */
	private static boolean mayBeTaken(Upload upload) {
		return upload.state() == UploadState.COMPLETED
				|| (upload.state() == UploadState.FINISHING && upload.attempts() > 0);
	}

	/**
	 * Whether the uploads are kept where other instances of the application may share
	 * them: no thread of a server's should wait for that, and what another instance has
	 * left undone has to be looked for now and then.
	 * @return {@code true} if they are
	 */
	public boolean isRemote() {
		return this.storage.isRemote();
	}

	/**
	 * Takes up what waited when the application stopped or crashed: final uploads that
	 * wait for their parts, and full uploads that wait for their delivery. Counts the
	 * unfinished ones, where their number is limited. What can't be listed now is looked
	 * for again later.
	 */
	public void resume() {
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
	public void settle() {
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
	 * Forgets what was remembered of uploads that the cleaner, the application or another
	 * instance has removed. To be called every now and then.
	 */
	public void forgetRemoved() {
		this.concatenator.prune();
		this.unfinished.prune();
		this.delivery.prune();
	}

	/**
	 * Returns how many parts are remembered for which a final upload waits.
	 */
	int awaitedParts() {
		return this.concatenator.size();
	}

	/**
	 * Asks all appends to end that have not received a byte for the given time, or fewer
	 * than the minimum rate asks for. To be called every now and then, by one thread at a
	 * time.
	 * @param time the time
	 * @param executor does the asking: to end an append the storage may have to work,
	 * which the others must not wait for
	 */
	public void stopSilent(Duration time, Executor executor) {
		this.running.stopSilent(time, this.policy.minRate(), executor);
	}

	/**
	 * Keeps the uploads from expiring that are appended to. To be called every now and
	 * then, by one thread at a time.
	 */
	public void keepAlive() {
		this.running.keepAlive();
	}

	/**
	 * Begins appends, again after a {@link #stop}.
	 */
	public void start() {
		this.running.start();
	}

	/**
	 * Asks all appends to end and begins no further ones.
	 */
	public void stop() {
		this.running.stop();
	}

	private Upload require(UploadId id, UploadIntent intent, UploadClient client) {
		return this.visible.require(id, intent, client);
	}

	/**
	 * Looks at an upload without disturbing anybody, whichever protocol its client
	 * speaks.
	 * @param id the upload's id
	 * @param client who asks
	 * @return the upload as it is
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadForbiddenException if the client may not do that
	 * @throws UploadGoneException if it has expired or was refused
	 */
	public Upload look(UploadId id, UploadClient client) {
		try {
			return require(id, UploadIntent.INSPECT, client);
		}
		catch (UploadNotFoundException ex) {
			return require(id, UploadIntent.INSPECT, client.withDraft());
		}
	}

	RunningAppends running() {
		return this.running;
	}

	void redeliver(Upload upload) {
		this.delivery.deliverSoon(upload);
	}

	/**
	 * Returns what sees the uploads.
	 * @return the observer
	 */
	public UploadObserver observer() {
		return this.events.observer();
	}

}
