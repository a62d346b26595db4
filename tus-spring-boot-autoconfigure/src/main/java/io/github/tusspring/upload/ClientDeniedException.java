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
 * The client that brought a full upload was turned away on its way to the application: it
 * may not go there, or asks for what can't be had. The upload stays
 * {@link UploadState#FINISHING} until its client comes back with a better request. The
 * application has not failed.
 */
public class ClientDeniedException extends UploadException {

	/**
	 * Creates an exception.
	 * @param message what the client was told, for the log
	 */
	public ClientDeniedException(String message) {
		super(RefusalReason.FORBIDDEN, message);
	}

}
