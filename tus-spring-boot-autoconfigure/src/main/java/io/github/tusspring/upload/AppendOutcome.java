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

package io.github.tusspring.upload;

/**
 * How an append has ended.
 */
public enum AppendOutcome {

	/**
	 * All of its body was taken.
	 */
	COMPLETED,

	/**
	 * Its body was not what it should be.
	 */
	REFUSED,

	/**
	 * Its bytes don't have the checksum that its client sent.
	 */
	CHECKSUM_MISMATCH,

	/**
	 * Its connection broke.
	 */
	CLIENT_GONE,

	/**
	 * No byte came for too long.
	 */
	IDLE,

	/**
	 * Its bytes came too slowly.
	 */
	TOO_SLOW,

	/**
	 * A newer request has taken the upload over.
	 */
	TAKEN_OVER,

	/**
	 * The application is shutting down.
	 */
	SHUTDOWN,

	/**
	 * The storage failed or has no more room, or the lock was lost.
	 */
	FAILED;

	/**
	 * Whether the append has ended before its body, for a reason that doesn't lie in the
	 * bytes.
	 * @return {@code true} if its client may go on with the upload
	 */
	public boolean isInterrupted() {
		return this != COMPLETED && this != REFUSED && this != CHECKSUM_MISMATCH;
	}

	static AppendOutcome of(StopReason reason) {
		return switch (reason) {
			case TAKEN_OVER -> TAKEN_OVER;
			case IDLE -> IDLE;
			case TOO_SLOW -> TOO_SLOW;
			case SHUTDOWN -> SHUTDOWN;
			case LOCK_LOST -> FAILED;
		};
	}

}
