package io.github.tusspring.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Thrown when uploads can't be kept in the directory that is configured.
 */
class UnusableDirectoryException extends RuntimeException {

	private final transient Path directory;

	UnusableDirectoryException(Path directory, IOException cause) {
		super("Directory '" + directory + "' can't be used: " + cause, cause);
		this.directory = directory;
	}

	Path getDirectory() {
		return this.directory;
	}

}
