package io.github.tusspring.storage.s3;

/**
 * The store doesn't write conditionally, and nothing else keeps instances of the
 * application apart.
 */
public class MissingConditionalWritesException extends IllegalStateException {

	MissingConditionalWritesException(String bucket) {
		super("The store of bucket '" + bucket + "' does not write conditionally (If-Match and If-None-Match): set "
				+ "'tus.lock.type' to 'jdbc' or 'redis', so that a lock keeps the instances of the application apart, "
				+ "or 'tus.storage.s3.conditional-writes' to 'off' for a single instance");
	}

}
