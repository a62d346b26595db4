package io.github.tusspring.upload;

/**
 * The client wants to append at another offset than the upload's.
 */
public class OffsetMismatchException extends UploadException {

	private final long offset;

	public OffsetMismatchException(long offset) {
		super("The upload's offset is " + offset);
		this.offset = offset;
	}

	/**
	 * Returns the offset at which the upload can be continued.
	 * @return the offset in bytes
	 */
	public long offset() {
		return this.offset;
	}

}
