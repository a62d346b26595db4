package io.github.tusspring.upload;

/**
 * What keeps uploads or their locks can't be reached now: it may be tried again.
 */
public class UploadUnavailableException extends UploadException {

	public UploadUnavailableException(String message, Throwable cause) {
		super(message, cause);
	}

}
