package io.github.tusspring.upload;

/**
 * The storage failed to do what it was asked for.
 */
public class UploadStorageException extends UploadException {

	public UploadStorageException(String message, Throwable cause) {
		super(message, cause);
	}

}
