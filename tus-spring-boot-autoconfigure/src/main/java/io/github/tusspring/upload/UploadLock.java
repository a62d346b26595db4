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
	 * Lets go of the upload.
	 */
	@Override
	void close();

}
