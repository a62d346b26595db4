/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

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
