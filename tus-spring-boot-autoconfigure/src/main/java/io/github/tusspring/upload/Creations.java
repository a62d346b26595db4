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
import java.util.List;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;

/**
 * Creates uploads for clients that may have them, and takes back what a request has
 * created that then failed. Thread-safe.
 */
final class Creations {

	private static final Log logger = LogFactory.getLog(Creations.class);

	private final Engine engine;

	private final List<UploadInterceptor> interceptors;

	private final Concatenator concatenator;

	private final UnfinishedUploads unfinished;

	private final FullUploads full;

	private final RepeatedFinals finals;

	/**
	 * Creates an instance.
	 * @param engine what the engine works with
	 * @param interceptors asked before an upload is created, in their order
	 * @param concatenator puts final uploads together
	 * @param unfinished counts the uploads
	 * @param full goes on with those that are full from the beginning
	 * @param finals goes on with final uploads that are asked for again
	 */
	Creations(Engine engine, List<UploadInterceptor> interceptors, Concatenator concatenator,
			UnfinishedUploads unfinished, FullUploads full, RepeatedFinals finals) {
		this.engine = engine;
		this.interceptors = interceptors;
		this.concatenator = concatenator;
		this.unfinished = unfinished;
		this.full = full;
		this.finals = finals;
	}

	/**
	 * Creates an upload, and goes on with it where it is full from the beginning.
	 * @return the new upload, or the delivery that was begun
	 */
	UploadOutcome create(NewUpload upload, UploadClient client) {
		this.engine.guard().checkCreation(upload, client);
		NewUpload accepted = (client.user() instanceof UploadGrant grant) ? upload.withId(grant.id()) : upload;
		boolean made = upload.isFinal() && isMade(upload, client);
		List<Upload> parts = List.of();
		if (upload.isFinal() && !made) {
			Concatenator.Resolved resolved = this.concatenator.resolve(upload, client);
			accepted = resolved.upload();
			parts = resolved.parts();
		}
		this.engine.policy().check(accepted);
		// What can't be locked could not be continued.
		this.engine.locker().ask(accepted.id(), LockRequest.inspect(), this.engine.policy().lockTimeout());
		accepted = this.unfinished.trim(intercept(accepted));
		if (accepted.isFinal()) {
			// Its parts may become full when no client is there to be asked for.
			this.engine.guard().check(UploadIntent.DELIVER, Upload.builder(accepted, Instant.now()).build(), client);
		}
		try {
			UploadOutcome repeated = accepted.isFinal() ? this.finals.goOn(accepted, client) : null;
			if (repeated != null) {
				return repeated;
			}
			return made ? createCounted(this.concatenator.resolve(accepted, client), client)
					: createCounted(new Concatenator.Resolved(accepted, parts), client);
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
			return made != null && this.engine.guard().mayInspect(made, client);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(upload.id(), ex);
		}
	}

	private UploadOutcome createCounted(Concatenator.Resolved resolved, UploadClient client) throws IOException {
		NewUpload accepted = resolved.upload();
		UnfinishedUploads.Entry reserved = this.unfinished.reserve(accepted);
		try {
			if (accepted.isFinal()) {
				this.finals.add(accepted);
			}
			boolean empty = Long.valueOf(0).equals(accepted.length()) && accepted.draft() == 0;
			UploadOutcome outcome = empty ? createEmpty(accepted, client)
					: createAndWait(accepted, resolved.parts(), client);
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
			this.engine.policy().checkLength(accepted.length(), accepted.endpointPattern());
		}
		return accepted;
	}

	private UploadOutcome createAndWait(NewUpload upload, List<Upload> parts, UploadClient client) throws IOException {
		Upload created = store(upload, client);
		return (created.concatenation() instanceof Concatenation.Final concatenation)
				? this.concatenator.created(created, concatenation, parts) : new UploadOutcome.Settled(created);
	}

	/**
	 * Creates an upload that is full from the beginning: under its lock, so that nobody
	 * else delivers it.
	 */
	private UploadOutcome createEmpty(NewUpload upload, UploadClient client) throws IOException {
		UploadLock lock = this.engine.locker().tryLock(upload.id());
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
				: this.engine.storage().create(upload);
		Upload created = this.engine.policy().expiration().apply(stored);
		this.unfinished.created(created.id());
		this.engine.events().created(created);
		return created;
	}

	/**
	 * Stores the one upload that was granted, which may be gone before the grant is over.
	 */
	private Upload storeOnce(NewUpload upload, UploadGrant grant) throws IOException {
		if (!this.engine.storage().use(grant.id(), grant.expires())) {
			throw new UploadExistsException(grant.id());
		}
		Upload created = null;
		try {
			created = this.engine.storage().create(upload);
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
			this.engine.storage().giveBack(grant.id(), grant.expires());
		}
		catch (IOException | UploadException ex) {
			logger.debug(LogMessage.format("A signed URL is used up though its upload '%s' was not created",
					grant.id().abbreviated()), ex);
		}
	}

	/**
	 * Removes an upload that was created by a request that then failed, unless the
	 * application may have taken it.
	 */
	void discard(UploadId id, UploadClient client) {
		try (UploadLock lock = this.engine.locker()
			.lock(id, LockRequest.remove(), LockHolder.UNINTERRUPTIBLE, this.engine.policy().lockTimeout())) {
			this.unfinished.remove(id);
			Upload upload = this.engine.storage().find(id);
			if (upload == null || mayBeTaken(upload) || !this.engine.storage().delete(upload)) {
				return;
			}
			this.concatenator.removed(upload);
			this.engine.events().terminated(upload);
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

}
