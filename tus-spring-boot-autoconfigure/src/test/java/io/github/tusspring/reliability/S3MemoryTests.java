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
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an application in a process of its own takes of the machine's memory while 50
 * clients upload at once, as fast as they can, to a store that takes everything.
 * {@code -Dmemory.megabytes} says how long each upload is.
 */
@Tag("long")
@EnabledOnOs(OS.LINUX)
class S3MemoryTests {

	private static final int UPLOADS = 50;

	private static final int MEGABYTES = Integer.getInteger("memory.megabytes", 1024);

	private static final int HEAP = 512;

	private static final int BUDGET = 128;

	private static final int BESIDE = 400;

	@TempDir
	Path temporary;

	/**
	 * The application.
	 */
	public static void main(String[] arguments) {
		S3Server.configure(TestServer.tomcat(), URI.create(arguments[0]), "uploads")
			.property("server.port", arguments[1])
			.property("tus.storage.s3.memory", BUDGET + "MB")
			.start();
	}

	@Test
	void processStaysWithinHeapAndBudgetAndABit() throws Exception {
		int port = Cluster.freePort();
		try (SwallowingStore store = new SwallowingStore()) {
			Process application = start(store, port);
			try {
				await().atMost(Duration.ofMinutes(2)).until(() -> Cluster.isOpen(port));
				long begin = System.nanoTime();
				upload(port);
				long peak = peak(application);
				System.out.printf("%d uploads of %d MiB in %d s: %d MiB resident at most%n", UPLOADS, MEGABYTES,
						Duration.ofNanos(System.nanoTime() - begin).toSeconds(), peak);
				assertThat(store.swallowed()).isGreaterThanOrEqualTo((long) UPLOADS * MEGABYTES * 1024 * 1024);
				assertThat(peak).isLessThan(HEAP + BUDGET + BESIDE);
			}
			finally {
				application.destroyForcibly().waitFor();
			}
		}
	}

	private Process start(SwallowingStore store, int port) throws IOException {
		return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx" + HEAP + "m", "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				S3MemoryTests.class.getName(), store.endpoint().toString(), "" + port)
			.redirectErrorStream(true)
			.redirectOutput(this.temporary.resolve("log").toFile())
			.start();
	}

	private static void upload(int port) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(UPLOADS);
		try {
			List<Future<Integer>> answers = new ArrayList<>();
			for (int i = 0; i < UPLOADS; i++) {
				answers.add(threads.submit(() -> uploadOne(port)));
			}
			for (Future<Integer> answer : answers) {
				assertThat(answer.get()).isEqualTo(201);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private static int uploadOne(int port) throws IOException {
		long length = MEGABYTES * 1024L * 1024;
		HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/files")
			.toURL()
			.openConnection();
		connection.setRequestMethod("POST");
		connection.setDoOutput(true);
		connection.setFixedLengthStreamingMode(length);
		connection.setRequestProperty("Tus-Resumable", "1.0.0");
		connection.setRequestProperty("Upload-Length", "" + length);
		connection.setRequestProperty("Content-Type", "application/offset+octet-stream");
		byte[] piece = new byte[1024 * 1024];
		try (OutputStream out = connection.getOutputStream()) {
			for (int i = 0; i < MEGABYTES; i++) {
				out.write(piece);
			}
		}
		return connection.getResponseCode();
	}

	/**
	 * Returns how much of the machine's memory a process had at most, in MiB.
	 */
	private static long peak(Process process) throws IOException {
		return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))
			.stream()
			.filter((line) -> line.startsWith("VmHWM:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
			.findFirst()
			.orElseThrow();
	}

}
