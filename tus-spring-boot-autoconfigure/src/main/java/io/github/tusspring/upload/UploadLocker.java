package io.github.tusspring.upload;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Gives each upload to one holder at a time. A holder can be asked to let go, and does so
 * at once unless it is in the middle of something that must not be interrupted: a
 * newcomer never waits for a dead connection. Locks are not bound to a thread.
 * Implementations are thread-safe.
 */
public interface UploadLocker {

	/**
	 * Takes the lock of an upload, from its holder if need be.
	 * @param id the upload's id
	 * @param onRequest called, by any thread and any number of times, when somebody else
	 * wants the lock: gets the holder to close it soon and returns {@code true}, or
	 * returns {@code false} if that will not happen
	 * @param timeout how long to wait for a holder that is going to let go
	 * @return the lock
	 * @throws UploadLockedException if the lock can't be had, or not in time
	 */
	UploadLock lock(UploadId id, BooleanSupplier onRequest, Duration timeout);

	/**
	 * Takes the lock of an upload that nobody holds, without disturbing a holder. Who
	 * asks for this lock later is refused.
	 * @param id the upload's id
	 * @return the lock
	 * @throws UploadLockedException if somebody holds it
	 */
	UploadLock tryLock(UploadId id);

}
