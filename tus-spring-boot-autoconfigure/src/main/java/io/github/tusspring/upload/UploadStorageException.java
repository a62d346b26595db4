package io.github.tusspring.upload;

import java.io.IOException;

/**
 * The storage failed to do what it was asked for.
 */
public class UploadStorageException extends UploadException {

	public UploadStorageException(String message, Throwable cause) {
		super(message, cause);
	}

	static UploadStorageException of(UploadId id, IOException cause) {
		return new UploadStorageException("Storage of upload '" + id.abbreviated() + "' failed", cause);
	}

}
