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

package io.github.tusspring.storage.s3;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

import org.springframework.core.log.LogMessage;

/**
 * Makes the object of an upload that has all its bytes. Does it once however often it is
 * asked to, and never writes over an object that isn't the upload's. Thread-safe.
 */
final class ContentAssembly {

	private static final Log logger = LogFactory.getLog(ContentAssembly.class);

	private static final int TRIES = 3;

	/**
	 * How long another instance may go on making an object after it has changed an
	 * upload: longer than all tries take.
	 */
	private static final Duration COMPLETION = Duration.ofHours(1);

	private final S3UploadStorage storage;

	private final S3Objects objects;

	/**
	 * Whether the store, which puts objects conditionally, doesn't complete multipart
	 * uploads so.
	 */
	private volatile boolean completesAlways;

	ContentAssembly(S3UploadStorage storage) {
		this.storage = storage;
		this.objects = storage.objects();
	}

	/**
	 * Begins a multipart upload.
	 */
	CompletableFuture<String> begin(Manifest manifest) {
		S3Location location = this.storage.location(manifest);
		return this.objects.begin(this.storage.bucket(location), location.key(), ObjectAttributes.of(manifest, null));
	}

	/**
	 * Puts all of an upload into the store at once.
	 * @param check refuses if the upload isn't any more what the content was taken of
	 * @throws UploadLockedException if another instance has changed the upload
	 */
	void put(StoredUpload stored, List<ByteBuffer> content, StoredUpload.Change check) throws IOException {
		Manifest manifest = stored.manifest();
		S3Location location = this.storage.location(manifest);
		String bucket = this.storage.bucket(location);
		String write = UUID.randomUUID().toString();
		ObjectAttributes attributes = ObjectAttributes.of(manifest, write);
		boolean conditional = this.storage.isConditional();
		if (!conditional) {
			checkIsFree(manifest, location);
		}
		CompletableFuture<String> created = this.objects.create(bucket, location.key(), new MemoryBody(content),
				conditional, attributes::apply);
		// Some stores that refuse an object close the connection while we still send it,
		// and their answer is lost.
		HeadObjectResponse there = (conditional && this.objects.mayBeRefused(created)) ? head(location) : null;
		if (there == null) {
			this.objects.await(created);
		}
		else {
			if (!isOurs(manifest, there)) {
				throw foreign(location);
			}
			if (!write.equals(there.metadata().get(ObjectAttributes.WRITE))) {
				// Left by an append that never counted, unless the manifest says that it
				// does. From here on nobody else can say so.
				stored.change((next) -> {
					if (next.stored != null) {
						throw new UploadLockedException(stored.id());
					}
					check.apply(next);
				});
				this.objects.await(this.objects.replace(bucket, location.key(), new MemoryBody(content), there.eTag(),
						attributes::apply));
			}
		}
		stored.made();
	}

	/**
	 * Keeps another application's object from being overwritten where the store doesn't.
	 */
	private void checkIsFree(Manifest manifest, S3Location location) throws IOException {
		HeadObjectResponse there = head(location);
		if (there != null && !isOurs(manifest, there)) {
			throw foreign(location);
		}
	}

	private static IOException foreign(S3Location location) {
		return new IOException("There is an object '" + location.key() + "' already that isn't the upload's");
	}

	/**
	 * Removes the object that was made of an upload while that was being deleted.
	 */
	void remove(StoredUpload deleted) throws IOException {
		Manifest manifest = deleted.manifest();
		S3Location location = this.storage.location(manifest);
		HeadObjectResponse there = head(location);
		if (there != null && isOurs(manifest, there)) {
			this.objects.discard(this.objects.delete(this.storage.bucket(location), location.key(), there.eTag()));
		}
	}

	/**
	 * Makes the object of an upload whose manifest says that all its bytes are there.
	 * Waits while another thread makes it: a store may take a second attempt for the end
	 * of the multipart upload before the object is there.
	 */
	void complete(StoredUpload stored) throws IOException {
		ReentrantLock assembling = stored.assembling();
		assembling.lock();
		try {
			completeNow(stored);
		}
		finally {
			assembling.unlock();
		}
	}

	private void completeNow(StoredUpload stored) throws IOException {
		Manifest manifest = stored.manifest();
		if (manifest.stored != null || manifest.removed || stored.isAssembled()) {
			return;
		}
		try {
			if (!manifest.tails.isEmpty() || manifest.multipartUpload == null) {
				// Its length was declared when the bytes were there.
				finishTails(stored, manifest);
				manifest = stored.manifest();
			}
			if (manifest.stored == null && (stored.isMine(manifest) || !isThere(manifest))) {
				complete(manifest, String.valueOf(manifest.multipartUpload), manifest.parts, manifest.offset());
			}
			stored.made();
		}
		catch (FileNotFoundException ex) {
			checkIsThere(stored, ex);
			throw ex;
		}
		stored.assembled();
	}

	/**
	 * Whether another instance has made the object. To ask is cheaper than to try to make
	 * it again.
	 */
	private boolean isThere(Manifest manifest) throws IOException {
		HeadObjectResponse there = head(this.storage.location(manifest));
		return there != null && isOurs(manifest, there) && !there.metadata().containsKey(ObjectAttributes.WRITE)
				&& there.contentLength() == manifest.offset();
	}

	/**
	 * Gives up an upload whose multipart upload the store has ended without making an
	 * object of it.
	 */
	private void checkIsThere(StoredUpload stored, FileNotFoundException absent) throws IOException {
		Manifest manifest = stored.checkIsUnchanged();
		if (!stored.isMine(manifest) && hasChangedLately(stored)) {
			// Its holder may be making the object.
			throw new UploadLockedException(stored.id());
		}
		if (StoreFailures.isNoSuchUpload(absent) && manifest.multipartUpload != null && manifest.stored == null
				&& !manifest.removed && head(this.storage.location(manifest)) == null) {
			throw this.storage.lost(stored, manifest);
		}
	}

	private boolean hasChangedLately(StoredUpload stored) throws IOException {
		Instant changed = this.storage.manifests().changed(stored.id());
		return changed == null || changed.isAfter(Instant.now().minus(COMPLETION));
	}

	private void finishTails(StoredUpload stored, Manifest manifest) throws IOException {
		long memory = manifest.tailSize();
		this.storage.budget().acquire(memory);
		try {
			sendTails(stored, manifest);
		}
		finally {
			this.storage.budget().giveBack(memory);
		}
	}

	private void sendTails(StoredUpload stored, Manifest manifest) throws IOException {
		List<ByteBuffer> content = new ArrayList<>();
		List<CompletableFuture<ByteBuffer>> reads = manifest.tails.stream()
			.map((tail) -> this.objects.get(this.storage.settings().bucket(), this.storage.key(tail.name()), null, null)
				.thenApply((bytes) -> bytes.asByteBuffer()))
			.toList();
		for (CompletableFuture<ByteBuffer> read : reads) {
			content.add(this.objects.await(read));
		}
		List<String> names = manifest.tails.stream().map(Manifest.Tail::name).toList();
		if (manifest.multipartUpload == null) {
			long size = manifest.offset();
			put(stored, content, (next) -> {
			});
			try {
				stored.change((next) -> {
					next.stored = size;
					next.tails = List.of();
				});
			}
			catch (UploadNotFoundException ex) {
				remove(stored);
				throw ex;
			}
		}
		else {
			int number = stored.takeNumber();
			S3Location location = this.storage.location(manifest);
			long size = manifest.tailSize();
			Manifest.Part part = this.objects.await(this.objects.part(this.storage.bucket(location), location.key(),
					manifest.multipartUpload, number, size, new MemoryBody(content)));
			stored.change((next) -> {
				if (!next.tails.equals(manifest.tails)) {
					// Done before, and only the answer lost.
					throw new UploadLockedException(stored.id());
				}
				next.parts.add(part);
				next.tails = List.of();
			});
		}
		this.storage.discard(names);
	}

	/**
	 * Ends a multipart upload.
	 */
	void complete(Manifest manifest, String multipart, List<Manifest.Part> parts, long size) throws IOException {
		S3Location location = this.storage.location(manifest);
		String bucket = this.storage.bucket(location);
		for (int i = 0; i < TRIES; i++) {
			boolean conditional = this.storage.isConditional() && !this.completesAlways;
			if (!conditional) {
				checkIsFree(manifest, location);
			}
			CompletableFuture<?> completion = this.objects.complete(bucket, location.key(), multipart, parts,
					conditional);
			if (conditional && StoreFailures.isNotImplemented(completion)) {
				this.completesAlways = true;
				continue;
			}
			try {
				this.objects.await(completion);
				return;
			}
			catch (FileNotFoundException | PreconditionFailedException ex) {
				HeadObjectResponse there = head(location);
				if (there == null && ex instanceof FileNotFoundException absent) {
					throw absent;
				}
				if (there == null) {
					// Refused on account of what is gone by now.
					continue;
				}
				if (!isOurs(manifest, there)) {
					throw new IOException("The parts of '" + location.key() + "' can't be put together", ex);
				}
				if (!there.metadata().containsKey(ObjectAttributes.WRITE)) {
					checkLength(location, there, size);
					// It was done before, and only the answer lost; perhaps from other
					// parts.
					logger.debug(LogMessage.format("Object '%s' was complete already", location.key()));
					this.objects.discard(this.objects.abort(bucket, location.key(), multipart));
					return;
				}
				// Put by an append that never counted.
				this.objects.awaitIfPresent(this.objects.delete(bucket, location.key(), there.eTag()));
			}
		}
		throw new IOException("The parts of '" + location.key() + "' can't be put together");
	}

	/**
	 * Checks that the object which another instance has made, or this one before a
	 * restart, is as long as the upload.
	 * @throws IOException if it isn't
	 */
	void check(StoredUpload stored) throws IOException {
		Manifest manifest = stored.manifest();
		if (stored.isMade() || manifest.removed) {
			return;
		}
		S3Location location = this.storage.location(manifest);
		HeadObjectResponse there = head(location);
		if (there == null) {
			throw new FileNotFoundException("Object '" + location.key() + "' is gone");
		}
		checkLength(location, there, manifest.offset());
		stored.made();
	}

	private static void checkLength(S3Location location, HeadObjectResponse there, long size) throws IOException {
		if (there.contentLength() != size) {
			throw new IOException("Object '" + location.key() + "' has " + there.contentLength() + " bytes, and not "
					+ size + " as its upload");
		}
	}

	@Nullable HeadObjectResponse head(S3Location location) throws IOException {
		return this.objects.awaitIfPresent(this.objects.head(this.storage.bucket(location), location.key()));
	}

	/**
	 * Whether an object was made for this very upload.
	 */
	static boolean isOurs(Manifest manifest, HeadObjectResponse object) {
		Map<String, String> metadata = object.metadata();
		return ObjectAttributes.owner(manifest).equals(metadata.get(ObjectAttributes.UPLOAD));
	}

}
