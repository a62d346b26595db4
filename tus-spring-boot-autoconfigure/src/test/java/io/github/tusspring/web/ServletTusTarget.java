package io.github.tusspring.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.TestServer;
import org.jspecify.annotations.Nullable;

/**
 * A servlet container with our auto-configuration.
 *
 * @param server the server
 * @param path the creation URL's path
 */
record ServletTusTarget(TestServer server, String path) implements TusTarget {

	@Override
	public URI creation() {
		return this.server.uri(this.path);
	}

	@Override
	public byte @Nullable [] stored(String id) {
		Path file = this.server.directory().resolve(id);
		try {
			return Files.exists(file) ? Files.readAllBytes(file) : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public long count() {
		try (Stream<Path> files = Files.list(this.server.directory())) {
			return files.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
