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

package io.github.tusspring.security;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3Location;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.storage.s3.S3UploadStorage;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.QuotaUploadStorage;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadQuota;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.web.UploadOwnerResolver;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients may store, of one client's and in all.
 */
class QuotaTests {

	@TempDir
	private Path directory;

	private TestServer server;

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.close();
		}
	}

	private void start(String... properties) {
		stop();
		TestServer.Builder builder = TestServer.tomcat().with(Owners.class).directory(this.directory);
		for (String property : properties) {
			builder.property(property.split("=")[0], property.split("=")[1]);
		}
		this.server = builder.start();
	}

	@Test
	void bytesOfUnfinishedUploadsOfOneClientAreLimited() {
		start("tus.limits.max-unfinished-size-per-client=100B");
		String first = location(create("anna", "Upload-Length: 60"));
		assertRefused(create("anna", "Upload-Length: 41"), "tus.limits.max-unfinished-size-per-client");
		assertThat(create("bert", "Upload-Length: 100").status()).isEqualTo(201);
		assertThat(append("anna", first, 0, 60).status()).isEqualTo(204);
		// What is finished is not unfinished.
		assertThat(create("anna", "Upload-Length: 100").status()).isEqualTo(201);
	}

	@Test
	void bytesInAllAreLimited() {
		start("tus.limits.max-stored-size=100B");
		String first = location(create("anna", "Upload-Length: 60"));
		append("anna", first, 0, 60);
		assertRefused(create("bert", "Upload-Length: 41"), "tus.limits.max-stored-size");
		assertThat(create("bert", "Upload-Length: 40").status()).isEqualTo(201);
		this.server.bean(TusUploads.class).delete(id(first));
		assertThat(create("bert", "Upload-Length: 60").status()).isEqualTo(201);
	}

	@Test
	void numberOfStoredUploadsIsLimited() {
		start("tus.limits.max-stored-per-client=2");
		String first = location(create("anna", "Upload-Length: 1"));
		append("anna", first, 0, 1);
		String second = location(create("anna", "Upload-Length: 1"));
		assertRefused(create("anna", "Upload-Length: 1"), "tus.limits.max-stored-per-client");
		assertThat(send("DELETE", "anna", second).send().status()).isEqualTo(204);
		assertThat(create("anna", "Upload-Length: 1").status()).isEqualTo(201);
	}

	@Test
	void clientOfTheDraftHearsOfItsLimit() {
		start("tus.limits.max-stored-size=100B");
		create("anna", "Upload-Length: 60");
		RawResponse refused = send("POST", "anna", "/files").without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 8")
			.with("Upload-Complete: ?0")
			.with("Upload-Length: 41")
			.with("Content-Length: 0")
			.send();
		assertThat(refused.status()).isEqualTo(429);
		assertThat(refused.text()).contains("'tus.limits.max-stored-size'");
	}

	@Test
	void lengthThatIsDeclaredLateCountsThen() {
		start("tus.limits.max-stored-size-per-client=100B");
		String location = location(create("anna", "Upload-Defer-Length: 1"));
		RawRequest declaration = send("PATCH", "anna", location).with("Upload-Offset: 0")
			.with("Upload-Length: 101")
			.with("Content-Type: application/offset+octet-stream");
		assertRefused(declaration.body("x").send(), "tus.limits.max-stored-size-per-client");
		assertThat(send("HEAD", "anna", location).send().header("Upload-Defer-Length")).isEqualTo("1");
		assertThat(append("anna", location, 0, 60).status()).isEqualTo(204);
	}

	@Test
	void bytesOfAnUploadWithoutLengthCountAsTheyCome() {
		start("tus.limits.max-unfinished-size=100B");
		String location = location(create("anna", "Upload-Defer-Length: 1"));
		assertThat(append("anna", location, 0, 60).status()).isEqualTo(204);
		assertRefused(append("anna", location, 60, 41), "tus.limits.max-unfinished-size");
		assertThat(send("HEAD", "anna", location).send().header("Upload-Offset")).isEqualTo("60");
		assertRefused(create("bert", "Upload-Length: 41"), "tus.limits.max-unfinished-size");
	}

	@Test
	void concatenationThatMultipliesOnePartCountsAsWhatItBecomes() {
		start("tus.limits.max-stored-size=1KB");
		String part = location(create("anna", "Upload-Length: 100", "Upload-Concat: partial"));
		append("anna", part, 0, 100);
		String thousand = String.join(" ", IntStream.range(0, 50).mapToObj((i) -> part).toList());
		assertRefused(create("anna", "Upload-Concat: final;" + thousand), "tus.limits.max-stored-size");
		assertThat(create("anna", "Upload-Concat: final;" + part + " " + part).status()).isEqualTo(201);
	}

	@Test
	void manyAtOnceGetNoMoreThanOne() {
		start("tus.limits.max-unfinished-size=100B");
		List<CompletableFuture<Integer>> creations = IntStream.range(0, 20)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> create("user" + i, "Upload-Length: 60").status()))
			.toList();
		assertThat(creations).extracting(CompletableFuture::join).containsOnlyOnce(201).containsOnly(201, 429);
	}

	@Test
	void whatWasThereBeforeCounts() {
		start("tus.limits.max-stored-size=100B");
		append("anna", location(create("anna", "Upload-Length: 60")), 0, 60);
		create("anna", "Upload-Length: 30");
		start("tus.limits.max-stored-size=100B");
		assertRefused(create("anna", "Upload-Length: 11"), "tus.limits.max-stored-size");
		assertThat(create("anna", "Upload-Length: 10").status()).isEqualTo(201);
	}

	@Test
	void severalInstancesHoldALimitWithinTheDocumentedError() {
		start("tus.limits.max-stored-size=100B");
		TestServer first = this.server;
		try (TestServer second = TestServer.tomcat()
			.with(Owners.class)
			.directory(this.directory)
			.property("tus.limits.max-stored-size", "100B")
			.start()) {
			assertThatLimitHolds(first, second);
		}
		finally {
			this.server = first;
		}
	}

	@Test
	@Tag("long")
	void severalInstancesWithOneBucketHoldALimitWithinTheDocumentedError() {
		try (S3ProxyServer store = new S3ProxyServer()) {
			S3Bucket.create(store.client(), "uploads");
			try (TestServer first = bucket(store); TestServer second = bucket(store)) {
				assertThatLimitHolds(first, second);
			}
		}
		finally {
			this.server = null;
		}
	}

	private static TestServer bucket(S3ProxyServer store) {
		OneBucket.store = store;
		return TestServer.tomcat()
			.with(Owners.class, OneBucket.class)
			.property("tus.limits.max-stored-size", "100B")
			.start();
	}

	private void assertThatLimitHolds(TestServer first, TestServer second) {
		// Before the cleaner has run each gives what the limit leaves, and no more.
		assertThat(fill(first)).isEqualTo(100);
		assertThat(fill(second)).isEqualTo(100);
		first.bean(UploadCleaner.class).clean();
		second.bean(UploadCleaner.class).clean();
		for (TestServer server : List.of(first, second)) {
			this.server = server;
			assertRefused(create("anna", "Upload-Length: 1"), "tus.limits.max-stored-size");
		}
		// What one of them removes makes room at the other, too, a second after a
		// refusal.
		List<Upload> all = first.bean(TusUploads.class).list().toList();
		all.forEach((upload) -> first.bean(TusUploads.class).delete(upload.id()));
		Awaitility.await()
			.untilAsserted(() -> assertThat(create("anna", "Upload-Length: 100").status()).isEqualTo(201));
		first.bean(UploadCleaner.class).clean();
		this.server = first;
		assertRefused(create("anna", "Upload-Length: 1"), "tus.limits.max-stored-size");
	}

	/**
	 * Creates uploads until none is taken.
	 * @return their bytes
	 */
	private int fill(TestServer instance) {
		this.server = instance;
		int bytes = 0;
		while (create("anna", "Upload-Length: 20").status() == 201) {
			bytes += 20;
		}
		return bytes;
	}

	@Test
	void whatTheApplicationHasTakenDoesNotCount() throws Exception {
		start("tus.limits.max-stored-size=100B");
		String location = location(create("anna", "Upload-Length: 60"));
		append("anna", location, 0, 60);
		this.server.bean(TusUploads.class).moveTo(id(location), this.directory.resolve("taken"));
		assertThat(create("anna", "Upload-Length: 100").status()).isEqualTo(201);
	}

	@Test
	void applicationMayHaveItsOwn() {
		this.server = TestServer.tomcat().with(Owners.class, OwnQuota.class).directory(this.directory).start();
		assertThat(create("anna", "Upload-Length: 50").status()).isEqualTo(201);
		RawResponse refused = create("anna", "Upload-Length: 51");
		assertThat(refused.status()).isEqualTo(402);
		assertThat(refused.text()).isEqualTo("anna may have 50 bytes");
		String location = location(create("anna", "Upload-Defer-Length: 1"));
		assertThat(append("anna", location, 0, 51).status()).isEqualTo(402);
	}

	@Test
	void applicationsOwnMayLookAtTheUploads() {
		this.server = TestServer.tomcat().with(Owners.class, LookingQuota.class).directory(this.directory).start();
		assertThat(create("anna", "Upload-Length: 1").status()).isEqualTo(201);
		assertThat(create("anna", "Upload-Length: 1").status()).isEqualTo(402);
	}

	@Test
	void typesAreLimited() {
		start("tus.limits.filetypes=image/*", "tus.limits.extensions=.png,jpg");
		assertThat(declare("image/png", "a.png")).isEqualTo(201);
		assertThat(declare("image/png", "A.PNG")).isEqualTo(201);
		assertThat(declare("text/plain", "a.png")).isEqualTo(415);
		assertThat(declare("image/png", "a.exe")).isEqualTo(415);
		assertThat(declare("image/png", "a.png.exe")).isEqualTo(415);
		assertThat(declare("nonsense", "a.png")).isEqualTo(415);
		assertThat(declare("image/png", "png")).isEqualTo(415);
	}

	private int declare(String filetype, String filename) {
		return create("anna", "Upload-Length: 1",
				"Upload-Metadata: filetype " + base64(filetype) + ",filename " + base64(filename))
			.status();
	}

	@Test
	void metadataIsLimited() {
		start("tus.limits.max-metadata-size=50B", "tus.limits.max-metadata-keys=2");
		assertThat(create("anna", "Upload-Length: 1", "Upload-Metadata: a,b").status()).isEqualTo(201);
		RawResponse keys = create("anna", "Upload-Length: 1", "Upload-Metadata: a,b,c");
		assertThat(keys.status()).isEqualTo(413);
		assertThat(keys.text()).contains("tus.limits.max-metadata-keys");
		RawResponse size = create("anna", "Upload-Length: 1", "Upload-Metadata: a " + base64("x".repeat(60)));
		assertThat(size.status()).isEqualTo(413);
		assertThat(size.text()).contains("tus.limits.max-metadata-size");
	}

	@Test
	void whereNothingIsLimitedNothingIsCounted() {
		start();
		assertThat(this.server.bean(UploadStorage.class)).isNotInstanceOf(QuotaUploadStorage.class);
	}

	private static void assertRefused(RawResponse response, String limit) {
		assertThat(response.status()).as(response.toString()).isEqualTo(429);
		assertThat(response.text()).contains("'" + limit + "'");
		assertThat(response.header("Retry-After")).isEqualTo("60");
	}

	private RawResponse create(String user, String... lines) {
		RawRequest request = send("POST", user, "/files");
		for (String line : lines) {
			request.with(line);
		}
		return request.with("Content-Length: 0").send();
	}

	private RawResponse append(String user, String location, long offset, int count) {
		return send("PATCH", user, location).with("Upload-Offset: " + offset)
			.with("Content-Type: application/offset+octet-stream")
			.body("x".repeat(count))
			.send();
	}

	private RawRequest send(String method, String user, String path) {
		return RawRequest.of(method, this.server.uri(path)).with("X-User: " + user);
	}

	private static String location(RawResponse created) {
		assertThat(created.status()).as(created.toString()).isEqualTo(201);
		return created.header("Location");
	}

	private static UploadId id(String location) {
		return UploadId.of(location.substring(location.lastIndexOf('/') + 1));
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	static class OneBucket {

		private static S3ProxyServer store;

		@Bean
		S3UploadStorage storage() {
			return new S3UploadStorage(store.client(), S3Server.settings("uploads", ""),
					(upload) -> S3Location.of(upload.id().toString()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Owners {

		@Bean
		UploadOwnerResolver owner() {
			return (request) -> request.getHeader("X-User");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnQuota {

		@Bean
		UploadQuota quota() {
			return (demand) -> {
				if (demand.bytes() > 50) {
					throw new UploadRejectedException(402, demand.owner() + " may have 50 bytes");
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LookingQuota {

		@Bean
		UploadQuota quota(TusUploads uploads) {
			return (demand) -> {
				try (Stream<Upload> all = uploads.list()) {
					if (all.findAny().isPresent()) {
						throw new UploadRejectedException(402, "There may be one upload");
					}
				}
			};
		}

	}

}
