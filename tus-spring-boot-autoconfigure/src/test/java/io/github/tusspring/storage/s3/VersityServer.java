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

package io.github.tusspring.storage.s3;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/**
 * The Versity S3 Gateway in a process of its own, which keeps everything in a directory.
 */
public final class VersityServer implements S3Server {

	private final Path directory;

	private Process process;

	private final int port;

	public VersityServer(Path directory) throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			this.port = socket.getLocalPort();
		}
		this.directory = directory;
		restart();
	}

	/**
	 * Ends the server at once.
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

	/**
	 * Starts the server again, at the same port and with what it has kept.
	 */
	public void restart() throws IOException {
		this.process = start(this.directory, this.port);
		await().atMost(20, TimeUnit.SECONDS).until(this::isListening);
	}

	private static Process start(Path directory, int port) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(find(), "--port", "127.0.0.1:" + port, "--quiet", "posix",
				directory.toString());
		builder.environment().put("ROOT_ACCESS_KEY", ACCESS_KEY);
		builder.environment().put("ROOT_SECRET_KEY", SECRET_KEY);
		return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
	}

	private boolean isListening() {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Whether the program is there: {@code go install} puts it into {@code ~/go/bin}.
	 */
	public static boolean isInstalled() {
		return find() != null;
	}

	private static String find() {
		Stream<String> path = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
		return Stream.concat(path, Stream.of(System.getProperty("user.home") + "/go/bin"))
			.map((directory) -> Path.of(directory, "versitygw"))
			.filter(Files::isExecutable)
			.map(Path::toString)
			.findFirst()
			.orElse(null);
	}

	@Override
	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.port);
	}

	/**
	 * Returns the id of the process.
	 */
	public long pid() {
		return this.process.pid();
	}

	@Override
	public void close() {
		try {
			kill();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
