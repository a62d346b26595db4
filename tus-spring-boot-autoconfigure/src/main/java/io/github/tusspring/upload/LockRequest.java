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

package io.github.tusspring.upload;

/**
 * What a request wants the lock for that another one holds.
 *
 * @param purpose what is going to be done
 * @param offset where an append is going to begin, 0 for other purposes
 */
public record LockRequest(Purpose purpose, long offset) {

	/**
	 * Wants to append.
	 * @param offset where, so that a stray request at a wrong offset ends no healthy
	 * append
	 * @return the request
	 */
	public static LockRequest append(long offset) {
		return new LockRequest(Purpose.APPEND, offset);
	}

	/**
	 * Wants to know the offset to continue at: an append that still receives bytes needs
	 * not end.
	 * @return the request
	 */
	public static LockRequest inspect() {
		return new LockRequest(Purpose.INSPECT, 0);
	}

	/**
	 * Wants to know an offset at which the next append is going to be taken: an append
	 * that still receives bytes ends, since its client must have given it up.
	 * @return the request
	 */
	public static LockRequest takeOver() {
		return new LockRequest(Purpose.TAKE_OVER, 0);
	}

	/**
	 * Wants to remove the upload.
	 * @return the request
	 */
	public static LockRequest remove() {
		return new LockRequest(Purpose.REMOVE, 0);
	}

	/**
	 * Kinds of requests.
	 */
	public enum Purpose {

		/**
		 * To append bytes.
		 */
		APPEND,

		/**
		 * To look at the offset.
		 */
		INSPECT,

		/**
		 * To look at the offset and continue there.
		 */
		TAKE_OVER,

		/**
		 * To remove the upload.
		 */
		REMOVE

	}

}
