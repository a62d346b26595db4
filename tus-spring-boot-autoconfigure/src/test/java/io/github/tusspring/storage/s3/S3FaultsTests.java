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

package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What lost requests, lost answers and failures of the store do to uploads: nothing is
 * lost that counted, and nothing is doubled. Each sequence has two instances that take
 * turns, and is repeatable by its seed but for the timing.
 */
class S3FaultsTests {

	private static final int MAX_TRIES = 400;

	private static S3Server server;

	private static S3Bucket bucket;

	@BeforeAll
	static void start() {
		server = new S3ProxyServer();
		bucket = S3Bucket.create(server.client(), "uploads");
	}

	@AfterAll
	static void stop() {
		bucket.client().close();
		server.close();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5 })
	void nothingIsLostAndNothingIsDoubled(long seed) throws Exception {
		Random random = new Random(seed);
		FaultyHttpClient http = new FaultyHttpClient(NettyNioAsyncHttpClient.create(), seed);
		try (S3AsyncClient client = client(http);
				S3UploadStorage one = open(client);
				S3UploadStorage other = open(client)) {
			for (int i = 0; i < 4; i++) {
				byte[] content = new byte[random.nextInt(13 * 1024 * 1024)];
				random.nextBytes(content);
				UploadId id = UploadId.of("upload-" + seed + "-" + i);
				http.rate(0.1);
				create(one, id, content.length);
				upload(id, content, random, one, other);
				http.rate(0);
				finish(random.nextBoolean() ? one : other, id);
				assertThat(bucket.get("some/" + id)).isEqualTo(content);
			}
			try (S3UploadStorage cleaner = open(client, Duration.ofMillis(1))) {
				cleaner.tidy();
			}
			assertThat(bucket.multipartUploads()).noneMatch((key) -> key.contains("upload-" + seed + "-"));
			await().untilAsserted(() -> assertThat(bucket.keys())
				.noneMatch((key) -> key.contains("upload-" + seed + "-") && key.contains(".part.")));
		}
	}

	@Test
	void tailThatIsWrittenDownWhileItsWriterIsClosedIsNotLost() throws Exception {
		FaultyHttpClient http = new FaultyHttpClient(NettyNioAsyncHttpClient.create(), 0);
		UploadId id = UploadId.of("closed");
		try (S3AsyncClient client = client(http); S3UploadStorage one = open(client)) {
			create(one, id, 10);
			UploadWriter writer = one.append(one.find(id), 1, false);
			FaultyHttpClient.Held tail = http.holdAnswer((request) -> request.encodedPath().contains("/closed.part."));
			writer.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
			tail.done().get(10, TimeUnit.SECONDS);
			writer.close();
			tail.release().complete(null);
			await().during(Duration.ofMillis(500))
				.untilAsserted(() -> assertThat(bucket.stored("some/", "closed")).hasSize((int) one.find(id).offset()));
		}
	}

	private static void create(S3UploadStorage storage, UploadId id, long length) throws IOException {
		for (int i = 0; i < MAX_TRIES; i++) {
			try {
				storage.create(NewUpload.builder(id).length(length).metadata(UploadMetadata.EMPTY).build());
				return;
			}
			catch (UploadExistsException ex) {
				return;
			}
			catch (IOException | UploadException ex) {
				// The client asks again.
			}
		}
	}

	private static void upload(UploadId id, byte[] content, Random random, S3UploadStorage... storages) {
		long acknowledged = 0;
		Exception last = null;
		for (int i = 0; i < MAX_TRIES; i++) {
			S3UploadStorage storage = storages[random.nextInt(storages.length)];
			try {
				Upload upload = storage.find(id);
				assertThat(upload.offset()).isBetween(acknowledged, (long) content.length);
				acknowledged = upload.offset();
				if (upload.isFull()) {
					return;
				}
				int count = Math.min(1 + random.nextInt(3 * 1024 * 1024), content.length - (int) acknowledged);
				try (UploadWriter writer = storage.append(upload, i + 1, random.nextInt(5) == 0)) {
					writer.write(ByteBuffer.wrap(content, (int) acknowledged, count));
					writer.commit();
					acknowledged += count;
				}
			}
			catch (IOException | UploadException ex) {
				// The client looks where to go on.
				last = ex;
			}
		}
		throw new AssertionError(
				"Not full after " + MAX_TRIES + " tries, but at " + acknowledged + " of " + content.length, last);
	}

	private static void finish(S3UploadStorage storage, UploadId id) throws IOException {
		Upload full = storage.find(id);
		storage.update(full.withNextAttempt());
	}

	private static S3AsyncClient client(FaultyHttpClient http) {
		return S3AsyncClient.builder()
			.httpClient(http)
			.endpointOverride(server.endpoint())
			.region(Region.US_EAST_1)
			.forcePathStyle(true)
			.credentialsProvider(StaticCredentialsProvider
				.create(AwsBasicCredentials.create(S3Server.ACCESS_KEY, S3Server.SECRET_KEY)))
			.overrideConfiguration((configuration) -> configuration
				.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(2).build()))
			.build();
	}

	private static S3UploadStorage open(S3AsyncClient client) {
		return open(client, Duration.ofDays(1));
	}

	private static S3UploadStorage open(S3AsyncClient client, Duration abandonedAfter) {
		return new S3UploadStorage(client, new S3Settings("uploads", "some/", S3Settings.MIN_PART_SIZE, 10_000, 4,
				64 * 1024 * 1024, false, ConditionalWrites.REQUIRED, abandonedAfter),
				(upload) -> S3Location.of(upload.id().toString()));
	}

}
