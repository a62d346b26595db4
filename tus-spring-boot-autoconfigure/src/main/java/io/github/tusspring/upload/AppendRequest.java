package io.github.tusspring.upload;

import org.jspecify.annotations.Nullable;

/**
 * What a client says of the bytes that it wants to append.
 *
 * @param offset the offset at which the bytes belong
 * @param contentLength the number of bytes to come, or -1 if that is not known
 * @param uploadLength the length of the whole upload where the client declares it, or
 * {@code null}
 * @param checksum the checksum of the bytes to come, or {@code null}
 * @param checksumFollows whether the checksum is going to follow the bytes
 */
public record AppendRequest(long offset, long contentLength, @Nullable Long uploadLength, @Nullable Checksum checksum,
		boolean checksumFollows) {

	boolean isHeld() {
		return this.checksum != null || this.checksumFollows;
	}

}
