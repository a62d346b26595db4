package io.github.tusspring.upload;

import java.io.IOException;

/**
 * A storage on another machine can't be reached or used now: what was asked for may be
 * asked for again, and nothing that was acknowledged is lost.
 */
public class StorageUnavailableException extends IOException {

	public StorageUnavailableException(String message, Throwable cause) {
		super(message, cause);
	}

}
