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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * The uploads that are not full, where somebody counts them. Each has an empty object
 * {@code <prefix>.open/<id>} from before it is there until it is full or gone, so that
 * nobody has to look through the bucket for them. An instance that dies leaves one too
 * many, never one too few. Thread-safe.
 */
final class OpenUploads {

	static final String NAME = ".open/";

	/**
	 * The age up to which the object of an upload that isn't there is left alone: the
	 * upload may be just on its way.
	 */
	private static final Duration YOUNG = Duration.ofHours(1);

	private final S3UploadStorage storage;

	private volatile boolean counted;

	OpenUploads(S3UploadStorage storage) {
		this.storage = storage;
	}

	/**
	 * Begins to note them.
	 */
	void note() {
		this.counted = true;
	}

	private String key(UploadId id) {
		return this.storage.key(NAME + id);
	}

	void add(UploadId id) throws IOException {
		if (this.counted) {
			this.storage.objects()
				.await(this.storage.objects()
					.create(this.storage.settings().bucket(), key(id), AsyncRequestBody.empty(), false));
		}
	}

	void discard(UploadId id) {
		if (this.counted) {
			this.storage.objects().discard(this.storage.objects().delete(this.storage.settings().bucket(), key(id)));
		}
	}

	Stream<Upload> list(Predicate<UploadId> interest) {
		String prefix = this.storage.key(NAME);
		return this.storage.objects()
			.list(this.storage.settings().bucket(), prefix)
			.stream()
			.filter((entry) -> UploadId.isValid(entry.key().substring(prefix.length())))
			.flatMap((entry) -> Stream.of(UploadId.of(entry.key().substring(prefix.length())))
				.filter(interest)
				.flatMap((id) -> Stream.ofNullable(look(id, entry.modified()))));
	}

	private @Nullable Upload look(UploadId id, Instant since) {
		try {
			StoredUpload stored = this.storage.manifests().look(id);
			if (stored != null && !stored.manifest().deleted && stored.manifest().state() == UploadState.RECEIVING) {
				return stored.toUpload();
			}
			boolean over = (stored != null)
					|| (since.isBefore(Instant.now().minus(YOUNG)) && !this.storage.manifests().isThere(id));
			if (over) {
				discard(id);
			}
			return null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
