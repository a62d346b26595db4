package io.github.tusspring.upload;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * An upload that a client asks for and that does not exist yet. Immutable.
 *
 * @param id the id that it is going to have
 * @param length the length in bytes, or {@code null} if the client will declare it later
 * @param metadata what the client says about the upload
 * @param owner the name of the client's principal, or {@code null}
 * @param concatenation the part that the upload plays in a concatenation, or {@code null}
 * @param endpoint the path of the application's own endpoint that the upload is for, or
 * {@code null} if it is to be delivered as an event
 * @param remoteAddress the address of the client, or {@code null} if it isn't known
 */
public record NewUpload(UploadId id, @Nullable Long length, UploadMetadata metadata, @Nullable String owner,
		@Nullable Concatenation concatenation, @Nullable String endpoint, @Nullable String remoteAddress) {

	public NewUpload {
		Assert.notNull(id, "'id' must not be null");
		Assert.notNull(metadata, "'metadata' must not be null");
		Assert.isTrue(length == null || length >= 0, "'length' must not be negative");
	}

	/**
	 * Creates an instance for an upload that is to be delivered as an event.
	 * @param id the id that it is going to have
	 * @param length the length in bytes, or {@code null} if the client will declare it
	 * later
	 * @param metadata what the client says about the upload
	 * @param owner the name of the client's principal, or {@code null}
	 * @param concatenation the part that the upload plays in a concatenation, or
	 * {@code null}
	 */
	public NewUpload(UploadId id, @Nullable Long length, UploadMetadata metadata, @Nullable String owner,
			@Nullable Concatenation concatenation) {
		this(id, length, metadata, owner, concatenation, null, null);
	}

	/**
	 * Creates an instance for a client whose address isn't known.
	 * @param id the id that it is going to have
	 * @param length the length in bytes, or {@code null} if the client will declare it
	 * later
	 * @param metadata what the client says about the upload
	 * @param owner the name of the client's principal, or {@code null}
	 * @param concatenation the part that the upload plays in a concatenation, or
	 * {@code null}
	 * @param endpoint the path of the application's endpoint that the upload is for, or
	 * {@code null}
	 */
	public NewUpload(UploadId id, @Nullable Long length, UploadMetadata metadata, @Nullable String owner,
			@Nullable Concatenation concatenation, @Nullable String endpoint) {
		this(id, length, metadata, owner, concatenation, endpoint, null);
	}

	/**
	 * Returns this upload with another id.
	 * @param id the id
	 * @return the changed upload
	 */
	public NewUpload withId(UploadId id) {
		return new NewUpload(id, this.length, this.metadata, this.owner, this.concatenation, this.endpoint,
				this.remoteAddress);
	}

	/**
	 * Returns this upload with another length.
	 * @param length the length in bytes
	 * @return the changed upload
	 */
	public NewUpload withLength(long length) {
		return new NewUpload(this.id, length, this.metadata, this.owner, this.concatenation, this.endpoint,
				this.remoteAddress);
	}

	/**
	 * Returns this upload with other metadata.
	 * @param metadata the metadata
	 * @return the changed upload
	 */
	public NewUpload withMetadata(UploadMetadata metadata) {
		return new NewUpload(this.id, this.length, metadata, this.owner, this.concatenation, this.endpoint,
				this.remoteAddress);
	}

	/**
	 * Returns this upload with another address of its client.
	 * @param remoteAddress the address or {@code null}
	 * @return the changed upload
	 */
	public NewUpload withRemoteAddress(@Nullable String remoteAddress) {
		return new NewUpload(this.id, this.length, this.metadata, this.owner, this.concatenation, this.endpoint,
				remoteAddress);
	}

}
