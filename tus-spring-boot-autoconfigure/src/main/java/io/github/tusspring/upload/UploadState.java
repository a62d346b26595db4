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
 * The states of an upload that a storage keeps. An upload that was terminated or has
 * expired is in none of them: it is gone.
 */
public enum UploadState {

	/**
	 * Bytes are missing, or the length is not known yet.
	 */
	RECEIVING,

	/**
	 * All bytes are stored, the application has not taken the upload yet. An upload stays
	 * here while its delivery fails, and is delivered again.
	 */
	FINISHING,

	/**
	 * The application has taken the upload. A partial upload is completed when it has all
	 * its bytes.
	 */
	COMPLETED,

	/**
	 * The application has refused the upload; its content is gone.
	 */
	REJECTED;

	/**
	 * Whether the application has decided about the upload: this state is the last one.
	 * @return {@code true} for {@link #COMPLETED} and {@link #REJECTED}
	 */
	public boolean isSettled() {
		return this == COMPLETED || this == REJECTED;
	}

}
