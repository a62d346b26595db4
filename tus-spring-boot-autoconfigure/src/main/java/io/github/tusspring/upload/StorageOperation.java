package io.github.tusspring.upload;

/**
 * What a storage is asked to do, as far as its time is worth to be known. Writing bytes
 * is none of it.
 */
public enum StorageOperation {

	/**
	 * Create an upload.
	 */
	CREATE,

	/**
	 * Find an upload.
	 */
	FIND,

	/**
	 * Open an upload for appending.
	 */
	APPEND,

	/**
	 * Make what was written count.
	 */
	COMMIT,

	/**
	 * Store what does not follow from an upload's bytes.
	 */
	UPDATE,

	/**
	 * Give a final upload the content of its parts.
	 */
	CONCATENATE,

	/**
	 * Move or remove a content.
	 */
	CONTENT,

	/**
	 * Remove an upload.
	 */
	DELETE

}
