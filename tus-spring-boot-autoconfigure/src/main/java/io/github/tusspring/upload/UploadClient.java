package io.github.tusspring.upload;

import org.jspecify.annotations.Nullable;

/**
 * Who asks for an upload, and where.
 *
 * @param principal the name of the client's principal, or {@code null}
 * @param endpoint the path of the application's own endpoint at which the client asks, or
 * {@code null}
 */
public record UploadClient(@Nullable String principal, @Nullable String endpoint) {

	/**
	 * A client without a principal that asks at no endpoint of the application's own.
	 */
	public static final UploadClient ANONYMOUS = new UploadClient(null, null);

	/**
	 * Whether the client may see an upload. To others it does not exist.
	 * @param upload the upload
	 * @return {@code true} if it is the client's, and of this endpoint
	 */
	public boolean mayReach(Upload upload) {
		return (upload.owner() == null || upload.owner().equals(this.principal))
				&& java.util.Objects.equals(upload.endpoint(), this.endpoint);
	}

}
