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

import java.io.IOException;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * An upload as an instance of the application has seen it, and the right to change it as
 * long as nobody else has. The first change by an instance that isn't the upload's holder
 * makes it the holder, with the next generation; every change of an older generation is
 * refused by the store. Thread-safe.
 */
final class StoredUpload {

	/**
	 * How many numbers for parts a holder has before it has to write the manifest.
	 * Whoever takes over leaves them alone, since parts of the former holder may still
	 * come: but for a multipart upload of its own, which has no parts of anybody else.
	 */
	static final int NUMBERS = 32;

	private static final Log logger = LogFactory.getLog(S3UploadStorage.class);

	private static final int TRIES = 5;

	private final Manifests manifests;

	private final UploadId id;

	/**
	 * Held while a change is on its way; what is known can be read meanwhile.
	 */
	private final ReentrantLock changing = new ReentrantLock();

	/**
	 * Held while the object is being made. Taken before {@link #changing}.
	 */
	private final ReentrantLock assembling = new ReentrantLock();

	private volatile Manifest manifest;

	private volatile String tag;

	/**
	 * Whether something else may be stored than is known: a change has failed, which can
	 * mean that only its answer was lost.
	 */
	private volatile boolean unsure;

	private volatile boolean assembled;

	private volatile boolean made;

	private volatile long seen;

	private int nextNumber;

	/**
	 * The last number that may be taken without another change of the manifest.
	 */
	private int lastNumber;

	/**
	 * Creates an instance.
	 * @param manifests writes the manifest
	 * @param id the upload's id
	 * @param manifest the manifest as it is stored
	 * @param tag the tag of this version
	 * @param fresh whether no part has had a number yet
	 */
	StoredUpload(Manifests manifests, UploadId id, Manifest manifest, String tag, boolean fresh) {
		this.manifests = manifests;
		this.id = id;
		this.manifest = manifest;
		this.tag = tag;
		// The numbers up to the last one are those of the former holder.
		this.nextNumber = fresh ? 1 : manifest.lastNumber + 1;
		this.lastNumber = manifest.lastNumber;
	}

	UploadId id() {
		return this.id;
	}

	/**
	 * Returns the manifest, which must not be changed.
	 */
	Manifest manifest() {
		return this.manifest;
	}

	Upload toUpload() {
		return this.manifest.toUpload(this.manifests.instance()).mutate().version(this).build();
	}

	/**
	 * Whether this instance of the application is the holder and knows what is stored.
	 */
	boolean isOurs() {
		return isMine(this.manifest) && !this.unsure && !this.manifest.deleted;
	}

	boolean isMine(Manifest manifest) {
		return this.manifests.instance().equals(manifest.holder);
	}

	/**
	 * Returns the highest offset that was read, of this generation or of one that has
	 * overtaken it.
	 */
	long seen() {
		return this.seen;
	}

	/**
	 * Notes how far another instance has come that has overtaken this one.
	 */
	void isOvertakenBy(StoredUpload newer) {
		Manifest read = newer.manifest;
		if (String.valueOf(read.created).equals(this.manifest.created) && read.generation > this.manifest.generation) {
			this.seen = Math.max(this.seen, read.offset());
		}
	}

	/**
	 * Notes what was read, if this instance of the application is the holder and knows as
	 * much or learns it by that.
	 * @return {@code false} if it has to be looked at afresh
	 */
	boolean sees(Manifests.Found found) {
		Manifest known = this.manifest;
		Manifest read = found.manifest();
		if (!String.valueOf(read.created).equals(known.created) || read.generation > known.generation) {
			return false;
		}
		if (read.generation < known.generation) {
			return true;
		}
		if (!isMine(known)) {
			return false;
		}
		// A client that was told of it must not be told of less.
		this.seen = Math.max(this.seen, read.offset());
		// What is on its way may be what was read.
		if (this.changing.tryLock()) {
			try {
				if (isNews(read)) {
					adopt(found);
				}
			}
			finally {
				this.changing.unlock();
			}
		}
		return true;
	}

	/**
	 * Whether a change of ours was stored without our hearing of it, or was not.
	 */
	private boolean isNews(Manifest read) {
		Manifest known = this.manifest;
		return read.generation == known.generation
				&& (read.version > known.version || (this.unsure && read.version == known.version));
	}

	private synchronized void adopt(Manifests.Found found) {
		this.manifest = found.manifest();
		this.tag = found.tag();
		this.lastNumber = this.manifest.lastNumber;
		this.unsure = false;
	}

	/**
	 * Takes the next number for a part. If there is none any more, some are reserved by a
	 * change of the manifest.
	 */
	int takeNumber() throws IOException {
		int number = nextReserved();
		if (number == 0) {
			change(this::reserve);
			number = nextReserved();
		}
		return number;
	}

	private synchronized int nextReserved() {
		return (isMine(this.manifest) && this.nextNumber <= this.lastNumber) ? this.nextNumber++ : 0;
	}

	/**
	 * Reserves numbers for parts together with another change.
	 */
	synchronized void reserve(Manifest next) {
		next.lastNumber = Math.max(next.lastNumber, this.nextNumber - 1 + NUMBERS);
	}

	/**
	 * Gives back the numbers that were not taken, together with another change: an upload
	 * whose requests go to many instances would run out of them.
	 */
	synchronized void giveBack(Manifest next) {
		this.lastNumber = this.nextNumber - 1;
		next.lastNumber = this.lastNumber;
	}

	synchronized int nextNumber() {
		return this.nextNumber;
	}

	/**
	 * Whether the numbers for parts will be used up soon.
	 */
	synchronized boolean needsNumbers() {
		return !isMine(this.manifest) || this.nextNumber > this.lastNumber - NUMBERS / 2;
	}

	/**
	 * Changes what is stored, and waits until it is.
	 * @param change changes a copy of the manifest; called again if that was not the
	 * latest version, and may refuse to change it by an exception
	 * @throws UploadLockedException if another instance has changed it
	 * @throws UploadNotFoundException if it is gone
	 * @throws IOException if the store fails: it may have been changed all the same
	 */
	void change(Change change) throws IOException {
		this.changing.lock();
		try {
			changeNow(change);
		}
		finally {
			this.changing.unlock();
		}
	}

	private void changeNow(Change change) throws IOException {
		for (int i = 0; i < TRIES; i++) {
			Manifest next = this.manifest.copy();
			boolean mine = isMine(next);
			if (!mine) {
				next.generation++;
				next.holder = this.manifests.instance();
				next.begun = false;
				next.attempts = this.manifest.attemptsSeenBy(this.manifests.instance());
			}
			if (this.assembled && next.stored == null) {
				next.stored = next.offset();
				next.parts = new ArrayList<>();
				next.multipartUpload = null;
			}
			change.apply(next);
			next.version++;
			next.write = UUID.randomUUID().toString();
			this.unsure = true;
			if (write(next, mine)) {
				if (!mine && next.multipartUpload == null) {
					beginNumbers();
				}
				return;
			}
		}
		throw new IOException("The manifest of upload '" + this.id.abbreviated() + "' can't be written");
	}

	private boolean write(Manifest next, boolean mine) throws IOException {
		try {
			adopt(new Manifests.Found(next, this.manifests.replace(this.id, next, this.tag)));
			return true;
		}
		catch (PreconditionFailedException ex) {
			return settle(next, mine);
		}
	}

	/**
	 * Begins with the first number for parts: the former holder can't name its multipart
	 * upload any more, if it has begun one.
	 */
	private synchronized void beginNumbers() {
		this.nextNumber = 1;
	}

	/**
	 * Finds out why a change was refused.
	 * @return whether it was stored all the same, and only the answer of a first try lost
	 */
	private boolean settle(Manifest next, boolean mine) throws IOException {
		Manifests.Found found = this.manifests.read(this.id);
		if (found == null || found.manifest().deleted) {
			throw new UploadNotFoundException(this.id);
		}
		if (String.valueOf(next.write).equals(found.manifest().write)) {
			adopt(found);
			return true;
		}
		if (mine && isMine(found.manifest()) && found.manifest().generation == this.manifest.generation) {
			adopt(found);
			return false;
		}
		// Not adopted: who holds this look at the upload must not change it any more.
		throw new UploadLockedException(this.id);
	}

	/**
	 * Finds out why something is missing in the store that the upload needs.
	 * @return the manifest as it is stored
	 * @throws UploadNotFoundException if the upload is gone
	 * @throws UploadLockedException if another instance has changed it
	 */
	Manifest checkIsOurs() throws IOException {
		Manifest read = checkIsUnchanged();
		if (!isMine(read)) {
			throw new UploadLockedException(this.id);
		}
		return read;
	}

	/**
	 * Does the same, whoever is the holder.
	 */
	Manifest checkIsUnchanged() throws IOException {
		Manifests.Found found = this.manifests.read(this.id);
		if (found == null || found.manifest().deleted) {
			throw new UploadNotFoundException(this.id);
		}
		if (found.manifest().generation != this.manifest.generation) {
			throw new UploadLockedException(this.id);
		}
		return found.manifest();
	}

	/**
	 * Says that the upload is being deleted. From then on nobody else changes it.
	 * @param judged the manifest by which that was decided
	 * @throws UploadLockedException if it has changed since
	 */
	void markDeleted(Manifest judged) throws IOException {
		change((next) -> {
			if (next.offset() != judged.offset() || next.state() != judged.state()) {
				throw new UploadLockedException(this.id);
			}
			next.deleted = true;
		});
	}

	/**
	 * Gives up the upload, of which the store has lost what counted already: its client
	 * has to start over.
	 * @param judged the manifest by which that was decided
	 * @return what is to be thrown
	 */
	UploadNotFoundException lost(Manifest judged) throws IOException {
		markDeleted(judged);
		logger.warn(
				LogMessage.format(
						"The store has ended the multipart upload of upload '%s', which is lost at offset "
								+ "%d (see docs/s3.md, \"What is left behind\")",
						this.id.abbreviated(), judged.offset()));
		return new UploadNotFoundException(this.id);
	}

	/**
	 * Counts the attempt that the manifest says to have begun already.
	 */
	void begun() {
		this.changing.lock();
		try {
			Manifest next = this.manifest.copy();
			next.begun = false;
			next.attempts++;
			next.state = UploadState.FINISHING;
			this.manifest = next;
		}
		finally {
			this.changing.unlock();
		}
	}

	/**
	 * Returns the lock that is held while the object is made.
	 */
	ReentrantLock assembling() {
		return this.assembling;
	}

	/**
	 * Notes that the object is there, which the next change will store.
	 */
	void assembled() {
		this.assembled = true;
	}

	boolean isAssembled() {
		return this.assembled;
	}

	/**
	 * Notes that this instance of the application has made the object, or looked at it.
	 */
	void made() {
		this.made = true;
	}

	boolean isMade() {
		return this.made;
	}

	/**
	 * Removes the manifest as it is known.
	 */
	void remove() throws IOException {
		this.manifests.delete(this.id, this.tag);
	}

	/**
	 * A change of a manifest.
	 */
	@FunctionalInterface
	interface Change {

		void apply(Manifest manifest) throws IOException;

	}

}
