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

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.tusspring.storage.s3.S3Server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Instances of an application in processes of their own, behind nginx as
 * {@code docs/cluster.md} configures it.
 */
final class Cluster implements AutoCloseable {

	/**
	 * What the SDK of AWS looks for.
	 */
	private static final Map<String, String> ENVIRONMENT = Map.of("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY,
			"AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);

	static final String NGINX = "/usr/sbin/nginx";

	private final List<Instance> instances = new ArrayList<>();

	private final Path directory;

	private final int proxyPort = freePort();

	private final Process proxy;

	/**
	 * Starts a cluster.
	 * @param directory where everything lies
	 * @param size the number of instances
	 * @param properties what the instances have in common
	 */
	Cluster(Path directory, int size, List<String> properties) throws Exception {
		this.directory = directory;
		Files.createDirectories(uploads());
		for (int i = 0; i < size; i++) {
			this.instances.add(new Instance(i, properties));
		}
		for (Instance instance : this.instances) {
			instance.start();
		}
		this.proxy = startProxy();
		for (Instance instance : this.instances) {
			instance.awaitStart();
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> isOpen(this.proxyPort));
	}

	Path uploads() {
		return this.directory.resolve("uploads");
	}

	int proxyPort() {
		return this.proxyPort;
	}

	Instance instance(int index) {
		return this.instances.get(index);
	}

	private Process startProxy() throws IOException {
		String configuration = documented("nginx");
		StringBuilder servers = new StringBuilder();
		for (Instance instance : this.instances) {
			servers.append("server 127.0.0.1:").append(instance.port).append(" max_fails=1 fail_timeout=1s;\n");
		}
		Path file = this.directory.resolve("nginx.conf");
		Files.writeString(file,
				"""
						daemon off;
						pid %1$s/nginx.pid;
						events {}
						http {
							access_log off;
							client_body_temp_path %1$s/body;
							proxy_temp_path %1$s/proxy;
							fastcgi_temp_path %1$s/fastcgi;
							uwsgi_temp_path %1$s/uwsgi;
							scgi_temp_path %1$s/scgi;
							%2$s
						}
						""".formatted(this.directory,
						configuration
							.replaceAll("(?s)(upstream \\w+ \\{).*?\\}",
									Matcher.quoteReplacement("upstream application {\n" + servers + "}"))
							.replaceAll("listen [^;]+;", "listen 127.0.0.1:" + this.proxyPort + ";")));
		return new ProcessBuilder(NGINX, "-p", this.directory.toString(), "-e",
				this.directory.resolve("nginx.log").toString(), "-c", file.toString())
			.inheritIO()
			.start();
	}

	private static String documented(String language) throws IOException {
		Matcher code = Pattern.compile("(?s)```" + language + "\n(.*?)```")
			.matcher(Files.readString(Path.of("../docs/cluster.md")));
		assertThat(code.find()).isTrue();
		return code.group(1);
	}

	/**
	 * Returns what the listeners of all instances have heard of.
	 */
	List<String> deliveries() throws IOException {
		List<String> lines = new ArrayList<>();
		for (Instance instance : this.instances) {
			if (Files.exists(instance.journal())) {
				Files.readAllLines(instance.journal(), StandardCharsets.US_ASCII)
					.stream()
					.filter((line) -> line.endsWith(" ."))
					.forEach(lines::add);
			}
		}
		return lines;
	}

	String log() throws IOException {
		StringBuilder log = new StringBuilder();
		for (Instance instance : this.instances) {
			log.append(Files.readString(instance.log()));
		}
		return log.toString();
	}

	/**
	 * What was logged at ERROR, each entry with its stack trace.
	 */
	List<String> errors() throws IOException {
		return Arrays.stream(log().split("\n(?=\\d{4}-\\d{2}-\\d{2}T)"))
			.filter((entry) -> entry.lines().findFirst().orElse("").contains(" ERROR "))
			.toList();
	}

	@Override
	public void close() throws Exception {
		for (Instance instance : this.instances) {
			instance.kill();
		}
		this.proxy.destroy();
		if (!this.proxy.waitFor(5, TimeUnit.SECONDS)) {
			this.proxy.destroyForcibly();
		}
	}

	/**
	 * Sends a signal to a process, such as {@code STOP}.
	 */
	static void signal(long process, String signal) throws Exception {
		assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(process)).start().waitFor()).isZero();
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	static boolean isOpen(int port) throws IOException {
		try (Socket socket = new Socket("127.0.0.1", port)) {
			return socket.isConnected();
		}
		catch (java.net.ConnectException ex) {
			return false;
		}
	}

	/**
	 * One of the processes.
	 */
	final class Instance {

		private final int port = freePort();

		private final String name;

		private final List<String> properties;

		private Process process;

		private Instance(int index, List<String> properties) {
			this.name = "instance-" + index;
			this.properties = properties;
		}

		int port() {
			return this.port;
		}

		Path journal() {
			return Cluster.this.directory.resolve(this.name + ".journal");
		}

		Path log() {
			return Cluster.this.directory.resolve(this.name + ".log");
		}

		void start() throws IOException {
			List<String> command = new ArrayList<>(
					List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
							"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dcluster=true", "-Duploads=" + uploads(),
							"-Djournal=" + journal(), "-cp",
							System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
							KillableApplication.class.getName(), String.valueOf(this.port)));
			command.addAll(this.properties);
			ProcessBuilder builder = new ProcessBuilder(command);
			builder.environment().putAll(ENVIRONMENT);
			this.process = builder.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
				.start();
		}

		void awaitStart() {
			await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(50)).until(() -> {
				assertThat(this.process.isAlive()).as(() -> read(log())).isTrue();
				return isOpen(this.port);
			});
		}

		void kill() throws InterruptedException {
			this.process.destroyForcibly().waitFor();
		}

		/**
		 * Ends the process as a rolling update does.
		 */
		void terminate() throws InterruptedException {
			this.process.destroy();
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				throw new AssertionError(this.name + " does not end");
			}
		}

		void freeze() throws Exception {
			signal(this.process.pid(), "STOP");
		}

		void thaw() throws Exception {
			signal(this.process.pid(), "CONT");
		}

		private static String read(Path file) {
			try {
				return Files.readString(file);
			}
			catch (IOException ex) {
				return ex.toString();
			}
		}

	}

}
