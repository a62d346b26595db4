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
