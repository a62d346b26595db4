package io.github.tusspring.upload;

/**
 * How an append has ended.
 */
public enum AppendOutcome {

	/**
	 * All of its body was taken.
	 */
	COMPLETED,

	/**
	 * Its body was not what it should be.
	 */
	REFUSED,

	/**
	 * Its bytes don't have the checksum that its client sent.
	 */
	CHECKSUM_MISMATCH,

	/**
	 * Its connection broke.
	 */
	CLIENT_GONE,

	/**
	 * No byte came for too long.
	 */
	IDLE,

	/**
	 * Its bytes came too slowly.
	 */
	TOO_SLOW,

	/**
	 * A newer request has taken the upload over.
	 */
	TAKEN_OVER,

	/**
	 * The application is shutting down.
	 */
	SHUTDOWN,

	/**
	 * The storage failed or has no more room, or the lock was lost.
	 */
	FAILED;

	/**
	 * Whether the append has ended before its body, for a reason that doesn't lie in the
	 * bytes.
	 * @return {@code true} if its client may go on with the upload
	 */
	public boolean isInterrupted() {
		return this != COMPLETED && this != REFUSED && this != CHECKSUM_MISMATCH;
	}

	static AppendOutcome of(StopReason reason) {
		return switch (reason) {
			case TAKEN_OVER -> TAKEN_OVER;
			case IDLE -> IDLE;
			case TOO_SLOW -> TOO_SLOW;
			case SHUTDOWN -> SHUTDOWN;
			case LOCK_LOST -> FAILED;
		};
	}

}
