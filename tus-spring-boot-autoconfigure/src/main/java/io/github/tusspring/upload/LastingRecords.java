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

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Records that need not be read again until they are changed, known by the id and the
 * time of the last change: some 50 bytes for each, up to {@value #MAX}. Not thread-safe.
 */
public final class LastingRecords {

	private static final int MAX = 200_000;

	/**
	 * The age from which a later change is sure to have another time.
	 */
	private static final Duration SETTLED = Duration.ofMinutes(1);

	private final Set<Long> records = new HashSet<>();

	/**
	 * Remembers a record, as long as there is room.
	 * @param id the upload's id
	 * @param changed when it was changed last, as far as the storage knows
	 */
	public void add(UploadId id, Instant changed) {
		if (this.records.size() < MAX && changed.isBefore(Instant.now().minus(SETTLED))) {
			this.records.add(hash(id, changed));
		}
	}

	/**
	 * Whether a record is the one that was remembered.
	 * @param id the upload's id
	 * @param changed when it was changed last
	 * @return {@code true} if it need not be read
	 */
	public boolean contains(UploadId id, Instant changed) {
		return this.records.contains(hash(id, changed));
	}

	/**
	 * A hash of 64 bits: among so few records no two have the same by chance, which would
	 * leave one of them unread for as long as the application runs.
	 */
	private static long hash(UploadId id, Instant changed) {
		long hash = changed.toEpochMilli();
		String text = id.toString();
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
			hash ^= hash >>> 29;
		}
		return hash;
	}

}
