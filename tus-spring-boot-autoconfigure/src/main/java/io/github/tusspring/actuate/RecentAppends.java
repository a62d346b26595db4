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

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;

/**
 * Remembers how the last appends of this instance have ended, to tell one that goes on
 * from one that resumes. Thread-safe.
 */
final class RecentAppends {

	private static final int LIMIT = 10_000;

	private final Map<UploadId, Boolean> completed = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<UploadId, Boolean> eldest) {
			return size() > LIMIT;
		}

	};

	/**
	 * Whether an append that begins now follows one that was interrupted, or one of which
	 * this instance doesn't know.
	 */
	synchronized boolean isResumed(Upload upload) {
		Boolean known = this.completed.get(upload.id());
		return (known != null) ? !known : upload.offset() > 0;
	}

	synchronized void ended(UploadId id, AppendOutcome outcome) {
		// To the end of the order.
		this.completed.remove(id);
		this.completed.put(id, !outcome.isInterrupted());
	}

	synchronized void remove(UploadId id) {
		this.completed.remove(id);
	}

}
