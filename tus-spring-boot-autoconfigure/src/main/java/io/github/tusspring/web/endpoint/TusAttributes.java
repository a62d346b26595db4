package io.github.tusspring.web.endpoint;

/**
 * Names of the request attributes that tell the handler of a resumable endpoint that it
 * has an upload before it, and which. A request from outside never has them.
 */
public final class TusAttributes {

	/**
	 * The {@link io.github.tusspring.upload.Upload}.
	 */
	public static final String UPLOAD = "io.github.tusspring.UPLOAD";

	/**
	 * The {@link io.github.tusspring.upload.UploadMetadata}, with a file name and type
	 * that can be used as such.
	 */
	public static final String METADATA = "io.github.tusspring.METADATA";

	/**
	 * Where the content lies: a {@link java.nio.file.Path}, or a {@link java.net.URI} if
	 * the storage has no files. Only there if the endpoint wants its uploads by path.
	 */
	public static final String LOCATION = "io.github.tusspring.LOCATION";

	private TusAttributes() {
	}

}
