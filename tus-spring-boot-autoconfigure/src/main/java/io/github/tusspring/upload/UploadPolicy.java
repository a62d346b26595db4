package io.github.tusspring.upload;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What is allowed, and how long things may take.
 *
 * @param maxSize the length in bytes that an upload may have, or {@code null} for any
 * @param expiration when uploads expire
 * @param terminateFinished whether a client may remove a finished upload
 * @param takeOverAfter the silence after which a look at an upload ends an append to it
 * @param lockTimeout how long a request waits for an append that is asked to end
 */
public record UploadPolicy(@Nullable Long maxSize, ExpirationPolicy expiration, boolean terminateFinished,
		Duration takeOverAfter, Duration lockTimeout) {

	void checkLength(@Nullable Long length) {
		if (length != null && this.maxSize != null && length > this.maxSize) {
			throw new UploadTooLargeException("An upload may have " + this.maxSize + " bytes at most");
		}
	}

	/**
	 * Returns the offset beyond which no byte is taken.
	 */
	long limit(Upload upload) {
		if (upload.length() != null) {
			return upload.length();
		}
		return (this.maxSize != null) ? this.maxSize : Long.MAX_VALUE;
	}

}
