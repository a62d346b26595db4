package io.github.tusspring.upload;

/**
 * What the client says of the upload's length is not all the same, or not what it sends.
 */
public class InconsistentLengthException extends InvalidUploadException {

	private final boolean excess;

	/**
	 * Creates an exception.
	 * @param excess whether there are more bytes than the upload has
	 */
	InconsistentLengthException(boolean excess) {
		super(excess ? "The body goes beyond the end of the upload" : "The upload has another length");
		this.excess = excess;
	}

	/**
	 * Returns whether there are more bytes than the upload has.
	 * @return {@code true} if there are
	 */
	boolean isExcess() {
		return this.excess;
	}

}
