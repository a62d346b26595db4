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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.storage.s3.VersityServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application whose uploads are in a bucket, and the store: now the one is killed and
 * now the other while clients upload. Nothing that was acknowledged is lost, each
 * finished upload is delivered, and nothing is left over. A fifth of
 * {@code -Dkill.rounds} says how often.
 */
@Tag("long")
@EnabledIf("io.github.tusspring.storage.s3.VersityServer#isInstalled")
class S3KillTests {

	private static final int CLIENTS = 4;

	private static final int MAX_LENGTH = 16 * 1024 * 1024;

	@TempDir
	Path temporary;

	private VersityServer store;

	private Process application;

	@AfterEach
	void end() {
		if (this.application != null) {
			this.application.destroyForcibly();
		}
		if (this.store != null) {
			this.store.close();
		}
	}

	@Test
	void nothingAcknowledgedIsLostWhenTheApplicationOrTheStoreIsKilled() throws Exception {
		int rounds = Math.max(3, Integer.getInteger("kill.rounds", 15) / 5);
		Path data = Files.createDirectory(this.temporary.resolve("data"));
		this.store = new VersityServer(data);
		try (S3AsyncClient client = this.store.client()) {
			S3Bucket bucket = S3Bucket.create(client, "uploads");
			int port = Cluster.freePort();
			Map<String, Long> completed = ResumingClient.newResults();
			List<ResumingClient> clients = new ArrayList<>();
			List<Thread> threads = new ArrayList<>();
			Random random = new Random();
			for (int i = 0; i < CLIENTS; i++) {
				ResumingClient resuming = new ResumingClient(port, random.nextLong(), MAX_LENGTH, completed,
						Set.of(503));
				clients.add(resuming);
				threads.add(new Thread(resuming, "client-" + i));
			}
			startApplication(port);
			threads.forEach(Thread::start);
			for (int round = 0; round < rounds; round++) {
				Thread.sleep(500 + random.nextInt(3000));
				if (round % 2 == 0) {
					this.application.destroyForcibly().waitFor();
					startApplication(port);
				}
				else {
					this.store.kill();
					Thread.sleep(random.nextInt(1000));
					this.store.restart();
				}
			}
			clients.forEach(ResumingClient::stop);
			for (Thread thread : threads) {
				thread.join(TimeUnit.MINUTES.toMillis(3));
				assertThat(thread.isAlive()).as(this::log).isFalse();
			}
			assertThat(clients.stream().flatMap((resuming) -> resuming.complaints().stream())).as(this::log).isEmpty();
			assertThat(completed).isNotEmpty();
			awaitDeliveries(completed);
			assertThat(log().lines()).filteredOn((line) -> line.contains(" ERROR "))
				.allMatch((line) -> line.contains("Bucket 'uploads' can't be"));
			this.application.destroyForcibly().waitFor();
			bucket.assertNothingIsLeftOver("some/",
					deliveries().stream().map((line) -> line.split(" ")[0]).collect(Collectors.toSet()));
			System.out.printf("S3: %d kills, %d uploads finished, resumed %d times, %d deliveries%n", rounds,
					completed.size(), clients.stream().mapToLong(ResumingClient::resumed).sum(), deliveries().size());
		}
	}

	private void startApplication(int port) throws Exception {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-Duploads=" + Files.createDirectories(this.temporary.resolve("unused")),
				"-Djournal=" + journal(), "-Daws.accessKeyId=" + S3Server.ACCESS_KEY,
				"-Daws.secretAccessKey=" + S3Server.SECRET_KEY, "-cp",
				System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
				KillableApplication.class.getName(), String.valueOf(port)));
		command.addAll(List.of("tus.storage.type=s3", "tus.storage.s3.bucket=uploads", "tus.storage.s3.prefix=some/",
				"tus.storage.s3.endpoint=" + this.store.endpoint(), "tus.storage.s3.region=us-east-1",
				"tus.storage.s3.path-style-access=true", "tus.storage.s3.part-size=5MB", "tus.storage.s3.memory=64MB",
				"tus.expiration.after=30s", "tus.expiration.cleanup-interval=2s"));
		this.application = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.temporary.resolve("log").toFile()))
			.start();
		await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(50)).until(() -> {
			assertThat(this.application.isAlive()).as(this::log).isTrue();
			return Cluster.isOpen(port);
		});
	}

	private String log() {
		try {
			return Files.readString(this.temporary.resolve("log"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private Path journal() {
		return this.temporary.resolve("journal");
	}

	private List<String> deliveries() throws IOException {
		return Files.readAllLines(journal(), StandardCharsets.US_ASCII)
			.stream()
			.filter((line) -> line.endsWith(" ."))
			.toList();
	}

	private void awaitDeliveries(Map<String, Long> completed) throws Exception {
		await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
			Map<String, String> delivered = new HashMap<>();
			deliveries().forEach((line) -> delivered.put(line.split(" ")[0], line));
			assertThat(delivered).containsKeys(completed.keySet().toArray(String[]::new));
		});
		for (String line : deliveries()) {
			String[] words = line.split(" ");
			assertThat(words[3]).as(line)
				.isEqualTo(ResumingClient.sha256(Long.parseLong(words[1]), Integer.parseInt(words[2])));
		}
	}

}
