package io.github.tusspring.upload;

/**
 * There is no upload with the given id, or none that the client may know of.
 */
public class UploadNotFoundException extends UploadException {

	public UploadNotFoundException() {
		super("There is no such upload");
	}

	public UploadNotFoundException(UploadId id) {
		super("There is no upload '" + id + "'");
	}

}
