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
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Owns the rules of resumable uploads: who may append where, how long an upload may
 * become, when it is finished. Every protocol drives it with the same few operations. All
 * methods are thread-safe, and throw an {@link UploadStorageException} if the storage
 * fails.
 */
public final class UploadService {

	private final Engine engine;

	private final RunningAppends running = new RunningAppends();

	private final VisibleUploads visible;

	private final Concatenator concatenator;

	private final Creations creations;

	private final Appends appends;

	private final Inspections inspections;

	private final Downloads downloads;

	private final Removals removals;

	private final Maintenance maintenance;

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
		this.engine = new Engine(storage, locker, policy, events, delivery, guard);
		this.visible = new VisibleUploads(storage, policy.expiration(), guard,
				(id) -> this.running.find(id) != null || delivery.isRunning(id));
		UnfinishedUploads unfinished = new UnfinishedUploads(storage, policy);
		this.concatenator = new Concatenator(storage, locker, policy, delivery, unfinished, guard, events);
		FullUploads full = new FullUploads(unfinished, this.concatenator, delivery, guard);
		this.removals = new Removals(this.engine, this.visible, this.concatenator, unfinished);
		RepeatedFinals finals = new RepeatedFinals(storage, policy.expiration(), this.removals::lockPatiently,
				this.concatenator, full);
		this.creations = new Creations(this.engine, List.copyOf(interceptors), this.concatenator, unfinished, full,
				finals);
		this.appends = new Appends(this.engine, this.visible, full, this.running);
		this.inspections = new Inspections(this.engine, this.visible, this.running, this.concatenator);
		this.downloads = new Downloads(this.engine, this.visible);
		this.maintenance = new Maintenance(storage, delivery, this.concatenator, unfinished);
		storage.whenLost(this::lost);
	}

	private void lost(Upload upload) {
		this.concatenator.removed(upload);
		this.engine.events().expired(this.engine.policy().expiration().apply(upload));
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
		return this.creations.create(upload, client);
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
		return this.appends.open(id, request, client, stop);
	}

	/**
	 * Finds an upload, whoever it belongs to, so that it is clear which protocol its
	 * client speaks.
	 * @param id the upload's id
	 * @return the upload, or {@code null} if there is none
	 */
	public @Nullable Upload find(UploadId id) {
		return this.visible.find(id);
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
		return this.downloads.digest(upload, algorithms);
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
		return this.inspections.inspect(id, client);
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
		return this.downloads.open(id, client);
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
		this.removals.terminate(id, client);
	}

	/**
	 * Removes an upload at an operator's wish, whoever it belongs to and in whatever
	 * state, after ending an append to it or waiting for what can't be ended.
	 * @param id the upload's id
	 * @return whether there was such an upload
	 * @throws UploadLockedException if it is in use, and stays so for long
	 */
	boolean terminate(UploadId id) {
		return this.removals.terminate(id);
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
		this.creations.discard(id, client);
	}

	/**
	 * Whether the uploads are kept where other instances of the application may share
	 * them: no thread of a server's should wait for that, and what another instance has
	 * left undone has to be looked for now and then.
	 * @return {@code true} if they are
	 */
	public boolean isRemote() {
		return this.engine.storage().isRemote();
	}

	/**
	 * Takes up what waited when the application stopped or crashed: final uploads that
	 * wait for their parts, and full uploads that wait for their delivery. Counts the
	 * unfinished ones, where their number is limited. What can't be listed now is looked
	 * for again later.
	 */
	public void resume() {
		this.maintenance.resume();
	}

	/**
	 * Goes on with what other instances of the application have left undone, unless
	 * another thread does.
	 */
	public void settle() {
		this.maintenance.settle();
	}

	/**
	 * Forgets what was remembered of uploads that the cleaner, the application or another
	 * instance has removed. To be called every now and then.
	 */
	public void forgetRemoved() {
		this.maintenance.forgetRemoved();
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
		this.running.stopSilent(time, this.engine.policy().minRate(), executor);
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
		return this.inspections.look(id, client);
	}

	RunningAppends running() {
		return this.running;
	}

	void redeliver(Upload upload) {
		this.engine.delivery().deliverSoon(upload);
	}

	/**
	 * Returns what sees the uploads.
	 * @return the observer
	 */
	public UploadObserver observer() {
		return this.engine.events().observer();
	}

}
