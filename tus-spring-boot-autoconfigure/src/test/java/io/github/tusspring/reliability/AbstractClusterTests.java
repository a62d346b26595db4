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

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Three instances behind nginx that share their uploads. Clients cut and resume while
 * instances are killed, stopped, started, and frozen for longer than their leases run:
 * every file has its hash, every event arrives. {@code -Dcluster.rounds} says how often.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractClusterTests {

	private static final Set<Integer> PROXY_ERRORS = Set.of(502, 503, 504);

	private static final Duration TAKE_OVER = Duration.ofMillis(1500);

	private static final Duration LEASE = Duration.ofSeconds(3);

	private Path directory;

	private Cluster cluster;

	private Path uploads;

	/**
	 * Starts what the instances share.
	 * @return what chooses it
	 */
	abstract List<String> startServer() throws Exception;

	abstract void stopServer() throws Exception;

	@BeforeAll
	void startCluster() throws Exception {
		Assumptions.assumeTrue(Files.isExecutable(Path.of(Cluster.NGINX)), "nginx is not installed");
		this.directory = Files.createTempDirectory("cluster");
		List<String> properties = new ArrayList<>(startServer());
		properties.add("tus.lock.lease=" + LEASE.toSeconds() + "s");
		properties.add("tus.expiration.cleanup-interval=2s");
		this.cluster = new Cluster(this.directory, 3, properties);
		this.uploads = this.cluster.uploads();
	}

	@AfterAll
	void endCluster() throws Exception {
		if (this.cluster != null) {
			this.cluster.close();
			FileSystemUtils.deleteRecursively(this.directory);
		}
		stopServer();
	}

	@Test
	void nothingIsLostAndNothingDoubledWhenInstancesComeAndGo() throws Exception {
		int rounds = Integer.getInteger("cluster.rounds", 1);
		int clientCount = Integer.getInteger("cluster.clients", 8);
		int maxLength = Integer.getInteger("cluster.megabytes", 2) * 1024 * 1024;
		Random random = new Random();
		Map<String, Long> completed = ResumingClient.newResults();
		List<ResumingClient> clients = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < clientCount; i++) {
			ResumingClient client = new ResumingClient(this.cluster.proxyPort(), random.nextLong(), maxLength,
					completed, PROXY_ERRORS);
			clients.add(client);
			threads.add(new Thread(client, "client-" + i));
		}
		threads.forEach(Thread::start);
		for (int round = 0; round < rounds; round++) {
			disturb(random);
		}
		clients.forEach(ResumingClient::stop);
		for (Thread thread : threads) {
			thread.join(TimeUnit.MINUTES.toMillis(2));
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(clients.stream().flatMap((client) -> client.complaints().stream())).isEmpty();
		assertThat(completed).isNotEmpty();
		awaitDeliveries(completed);
		// What was frozen finds that its calls took too long.
		assertThat(this.cluster.log().lines()).filteredOn((line) -> line.contains(" ERROR "))
			.allMatch((line) -> line.contains("The locks of uploads can't be reached"));
		assertNothingIsLeftOver(completed.keySet());
		System.out.printf("%s: %d rounds, %d uploads finished, resumed %d times, %d deliveries%n",
				getClass().getSimpleName(), rounds, completed.size(),
				clients.stream().mapToLong(ResumingClient::resumed).sum(), this.cluster.deliveries().size());
	}

	/**
	 * Freezes one instance past its lease, kills or ends another one meanwhile, and
	 * starts that again.
	 */
	private void disturb(Random random) throws Exception {
		int first = random.nextInt(3);
		Cluster.Instance frozen = this.cluster.instance(first);
		Cluster.Instance ended = this.cluster.instance((first + 1 + random.nextInt(2)) % 3);
		Thread.sleep(500 + random.nextInt(1000));
		frozen.freeze();
		try {
			Thread.sleep(random.nextInt(1000));
			if (random.nextBoolean()) {
				ended.kill();
			}
			else {
				ended.terminate();
			}
			Thread.sleep(LEASE.toMillis());
			ended.start();
		}
		finally {
			frozen.thaw();
		}
		ended.awaitStart();
	}

	private void awaitDeliveries(Map<String, Long> completed) throws Exception {
		await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> {
			Map<String, String> delivered = new HashMap<>();
			this.cluster.deliveries().forEach((line) -> delivered.put(line.split(" ")[0], line));
			assertThat(delivered).containsKeys(completed.keySet().toArray(String[]::new));
		});
		for (String line : this.cluster.deliveries()) {
			String[] words = line.split(" ");
			byte[] content = ResumingClient.content(Long.parseLong(words[1]), Integer.parseInt(words[2]));
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
			assertThat(words[3]).as(line).isEqualTo(HexFormat.of().formatHex(hash));
		}
	}

	/**
	 * Returns the offset that other instances see while some bytes have been sent.
	 */
	int seenWhileItIsSent(int count) {
		return count;
	}

	/**
	 * Asserts that what was stored for the sake of uploads that are finished is gone.
	 */
	void assertNothingIsLeftOver(Set<String> completed) throws Exception {
		await().atMost(Duration.ofSeconds(60)).until(() -> {
			try (Stream<Path> due = Files.list(this.uploads.resolve(".due"))) {
				return due.map((file) -> file.getFileName().toString()).noneMatch(completed::contains);
			}
		});
	}

	@Test
	void clientWhoseConnectionIsSilentContinuesAtAnotherInstance() throws Exception {
		Duration best = takeOver();
		for (int i = 0; i < 4 && best.compareTo(TAKE_OVER) >= 0; i++) {
			// The machine may be busy.
			best = takeOver();
		}
		assertThat(best).isLessThan(TAKE_OVER);
		System.out.printf("%s: taken over in %d ms%n", getClass().getSimpleName(), best.toMillis());
	}

	/**
	 * Returns the time of a HEAD and a PATCH at another instance than the one that has a
	 * silent connection.
	 */
	private Duration takeOver() throws Exception {
		byte[] content = ResumingClient.content(7, 400_000);
		TusRequests here = new TusRequests(this.cluster.instance(0).port());
		TusRequests there = new TusRequests(this.cluster.instance(1).port());
		String path = here.create(content.length, seed(7));
		there.head(path);
		try (RawConnection silent = here.openPatch(path, 0, content.length)) {
			silent.send(Arrays.copyOf(content, 150_000));
			await().atMost(Duration.ofSeconds(10)).until(() -> there.offset(path) == seenWhileItIsSent(150_000));
			await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
			long start = System.nanoTime();
			long offset = there.offset(path);
			RawResponse response = there.patch(path, offset, Arrays.copyOfRange(content, (int) offset, content.length));
			Duration time = Duration.ofNanos(System.nanoTime() - start);
			assertThat(response.status()).as(response.toString()).isEqualTo(204);
			assertThat(offset).isIn((long) seenWhileItIsSent(150_000), 150_000L);
			awaitDeliveries(Map.of(path.substring("/files/".length()), 7L));
			return time;
		}
	}

	@Test
	@Tag("long")
	void finalUploadIsDeliveredWhenTheInstanceThatMadeItIsDead() throws Exception {
		TusRequests here = new TusRequests(this.cluster.instance(0).port());
		TusRequests there = new TusRequests(this.cluster.instance(1).port());
		byte[] content = ResumingClient.content(8, 2000);
		String first = here.create(1000, "Upload-Concat: partial");
		String second = here.create(1000, "Upload-Concat: partial");
		assertThat(there.patch(first, 0, Arrays.copyOf(content, 1000)).status()).isEqualTo(204);
		RawResponse response = here.post("Upload-Concat: final;" + first + " " + second, seed(8));
		assertThat(response.status()).isEqualTo(201);
		this.cluster.instance(0).kill();
		assertThat(there.patch(second, 0, Arrays.copyOfRange(content, 1000, 2000)).status()).isEqualTo(204);
		String id = response.header("Location").substring("/files/".length());
		long start = System.nanoTime();
		awaitDeliveries(Map.of(id, 8L));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
		restart();
	}

	@Test
	@Tag("long")
	void deliveryOfAnInstanceThatDiedIsMadeAgainWhenItsClaimHasRunOut() throws Exception {
		TusRequests here = new TusRequests(this.cluster.instance(0).port());
		TusRequests there = new TusRequests(this.cluster.instance(1).port());
		byte[] content = ResumingClient.content(9, 1000);
		String path = here.create(content.length, seed(9) + "," + metadata("delay", "4000"));
		try (RawConnection patch = here.openPatch(path, 0, content.length)) {
			patch.send(content);
			await().atMost(Duration.ofSeconds(10)).until(() -> there.head(path).status() == 423);
			this.cluster.instance(0).kill();
		}
		long start = System.nanoTime();
		await().during(Duration.ofSeconds(18))
			.atMost(Duration.ofSeconds(28))
			.until(() -> there.head(path).status() == 423);
		awaitDeliveries(Map.of(path.substring("/files/".length()), 9L));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
		await().atMost(Duration.ofSeconds(10)).until(() -> there.offset(path) == content.length);
		restart();
	}

	private void restart() throws Exception {
		this.cluster.instance(0).start();
		this.cluster.instance(0).awaitStart();
	}

	private static String seed(long seed) {
		return "Upload-Metadata: " + metadata("seed", Long.toString(seed));
	}

	private static String metadata(String name, String value) {
		return name + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.US_ASCII));
	}

}
