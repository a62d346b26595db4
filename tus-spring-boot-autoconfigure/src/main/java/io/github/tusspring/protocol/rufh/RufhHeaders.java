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
