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
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.EndpointRules;
import io.micrometer.core.instrument.Tags;

/**
 * Makes the tags of meters.
 */
final class MeterTags {

	static final String TUS = "tus";

	static final String RUFH = "rufh";

	/**
	 * What is no single upload's.
	 */
	static final Tags COMMON = of(EndpointRules.DEFAULT, "any");

	static final Tags GAUGE = COMMON;

	private MeterTags() {
	}

	static Tags of(String endpoint, String protocol) {
		return Tags.of(TusMeterTag.ENDPOINT.key(), endpoint, TusMeterTag.PROTOCOL.key(), protocol);
	}

	static String protocol(Upload upload) {
		return (upload.draft() > 0) ? RUFH : TUS;
	}

	static String protocol(UploadClient client) {
		return client.draft() ? RUFH : TUS;
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
