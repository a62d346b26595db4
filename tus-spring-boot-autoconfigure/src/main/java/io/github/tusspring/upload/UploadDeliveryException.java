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
 * The application failed to take a finished upload. It stays
 * {@link UploadState#FINISHING} and is delivered again.
 */
public class UploadDeliveryException extends UploadException {

	/**
	 * Creates an exception.
	 * @param id the upload's id
	 * @param cause what went wrong
	 */
	public UploadDeliveryException(UploadId id, Throwable cause) {
		super(RefusalReason.INVALID, "Delivery of upload '" + id.abbreviated() + "' failed", cause);
	}

	/**
	 * Whether it is the storage that failed: the application could not read the content.
	 * @return {@code true} if that passes by itself
	 */
	public boolean isStorageAway() {
		return isStorageAway(getCause());
	}

	/**
	 * Whether what an application has thrown comes from a storage that can't be used now.
	 */
	static boolean isStorageAway(@Nullable Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UploadUnavailableException) {
				return true;
			}
		}
		return false;
	}

}
