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
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
 * every file has its hash, every event arrives, and nothing is left over. {@code
 * -Dcluster.rounds} says how often, {@code -Dcluster.clients} and
 * {@code -Dcluster.megabytes} how much they upload.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractClusterTests {

	private static final Set<Integer> PROXY_ERRORS = Set.of(502, 503, 504);

	private static final Duration TAKE_OVER = Duration.ofMillis(1500);

	static final Duration LEASE = Duration.ofSeconds(3);

	static final int CLIENTS = Integer.getInteger("cluster.clients", 8);

	private final Set<String> verified = new HashSet<>();

	private Path directory;

	private Cluster cluster;

	/**
	 * Starts what the instances share.
	 * @return what chooses it
	 */
	abstract List<String> startServer() throws Exception;

	abstract void stopServer() throws Exception;

	/**
	 * Returns the length of the longest file.
	 * @param megabytes what is asked for
	 */
	int maxLength(int megabytes) {
		return megabytes * 1024 * 1024;
	}

	/**
	 * Returns how many bytes an instance has stored, and isn't busy with any more, when
	 * it is frozen.
	 */
	abstract int frozenAt();

	/**
	 * Waits until an append that goes on has stored so many bytes, without asking for
	 * them.
	 */
	abstract void awaitStored(String id, int count) throws Exception;

	/**
	 * Returns the offset that other instances see while some bytes have been sent.
	 */
	abstract int seenWhileItIsSent(int count);

	/**
	 * Returns the bytes of an upload that is finished.
	 */
	abstract byte[] stored(String id) throws Exception;

	/**
	 * Asserts that nothing is stored, when no instance runs any more, but for uploads
	 * that were delivered.
	 */
	abstract void assertNothingIsLeftOver(Set<String> delivered) throws Exception;

	Cluster cluster() {
		return this.cluster;
	}

	@BeforeAll
	void startCluster() throws Exception {
		Assumptions.assumeTrue(Files.isExecutable(Path.of(Cluster.NGINX)), "nginx is not installed");
		this.directory = Files.createTempDirectory("cluster");
		List<String> properties = new ArrayList<>(startServer());
		properties.add("tus.lock.lease=" + LEASE.toSeconds() + "s");
		properties.add("tus.expiration.cleanup-interval=2s");
		this.cluster = new Cluster(this.directory, 3, properties);
	}

	@AfterAll
	void endCluster() throws Exception {
		try {
			if (this.cluster != null) {
				this.cluster.close();
				assertNothingIsLeftOver(Set.copyOf(deliveries().keySet()));
			}
		}
		finally {
			stopServer();
			FileSystemUtils.deleteRecursively(this.directory);
		}
	}

	/**
	 * Returns the last line of each upload that was delivered.
	 */
	private Map<String, String> deliveries() throws Exception {
		Map<String, String> delivered = new HashMap<>();
		this.cluster.deliveries().forEach((line) -> delivered.put(line.split(" ")[0], line));
		return delivered;
	}

	@Test
	void nothingIsLostAndNothingDoubledWhenInstancesComeAndGo() throws Exception {
		int rounds = Integer.getInteger("cluster.rounds", 1);
		int maxLength = maxLength(Integer.getInteger("cluster.megabytes", 2));
		// On a slow machine some megabytes in a second, when all send their last file.
		Duration patience = Duration.ofMinutes(2).plusSeconds((long) CLIENTS * maxLength / (4 * 1024 * 1024));
		Random random = new Random();
		Map<String, Long> completed = ResumingClient.newResults();
		List<ResumingClient> clients = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
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
		long end = System.nanoTime() + patience.toNanos();
		for (Thread thread : threads) {
			thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(clients.stream().flatMap((client) -> client.complaints().stream())).isEmpty();
		assertThat(completed).isNotEmpty();
		awaitDeliveries(completed, patience);
		// What was frozen finds that its calls took too long.
		assertThat(this.cluster.errors()).allMatch((error) -> error.contains("The locks of uploads can't be reached"));
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

	void awaitDelivery(String path, long seed) throws Exception {
		awaitDeliveries(Map.of(id(path), seed), Duration.ofSeconds(90));
	}

	private void awaitDeliveries(Map<String, Long> completed, Duration patience) throws Exception {
		await().atMost(patience)
			.untilAsserted(() -> assertThat(deliveries()).containsKeys(completed.keySet().toArray(String[]::new)));
		for (String line : this.cluster.deliveries()) {
			if (this.verified.add(line)) {
				String[] words = line.split(" ");
				assertThat(words[3]).as(line)
					.isEqualTo(ResumingClient.sha256(Long.parseLong(words[1]), Integer.parseInt(words[2])));
			}
		}
	}

	/**
	 * Freezes an instance in the middle of an append, with more bytes of it on their way,
	 * and lets it go on when another one has finished the upload with other bytes.
	 */
	@Test
	void instanceThatIsFrozenInTheMiddleOfAnAppendChangesNothingWhenItGoesOn() throws Exception {
		int stored = frozenAt();
		byte[] content = ResumingClient.content(11, 2 * stored);
		byte[] others = ResumingClient.content(12, stored);
		TusRequests here = new TusRequests(this.cluster.instance(0).port());
		TusRequests there = new TusRequests(this.cluster.instance(1).port());
		String path = here.create(content.length, seed(11));
		try (RawConnection append = here.openPatch(path, 0, content.length)) {
			append.send(content, 0, stored);
			awaitStored(id(path), stored);
			CompletableFuture<?> rest;
			this.cluster.instance(0).freeze();
			try {
				rest = CompletableFuture.runAsync(() -> append.send(others));
				await().pollDelay(LEASE).atMost(Duration.ofSeconds(30)).until(() -> there.head(path).status() == 200);
				assertThat(there.offset(path)).isEqualTo(stored);
				RawResponse response = there.patch(path, stored, Arrays.copyOfRange(content, stored, content.length));
				assertThat(response.status()).as(response.toString()).isEqualTo(204);
				awaitDelivery(path, 11);
			}
			finally {
				this.cluster.instance(0).thaw();
			}
			assertThat(status(append)).isNotEqualTo(204);
			await().atMost(Duration.ofSeconds(30)).until(rest::isDone);
		}
		for (TusRequests instance : List.of(here, there)) {
			assertThat(instance.offset(path)).isEqualTo(content.length);
		}
		assertThat(Arrays.equals(stored(id(path)), content)).isTrue();
		assertThat(this.cluster.deliveries()).filteredOn((line) -> line.startsWith(id(path))).hasSize(1);
	}

	/**
	 * Returns the status of an answer, or 0 if the connection is closed without one.
	 */
	private static int status(RawConnection connection) {
		try {
			return connection.read().status();
		}
		catch (UncheckedIOException ex) {
			assertThat(ex.getCause()).isNotInstanceOf(SocketTimeoutException.class);
			return 0;
		}
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
			awaitDelivery(path, 7);
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
		long start = System.nanoTime();
		awaitDelivery(response.header("Location"), 8);
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
		awaitDelivery(path, 9);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(1));
		await().atMost(Duration.ofSeconds(10)).until(() -> there.offset(path) == content.length);
		restart();
	}

	private void restart() throws Exception {
		this.cluster.instance(0).start();
		this.cluster.instance(0).awaitStart();
	}

	static String id(String path) {
		return path.substring("/files/".length());
	}

	static String seed(long seed) {
		return "Upload-Metadata: " + metadata("seed", Long.toString(seed));
	}

	private static String metadata(String name, String value) {
		return name + " " + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.US_ASCII));
	}

}
