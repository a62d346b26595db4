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
 * As much is stored as may be, in total or for one client: nothing more is taken until
 * something of it is gone.
 */
public class QuotaExceededException extends UploadException {

	private final boolean ofClient;

	/**
	 * Creates an exception.
	 * @param limit the property that says how much there may be
	 */
	public QuotaExceededException(String limit) {
		this(limit, false);
	}

	/**
	 * Creates an exception.
	 * @param limit the property that says how much there may be
	 * @param ofClient whether it is the client's own uploads that leave no room
	 */
	QuotaExceededException(String limit, boolean ofClient) {
		super(RefusalReason.TOO_MANY, "There is no room within '" + limit + "'");
		this.ofClient = ofClient;
	}

	/**
	 * Whether it is the client's own uploads that leave no room.
	 */
	boolean isOfClient() {
		return this.ofClient;
	}

}
