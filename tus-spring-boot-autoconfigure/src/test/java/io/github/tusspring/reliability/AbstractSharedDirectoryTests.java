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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.upload.Upload;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A directory that three instances share, with locks in a server that may stand still.
 */
abstract class AbstractSharedDirectoryTests extends AbstractClusterTests {

	/**
	 * Returns the ids of the processes of the server that keeps the locks, the one that
	 * starts the others first.
	 */
	abstract List<Long> lockServer() throws Exception;

	private Path file(String id) {
		return cluster().uploads().resolve(id);
	}

	@Override
	int frozenAt() {
		return 200_000;
	}

	@Override
	void awaitStored(String id, int count) {
		await().pollInterval(Duration.ofMillis(10)).until(() -> Files.size(file(id)) == count);
	}

	@Override
	int seenWhileItIsSent(int count) {
		return count;
	}

	@Override
	byte[] stored(String id) throws IOException {
		return Files.readAllBytes(file(id));
	}

	/**
	 * The cleaner leaves alone for some seconds what an instance might be working on.
	 */
	@Override
	void assertNothingIsLeftOver(Set<String> delivered) throws IOException {
		try (DiskUploadStorage storage = new DiskUploadStorage(cluster().uploads(), Durability.NONE, 0)) {
			try (Stream<Upload> uploads = storage.list()) {
				for (Upload upload : uploads.filter((upload) -> !delivered.contains(upload.id().toString())).toList()) {
					storage.delete(upload.id());
				}
			}
			await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
				storage.tidy();
				try (Stream<Path> files = Files.list(cluster().uploads())) {
					assertThat(files.map((file) -> file.getFileName().toString()))
						.filteredOn((name) -> name.charAt(0) != '.')
						.allMatch((name) -> delivered.contains(name.replace(".info", "")));
				}
			});
		}
	}

	@Test
	void appendEndsBeforeItsLeaseDoesWhenTheServerOfTheLocksStandsStill() throws Exception {
		byte[] content = ResumingClient.content(10, 1_000_000);
		TusRequests here = new TusRequests(cluster().instance(0).port());
		String path = here.create(content.length, seed(10));
		long written;
		try (RawConnection append = here.openPatch(path, 0, content.length)) {
			append.send(content, 0, 200_000);
			awaitStored(id(path), 200_000);
			signal("STOP");
			try {
				long start = System.nanoTime();
				append.send(content, 200_000, 1000);
				RawResponse response = append.read();
				assertThat(response.status()).as(response.toString()).isEqualTo(503);
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE);
				written = Files.size(file(id(path)));
				assertThat(written).isBetween(200_000L, 201_000L);
				sendInVain(append, content);
				assertThat(here.head(path).status()).isEqualTo(423);
				assertThat(here.patch(path, written, new byte[1]).status()).isEqualTo(503);
				assertThat(Files.size(file(id(path)))).isEqualTo(written);
			}
			finally {
				signal("CONT");
			}
		}
		await().atMost(Duration.ofSeconds(60)).until(() -> here.head(path).status() == 200);
		assertThat(here.offset(path)).isEqualTo(written);
		byte[] rest = Arrays.copyOfRange(content, (int) written, content.length);
		await().atMost(Duration.ofSeconds(60)).until(() -> here.patch(path, written, rest).status() == 204);
		awaitDelivery(path, 10);
	}

	private static void sendInVain(RawConnection append, byte[] content) {
		try {
			append.send(content, 201_000, 10_000);
		}
		catch (UncheckedIOException ex) {
			// The server may have closed the connection.
		}
	}

	private void signal(String signal) throws Exception {
		for (long process : lockServer()) {
			Cluster.signal(process, signal);
		}
	}

}
