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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many requests fight for one upload, each with bytes of its own, some of which break off
 * or fall silent: what was acknowledged has the bytes of the request that was told so,
 * and what lies between begins as a request did. {@code -Dcontention.seconds} says how
 * long.
 */
@Tag("long")
@ExtendWith(OutputCaptureExtension.class)
class ContentionTests {

	private static final int REQUESTS = 64;

	private static final int LENGTH = 256 * 1024 * 1024;

	private final Map<Long, Attempt> attempts = new ConcurrentHashMap<>();

	private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

	private final AtomicLong numbers = new AtomicLong();

	@ParameterizedTest
	@EnumSource
	void contentIsThatOfTheRequestsThatWereAcknowledged(Container container, CapturedOutput output) throws Exception {
		try (TestServer server = container.server.get().property("tus.append.take-over-after", "100ms").start()) {
			TusRequests client = new TusRequests(server.port());
			String path = client.create(LENGTH);
			long end = System.nanoTime() + Duration.ofSeconds(Integer.getInteger("contention.seconds", 3)).toNanos();
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < REQUESTS; i++) {
				threads.add(new Thread(() -> fight(client, path, end)));
			}
			threads.forEach(Thread::start);
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(this.complaints).isEmpty();
			RawResponse last = client.head(path);
			assertThat(last.status()).isEqualTo(200);
			byte[] content = Files.readAllBytes(file(server, path));
			assertThat(content).hasSize(Integer.parseInt(last.header("Upload-Offset")));
			check(content);
			assertThat(output).doesNotContain(" ERROR ");
			System.out.printf("%s: %d requests, %d acknowledged, %d bytes%n", container, this.numbers.get(),
					this.attempts.values().stream().filter((attempt) -> attempt.acknowledged).count(), content.length);
		}
	}

	private static Path file(TestServer server, String path) {
		return server.directory().resolve(path.substring("/files/".length()));
	}

	private void fight(TusRequests client, String path, long end) {
		Random random = new Random();
		while (System.nanoTime() < end) {
			RawResponse head = client.head(path);
			if (head.status() == 200) {
				append(client, path, Long.parseLong(head.header("Upload-Offset")), random);
			}
			else if (head.status() != 423) {
				this.complaints.add("HEAD: " + head);
			}
		}
	}

	private void append(TusRequests client, String path, long offset, Random random) {
		Attempt attempt = new Attempt(this.numbers.incrementAndGet(), offset, 1 + random.nextInt(20_000));
		this.attempts.put(attempt.number, attempt);
		byte[] bytes = attempt.bytes();
		try (RawConnection connection = client.openPatch(path, offset, bytes.length)) {
			connection.timeout(Duration.ofSeconds(30));
			int first = random.nextInt(bytes.length + 1);
			connection.send(bytes, 0, first);
			int behaviour = random.nextInt(10);
			if (behaviour == 0) {
				connection.reset();
				return;
			}
			if (behaviour == 1) {
				// Falls silent: the next one has to take over.
				Thread.sleep(20);
			}
			connection.send(bytes, first, bytes.length - first);
			RawResponse response = connection.read();
			if (response.status() == 204) {
				attempt.acknowledged = true;
				if (Long.parseLong(response.header("Upload-Offset")) != offset + bytes.length) {
					this.complaints.add(bytes.length + " bytes at " + offset + ": " + response);
				}
			}
			else if (response.status() != 409 && response.status() != 423) {
				this.complaints.add("PATCH: " + response);
			}
		}
		catch (UncheckedIOException ex) {
			// Taken over while it sent.
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Explains the content from the beginning: each run is the whole of an acknowledged
	 * request, or the beginning of one that was broken off.
	 */
	private void check(byte[] content) {
		Map<Long, List<Attempt>> byOffset = new ConcurrentHashMap<>();
		this.attempts.values()
			.forEach((attempt) -> byOffset.computeIfAbsent(attempt.offset, (offset) -> new ArrayList<>()).add(attempt));
		long position = 0;
		while (position < content.length) {
			List<Attempt> candidates = byOffset.getOrDefault(position, List.of());
			int from = (int) position;
			Attempt attempt = candidates.stream()
				.max(Comparator.comparingInt((candidate) -> candidate.matches(content, from)))
				.orElseThrow(() -> new AssertionError("No request began at " + from));
			int matches = attempt.matches(content, from);
			assertThat(matches).as("bytes at %d", from).isPositive();
			// A byte or two may match by chance where the next request began.
			while (from + matches < content.length && !byOffset.containsKey((long) from + matches)) {
				matches--;
				assertThat(matches).as("bytes at %d", from).isPositive();
			}
			position += matches;
		}
		for (Attempt attempt : this.attempts.values()) {
			if (attempt.acknowledged) {
				assertThat(attempt.matches(content, (int) attempt.offset))
					.as("acknowledged bytes at %d", attempt.offset)
					.isEqualTo(attempt.length);
			}
		}
	}

	private static final class Attempt {

		private final long number;

		private final long offset;

		private final int length;

		private volatile boolean acknowledged;

		private Attempt(long number, long offset, int length) {
			this.number = number;
			this.offset = offset;
			this.length = length;
		}

		private byte[] bytes() {
			byte[] bytes = new byte[this.length];
			new Random(this.number).nextBytes(bytes);
			return bytes;
		}

		private int matches(byte[] content, int from) {
			byte[] bytes = bytes();
			int count = 0;
			while (count < bytes.length && from + count < content.length && content[from + count] == bytes[count]) {
				count++;
			}
			return count;
		}

	}

	enum Container {

		TOMCAT(TestServer::tomcat), JETTY(TestServer::jetty);

		private final Supplier<TestServer.Builder> server;

		Container(Supplier<TestServer.Builder> server) {
			this.server = server;
		}

	}

}
