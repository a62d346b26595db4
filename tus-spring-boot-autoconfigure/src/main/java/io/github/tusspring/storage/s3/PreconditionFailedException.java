package io.github.tusspring.storage.s3;

import java.io.IOException;

/**
 * A conditional request found something else than it was meant for.
 */
final class PreconditionFailedException extends IOException {

	PreconditionFailedException(Throwable cause) {
		super(cause);
	}

}
