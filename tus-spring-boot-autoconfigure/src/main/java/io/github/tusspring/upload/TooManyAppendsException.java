package io.github.tusspring.upload;

/**
 * There are as many open appends as there may be: this one may be tried again soon.
 */
public class TooManyAppendsException extends UploadLockedException {

	public TooManyAppendsException() {
		super("There are too many open appends");
	}

}
