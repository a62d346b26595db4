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
