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

import org.jspecify.annotations.Nullable;

/**
 * How a call of the storage has ended.
 */
public enum StorageCallOutcome {

	/**
	 * It was done.
	 */
	SUCCESS,

	/**
	 * It was not to be done, such as creating an upload whose id exists.
	 */
	REFUSED,

	/**
	 * The storage has failed, or has no room.
	 */
	ERROR;

	/**
	 * Returns the outcome of a call.
	 * @param failure what the storage has thrown, or {@code null}
	 * @return the outcome
	 */
	public static StorageCallOutcome of(@Nullable Throwable failure) {
		if (failure == null) {
			return SUCCESS;
		}
		boolean refused = failure instanceof UploadException ex && ex.reason() != RefusalReason.STORAGE
				&& ex.reason() != RefusalReason.NO_SPACE;
		return refused ? REFUSED : ERROR;
	}

}
