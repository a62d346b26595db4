package io.github.tusspring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains why uploads can't be kept in a bucket.
 */
class UnusableBucketFailureAnalyzer extends AbstractFailureAnalyzer<UnusableBucketException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableBucketException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Mend what is named, or set 'tus.storage.s3.fail-fast' to 'false' to start all the same: requests of "
						+ "tus clients are then answered with 503 until the bucket can be used.",
				cause);
	}

}
