package io.github.tusspring.autoconfigure;

/**
 * Thrown when uploads can't be kept in the bucket that is configured, and the application
 * is not to start then.
 */
class UnusableBucketException extends RuntimeException {

	UnusableBucketException(String message, Throwable cause) {
		super(message, cause);
	}

}
