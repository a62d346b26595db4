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

/**
 * The names of the headers that the protocol uses.
 */
public final class RufhHeaders {

	/** The version of the draft that a client speaks. */
	public static final String INTEROP_VERSION = "Upload-Draft-Interop-Version";

	/** Whether the upload is complete. */
	public static final String UPLOAD_COMPLETE = "Upload-Complete";

	/** Whether the upload is incomplete, in version 3. */
	public static final String UPLOAD_INCOMPLETE = "Upload-Incomplete";

	/** The offset at which bytes belong, or to which they have come. */
	public static final String UPLOAD_OFFSET = "Upload-Offset";

	/** The length of the whole upload. */
	public static final String UPLOAD_LENGTH = "Upload-Length";

	/** What the server allows. */
	public static final String UPLOAD_LIMIT = "Upload-Limit";

	/** The media types that can be patched with. */
	public static final String ACCEPT_PATCH = "Accept-Patch";

	/** The digests of a request's body (RFC 9530). */
	public static final String CONTENT_DIGEST = "Content-Digest";

	/** The digests of the whole upload (RFC 9530). */
	public static final String REPR_DIGEST = "Repr-Digest";

	/** The digests of the whole upload that a client would like to hear (RFC 9530). */
	public static final String WANT_REPR_DIGEST = "Want-Repr-Digest";

	private RufhHeaders() {
	}

}
