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

import org.springframework.util.Assert;

/**
 * Thrown by an application to refuse an upload: by an {@link UploadInterceptor} before it
 * is created, or by a listener when it is finished. The client gets the status and the
 * message as plain text; an upload that was finished loses its content and is gone from
 * then on.
 */
public class UploadRejectedException extends UploadException {

	private final int status;

	/**
	 * Creates an exception that refuses an upload.
	 * @param status the status for the client, of the 4xx family
	 * @param message the message for the client
	 */
	public UploadRejectedException(int status, String message) {
		super(RefusalReason.REJECTED, message);
		Assert.isTrue(status >= 400 && status < 500, "'status' must be of the 4xx family");
		this.status = status;
	}

	/**
	 * Returns the status for the client.
	 * @return the status
	 */
	public int status() {
		return this.status;
	}

}
