package io.github.tusspring.upload;

/**
 * Hears of what others want while it holds an {@link UploadLock}. Called by any thread.
 */
@FunctionalInterface
public interface LockHolder {

	/**
	 * Holds a lock for a short while in the middle of which nothing can be interrupted.
	 */
	LockHolder UNINTERRUPTIBLE = (request) -> false;

	/**
	 * Called, any number of times, when somebody else wants the lock.
	 * @param request what it is wanted for
	 * @return {@code true} if the lock is going to be closed soon, {@code false} if that
	 * will not happen
	 */
	boolean asked(LockRequest request);

	/**
	 * Called when the lock can't be kept much longer, since what keeps it can't be
	 * reached: the holder has to end soon. What it stores after the lock is no longer
	 * {@link UploadLock#isHeld() held} is refused.
	 */
	default void lost() {
	}

}
