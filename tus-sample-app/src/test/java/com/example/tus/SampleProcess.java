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

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

import org.awaitility.Awaitility;

/**
 * The sample as a process of its own with a small heap, to be killed.
 */
final class SampleProcess implements Closeable {

	private static final String CLASS_PATH = System.getProperty("java.class.path");

	private final Process process;

	private final List<String> output = new CopyOnWriteArrayList<>();

	private final int port;

	SampleProcess(Path directory) throws IOException {
		this(SampleApplication.class, directory);
	}

	SampleProcess(Class<?> main, Path directory, String... arguments) throws IOException {
		this(List.of("-cp", CLASS_PATH, "-Dspring.devtools.restart.enabled=false", main.getName()), directory, 0,
				arguments);
	}

	private SampleProcess(List<String> application, Path directory, int port, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m"));
		command.addAll(application);
		command.addAll(List.of("--server.port=" + port, "--tus.storage.disk.directory=" + directory));
		command.addAll(List.of(arguments));
		this.process = new ProcessBuilder(command).redirectErrorStream(true).start();
		Thread reader = new Thread(this::read, "output");
		reader.setDaemon(true);
		reader.start();
		String started = awaitLine((line) -> line.contains("Tomcat started on port "));
		this.port = Integer.parseInt(started.replaceAll(".*Tomcat started on port (\\d+).*", "$1"));
	}

	/**
	 * Starts the sample with Boot's devtools, which start it again within its process as
	 * soon as anything changes.
	 * @param directory where uploads are kept
	 * @param changes a directory of the class path
	 * @param port the port, which has to stay the same
	 */
	static SampleProcess withDevtools(Path directory, Path changes, int port) throws IOException {
		return new SampleProcess(
				List.of("-cp", CLASS_PATH + File.pathSeparator + changes, "-XX:SoftRefLRUPolicyMSPerMB=0",
						"-Dspring.devtools.livereload.enabled=false", "-Dspring.devtools.restart.poll-interval=100ms",
						"-Dspring.devtools.restart.quiet-period=50ms", SampleApplication.class.getName()),
				directory, port);
	}

	/**
	 * Starts the packaged sample as it was AOT-processed.
	 * @param jar the sample's jar
	 * @param directory where uploads are kept
	 * @param arguments more of the command line
	 */
	static SampleProcess aotProcessed(Path jar, Path directory, String... arguments) throws IOException {
		return new SampleProcess(List.of("-Dspring.aot.enabled=true", "-jar", jar.toString()), directory, 0, arguments);
	}

	int port() {
		return this.port;
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Waits for a line of the output.
	 */
	String awaitLine(Predicate<String> wanted) {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(90))
			.conditionEvaluationListener(null)
			.until(() -> this.output.stream().filter(wanted).findFirst().orElse(null), (line) -> {
				if (line == null && !this.process.isAlive()) {
					throw new IllegalStateException("The sample has ended:\n" + String.join("\n", this.output));
				}
				return line != null;
			});
	}

	List<String> output() {
		return this.output;
	}

	/**
	 * Kills the process as {@code kill -9} does.
	 */
	void kill() {
		this.process.destroyForcibly();
		this.process.onExit().join();
	}

	private void read() {
		try (BufferedReader reader = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			reader.lines().forEach(this.output::add);
		}
		catch (IOException | UncheckedIOException ex) {
			// Killed.
		}
	}

	@Override
	public void close() {
		kill();
	}

}
