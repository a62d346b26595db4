package io.github.tusspring.upload;

/**
 * What has become of an upload that a request has created or appended to: either all is
 * {@link Settled settled}, or the upload is full and its {@link Delivery} to an endpoint
 * of the application's own was begun, which the caller has to end.
 */
public sealed interface UploadOutcome permits UploadOutcome.Settled, Delivery {

	/**
	 * Returns the upload.
	 * @return the upload as it is now
	 */
	Upload upload();

	/**
	 * There is nothing left to do: bytes are missing, or the upload is finished.
	 *
	 * @param upload the upload
	 */
	record Settled(Upload upload) implements UploadOutcome {
	}

}
