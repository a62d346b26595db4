package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Moves files and forces them to the disk.
 */
final class FileContents {

	private static final Log logger = LogFactory.getLog(FileContents.class);

	private final boolean forced;

	/**
	 * Creates an instance.
	 * @param forced whether a move is to outlive a crash of the machine
	 */
	FileContents(boolean forced) {
		this.forced = forced;
	}

	/**
	 * Moves a file, atomically where the file systems can: else the target appears at
	 * once and complete, before the source is removed.
	 */
	void move(Path source, Path target) throws IOException {
		Path parent = Objects.requireNonNull(target.toAbsolutePath().getParent());
		try {
			Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (AtomicMoveNotSupportedException ex) {
			moveBetweenFileSystems(source, target, parent);
		}
		if (this.forced) {
			force(parent);
		}
	}

	private void moveBetweenFileSystems(Path source, Path target, Path parent) throws IOException {
		Path copy = Files.createTempFile(parent, target.getFileName() + ".", null);
		try {
			Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
			if (this.forced) {
				force(copy);
			}
			Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(copy);
		}
		if (this.forced) {
			force(parent);
		}
		Files.delete(source);
	}

	/**
	 * Forces a file or the entries of a directory to the disk.
	 */
	static void force(Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (NoSuchFileException ex) {
			logger.debug(LogMessage.format("'%s' was removed before it was forced", path));
		}
	}

}
