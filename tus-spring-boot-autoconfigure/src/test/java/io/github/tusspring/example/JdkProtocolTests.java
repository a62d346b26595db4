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

package io.github.tusspring.example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The protocol on the JDK's own server.
 */
@ExtendWith(ServerLimits.class)
class JdkProtocolTests extends AbstractTusProtocolTests {

	@TempDir
	static Path directory;

	private static JdkTusServer server;

	@BeforeAll
	static void start() throws IOException {
		server = new JdkTusServer(directory, (event) -> {
		});
		server.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void advertisesNoTrailers() {
		RawResponse response = send(RawRequest.of("OPTIONS", target().creation()));
		assertThat(response.header("Tus-Extension")).contains("checksum").doesNotContain("checksum-trailer");
	}

	@Override
	protected TusTarget target() {
		return new TusTarget() {

			@Override
			public URI creation() {
				return URI.create("http://127.0.0.1:" + server.port() + "/files");
			}

			@Override
			public byte @Nullable [] stored(String id) {
				try {
					Path file = directory.resolve(id);
					return Files.exists(file) ? Files.readAllBytes(file) : null;
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}

			@Override
			public long count() {
				try (Stream<Path> files = Files.list(directory)) {
					return files.count();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}

		};
	}

}
