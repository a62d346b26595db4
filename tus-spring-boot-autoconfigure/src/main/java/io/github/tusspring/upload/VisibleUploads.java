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
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Finds uploads for those who may see them, unless their time is over. Thread-safe.
 */
final class VisibleUploads {

	private final UploadIdGenerator missing = UploadIdGenerator.random();

	private volatile @Nullable UploadId known;

	private final UploadStorage storage;

	private final ExpirationPolicy expiration;

	private final UploadGuard guard;

	private final Predicate<UploadId> inUse;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param expiration when uploads expire
	 * @param guard decides who may do what
	 * @param inUse whether an upload is in use, so that it doesn't expire now
	 */
	VisibleUploads(UploadStorage storage, ExpirationPolicy expiration, UploadGuard guard, Predicate<UploadId> inUse) {
		this.storage = storage;
		this.expiration = expiration;
		this.guard = guard;
		this.inUse = inUse;
	}

	/**
	 * Returns an upload as it is.
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadForbiddenException if the client may not do that
	 * @throws UploadGoneException if it has expired or was refused
	 */
	Upload require(UploadId id, UploadIntent intent, UploadClient client) {
		return look(id, intent, client, this.storage::find);
	}

	/**
	 * Returns an upload as this instance of the application knows it.
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadForbiddenException if the client may not do that
	 * @throws UploadGoneException if it has expired or was refused
	 */
	Upload recall(UploadId id, UploadIntent intent, UploadClient client) {
		return look(id, intent, client, this.storage::recall);
	}

	/**
	 * Returns an upload, whoever it belongs to, or {@code null} if there is none.
	 */
	@Nullable Upload find(UploadId id) {
		Upload upload = look(id, this.storage::find);
		return (upload != null) ? this.expiration.apply(upload) : null;
	}

	/**
	 * Makes sure that an upload stays as its client is going to hear of it.
	 */
	void secure(Upload upload) {
		try {
			this.storage.secure(upload);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(upload.id(), ex);
		}
	}

	/**
	 * Returns an upload that was found already, or was not.
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws UploadForbiddenException if the client may not do that
	 */
	Upload admit(UploadId id, @Nullable Upload found, UploadIntent intent, UploadClient client) {
		return admit(id, found, intent, client, this.storage::find);
	}

	/**
	 * Returns an upload to which the bytes of a request may be appended.
	 */
	Upload open(UploadId id, UploadClient client, AppendRequest request, UploadPolicy policy) {
		if (this.storage.remembers(id)) {
			try {
				return check(request, recall(id, UploadIntent.APPEND, client), policy);
			}
			catch (UploadException ex) {
				// What is remembered may be out of date.
			}
		}
		// One look in either case: its time must not tell whether the upload is there.
		return check(request, require(id, UploadIntent.APPEND, client), policy);
	}

	private static Upload check(AppendRequest request, Upload found, UploadPolicy policy) {
		request.applyTo(found, policy);
		return found;
	}

	private Upload look(UploadId id, UploadIntent intent, UploadClient client, Lookup lookup) {
		Upload found = admit(id, look(id, lookup), intent, client, lookup);
		Upload upload = this.expiration.apply(found);
		boolean expired = upload.isExpired(Instant.now()) && !this.inUse.test(id);
		// What nobody can use any more can still be removed.
		if (upload.state() == UploadState.REJECTED || (expired && intent != UploadIntent.TERMINATE)) {
			throw new UploadGoneException(id);
		}
		return upload;
	}

	private Upload admit(UploadId id, @Nullable Upload found, UploadIntent intent, UploadClient client, Lookup lookup) {
		if (found == null) {
			pretendToCheck(lookup);
			throw new UploadNotFoundException(id);
		}
		this.known = id;
		check(intent, found, client, lookup);
		return found;
	}

	/**
	 * Checks that a client may do something with an upload. Who may not know of it waits
	 * as long for the answer as for that of an upload that isn't there: in both cases one
	 * upload is found and another one is not.
	 */
	private void check(UploadIntent intent, Upload found, UploadClient client, Lookup lookup) {
		try {
			this.guard.check(intent, found, client);
		}
		catch (UploadNotFoundException ex) {
			if (!this.storage.isRemote()) {
				look(this.missing.generate(), lookup);
			}
			throw ex;
		}
	}

	private void pretendToCheck(Lookup lookup) {
		UploadId other = this.known;
		if (other != null && !this.storage.isRemote()) {
			this.missing.generate();
			if (look(other, lookup) == null) {
				this.known = null;
			}
		}
	}

	private static @Nullable Upload look(UploadId id, Lookup lookup) {
		try {
			return lookup.find(id);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(id, ex);
		}
	}

	private interface Lookup {

		@Nullable Upload find(UploadId id) throws IOException;

	}

}
