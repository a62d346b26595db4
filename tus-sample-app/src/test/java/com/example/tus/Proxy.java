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

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A proxy in front of the application, configured as the documentation has it.
 *
 * @param port its port
 * @param process its process
 */
record Proxy(int port, Process process) implements AutoCloseable {

	static Proxy nginx(Path directory, int application) throws IOException {
		int port = freePort();
		String location = Documentation.code("proxies.md", "nginx", "nginx")
			.replace("127.0.0.1:8080", "127.0.0.1:" + application);
		return start("/usr/sbin/nginx", directory, port, """
				daemon off;
				master_process off;
				pid %1$s/nginx.pid;
				error_log %1$s/error.log;
				events {}
				http {
					access_log off;
					client_body_temp_path %1$s/body;
					proxy_temp_path %1$s/proxy;
					fastcgi_temp_path %1$s/fastcgi;
					uwsgi_temp_path %1$s/uwsgi;
					scgi_temp_path %1$s/scgi;
					server {
						listen 127.0.0.1:%2$d;
						%3$s
					}
				}
				""".formatted(directory, port, location), "-p", directory.toString(), "-e",
				directory.resolve("error.log").toString(), "-c");
	}

	static Proxy haproxy(Path directory, int application) throws IOException {
		int port = freePort();
		return start("/usr/sbin/haproxy", directory, port,
				Documentation.code("proxies.md", "HAProxy", "haproxy")
					.replace("bind :80", "bind 127.0.0.1:" + port)
					.replace("127.0.0.1:8080", "127.0.0.1:" + application) + "\n",
				"-db", "-f");
	}

	private static Proxy start(String proxy, Path directory, int port, String configuration, String... options)
			throws IOException {
		Assumptions.assumeTrue(Files.isExecutable(Path.of(proxy)), () -> proxy + " is not installed");
		Path file = Files.writeString(directory.resolve("proxy.conf"), configuration);
		List<String> command = new ArrayList<>(List.of(proxy));
		command.addAll(List.of(options));
		command.add(file.toString());
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(directory.resolve("output").toFile())
			.start();
		Awaitility.await(proxy).until(() -> {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				return socket.isConnected();
			}
			catch (IOException ex) {
				assertThat(process.isAlive()).as(Files.readString(directory.resolve("output"))).isTrue();
				return false;
			}
		});
		return new Proxy(port, process);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly().onExit().join();
	}

}
