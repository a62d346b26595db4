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

package io.github.tusspring.test;

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

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A proxy of this machine that lets requests below {@code /files} through to an
 * application, over connections that it uses again, and refuses all others.
 */
public enum ReverseProxy {

	NGINX("/usr/sbin/nginx", """
			daemon off;
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
				upstream application {
					server 127.0.0.1:%3$d;
					keepalive 1;
				}
				server {
					listen 127.0.0.1:%2$d;
					location / {
						return 403;
					}
					location /files {
						proxy_pass http://application;
						proxy_http_version 1.1;
						proxy_set_header Connection "";
						proxy_request_buffering off;
						client_max_body_size 0;
					}
				}
			}
			""", "-p", "%1$s", "-e", "%1$s/error.log", "-c"),

	HAPROXY("/usr/sbin/haproxy", """
			defaults
				mode http
				timeout connect 5s
				timeout client 1m
				timeout server 5m
				http-reuse always

			frontend web
				bind 127.0.0.1:%2$d
				http-request del-header Upgrade unless { req.hdr(Upgrade) -i websocket }
				http-request deny unless { path_beg /files }
				default_backend application

			backend application
				server application 127.0.0.1:%3$d
			""", "-db", "-f");

	private final String program;

	private final String configuration;

	private final List<String> options;

	ReverseProxy(String program, String configuration, String... options) {
		this.program = program;
		this.configuration = configuration;
		this.options = List.of(options);
	}

	/**
	 * Starts the proxy, or skips the test where it isn't installed.
	 */
	public Running start(int port) throws IOException {
		Assumptions.assumeTrue(Files.isExecutable(Path.of(this.program)), () -> this.program + " is not installed");
		Path directory = Files.createTempDirectory("tus-proxy");
		int proxyPort = freePort();
		List<String> command = new ArrayList<>(List.of(this.program));
		this.options.forEach((option) -> command.add(option.formatted(directory)));
		command.add(Files
			.writeString(directory.resolve("proxy.conf"), this.configuration.formatted(directory, proxyPort, port))
			.toString());
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(directory.resolve("output").toFile())
			.start();
		Running running = new Running(proxyPort, process, directory);
		Awaitility.await(this.program).until(running::isOpen);
		return running;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	/**
	 * A proxy that runs.
	 */
	public record Running(int port, Process process, Path directory) implements AutoCloseable {

		private boolean isOpen() throws IOException {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
				return socket.isConnected();
			}
			catch (IOException ex) {
				assertThat(this.process.isAlive()).as(Files.readString(this.directory.resolve("output"))).isTrue();
				return false;
			}
		}

		@Override
		public void close() throws IOException {
			this.process.destroyForcibly().onExit().join();
			FileSystemUtils.deleteRecursively(this.directory);
		}

	}

}
