package io.github.tusspring.example;

import java.util.Map;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Leaves out what no adapter can make of the JDK's server, which reads and frames
 * requests in its own way before an adapter sees them.
 */
final class ServerLimits implements ExecutionCondition {

	private static final Map<String, String> REASONS = Map.of("ChecksumTrailer", "The server has no trailers",
			"tellsWhatTheServerCanDo", "The server has no trailers, see JdkProtocolTests", "withoutHostIsRefused",
			"The server takes requests without Host", "withAMalformedContentLengthIsRefused",
			"The server takes +5 for a length", "isRefusedWhenItIsMalformed",
			"The server removes control characters from headers", "closeInTimeWhenARefusedBodyNeverComes",
			"The server waits for the rest of a body itself");

	@Override
	public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
		String name = context.getTestMethod()
			.map((method) -> method.getName())
			.orElseGet(() -> context.getRequiredTestClass().getSimpleName());
		String reason = REASONS.get(name);
		return (reason != null) ? ConditionEvaluationResult.disabled(reason) : ConditionEvaluationResult.enabled(null);
	}

}
