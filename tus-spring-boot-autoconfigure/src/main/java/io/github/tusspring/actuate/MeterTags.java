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

package io.github.tusspring.actuate;

import io.github.tusspring.upload.AppendOutcome;

/**
 * Says of an append what tags of meters do.
 */
final class MeterTags {

	private MeterTags() {
	}

	static String reason(AppendOutcome outcome) {
		return switch (outcome) {
			case IDLE -> "idle";
			case TOO_SLOW -> "rate";
			case TAKEN_OVER -> "takeover";
			case SHUTDOWN -> "shutdown";
			case FAILED -> "error";
			default -> "client";
		};
	}

	static String outcome(AppendOutcome outcome) {
		return switch (outcome) {
			case COMPLETED -> "completed";
			case REFUSED, CHECKSUM_MISMATCH -> "refused";
			case FAILED -> "error";
			default -> "interrupted";
		};
	}

}
