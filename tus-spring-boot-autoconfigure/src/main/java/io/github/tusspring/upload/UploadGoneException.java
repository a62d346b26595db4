package io.github.tusspring.upload;

/**
 * The upload has expired or was refused by the application.
 */
public class UploadGoneException extends UploadException {

	public UploadGoneException(UploadId id) {
		super("Upload '" + id + "' is gone");
	}

}
