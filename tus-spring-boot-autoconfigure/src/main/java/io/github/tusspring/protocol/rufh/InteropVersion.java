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

import org.jspecify.annotations.Nullable;

/**
 * The versions of the draft that clients speak, by the number that they send in
 * {@code Upload-Draft-Interop-Version}, and all that differs between them.
 */
public enum InteropVersion {

	/** Drafts -01 and -02: iOS 17. */
	V3(3),

	/** Draft -03: iOS 18.0. */
	V5(5),

	/** Drafts -04 and -05: iOS 18.1 and later. */
	V6(6),

	/** Drafts -08 to -11. */
	V8(8),

	/** Draft -12. */
	V9(9),

	/** Drafts -13 and later. */
	V10(10);

	private final int number;

	InteropVersion(int number) {
		this.number = number;
	}

	/**
	 * Finds a version.
	 * @param number the number that a client sends
	 * @return the version, or {@code null} if that is none which is known here
	 */
	public static @Nullable InteropVersion of(long number) {
		for (InteropVersion version : values()) {
			if (version.number == number) {
				return version;
			}
		}
		return null;
	}

	/**
	 * Returns the number that clients send.
	 * @return the number
	 */
	public int number() {
		return this.number;
	}

	/**
	 * The name of the header that says whether an upload is complete.
	 */
	String completenessHeader() {
		return (this == V3) ? RufhHeaders.UPLOAD_INCOMPLETE : RufhHeaders.UPLOAD_COMPLETE;
	}

	/**
	 * The value of that header. In version 3 it has the opposite sense.
	 */
	String completeness(boolean complete) {
		return (complete != (this == V3)) ? "?1" : "?0";
	}

	/**
	 * Whether an append without the completeness header completes the upload.
	 */
	boolean completesByDefault() {
		return this.number <= 6;
	}

	/**
	 * Whether an append must be labelled as {@code application/partial-upload}.
	 */
	boolean hasContentType() {
		return this.number >= 6;
	}

	/**
	 * Whether a creation may have {@code Upload-Length}, and answers have it.
	 */
	boolean hasLength() {
		return this.number >= 6;
	}

	/**
	 * Whether clients that resume take an upload for complete which has come to its
	 * length, whatever is said of it otherwise.
	 */
	boolean isCompleteByLength() {
		return this == V6;
	}

	/**
	 * Whether an append may have {@code Upload-Length}, too.
	 */
	boolean hasLengthInAppends() {
		return this.number >= 8;
	}

	/**
	 * Whether there is {@code Upload-Limit}.
	 */
	boolean hasLimits() {
		return this.number >= 6;
	}

	/**
	 * The member of {@code Upload-Limit} that says how long an upload lives.
	 */
	String ageLimit() {
		return (this == V6) ? "expires" : "max-age";
	}

	/**
	 * Whether refusals are described by problem types.
	 */
	boolean hasProblems() {
		return this.number >= 6;
	}

	/**
	 * Whether interim answers tell of the progress.
	 * @return {@code false} where each of them had to have a Location
	 */
	public boolean hasProgress() {
		return this.number >= 5;
	}

	/**
	 * Whether 201 is the answer to what leaves an upload incomplete, and to nothing else;
	 * every answer while the upload goes on says how far it has come, every success of a
	 * creation where it is, and one that is gone was never there.
	 */
	boolean hasFixedStatuses() {
		return this.number <= 6;
	}

	/**
	 * Whether a look at an upload, or its removal, must not have headers of an append.
	 */
	boolean forbidsStateInOtherRequests() {
		return this.number <= 6;
	}

	/**
	 * Whether an upload that gets more bytes than it may have is invalid from then on,
	 * rather than keeping what fits.
	 */
	boolean isInvalidatedByExcess() {
		return this.number >= 8;
	}

	/**
	 * Whether an append to a complete upload is refused in any case, so that a lost final
	 * answer can't be asked for.
	 */
	boolean refusesAppendsToComplete() {
		return this == V6 || this == V8;
	}

	/**
	 * Whether one at another offset hears of the true one first.
	 */
	boolean namesOffsetOfComplete() {
		return this != V6;
	}

	/**
	 * Whether an answer of the target's own is marked as that by {@code Upload-Complete},
	 * whatever its status.
	 */
	boolean marksAnswersOfTheTarget() {
		return this.number >= 8;
	}

}
