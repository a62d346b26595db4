package io.github.tusspring.upload;

/**
 * The upload is or becomes longer than it may be.
 */
public class UploadTooLargeException extends UploadException {

	public UploadTooLargeException(String message) {
		super(message);
	}

}
