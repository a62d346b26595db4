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
 * What a client wants to do with an upload.
 */
public enum UploadIntent {

	/**
	 * To create it.
	 */
	CREATE,

	/**
	 * To see how far it is, and what was said about it. Who may not do that hears that
	 * there is no such upload, whatever else it asks for.
	 */
	INSPECT,

	/**
	 * To add bytes to it, or to declare its length.
	 */
	APPEND,

	/**
	 * To remove it.
	 */
	TERMINATE,

	/**
	 * To make it a part of a final upload.
	 */
	CONCATENATE,

	/**
	 * To get its content.
	 */
	DOWNLOAD,

	/**
	 * To have it delivered to the application, now that all its bytes are there: asked
	 * last, since a right may have been lost while the bytes came.
	 */
	DELIVER

}
