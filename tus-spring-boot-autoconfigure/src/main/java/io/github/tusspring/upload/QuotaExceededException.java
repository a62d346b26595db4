package io.github.tusspring.upload;

/**
 * As much is stored as may be, of one client's or in all: nothing more is taken until
 * something of it has gone.
 */
public class QuotaExceededException extends UploadException {

	private final boolean ofClient;

	public QuotaExceededException(String limit) {
		this(limit, false);
	}

	QuotaExceededException(String limit, boolean ofClient) {
		super("There is no room within '" + limit + "'");
		this.ofClient = ofClient;
	}

	/**
	 * Whether it is the client's own uploads that leave no room.
	 */
	boolean isOfClient() {
		return this.ofClient;
	}

}
