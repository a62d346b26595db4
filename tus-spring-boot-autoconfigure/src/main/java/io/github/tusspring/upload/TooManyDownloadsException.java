package io.github.tusspring.upload;

/**
 * There are as many downloads as there may be: this one may be tried again soon.
 */
public class TooManyDownloadsException extends UploadException {

	public TooManyDownloadsException() {
		super("There are too many downloads");
	}

}
