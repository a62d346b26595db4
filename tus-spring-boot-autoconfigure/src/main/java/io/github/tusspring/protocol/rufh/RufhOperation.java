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

import java.util.List;

import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for.
 */
public sealed interface RufhOperation {

	/**
	 * Asks for a new upload.
	 *
	 * @param version the version in which the upload is spoken of
	 * @param resumable whether the client may hear where it is, and go on after an
	 * interruption
	 * @param length the length in bytes, or {@code null} if it is not known yet
	 * @param metadata what the client says about the content
	 * @param digest the digest of the whole upload, or {@code null}
	 * @param body the bytes that come with the request, or {@code null} if none do and
	 * more requests follow
	 */
	record Create(InteropVersion version, boolean resumable, @Nullable Long length, UploadMetadata metadata,
			@Nullable Checksum digest, @Nullable AppendRequest body) implements RufhOperation {
	}

	/**
	 * Asks to append the body.
	 *
	 * @param request what the client says of the body
	 */
	record Append(AppendRequest request) implements RufhOperation {
	}

	/**
	 * Asks how far an upload has come.
	 *
	 * @param digests the algorithms of the digests that the client would like to hear,
	 * the one that it prefers first
	 */
	record Inspect(List<ChecksumAlgorithm> digests) implements RufhOperation {
	}

	/**
	 * Asks to remove an upload.
	 */
	record Cancel() implements RufhOperation {
	}

}
