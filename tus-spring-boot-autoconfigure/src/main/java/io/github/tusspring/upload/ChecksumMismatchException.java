package io.github.tusspring.upload;

/**
 * The bytes that arrived don't have the checksum that the client gave; they were
 * discarded.
 */
public class ChecksumMismatchException extends UploadException {

	public ChecksumMismatchException() {
		super("The checksum does not match: the bytes were discarded");
	}

}
