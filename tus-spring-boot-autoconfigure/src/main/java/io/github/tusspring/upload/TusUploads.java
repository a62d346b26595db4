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
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.util.Assert;

/**
 * An application's access to the uploads that were received. Thread-safe.
 */
public final class TusUploads {

	private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final ExpirationPolicy expiration;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param locker keeps a deletion and requests for the same upload apart
	 * @param expiration when uploads expire
	 */
	public TusUploads(UploadStorage storage, UploadLocker locker, ExpirationPolicy expiration) {
		this.storage = storage;
		this.locker = locker;
		this.expiration = expiration;
	}

	/**
	 * Finds an upload, whatever its state.
	 * @param id the upload's id
	 * @return the upload, or empty if there is none
	 * @throws UploadStorageException if the storage fails
	 */
	public Optional<Upload> find(UploadId id) {
		try {
			return Optional.ofNullable(this.storage.find(id)).map(this.expiration::apply);
		}
		catch (IOException ex) {
			throw new UploadStorageException("Upload '" + id.abbreviated() + "' can't be read", ex);
		}
	}

	/**
	 * Lists all uploads, whatever their state, in no order and without holding them in
	 * memory.
	 * @return a stream, to be closed
	 * @throws UploadStorageException if the storage fails
	 */
	public Stream<Upload> list() {
		try {
			return this.storage.list().map(this.expiration::apply);
		}
		catch (IOException ex) {
			throw new UploadStorageException("Uploads can't be listed", ex);
		}
	}

	/**
	 * Finds an upload of which no more is wanted than to see it.
	 */
	Optional<Upload> look(UploadId id) {
		try {
			return Optional.ofNullable(this.storage.look(id)).map(this.expiration::apply);
		}
		catch (IOException ex) {
			throw new UploadStorageException("Upload '" + id.abbreviated() + "' can't be read", ex);
		}
	}

	Stream<UploadId> ids() {
		try {
			return this.storage.ids();
		}
		catch (IOException ex) {
			throw new UploadStorageException("Uploads can't be listed", ex);
		}
	}

	/**
	 * Opens the content of an upload that has all its bytes and is not a part of another
	 * one.
	 * @param id the upload's id
	 * @return a resource that can be read any number of times
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws IllegalStateException if it lacks bytes or is a partial upload
	 */
	public Resource open(UploadId id) {
		return this.storage.content(requireFull(id));
	}

	/**
	 * Returns where the content of an upload lies that has all its bytes and is not a
	 * part of another one.
	 * @param id the upload's id
	 * @return the file, or empty if the storage has none
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws IllegalStateException if it lacks bytes or is a partial upload
	 */
	public Optional<Path> path(UploadId id) {
		return Optional.ofNullable(this.storage.path(requireFull(id)));
	}

	/**
	 * Returns a URL from which whoever has it can download the content of an upload that
	 * has all its bytes and is not a part of another one: from the store, without asking
	 * this application. Browsers save what comes as a file and don't show it.
	 * @param id the upload's id
	 * @param time how long the URL may be used, up to 7 days
	 * @return the URL, or empty if the storage has none, as on a disk
	 * @throws UploadNotFoundException if there is no such upload, or its content is gone
	 * @throws IllegalStateException if it lacks bytes or is a partial upload
	 * @throws UploadStorageException if the storage fails
	 */
	public Optional<URI> downloadUrl(UploadId id, Duration time) {
		Upload upload = requireFull(id);
		if (!this.storage.hasContent(upload)) {
			throw new UploadNotFoundException(id);
		}
		try {
			return Optional.ofNullable(this.storage.downloadUrl(upload, time));
		}
		catch (IOException ex) {
			throw new UploadStorageException("Upload '" + id.abbreviated() + "' has no URL now", ex);
		}
	}

	/**
	 * Moves the content of a full upload to a file of the application, atomically where
	 * the file systems can. Clients can still see that the upload is finished, as long as
	 * an unfinished one would live. If the content was moved to that file before, nothing
	 * happens: a listener that is called again may do the same again.
	 * @param id the upload's id
	 * @param target the file, which is replaced if it exists, or a directory in which the
	 * file is to lie under the upload's id
	 * @return the file
	 * @throws UploadNotFoundException if there is no such upload
	 * @throws IllegalStateException if it lacks bytes or is a partial upload
	 * @throws UploadLockedException if it is in a bucket, and another instance of the
	 * application delivers it
	 * @throws IOException if the content can't be moved
	 */
	public Path moveTo(UploadId id, Path target) throws IOException {
		Upload upload = requireFull(id);
		Path file = Files.isDirectory(target) ? target.resolve(id.toString()) : target;
		if (this.storage.hasContent(upload) || !Files.isRegularFile(file) || Files.size(file) != upload.offset()) {
			this.storage.moveContent(upload, file);
		}
		return file;
	}

	/**
	 * Deletes an upload. While it is being delivered only its content is deleted, so that
	 * its client can still see that it is finished: but for one in a bucket that another
	 * instance of the application delivers, which is left alone.
	 * @param id the upload's id
	 * @return whether there was such an upload
	 * @throws UploadLockedException if an append to it can't be ended in time, or another
	 * instance delivers it
	 * @throws UploadStorageException if the storage fails
	 */
	public boolean delete(UploadId id) {
		try (UploadLock lock = lock(id)) {
			Upload upload = this.storage.find(id);
			if (lock == null) {
				return deleteContent(id, upload);
			}
			if (upload != null && upload.isClaimed(Instant.now())) {
				// By another instance, which is not bound by this one's locks.
				throw new UploadLockedException(id);
			}
			return this.storage.delete(id);
		}
		catch (IOException ex) {
			throw new UploadStorageException("Upload '" + id.abbreviated() + "' can't be deleted", ex);
		}
	}

	private @Nullable UploadLock lock(UploadId id) {
		try {
			return this.locker.lock(id, LockRequest.remove(), LockHolder.UNINTERRUPTIBLE, LOCK_TIMEOUT);
		}
		catch (UploadLockedException ex) {
			return null;
		}
	}

	private boolean deleteContent(UploadId id, @Nullable Upload upload) throws IOException {
		if (upload == null || upload.state() != UploadState.FINISHING) {
			throw new UploadLockedException(id);
		}
		this.storage.deleteContent(upload);
		return true;
	}

	private Upload requireFull(UploadId id) {
		Upload upload = find(id).orElseThrow(() -> new UploadNotFoundException(id));
		Assert.state(upload.isFull(), () -> "Upload '" + id.abbreviated() + "' does not have all its bytes");
		// A storage may let a final upload grow out of its first part.
		Assert.state(!upload.isPartial(), () -> "Upload '" + id.abbreviated() + "' is a part of another one");
		return upload;
	}

}
