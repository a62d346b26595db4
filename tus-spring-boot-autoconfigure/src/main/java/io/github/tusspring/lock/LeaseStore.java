/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.lock;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * Where all instances of an application see who has which upload, and until when: a
 * server that has one clock for all of them. Implementations are thread-safe; every
 * method is one short conversation with the server, and throws any exception if that
 * fails.
 */
public interface LeaseStore {

	/**
	 * Takes an upload's lease if nobody else has one that runs. One that the owner has
	 * already is taken again: it never heard of that, or could not let go.
	 * @param id the upload's id
	 * @param owner who takes it
	 * @param duration how long it runs
	 * @param wish what to tell a holder, or {@code null} to tell nothing
	 * @return how that went
	 */
	Attempt acquire(UploadId id, String owner, Duration duration, @Nullable Wish wish);

	/**
	 * Tells the holder of a lease what another one wants, if there is a holder.
	 * @param wish the wish
	 * @return how that went, as of an attempt that takes no lease
	 */
	Attempt tell(Wish wish);

	/**
	 * Prolongs leases that still run.
	 * @param ids the ids of the uploads
	 * @param owner who has them
	 * @param duration how long they run from now on
	 * @return those of the uploads whose lease the owner has
	 */
	Collection<UploadId> renew(Collection<UploadId> ids, String owner, Duration duration);

	/**
	 * Ends a lease.
	 * @param id the upload's id
	 * @param owner who has it
	 * @param generation which one it is: no other is ended
	 */
	void release(UploadId id, String owner, long generation);

	/**
	 * Returns what others want of the leases that somebody has. A wish may be returned
	 * more than once.
	 * @param owner who has the leases
	 * @return the wishes
	 */
	List<Wish> wishes(String owner);

	/**
	 * Answers a wish: it will not come true.
	 * @param wish the wish
	 * @param owner who has the lease
	 */
	void refuse(Wish wish, String owner);

	/**
	 * Removes what is kept of uploads that nobody has used for long. Called when the
	 * first lock is taken and every hour after, by each instance that has locks. May take
	 * longer than the others.
	 */
	default void tidy() {
	}

	/**
	 * Returns how often to look for what others say.
	 * @return the time between two looks
	 */
	Duration interval();

	/**
	 * What another one wants of the holder of a lease.
	 *
	 * @param id the upload's id
	 * @param token tells this wish from all others
	 * @param request what the upload is wanted for
	 */
	record Wish(UploadId id, String token, LockRequest request) {
	}

	/**
	 * How an attempt to take a lease went.
	 *
	 * @param acquired whether the lease was taken
	 * @param held whether another one has it
	 * @param generation the number of the lease that was taken: higher than those before
	 * @param refused the token of the wish that the holder has refused last, or
	 * {@code null}
	 */
	record Attempt(boolean acquired, boolean held, long generation, @Nullable String refused) {

		/**
		 * Returns the result of an attempt that took the lease.
		 * @param generation its number
		 * @return the result
		 */
		public static Attempt acquired(long generation) {
			return new Attempt(true, false, generation, null);
		}

		/**
		 * Returns the result of an attempt to take what another one has.
		 * @param refused the token of the wish that the holder has refused last, or
		 * {@code null}
		 * @return the result
		 */
		public static Attempt held(@Nullable String refused) {
			return new Attempt(false, true, 0, refused);
		}

		/**
		 * Returns the result of an attempt that found no holder.
		 * @return the result
		 */
		public static Attempt free() {
			return new Attempt(false, false, 0, null);
		}

	}

}
