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

import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Mixed load with cuts, silence and expiry: when it is over, nothing is left of it.
 * {@code -Dsoak.minutes} says how long.
 */
@Tag("long")
@ExtendWith(OutputCaptureExtension.class)
class SoakTests {

	private static final int CLIENTS = 8;

	private final Random random = new Random();

	private final AtomicLong finished = new AtomicLong();

	private final AtomicLong abandoned = new AtomicLong();

	@Test
	void nothingIsLeftOfAnHourOfLoad(CapturedOutput output) throws Exception {
		Duration time = Duration.ofMinutes(Integer.getInteger("soak.minutes", 0));
		Duration load = time.isZero() ? Duration.ofSeconds(5) : time;
		try (TestServer server = TestServer.tomcat()
			.property("tus.expiration.after", "2s")
			.property("tus.expiration.completed-after", "2s")
			.property("tus.expiration.cleanup-interval", "1s")
			.property("tus.append.idle-timeout", "2s")
			.start()) {
			// Pools, caches and compiled code reach their size before it counts.
			Duration warmUp = load.dividedBy(5);
			run(server, (warmUp.compareTo(Duration.ofMinutes(2)) < 0) ? warmUp : Duration.ofMinutes(2));
			Resources before = Resources.measure();
			run(server, load);
			Resources after = Resources.measure();
			System.out.printf("%s of load: %d uploads finished, %d abandoned; before: %s; after: %s%n", load,
					this.finished.get(), this.abandoned.get(), before, after);
			assertThat(output).doesNotContain(" ERROR ");
			assertThat(after.threads).isLessThanOrEqualTo(before.threads + 12);
			assertThat(after.files).isLessThanOrEqualTo(before.files + 24);
			assertThat(after.directMebibytes).isLessThanOrEqualTo(before.directMebibytes + 16);
			assertThat(after.heapMebibytes).isLessThanOrEqualTo(before.heapMebibytes + 24);
		}
	}

	private void run(TestServer server, Duration time) throws InterruptedException {
		Map<String, Long> completed = ResumingClient.newResults();
		List<ResumingClient> clients = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			ResumingClient client = new ResumingClient(server.port(), this.random.nextLong(), 500_000, completed);
			clients.add(client);
			threads.add(new Thread(client));
		}
		threads.forEach(Thread::start);
		long end = System.nanoTime() + time.toNanos();
		while (System.nanoTime() < end) {
			disturb(new TusRequests(server.port()));
			this.finished.addAndGet(completed.size());
			completed.clear();
			Thread.sleep(20);
		}
		clients.forEach(ResumingClient::stop);
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(clients.stream().flatMap((client) -> client.complaints().stream())).isEmpty();
		await().atMost(Duration.ofSeconds(60))
			.untilAsserted(() -> assertThat(server.directory().toFile().list()).isEmpty());
	}

	/**
	 * Begins an upload and breaks off, falls silent, or asks for what there isn't.
	 */
	private void disturb(TusRequests requests) {
		String path = requests.create(100_000);
		this.abandoned.incrementAndGet();
		try {
			RawConnection connection = requests.openPatch(path, 0, 100_000).send(new byte[this.random.nextInt(50_000)]);
			switch (this.random.nextInt(4)) {
				case 0 -> connection.reset();
				case 1 -> connection.close();
				case 2 -> requests.delete(path);
				default -> requests.patch(path, 1, new byte[10]);
			}
			connection.close();
		}
		catch (UncheckedIOException ex) {
			// The server has ended it.
		}
	}

	/**
	 * What the process holds when it has nothing to do.
	 */
	private record Resources(long heapMebibytes, long directMebibytes, long threads, long files) {

		private static Resources measure() throws InterruptedException {
			// Idle connections and threads go in their own time.
			Thread.sleep(3000);
			for (int i = 0; i < 3; i++) {
				System.gc();
				Thread.sleep(200);
			}
			long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
			long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
				.stream()
				.mapToLong(BufferPoolMXBean::getMemoryUsed)
				.sum();
			long files = (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
					? system.getOpenFileDescriptorCount() : 0;
			return new Resources(heap >> 20, direct >> 20, Thread.activeCount(), files);
		}

	}

}
