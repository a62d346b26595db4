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

import java.util.List;

/**
 * The names of the headers that the protocol uses.
 */
public final class TusHeaders {

	/** The protocol's version, in each request and answer. */
	public static final String TUS_RESUMABLE = "Tus-Resumable";

	/** The versions that the server speaks. */
	public static final String TUS_VERSION = "Tus-Version";

	/** The extensions that the server has. */
	public static final String TUS_EXTENSION = "Tus-Extension";

	/** The longest upload that the server takes. */
	public static final String TUS_MAX_SIZE = "Tus-Max-Size";

	/** The checksum algorithms that the server knows. */
	public static final String TUS_CHECKSUM_ALGORITHM = "Tus-Checksum-Algorithm";

	/** The length of the whole upload. */
	public static final String UPLOAD_LENGTH = "Upload-Length";

	/** Says that the length will be declared later. */
	public static final String UPLOAD_DEFER_LENGTH = "Upload-Defer-Length";

	/** The offset at which bytes belong, or to which they have come. */
	public static final String UPLOAD_OFFSET = "Upload-Offset";

	/** What the client says about the upload. */
	public static final String UPLOAD_METADATA = "Upload-Metadata";

	/** The part that the upload plays in a concatenation. */
	public static final String UPLOAD_CONCAT = "Upload-Concat";

	/** When the unfinished upload will expire. */
	public static final String UPLOAD_EXPIRES = "Upload-Expires";

	/** The checksum of a request's body. */
	public static final String UPLOAD_CHECKSUM = "Upload-Checksum";

	/** The method that a POST stands for. */
	public static final String METHOD_OVERRIDE = "X-HTTP-Method-Override";

	/**
	 * The headers of answers that a page of another origin needs to read.
	 */
	public static final List<String> EXPOSED = List.of("Location", UPLOAD_OFFSET, UPLOAD_LENGTH, UPLOAD_DEFER_LENGTH,
			UPLOAD_METADATA, UPLOAD_CONCAT, UPLOAD_EXPIRES, "Upload-Complete", "Upload-Incomplete", "Upload-Limit",
			"Upload-Draft-Interop-Version", "Repr-Digest", TUS_RESUMABLE, TUS_VERSION, TUS_EXTENSION, TUS_MAX_SIZE,
			TUS_CHECKSUM_ALGORITHM, "Retry-After", "X-Request-ID");

	private TusHeaders() {
	}

}
