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
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.MimeType;

/**
 * What holds for the uploads that one of the application's own endpoints takes, where it
 * differs from what holds for all others. Immutable.
 *
 * @param path the path under which the endpoint is configured, which may have variables
 * for single segments
 * @param maxSize the length in bytes that an upload may have, or {@code null} if the
 * general limit holds
 * @param expiresAfter how long an unfinished upload lives, zero for ever, or {@code null}
 * if the general time holds
 * @param keep whether the content stays when the endpoint has taken it
 * @param requiredMetadata the keys without which no upload is created
 * @param filetypes the media types that are taken, or nothing to take all
 */
public record EndpointRule(String path, @Nullable Long maxSize, @Nullable Duration expiresAfter, boolean keep,
		List<String> requiredMetadata, List<MimeType> filetypes) {

	public EndpointRule {
		Assert.hasText(path, "'path' must not be empty");
		Assert.isTrue(maxSize == null || maxSize > 0, "'maxSize' must be greater than 0");
		Assert.isTrue(expiresAfter == null || !expiresAfter.isNegative(), "'expiresAfter' must not be negative");
		requiredMetadata = List.copyOf(requiredMetadata);
		filetypes = List.copyOf(filetypes);
	}

	/**
	 * Checks what a client says of an upload that it wants to create.
	 */
	void check(NewUpload upload) {
		if (upload.isPartial()) {
			// Its final upload says what the file is.
			return;
		}
		for (String key : this.requiredMetadata) {
			String value = upload.metadata().get(key);
			if (value == null || value.isBlank()) {
				throw new UploadRejectedException(400, "Upload-Metadata must have '" + key + "'");
			}
		}
		if (!this.filetypes.isEmpty() && !upload.metadata().hasFiletype(this.filetypes)) {
			throw new UploadRejectedException(415, "Upload-Metadata must have a 'filetype' of " + this.filetypes);
		}
	}

}
