package io.github.tusspring.upload;

/**
 * Why an append is to end before its body does.
 */
public enum StopReason {

	/**
	 * A newer request wants the upload.
	 */
	TAKEN_OVER,

	/**
	 * No byte came for too long.
	 */
	IDLE,

	/**
	 * Bytes came, but fewer than the minimum rate asks for.
	 */
	TOO_SLOW,

	/**
	 * The application is shutting down.
	 */
	SHUTDOWN,

	/**
	 * What keeps the upload's lock can't be reached, so that it can't be kept.
	 */
	LOCK_LOST

}
