package io.github.tusspring.upload;

/**
 * The operation is not allowed on an upload of this kind.
 */
public class UploadForbiddenException extends UploadException {

	public UploadForbiddenException(String message) {
		super(message);
	}

}
