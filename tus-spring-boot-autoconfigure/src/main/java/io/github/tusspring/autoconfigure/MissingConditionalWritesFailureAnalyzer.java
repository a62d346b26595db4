package io.github.tusspring.autoconfigure;

import io.github.tusspring.storage.s3.MissingConditionalWritesException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what a store that can't write conditionally needs.
 */
class MissingConditionalWritesFailureAnalyzer extends AbstractFailureAnalyzer<MissingConditionalWritesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingConditionalWritesException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Set 'tus.lock.type' to 'jdbc' or 'redis', or use a store that writes conditionally.", cause);
	}

}
