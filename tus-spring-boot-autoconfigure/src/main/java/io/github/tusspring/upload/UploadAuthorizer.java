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
 * Decides whether a client may do what it wants to do with an upload. Asked after the
 * upload was found to be the client's own, before anything is changed. All beans of this
 * type are asked in their order, and all have to agree. Must be thread-safe and quick: it
 * is asked for each request.
 */
@FunctionalInterface
public interface UploadAuthorizer {

	/**
	 * Checks what a client wants to do.
	 * @param access what, who and with which upload
	 * @throws UploadForbiddenException to refuse it. The client hears the message, with
	 * 403, if it may {@linkplain UploadIntent#INSPECT inspect} the upload or wants to
	 * create one, and 404 otherwise
	 */
	void authorize(UploadAccess access);

}
