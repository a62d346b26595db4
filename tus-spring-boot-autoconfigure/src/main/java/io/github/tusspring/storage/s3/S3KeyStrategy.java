package io.github.tusspring.storage.s3;

import io.github.tusspring.upload.NewUpload;

/**
 * Says where the content of a new upload is going to lie: below a tenant's name, a date,
 * or in a bucket of its own. Asked once for each upload. What it says must be unique to
 * the upload, so the upload's id should be in it. The upload's manifest lies where it
 * always does. Implementations are thread-safe.
 */
@FunctionalInterface
public interface S3KeyStrategy {

	/**
	 * Returns where the content of an upload is going to lie.
	 * @param upload the new upload
	 * @return the location
	 */
	S3Location locate(NewUpload upload);

}
