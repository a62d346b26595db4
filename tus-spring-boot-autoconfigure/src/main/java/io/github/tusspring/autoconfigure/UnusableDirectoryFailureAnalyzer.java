package io.github.tusspring.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains why uploads can't be kept in the directory that is configured.
 */
class UnusableDirectoryFailureAnalyzer extends AbstractFailureAnalyzer<UnusableDirectoryException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableDirectoryException cause) {
		return new FailureAnalysis(
				"Uploads can't be kept in the directory '" + cause.getDirectory().toAbsolutePath() + "': "
						+ cause.getCause(),
				"Make it a directory that the application may write to, or set 'tus.storage.disk.directory' to another "
						+ "one.",
				cause);
	}

}
