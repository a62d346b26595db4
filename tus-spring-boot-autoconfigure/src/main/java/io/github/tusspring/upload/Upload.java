package io.github.tusspring.upload;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An upload as it is at a moment. Immutable; a later look at the same upload gives
 * another instance.
 *
 * @param id the id
 * @param length the length in bytes that the finished upload will have, or {@code null}
 * as long as the client has not said
 * @param offset the number of bytes that are stored and counted
 * @param metadata what the client says about the upload
 * @param state the state
 * @param created when the upload was created
 * @param modified when bytes were stored last
 * @param expires when the upload will expire if it hears nothing more, or {@code null} if
 * it will not
 * @param owner the name of the principal that created the upload, or {@code null}
 * @param concatenation the part that the upload plays in a concatenation, or {@code null}
 * @param endpoint the path of the application's own endpoint that the upload is for, or
 * {@code null} if it is delivered as an event
 * @param attempts how often the upload's delivery to the application was begun
 * @param lateLength whether the length was only declared when all bytes were stored, so
 * that the client knows of every byte
 * @param answer what the application said to the client at the end, or {@code null}
 * @param remoteAddress the address of the client that created the upload, or {@code null}
 * if it didn't have to be kept
 */
public record Upload(UploadId id, @Nullable Long length, long offset, UploadMetadata metadata, UploadState state,
		Instant created, Instant modified, @Nullable Instant expires, @Nullable String owner,
		@Nullable Concatenation concatenation, @Nullable String endpoint, int attempts, boolean lateLength,
		@Nullable UploadAnswer answer, @Nullable String remoteAddress) {

	/**
	 * Whether this is a piece of a later final upload.
	 * @return {@code true} for a partial upload
	 */
	public boolean isPartial() {
		return this.concatenation instanceof Concatenation.Partial;
	}

	/**
	 * Whether this is a concatenation of other uploads.
	 * @return {@code true} for a final upload
	 */
	public boolean isFinal() {
		return this.concatenation instanceof Concatenation.Final;
	}

	/**
	 * Whether all bytes are stored.
	 * @return {@code true} if the length is known and reached
	 */
	public boolean isFull() {
		return this.length != null && this.length == this.offset;
	}

	/**
	 * Returns this upload with another length.
	 * @param length the length in bytes
	 * @return the changed upload; its length counts as declared late if all its bytes are
	 * there already
	 */
	public Upload withLength(long length) {
		return new Upload(this.id, length, this.offset, this.metadata, this.state, this.created, this.modified,
				this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, length == this.offset,
				this.answer, this.remoteAddress);
	}

	/**
	 * Returns what a client may hear of a full upload whose delivery has failed: one byte
	 * less than there is, which is no less than it ever heard, so that it sends the last
	 * byte again and hears of the next delivery. One that declared the length after the
	 * last byte heard more: it is to declare the length again.
	 */
	Upload withoutLastByte() {
		if (this.lateLength || this.offset == 0) {
			return new Upload(this.id, null, this.offset, this.metadata, this.state, this.created, this.modified,
					this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength,
					this.answer, this.remoteAddress);
		}
		return withOffset(this.offset - 1);
	}

	/**
	 * Whether the upload's time is over.
	 * @param now the time to compare with
	 * @return {@code true} if it has expired
	 */
	public boolean isExpired(Instant now) {
		return this.expires != null && !this.expires.isAfter(now);
	}

	/**
	 * Returns this upload with another offset.
	 * @param offset the offset in bytes
	 * @return the changed upload
	 */
	public Upload withOffset(long offset) {
		return new Upload(this.id, this.length, offset, this.metadata, this.state, this.created, this.modified,
				this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength,
				this.answer, this.remoteAddress);
	}

	/**
	 * Returns this upload with other metadata.
	 * @param metadata what is said about the upload
	 * @return the changed upload
	 */
	public Upload withMetadata(UploadMetadata metadata) {
		return new Upload(this.id, this.length, this.offset, metadata, this.state, this.created, this.modified,
				this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength,
				this.answer, this.remoteAddress);
	}

	/**
	 * Returns this upload in another state.
	 * @param state the state
	 * @return the changed upload
	 */
	public Upload withState(UploadState state) {
		return new Upload(this.id, this.length, this.offset, this.metadata, state, this.created, this.modified,
				this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength,
				this.answer, this.remoteAddress);
	}

	/**
	 * Returns this upload at the next attempt of its delivery.
	 * @return the changed upload, {@link UploadState#FINISHING}
	 */
	public Upload withNextAttempt() {
		return new Upload(this.id, this.length, this.offset, this.metadata, UploadState.FINISHING, this.created,
				this.modified, this.expires, this.owner, this.concatenation, this.endpoint, this.attempts + 1,
				this.lateLength, this.answer, this.remoteAddress);
	}

	/**
	 * Returns this upload with another time of its last activity.
	 * @param modified when bytes were stored last
	 * @return the changed upload
	 */
	public Upload withModified(Instant modified) {
		return new Upload(this.id, this.length, this.offset, this.metadata, this.state, this.created, modified,
				this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength,
				this.answer, this.remoteAddress);
	}

	/**
	 * Returns this upload with another time of expiry.
	 * @param expires the time or {@code null}
	 * @return the changed upload
	 */
	public Upload withExpires(@Nullable Instant expires) {
		return new Upload(this.id, this.length, this.offset, this.metadata, this.state, this.created, this.modified,
				expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength, this.answer,
				this.remoteAddress);
	}

	/**
	 * Returns this upload with the application's answer.
	 * @param answer the answer or {@code null}
	 * @return the changed upload
	 */
	public Upload withAnswer(@Nullable UploadAnswer answer) {
		return new Upload(this.id, this.length, this.offset, this.metadata, this.state, this.created, this.modified,
				this.expires, this.owner, this.concatenation, this.endpoint, this.attempts, this.lateLength, answer,
				this.remoteAddress);
	}

}
