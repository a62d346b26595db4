package io.github.tusspring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Names the dependency that a setting needs.
 */
class MissingDependencyFailureAnalyzer extends AbstractFailureAnalyzer<MissingDependencyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingDependencyException cause) {
		return new FailureAnalysis(cause.getMessage() + ".", cause.getAction(), cause);
	}

}
