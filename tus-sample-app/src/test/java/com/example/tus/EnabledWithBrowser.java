package com.example.tus;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs a test where Chromium is installed, and always where {@code CI} is {@code true}:
 * there a missing browser is a failure.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EnabledWithBrowser.Condition.class)
@interface EnabledWithBrowser {

	class Condition implements ExecutionCondition {

		@Override
		public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
			if (Boolean.parseBoolean(System.getenv("CI")) || Files.isExecutable(Browser.CHROMIUM)) {
				return ConditionEvaluationResult.enabled("Chromium is here or required");
			}
			return ConditionEvaluationResult.disabled(Browser.CHROMIUM + " is not installed");
		}

	}

}
