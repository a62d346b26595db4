package io.github.tusspring.upload;

/**
 * Looks at an upload before it is created, and may change or refuse it. All beans of this
 * type are asked in their order, each with what the one before it returned.
 */
@FunctionalInterface
public interface UploadInterceptor {

	/**
	 * Called before an upload is created, when nothing of it is stored yet.
	 * @param upload the upload that a client asks for
	 * @return the upload to create: the given one, or one with another id or other
	 * metadata
	 * @throws UploadRejectedException to refuse the upload, with the status and the
	 * message that the client will get
	 */
	NewUpload beforeCreate(NewUpload upload);

}
