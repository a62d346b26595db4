package io.github.tusspring.upload;

/**
 * The upload is in use and can't be had in time: it may be tried again.
 */
public class UploadLockedException extends UploadException {

	public UploadLockedException(UploadId id) {
		this("Upload '" + id + "' is in use");
	}

	UploadLockedException(String message) {
		super(message);
	}

}
