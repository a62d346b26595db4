package io.github.tusspring.upload;

/**
 * The right to change an upload. Can be closed by any thread, once or more.
 */
public interface UploadLock extends AutoCloseable {

	/**
	 * Returns the number of this lock: higher than that of any lock that was given out
	 * for the same upload before.
	 * @return the generation
	 */
	long generation();

	/**
	 * Whether nobody else can have the lock now. One that is kept by a lease is not held
	 * any more when the lease has run out. Costs next to nothing.
	 * @return {@code false} if the holder must not change the upload any more
	 */
	default boolean isHeld() {
		return true;
	}

	/**
	 * Lets go of the upload.
	 */
	@Override
	void close();

}
