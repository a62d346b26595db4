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

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application that is killed again and again while clients upload: nothing that was
 * acknowledged is lost, and each finished upload is delivered. {@code -Dkill.rounds} says
 * how often.
 */
@Tag("long")
class KillTests {

	private static final int CLIENTS = 16;

	private static final int MAX_LENGTH = 1_500_000;

	@TempDir
	Path temporary;

	private Process process;

	@AfterEach
	void endProcess() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
	}

	@Test
	void nothingAcknowledgedIsLostWhenTheApplicationIsKilled() throws Exception {
		int rounds = Integer.getInteger("kill.rounds", 3);
		int port = freePort();
		Path uploads = Files.createDirectory(this.temporary.resolve("uploads"));
		Path journal = this.temporary.resolve("journal");
		Map<String, Long> completed = ResumingClient.newResults();
		List<ResumingClient> clients = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		Random random = new Random();
		for (int i = 0; i < CLIENTS; i++) {
			ResumingClient client = new ResumingClient(port, random.nextLong(), MAX_LENGTH, completed);
			clients.add(client);
			threads.add(new Thread(client, "client-" + i));
		}
		threads.forEach(Thread::start);
		for (int round = 0; round < rounds; round++) {
			start(port, uploads, journal);
			Thread.sleep(random.nextInt(1500));
			this.process.destroyForcibly().waitFor();
		}
		start(port, uploads, journal);
		clients.forEach(ResumingClient::stop);
		for (Thread thread : threads) {
			thread.join(TimeUnit.MINUTES.toMillis(2));
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(clients.stream().flatMap((client) -> client.complaints().stream())).isEmpty();
		assertThat(completed).isNotEmpty();
		awaitDeliveries(journal, completed);
		awaitTidyDirectory(uploads);
		assertThat(read(this.temporary.resolve("log"))).doesNotContain(" ERROR ");
		System.out.printf("%d kills, %d uploads finished, resumed %d times, %d deliveries%n", rounds, completed.size(),
				clients.stream().mapToLong(ResumingClient::resumed).sum(), deliveries(journal).size());
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private void start(int port, Path uploads, Path journal) throws IOException {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-XX:TieredStopAtLevel=1", "-Duploads=" + uploads, "-Djournal=" + journal, "-cp", classPath,
				KillableApplication.class.getName(), String.valueOf(port), "tus.expiration.cleanup-interval=2s")
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(new File(this.temporary.toFile(), "log")))
			.start();
		await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(() -> isOpen(port));
	}

	private boolean isOpen(int port) throws IOException {
		assertThat(this.process.isAlive())
			.as(() -> "The application has ended:\n" + read(this.temporary.resolve("log")))
			.isTrue();
		try (Socket socket = new Socket("127.0.0.1", port)) {
			return socket.isConnected();
		}
		catch (java.net.ConnectException ex) {
			return false;
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private void awaitDeliveries(Path journal, Map<String, Long> completed) throws Exception {
		await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			Map<String, String> delivered = new HashMap<>();
			deliveries(journal).forEach((line) -> delivered.put(line.split(" ")[0], line));
			assertThat(delivered).containsKeys(completed.keySet().toArray(String[]::new));
		});
		for (String line : deliveries(journal)) {
			String[] words = line.split(" ");
			assertThat(words[3]).as(line)
				.isEqualTo(ResumingClient.sha256(Long.parseLong(words[1]), Integer.parseInt(words[2])));
		}
	}

	private static List<String> deliveries(Path journal) throws IOException {
		return Files.readAllLines(journal, StandardCharsets.US_ASCII)
			.stream()
			.filter((line) -> line.endsWith(" ."))
			.toList();
	}

	/**
	 * What a kill has left of a creation or a rewritten record goes soon; what stays
	 * belongs to an upload.
	 */
	private void awaitTidyDirectory(Path uploads) {
		await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
			try (Stream<Path> files = Files.list(uploads)) {
				TreeSet<String> names = files.map((file) -> file.getFileName().toString())
					.collect(Collectors.toCollection(TreeSet::new));
				assertThat(names).allSatisfy((name) -> assertThat(names)
					.contains(name.endsWith(".info") ? name.substring(0, name.length() - 5) : name + ".info"));
			}
		});
	}

}
