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
 * What a storage is asked to do, as far as its time is worth knowing. Writing bytes is
 * not.
 */
public enum StorageOperation {

	/**
	 * Create an upload.
	 */
	CREATE,

	/**
	 * Find an upload.
	 */
	FIND,

	/**
	 * Open an upload for appending.
	 */
	APPEND,

	/**
	 * Make what was written count.
	 */
	COMMIT,

	/**
	 * Store what does not follow from an upload's bytes.
	 */
	UPDATE,

	/**
	 * Give a final upload the content of its parts.
	 */
	CONCATENATE,

	/**
	 * Move or remove a content.
	 */
	CONTENT,

	/**
	 * Remove an upload.
	 */
	DELETE

}
