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

package io.github.tusspring.storage.s3;

import org.jspecify.annotations.Nullable;

/**
 * Says how long the parts of an upload are. The number of parts is limited, so they grow
 * with the upload: with a declared length so that they suffice, without one by a
 * thousandth of what is there already, which reaches 5 TiB if there is enough memory.
 */
final class PartSizes {

	/**
	 * Numbers that are kept for parts of those who take over: each leaves some unused.
	 */
	private static final int SPARE = 10;

	private static final int GROWTH = 1000;

	/**
	 * The longest object: 5 TiB.
	 */
	private static final long MAX_LENGTH = 5L << 40;

	private final S3Settings settings;

	PartSizes(S3Settings settings) {
		this.settings = settings;
	}

	/**
	 * Returns the size from which bytes may be made a part that isn't the last.
	 * @param length the upload's length, or {@code null} if it isn't known
	 * @param offset where the part begins
	 * @param number the part's number, from 1
	 */
	long minimum(@Nullable Long length, long offset, int number) {
		if (this.settings.equalParts()) {
			return equal(length);
		}
		return Math.max(S3Settings.MIN_PART_SIZE, needed(length, offset, number));
	}

	/**
	 * Returns the size at which bytes are made a part.
	 * @param length the upload's length, or {@code null} if it isn't known
	 * @param offset where the part begins
	 * @param number the part's number, from 1
	 */
	long target(@Nullable Long length, long offset, int number) {
		if (this.settings.equalParts()) {
			return equal(length);
		}
		long size = Math.max(this.settings.partSize(), needed(length, offset, number));
		if (length == null || length - offset <= size) {
			return size;
		}
		// Fewer requests, as long as there is room for several parts of two uploads.
		return Math.max(size, this.settings.memory() / 2 / this.settings.concurrentParts());
	}

	private long equal(@Nullable Long length) {
		return Math.max(this.settings.partSize(), (length != null) ? needed(length, 0, 1) : 0);
	}

	private long needed(@Nullable Long length, long offset, int number) {
		if (length == null) {
			return Math.min(offset / GROWTH, largest());
		}
		long numbers = Math.max(1, (this.settings.maxParts() - number + 1) * (100L - SPARE) / 100);
		return (length - offset + numbers - 1) / numbers;
	}

	/**
	 * Whether the parts of an upload of the given length have room in memory.
	 */
	boolean isPossible(long length) {
		return length <= MAX_LENGTH && needed(length, 0, 1) <= largest();
	}

	/**
	 * Returns the size of the largest part: while one is sent, the next is filled.
	 */
	private long largest() {
		return Math.min(this.settings.memory() / 2, S3Settings.MAX_PART_SIZE);
	}

}
