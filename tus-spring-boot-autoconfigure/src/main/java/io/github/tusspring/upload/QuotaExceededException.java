package io.github.tusspring.upload;

/**
 * As much is stored as may be, of one client's or in all: nothing more is taken until
 * something of it has gone.
 */
public class QuotaExceededException extends UploadException {

	public QuotaExceededException(String limit) {
		super("There is no room within '" + limit + "'");
	}

}
