package io.github.tusspring.upload;

/**
 * There are as many unfinished uploads, or open appends, as there may be: a creation may
 * be tried again later.
 */
public class TooManyUploadsException extends UploadException {

	public TooManyUploadsException(String message) {
		super(message);
	}

}
