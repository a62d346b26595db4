package io.github.tusspring.upload;

/**
 * The content of an upload does not have the checksum that its client named for it: the
 * upload is refused.
 */
public class DigestMismatchException extends UploadRejectedException {

	DigestMismatchException() {
		super(400, "The content does not have its digest");
	}

}
