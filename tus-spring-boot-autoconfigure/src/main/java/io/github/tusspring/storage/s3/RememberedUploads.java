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

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * The looks at uploads that this instance of the application has: those that were used
 * last, and all that somebody still uses. So there is one for each upload, whatever else
 * happens while an append or a delivery runs for long. Thread-safe.
 */
final class RememberedUploads {

	private final Map<UploadId, Look> looks = new HashMap<>();

	private final ReferenceQueue<StoredUpload> unused = new ReferenceQueue<>();

	private final Map<UploadId, StoredUpload> recent;

	/**
	 * Creates an instance.
	 * @param limit how many are remembered that nobody uses
	 */
	RememberedUploads(int limit) {
		this.recent = new LinkedHashMap<>(16, 0.75f, true) {

			@Override
			protected boolean removeEldestEntry(Map.Entry<UploadId, StoredUpload> eldest) {
				return size() > limit;
			}

		};
	}

	synchronized @Nullable StoredUpload get(UploadId id) {
		Look look = this.looks.get(id);
		return (look != null) ? look.get() : null;
	}

	/**
	 * Remembers a look at an upload.
	 * @param id the upload's id
	 * @param update returns what is to be remembered in the place of what is, which may
	 * be {@code null}
	 * @return what is remembered now
	 */
	synchronized StoredUpload update(UploadId id, UnaryOperator<@Nullable StoredUpload> update) {
		removeUnused();
		StoredUpload known = get(id);
		StoredUpload next = update.apply(known);
		if (next != known) {
			this.looks.put(id, new Look(id, next, this.unused));
		}
		this.recent.put(id, next);
		return next;
	}

	synchronized void remove(UploadId id) {
		this.looks.remove(id);
		this.recent.remove(id);
	}

	private void removeUnused() {
		Reference<? extends StoredUpload> reference;
		while ((reference = this.unused.poll()) != null) {
			this.looks.remove(((Look) reference).id, reference);
		}
	}

	/**
	 * A look that is forgotten when nobody uses it.
	 */
	private static final class Look extends WeakReference<StoredUpload> {

		private final UploadId id;

		Look(UploadId id, StoredUpload upload, ReferenceQueue<StoredUpload> unused) {
			super(upload, unused);
			this.id = id;
		}

	}

}
