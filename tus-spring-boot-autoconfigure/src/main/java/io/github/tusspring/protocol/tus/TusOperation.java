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

package io.github.tusspring.protocol.tus;

import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks for.
 */
public sealed interface TusOperation {

	/**
	 * Asks what the server can do.
	 */
	record Options() implements TusOperation {
	}

	/**
	 * Asks for a new upload.
	 *
	 * @param length the length in bytes, or {@code null} if it is deferred or follows
	 * from the parts
	 * @param metadata what the client says about the upload
	 * @param concatenation the part that it plays in a concatenation, or {@code null}
	 * @param body the bytes that come with the request, or {@code null} if none do
	 */
	record Create(@Nullable Long length, UploadMetadata metadata, @Nullable Concatenation concatenation,
			@Nullable AppendRequest body) implements TusOperation {
	}

	/**
	 * Asks to append the body.
	 *
	 * @param request what the client says of the body
	 */
	record Append(AppendRequest request) implements TusOperation {
	}

	/**
	 * Asks how far an upload has come.
	 */
	record Inspect() implements TusOperation {
	}

	/**
	 * Asks to remove an upload.
	 */
	record Terminate() implements TusOperation {
	}

	/**
	 * Asks for the content of an upload.
	 */
	record Download() implements TusOperation {
	}

}
