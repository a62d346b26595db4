package io.github.tusspring.upload;

/**
 * Decides whether a client may do what it wants to do with an upload. Asked after the
 * upload was found to be the client's own, before anything is changed. All beans of this
 * type are asked in their order, and all have to agree. Must be thread-safe and quick: it
 * is asked for each request.
 */
@FunctionalInterface
public interface UploadAuthorizer {

	/**
	 * Checks what a client wants to do.
	 * @param access what, who and with which upload
	 * @throws UploadForbiddenException to refuse it. The client hears the message, with
	 * 403, if it may {@linkplain UploadIntent#INSPECT inspect} the upload or wants to
	 * create one, and 404 otherwise
	 */
	void authorize(UploadAccess access);

}
