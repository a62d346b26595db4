package io.github.tusspring.upload;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The client wants to append at another offset than the upload's.
 */
public class OffsetMismatchException extends UploadException {

	private final long offset;

	private final @Nullable Instant expires;

	/**
	 * Creates an instance.
	 * @param offset the offset at which the upload can be continued, in bytes
	 * @param expires when the upload expires, or {@code null} if it does not
	 */
	public OffsetMismatchException(long offset, @Nullable Instant expires) {
		super("The upload's offset is " + offset);
		this.offset = offset;
		this.expires = expires;
	}

	/**
	 * Returns the offset at which the upload can be continued.
	 * @return the offset in bytes
	 */
	public long offset() {
		return this.offset;
	}

	/**
	 * Returns when the upload expires.
	 * @return the time, or {@code null} if it does not
	 */
	public @Nullable Instant expires() {
		return this.expires;
	}

}
