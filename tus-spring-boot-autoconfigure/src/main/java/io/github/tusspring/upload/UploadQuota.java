package io.github.tusspring.upload;

/**
 * Decides whether an upload may take as much room as it is going to. All beans of this
 * type are asked in their order, after the limits of the configuration: when an upload is
 * created, when its length is declared, and while the bytes of one without a length come
 * in. Must be thread-safe and quick.
 */
@FunctionalInterface
public interface UploadQuota {

	/**
	 * Checks an upload.
	 * @param demand what the upload takes
	 * @throws UploadRejectedException to refuse it, with the status and the message that
	 * the client will get. Bytes that have come before stay until the upload expires
	 */
	void check(UploadDemand demand);

}
