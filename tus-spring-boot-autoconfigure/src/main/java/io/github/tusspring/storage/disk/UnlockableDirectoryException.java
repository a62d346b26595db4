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

package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/**
 * Thrown when a directory that several instances are to share is on a file system that
 * locks no files.
 */
public class UnlockableDirectoryException extends FileSystemException {

	/**
	 * Creates an exception.
	 * @param directory the directory
	 * @param cause why a file can't be locked
	 */
	public UnlockableDirectoryException(Path directory, IOException cause) {
		super(directory.toString(), null, "its file system locks no files (" + cause.getMessage() + ")");
		initCause(cause);
	}

}
