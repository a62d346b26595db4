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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.actuate.Scrape;
import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A disk that is full, and one that can't be read.
 */
class FullDiskTests {

	private static final int LENGTH = 12_000_000;

	private final byte[] content = new byte[LENGTH];

	@TempDir
	Path temporary;

	private Path disk;

	private TestServer server;

	private TusRequests client;

	@BeforeEach
	void mount() throws Exception {
		this.disk = Files.createDirectory(this.temporary.resolve("disk"));
		assumeThat(run("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", this.disk.toString()))
			.as("a small file system can be mounted, which takes root")
			.isTrue();
		new Random(1).nextBytes(this.content);
		this.server = TestServer.tomcat()
			.directory(Files.createDirectory(this.disk.resolve("uploads")))
			.property("tus.storage.disk.durability", "append")
			.property("tus.download.enabled", true)
			.start();
		this.client = new TusRequests(this.server.port());
	}

	@AfterEach
	void unmount() throws Exception {
		if (this.server != null) {
			this.server.close();
		}
		run("umount", "-l", this.disk.toString());
	}

	private static boolean run(String... command) throws Exception {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Test
	void whatWasReceivedStaysAndResumesWhenThereIsRoom() throws IOException {
		Files.write(this.disk.resolve("other"), new byte[8 * 1024 * 1024]);
		String finished = this.client.create(1000);
		assertThat(this.client.patch(finished, 0, new byte[1000]).status()).isEqualTo(204);
		String path = this.client.create(LENGTH);
		assertThat(this.client.patch(path, 0, Arrays.copyOf(this.content, 2_000_000)).status()).isEqualTo(204);
		RawResponse full = this.client.patch(path, 2_000_000, Arrays.copyOfRange(this.content, 2_000_000, LENGTH));
		assertThat(full.status()).as(full.toString()).isEqualTo(507);
		long offset = this.client.offset(path);
		assertThat(offset).isBetween(2_000_000L, 8L * 1024 * 1024);
		assertContent(path, offset);
		assertThat(this.client.offset(finished)).isEqualTo(1000);
		assertThat(this.client.connect()
			.request("GET " + finished + " HTTP/1.1", "Host: localhost", "Connection: close")
			.read()
			.body()).hasSize(1000);
		assertThat(this.client.patch(path, offset, new byte[100_000]).status()).isEqualTo(507);
		assertThat(this.client.offset(path)).isGreaterThanOrEqualTo(offset);
		makeRoom();
		resume(path);
	}

	@Test
	@Tag("long")
	void metersSayWhatWasReceivedAndRefused() throws IOException {
		Files.write(this.disk.resolve("other"), new byte[8 * 1024 * 1024]);
		try (TestServer metered = TestServer.tomcat()
			.operations()
			.directory(this.disk.resolve("metered"))
			.property("management.endpoints.web.exposure.include", "health,prometheus,tus")
			.property("management.endpoint.health.probes.enabled", "true")
			.property("management.endpoint.health.show-details", "always")
			.start()) {
			Uploads uploads = new Uploads(metered, "/files");
			uploads.patch(uploads.create(1000), 0, 1000);
			String path = uploads.create(LENGTH);
			assertThat(uploads.patch(path, 0, LENGTH).status()).isEqualTo(507);
			long offset = uploads.offset(path);
			assertThat(offset).isBetween(1_000_000L, 8L * 1024 * 1024);
			fill();
			assertThat(uploads.request("POST", "/files").with("Upload-Length: 10").send().status()).isEqualTo(507);
			Scrape scrape = Scrape.of(uploads);
			assertThat(scrape.sum("tus_bytes_received_bytes_total")).isEqualTo(1000 + offset);
			assertThat(scrape.sum("tus_uploads_started_total")).isEqualTo(2);
			assertThat(scrape.sum("tus_uploads_completed_total")).isEqualTo(1);
			assertThat(scrape.sum("tus_refusals_total", "status=\"507\"", "reason=\"no-space\"")).isEqualTo(2);
			assertThat(scrape.sum("tus_refusals_total")).isEqualTo(2);
			assertThat(scrape.sum("tus_appends_interrupted_total", "reason=\"error\"")).isOne();
			assertThat(scrape.sum("tus_appends_interrupted_total")).isOne();
			assertThat(uploads.get("/actuator/health/tus/storage").text()).contains("OUT_OF_SERVICE");
			assertThat(uploads.get("/actuator/health/readiness").status()).isEqualTo(503);
			assertThat(uploads.get("/actuator/tus").status()).isEqualTo(200);
			String id = path.substring("/files/".length());
			assertThat(uploads.get("/actuator/tus/" + id).text()).contains("\"offset\":" + offset);
			assertThat(uploads.request("DELETE", "/actuator/tus/" + id).send().status()).isEqualTo(204);
			assertThat(uploads.get("/actuator/health/readiness").status()).isEqualTo(200);
		}
	}

	private void makeRoom() throws IOException {
		try {
			assertThat(run("mount", "-o", "remount,size=64m", this.disk.toString())).isTrue();
		}
		catch (IOException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void resume(String path) throws IOException {
		long offset = this.client.offset(path);
		// What was refused is kept as far as it fitted in: it was of other bytes above.
		String again = this.client.create(LENGTH);
		assertThat(this.client.patch(again, 0, this.content).status()).isEqualTo(204);
		assertContent(again, LENGTH);
		assertThat(this.client.patch(path, offset, Arrays.copyOfRange(this.content, (int) offset, LENGTH)).status())
			.isEqualTo(204);
		assertThat(this.client.offset(path)).isEqualTo(LENGTH);
	}

	private void assertContent(String path, long length) throws IOException {
		byte[] stored = Files.readAllBytes(file(path));
		assertThat(Arrays.equals(stored, 0, (int) length, this.content, 0, (int) length)).isTrue();
	}

	private Path file(String path) {
		return this.server.directory().resolve(path.substring("/files/".length()));
	}

	@Test
	void creationIsRefusedAndLeavesNothingBehind() throws IOException {
		fill();
		for (int i = 0; i < 5; i++) {
			RawResponse response = this.client.post("Upload-Length: 100");
			assertThat(response.status()).as(response.toString()).isEqualTo(507);
		}
		assertThat(this.server.directory().toFile().list()).isEmpty();
	}

	@Test
	void uploadIsCompletedOrTerminatedOnAFullDisk() throws IOException {
		String last = this.client.create(1001);
		assertThat(this.client.patch(last, 0, new byte[1000]).status()).isEqualTo(204);
		String terminated = this.client.create(2_000_000);
		assertThat(this.client.patch(terminated, 0, new byte[1_000_000]).status()).isEqualTo(204);
		fill();
		// There is room for a byte in the last block.
		assertThat(this.client.patch(last, 1000, new byte[1]).status()).isEqualTo(204);
		assertThat(this.client.offset(last)).isEqualTo(1001);
		assertThat(this.client.delete(terminated).status()).isEqualTo(204);
		assertThat(this.client.head(terminated).status()).isEqualTo(404);
		String next = this.client.create(100_000);
		assertThat(this.client.patch(next, 0, new byte[100_000]).status()).isEqualTo(204);
	}

	@Test
	void recordsAreNeverTorn() throws IOException {
		String deferred = this.client.exchange("POST /files", new String[] { "Upload-Defer-Length: 1" }, new byte[0])
			.header("Location");
		assertThat(this.client.patch(deferred, 0, new byte[100]).status()).isEqualTo(204);
		String other = this.client.create(100_000);
		fill();
		RawResponse declared = this.client.patch(deferred, 100, new byte[0], "Upload-Length: 200");
		assertThat(declared.status()).as(declared.toString()).isIn(204, 507);
		assertThat(
				this.client.head(deferred).header((declared.status() == 204) ? "Upload-Length" : "Upload-Defer-Length"))
			.isNotNull();
		assertThat(this.client.patch(other, 0, new byte[100_000]).status()).isEqualTo(507);
		this.server.context().close();
		this.server = TestServer.tomcat().directory(this.server.directory()).start();
		assertThat(this.server.bean(TusUploads.class).list().map(Upload::id).map(Object::toString))
			.containsExactlyInAnyOrder(deferred.substring(7), other.substring(7));
	}

	@Test
	void uploadThatCantBeReadIsNoReasonToBeginAgain() throws IOException {
		String broken = this.client.create(1000);
		String sound = this.client.create(1000);
		assertThat(this.client.patch(broken, 0, new byte[100]).status()).isEqualTo(204);
		Path directory = this.server.directory();
		this.server.context().close();
		Path info = directory.resolve(broken.substring(7) + ".info");
		Path aside = Files.move(info, this.disk.resolve("aside"));
		// A directory in its place can't be read by anybody.
		Files.createDirectory(info);
		this.server = TestServer.tomcat().directory(directory).start();
		this.client = new TusRequests(this.server.port());
		RawResponse head = this.client.head(broken);
		assertThat(head.status()).isEqualTo(423);
		assertThat(head.header("Retry-After")).isNotNull();
		assertThat(this.client.patch(sound, 0, new byte[1000]).status()).isEqualTo(204);
		Files.delete(info);
		Files.move(aside, info);
		assertThat(this.client.offset(broken)).isEqualTo(100);
		assertThat(this.client.patch(broken, 100, new byte[900]).status()).isEqualTo(204);
	}

	private void fill() throws IOException {
		try (OutputStream filler = Files.newOutputStream(this.disk.resolve("filler"))) {
			byte[] block = new byte[4096];
			while (true) {
				filler.write(block);
			}
		}
		catch (IOException ex) {
			assertThat(ex).hasMessageContaining("No space left");
		}
	}

}
