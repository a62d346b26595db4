package io.github.tusspring.upload;

/**
 * An upload with the given id exists already.
 */
public class UploadExistsException extends UploadException {

	public UploadExistsException(UploadId id) {
		super("Upload '" + id + "' exists already");
	}

}
