package io.github.tusspring.upload;

/**
 * The application failed to take a finished upload. It stays
 * {@link UploadState#FINISHING} and is delivered again.
 */
public class UploadDeliveryException extends UploadException {

	public UploadDeliveryException(UploadId id, Throwable cause) {
		super("Delivery of upload '" + id.abbreviated() + "' failed", cause);
	}

}
