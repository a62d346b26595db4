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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.util.Map;

import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadStorage;

/**
 * Where the uploads of a random sequence are, while engines come and go.
 */
interface ModelStore {

	/**
	 * Opens a storage, as another process does.
	 */
	UploadStorage open() throws IOException;

	/**
	 * Whether bytes count and can be read as soon as they were written, rather than at
	 * the end of an append and of an upload.
	 */
	boolean isImmediate();

	/**
	 * Returns what is stored of an upload, or {@code null} if there is nothing.
	 */
	byte[] content(UploadId id) throws IOException;

	/**
	 * Checks that nothing is stored but what the uploads need.
	 */
	void check(Map<UploadId, UploadModel> uploads) throws IOException;

}
