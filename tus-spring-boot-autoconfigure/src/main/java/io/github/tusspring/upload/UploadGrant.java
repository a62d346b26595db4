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

import java.security.Principal;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * What the holder of a signed URL may do, whoever that is: create and fill one upload, or
 * get one upload's content. Takes the place of the request's principal. Immutable.
 */
public final class UploadGrant implements Principal {

	private final Kind kind;

	private final UploadId id;

	private final Instant expires;

	private final long maxSize;

	private final List<String> filetypes;

	private final @Nullable String owner;

	private final @Nullable String refusal;

	private UploadGrant(Kind kind, UploadId id, Instant expires, long maxSize, List<String> filetypes,
			@Nullable String owner, @Nullable String refusal) {
		this.kind = kind;
		this.id = id;
		this.expires = expires;
		this.maxSize = maxSize;
		this.filetypes = List.copyOf(filetypes);
		this.owner = owner;
		this.refusal = refusal;
	}

	/**
	 * Returns a grant to create and fill one upload of any size and type.
	 * @param id the id that the upload is going to have: a second one with the same id is
	 * refused as long as the first one is there
	 * @param expires until when
	 * @return the grant
	 */
	public static UploadGrant toCreate(UploadId id, Instant expires) {
		return new UploadGrant(Kind.CREATE, id, expires, 0, List.of(), null, null);
	}

	/**
	 * Returns a grant to get one upload's content.
	 * @param id the upload's id
	 * @param owner the upload's owner, or {@code null}
	 * @param expires until when
	 * @return the grant
	 */
	public static UploadGrant toDownload(UploadId id, @Nullable String owner, Instant expires) {
		return new UploadGrant(Kind.DOWNLOAD, id, expires, 0, List.of(), owner, null);
	}

	/**
	 * Returns a grant to do nothing.
	 * @param reason why, for the client
	 * @return the grant
	 */
	public static UploadGrant refused(String reason) {
		return new UploadGrant(Kind.CREATE, UploadId.of("none"), Instant.EPOCH, 0, List.of(), null, reason);
	}

	/**
	 * Returns this grant with a limit of the upload's size. Its length must then be
	 * declared when it is created.
	 * @param maxSize the size in bytes, greater than 0
	 * @return the changed grant
	 */
	public UploadGrant maxSize(long maxSize) {
		Assert.isTrue(maxSize > 0, "'maxSize' must be greater than 0");
		return new UploadGrant(this.kind, this.id, this.expires, maxSize, this.filetypes, this.owner, this.refusal);
	}

	/**
	 * Returns this grant with the types that the upload may have.
	 * @param filetypes media types such as {@code image/*} for the metadata's
	 * {@code filetype}
	 * @return the changed grant
	 */
	public UploadGrant filetypes(String... filetypes) {
		for (String filetype : filetypes) {
			MimeTypeUtils.parseMimeType(filetype);
		}
		return new UploadGrant(this.kind, this.id, this.expires, this.maxSize, List.of(filetypes), this.owner,
				this.refusal);
	}

	/**
	 * Returns this grant for an upload with an owner.
	 * @param owner whose upload it is going to be
	 * @return the changed grant
	 */
	public UploadGrant owner(String owner) {
		return new UploadGrant(this.kind, this.id, this.expires, this.maxSize, this.filetypes, owner, this.refusal);
	}

	/**
	 * Returns what may be done.
	 * @return the kind
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * Returns the id of the only upload that this is for.
	 * @return the id
	 */
	public UploadId id() {
		return this.id;
	}

	/**
	 * Returns until when this is valid.
	 * @return the time, to the second
	 */
	public Instant expires() {
		return this.expires;
	}

	/**
	 * Returns how long the upload may be.
	 * @return the size in bytes, or 0 for any
	 */
	public long maxSize() {
		return this.maxSize;
	}

	/**
	 * Returns the types that the upload may have.
	 * @return media types, or nothing for all
	 */
	public List<String> filetypes() {
		return this.filetypes;
	}

	/**
	 * Returns whose the upload is.
	 * @return the owner; one that is nobody else if none was given for a new upload
	 */
	public @Nullable String owner() {
		return (this.owner == null && this.kind == Kind.CREATE) ? holder(this.id) : this.owner;
	}

	private static String holder(UploadId id) {
		return "signed " + id;
	}

	/**
	 * Whether an upload belongs to nobody but the holder of the URL by which it was
	 * created.
	 */
	static boolean isItsHolders(Upload upload) {
		return holder(upload.id()).equals(upload.owner());
	}

	/**
	 * Returns why this is a grant to do nothing.
	 * @return the reason or {@code null}
	 */
	public @Nullable String refusal() {
		return this.refusal;
	}

	@Override
	public String getName() {
		return String.valueOf(owner());
	}

	/**
	 * Checks what its holder wants to do with an upload.
	 * @throws UploadNotFoundException if it is for another one
	 * @throws UploadForbiddenException if that was not granted
	 */
	void check(UploadIntent intent, Upload upload) {
		checkRefusal();
		if (!upload.id().equals(this.id)) {
			throw new UploadNotFoundException(upload.id());
		}
		boolean granted = switch (intent) {
			case INSPECT -> true;
			case CREATE, APPEND, DELIVER -> this.kind == Kind.CREATE;
			// Otherwise one after the other could be filled.
			case TERMINATE -> this.kind == Kind.CREATE && !upload.isFull();
			case DOWNLOAD -> this.kind == Kind.DOWNLOAD;
			case CONCATENATE -> false;
		};
		if (!granted) {
			throw new UploadForbiddenException("The signed URL is not for that");
		}
	}

	/**
	 * Checks the upload that its holder wants to create.
	 */
	void check(NewUpload upload) {
		checkRefusal();
		if (this.kind != Kind.CREATE || upload.concatenation() != null) {
			throw new UploadForbiddenException("The signed URL is not for that");
		}
		if (this.maxSize > 0 && upload.length() == null) {
			throw new InvalidUploadException("The signed URL is for an upload whose length is declared at once");
		}
		if (this.maxSize > 0 && upload.length() > this.maxSize) {
			throw new UploadTooLargeException("The signed URL is for " + this.maxSize + " bytes at most");
		}
		if (!this.filetypes.isEmpty() && !upload.metadata().hasFiletype(mimeTypes())) {
			throw new UploadRejectedException(415, "The signed URL is for a 'filetype' of " + this.filetypes);
		}
	}

	private List<MimeType> mimeTypes() {
		return this.filetypes.stream().map(MimeTypeUtils::parseMimeType).toList();
	}

	private void checkRefusal() {
		if (this.refusal != null) {
			throw new UploadForbiddenException(this.refusal);
		}
	}

	/**
	 * What may be done.
	 */
	public enum Kind {

		/**
		 * To create one upload, and all that brings its bytes.
		 */
		CREATE,

		/**
		 * To get an upload's content.
		 */
		DOWNLOAD

	}

}
