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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.tusspring.test.TestServer;

import org.springframework.core.io.Resource;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with resumable endpoints in a process of its own.
 */
final class EndpointProcess {

	private EndpointProcess() {
	}

	/**
	 * Starts the application.
	 * @param args the directory of the uploads, and the file into which the port goes
	 */
	public static void main(String[] args) throws IOException {
		TestServer server = TestServer.tomcat()
			.with(Handlers.class)
			.directory(Path.of(args[0]))
			.property("tus.endpoints[0].path", "/hanging")
			.property("tus.endpoints[1].path", "/counting")
			.property("tus.endpoints[2].path", "/resource")
			.start();
		Path file = Path.of(args[1]);
		Path temporary = file.resolveSibling("port.tmp");
		Files.writeString(temporary, String.valueOf(server.port()));
		Files.move(temporary, file);
	}

	@RestController
	static class Handlers {

		@PostMapping("/hanging")
		String hang(@RequestBody String marker) throws Exception {
			Path file = Path.of(marker);
			if (Files.exists(file)) {
				return "taken at last";
			}
			Files.createFile(file);
			Thread.sleep(60_000);
			return "never";
		}

		@PostMapping("/counting")
		String count(InputStream body) throws IOException {
			long count = 0;
			byte[] buffer = new byte[8192];
			for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
				count += read;
			}
			return String.valueOf(count);
		}

		@PostMapping("/resource")
		String resource(@RequestBody Resource body) throws IOException {
			return String.valueOf(body.contentLength());
		}

	}

}
