package io.github.tusspring.web.endpoint;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadMetadata;

/**
 * Names of the request attributes that tell the handler of a resumable endpoint that it
 * has an upload before it, and which. A request from outside never has them.
 */
public final class TusAttributes {

	/**
	 * The {@link Upload}.
	 */
	public static final String UPLOAD = Upload.class.getName();

	/**
	 * The {@link UploadMetadata}, with a file name and type that can be used as such.
	 */
	public static final String METADATA = UploadMetadata.class.getName();

	/**
	 * Where the content lies: a {@link java.nio.file.Path}, or a {@link java.net.URI} if
	 * the storage has no files. Only there if the endpoint wants its uploads by path.
	 */
	public static final String LOCATION = TusAttributes.class.getName() + ".LOCATION";

	private TusAttributes() {
	}

}
