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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The protocol on the sample's AOT-processed jar, if it was packaged.
 */
@Tag("long")
class AotProtocolTests extends AbstractTusProtocolTests {

	private static final Path JAR = Path.of("../tus-sample-app/target/tus-sample-app.jar");

	private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

	@TempDir
	static Path directory;

	private static @Nullable Process process;

	private static int port;

	@BeforeAll
	static void start() throws IOException {
		assumeThat(JAR).as("the sample is packaged").exists();
		Process started = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Dspring.aot.enabled=true", "-jar", JAR.toString(), "--server.port=0",
				"--tus.storage.disk.min-free-space=0", "--tus.download.enabled=false",
				"--tus.storage.disk.directory=" + directory)
			.redirectErrorStream(true)
			.start();
		process = started;
		BufferedReader output = started.inputReader();
		StringBuilder text = new StringBuilder();
		for (String line = output.readLine(); line != null; line = output.readLine()) {
			text.append(line).append('\n');
			Matcher matcher = STARTED.matcher(line);
			if (matcher.find()) {
				port = Integer.parseInt(matcher.group(1));
				break;
			}
		}
		assertThat(text).contains("Starting AOT-processed SampleApplication");
		assertThat(port).as(text.toString()).isPositive();
		Thread reader = new Thread(() -> output.lines().forEach((line) -> {
		}));
		reader.setDaemon(true);
		reader.start();
	}

	@AfterAll
	static void stop() {
		if (process != null) {
			process.destroyForcibly().onExit().join();
		}
	}

	@Override
	protected TusTarget target() {
		return new TusTarget() {

			@Override
			public URI creation() {
				return URI.create("http://127.0.0.1:" + port + "/files");
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
