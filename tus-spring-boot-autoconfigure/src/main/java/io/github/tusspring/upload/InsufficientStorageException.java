package io.github.tusspring.upload;

/**
 * There is no room for more bytes. What was stored before stays.
 */
public class InsufficientStorageException extends UploadException {

	public InsufficientStorageException(String message) {
		super(message);
	}

	public InsufficientStorageException(String message, Throwable cause) {
		super(message, cause);
	}

}
