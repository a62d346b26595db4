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

package com.example.tus;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.github.tusspring.protocol.tus.TusTarget;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's jar, which runs as it was AOT-processed.
 */
final class AotProcessedSample implements TusTarget, Closeable {

	private static final Path JAR = Path.of("target/tus-sample-app.jar");

	private final Path directory;

	private final SampleProcess process;

	AotProcessedSample(Path directory) throws IOException {
		assertThat(JAR).exists();
		this.directory = directory;
		this.process = SampleProcess.aotProcessed(JAR, directory, "--tus.storage.disk.min-free-space=0",
				"--tus.download.enabled=false");
		assertThat(this.process.output()).anyMatch((line) -> line.contains("Starting AOT-processed SampleApplication"));
	}

	@Override
	public URI creation() {
		return URI.create("http://127.0.0.1:" + this.process.port() + "/files");
	}

	@Override
	public byte @Nullable [] stored(String id) {
		try {
			Path file = this.directory.resolve(id);
			return Files.exists(file) ? Files.readAllBytes(file) : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public long count() {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Ends the sample. What clients have done has troubled no operator.
	 */
	@Override
	public void close() {
		this.process.close();
		assertThat(this.process.output()).noneMatch((line) -> line.contains(" WARN ") || line.contains(" ERROR "));
	}

}
