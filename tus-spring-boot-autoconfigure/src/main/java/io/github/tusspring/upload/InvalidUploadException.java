package io.github.tusspring.upload;

/**
 * What the client asks for contradicts the protocol or itself.
 */
public class InvalidUploadException extends UploadException {

	public InvalidUploadException(String message) {
		super(message);
	}

}
