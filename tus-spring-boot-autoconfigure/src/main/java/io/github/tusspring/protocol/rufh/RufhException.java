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

package io.github.tusspring.protocol.rufh;

/**
 * A request that the protocol does not allow. Has no stack trace: it is normal input.
 */
public final class RufhException extends RuntimeException {

	private final int status;

	private final transient Problem problem;

	RufhException(int status, Problem problem) {
		super(problem.title(), null, false, false);
		this.status = status;
		this.problem = problem;
	}

	RufhException(int status, String message) {
		this(status, Problem.of(message));
	}

	/**
	 * Returns the answer's status.
	 * @return the status
	 */
	int status() {
		return this.status;
	}

	Problem problem() {
		return this.problem;
	}

}
