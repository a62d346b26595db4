package io.github.tusspring.upload;

/**
 * The states of an upload that a storage keeps. An upload that was terminated or has
 * expired is in none of them: it is gone.
 */
public enum UploadState {

	/**
	 * Bytes are missing, or the length is not known yet.
	 */
	RECEIVING,

	/**
	 * All bytes are stored, the application has not taken the upload yet. An upload stays
	 * here while its delivery fails, and is delivered again.
	 */
	FINISHING,

	/**
	 * The application has taken the upload. A partial upload is completed when it has all
	 * its bytes.
	 */
	COMPLETED,

	/**
	 * The application has refused the upload; its content is gone.
	 */
	REJECTED

}
