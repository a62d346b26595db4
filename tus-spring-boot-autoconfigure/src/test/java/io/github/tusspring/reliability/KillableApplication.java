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
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

/**
 * An application in a process of its own, to be killed. Its listener writes what it hears
 * of to a journal.
 */
final class KillableApplication {

	private KillableApplication() {
	}

	/**
	 * Starts the application.
	 * @param args the port, and properties as {@code name=value}
	 */
	public static void main(String[] args) {
		TestServer.Builder server = TestServer.tomcat()
			.with(JournalConfiguration.class)
			.directory(Path.of(System.getProperty("uploads")))
			.property("server.port", args[0]);
		if (Boolean.getBoolean("cluster")) {
			server.cluster();
		}
		for (int i = 1; i < args.length; i++) {
			server.property(args[i].substring(0, args[i].indexOf('=')), args[i].substring(args[i].indexOf('=') + 1));
		}
		server.start();
	}

	@Configuration(proxyBeanMethods = false)
	static class JournalConfiguration {

		@Bean
		Journal journal() throws IOException {
			return new Journal(Path.of(System.getProperty("journal")));
		}

	}

	/**
	 * Writes a line for each completed upload: id, seed of its content, length and hash.
	 */
	static class Journal {

		private final FileChannel file;

		Journal(Path path) throws IOException {
			this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
			// What was written last may lack its end.
			write("\n");
		}

		@EventListener
		void onCompleted(TusUploadCompletedEvent event) throws IOException, InterruptedException {
			Upload upload = event.upload();
			String hash = hash(event);
			Thread.sleep(delay(upload));
			write(upload.id() + " " + upload.metadata().get("seed") + " " + upload.length() + " " + hash + " .\n");
			Thread.sleep(ThreadLocalRandom.current().nextInt(10));
		}

		private static long delay(Upload upload) {
			String delay = upload.metadata().get("delay");
			return (delay != null) ? Long.parseLong(delay) : ThreadLocalRandom.current().nextInt(10);
		}

		private static String hash(TusUploadCompletedEvent event) throws IOException {
			try (InputStream content = event.resource().getInputStream()) {
				DigestInputStream digest = new DigestInputStream(content, MessageDigest.getInstance("SHA-256"));
				digest.transferTo(java.io.OutputStream.nullOutputStream());
				return HexFormat.of().formatHex(digest.getMessageDigest().digest());
			}
			catch (NoSuchAlgorithmException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private synchronized void write(String line) throws IOException {
			this.file.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
			this.file.force(false);
		}

	}

}
