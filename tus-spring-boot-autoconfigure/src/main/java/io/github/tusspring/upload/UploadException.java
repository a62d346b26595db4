package io.github.tusspring.upload;

/**
 * Base of what can go wrong with an upload. What a client did wrong has no stack trace:
 * it is normal input, and often.
 */
public abstract class UploadException extends RuntimeException {

	UploadException(String message) {
		super(message, null, false, false);
	}

	UploadException(String message, Throwable cause) {
		super(message, cause);
	}

}
