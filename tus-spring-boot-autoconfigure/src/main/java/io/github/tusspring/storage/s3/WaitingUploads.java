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

import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * What final uploads wait for. Each has an empty object
 * {@code <prefix>.wait/<part>/<id>}, so that whoever fills the part finds it by one
 * request, and nobody has to look for it before. Thread-safe.
 */
final class WaitingUploads {

	static final String NAME = ".wait/";

	private final S3UploadStorage storage;

	WaitingUploads(S3UploadStorage storage) {
		this.storage = storage;
	}

	private String prefix(UploadId part) {
		return this.storage.key(NAME + part + "/");
	}

	CompletableFuture<?> add(UploadId id, UploadId part) {
		return this.storage.objects()
			.create(this.storage.settings().bucket(), prefix(part) + id, AsyncRequestBody.empty(), false);
	}

	CompletableFuture<?> remove(UploadId id, UploadId part) {
		return this.storage.objects().delete(this.storage.settings().bucket(), prefix(part) + id);
	}

	/**
	 * Lists the uploads that wait for a part.
	 */
	Stream<UploadId> list(UploadId part) {
		String prefix = prefix(part);
		return this.storage.objects()
			.list(this.storage.settings().bucket(), prefix)
			.stream()
			.map((entry) -> entry.key().substring(prefix.length()))
			.filter(UploadId::isValid)
			.map(UploadId::of);
	}

	/**
	 * Returns the upload that waits by an object, {@code null} if it is something else.
	 * @param name its key below the prefix
	 */
	static @Nullable UploadId upload(String name) {
		String id = name.substring(name.lastIndexOf('/') + 1);
		return (name.startsWith(NAME) && UploadId.isValid(id)) ? UploadId.of(id) : null;
	}

}
