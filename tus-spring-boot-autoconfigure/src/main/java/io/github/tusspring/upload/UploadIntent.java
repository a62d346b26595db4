package io.github.tusspring.upload;

/**
 * What a client wants to do with an upload.
 */
public enum UploadIntent {

	/**
	 * To create it.
	 */
	CREATE,

	/**
	 * To see how far it is, and what was said about it. Who may not do that hears that
	 * there is no such upload, whatever else it asks for.
	 */
	INSPECT,

	/**
	 * To add bytes to it, or to declare its length.
	 */
	APPEND,

	/**
	 * To remove it.
	 */
	TERMINATE,

	/**
	 * To make it a part of a final upload.
	 */
	CONCATENATE,

	/**
	 * To get its content.
	 */
	DOWNLOAD,

	/**
	 * To have it delivered to the application, now that all its bytes are there: asked
	 * last, since a right may have been lost while the bytes came.
	 */
	DELIVER

}
