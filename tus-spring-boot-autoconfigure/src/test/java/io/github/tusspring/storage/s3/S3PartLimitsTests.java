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
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * How many parts an upload has, and how many of them are sent at a time.
 */
class S3PartLimitsTests {

	private static final int MIN = (int) S3Settings.MIN_PART_SIZE;

	private final HeldParts http = new HeldParts();

	private final UploadId id = UploadId.of("limited");

	private S3Server server;

	private S3AsyncClient client;

	private S3Bucket bucket;

	private S3UploadStorage storage;

	@BeforeEach
	void start() {
		this.server = S3Server.start();
		this.client = S3Server.clientBuilder(this.server.endpoint()).httpClient(this.http).build();
		this.bucket = S3Bucket.create(this.client, "uploads");
		this.storage = new S3UploadStorage(this.client, new S3Settings("uploads", "some/", MIN, 10, 2, 2L * MIN, false,
				ConditionalWrites.REQUIRED, Duration.ofDays(1)), (upload) -> S3Location.of(upload.id().toString()));
	}

	@AfterEach
	void stop() {
		this.storage.close();
		this.client.close();
		this.http.close();
		this.server.close();
	}

	@Test
	void notMorePartsAreSentAtATimeThanAllowed() throws Exception {
		byte[] content = new byte[4 * MIN];
		this.storage.create(NewUpload.builder(this.id).build());
		try (UploadWriter writer = this.storage.append(this.storage.find(this.id).withLength(content.length), 1,
				false)) {
			CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(writer, content));
			await().until(() -> this.http.begun.get() == 2);
			await().during(Duration.ofMillis(200)).until(() -> this.http.begun.get() == 2);
			this.http.released.complete(null);
			written.get(10, TimeUnit.SECONDS);
		}
		assertThat(this.bucket.get("some/" + this.id)).hasSize(content.length);
	}

	@Test
	void uploadOfUnknownLengthEndsWhereItsPartsEnd() throws Exception {
		this.http.released.complete(null);
		this.storage.create(NewUpload.builder(this.id).build());
		try (UploadWriter writer = this.storage.append(this.storage.find(this.id), 1, false)) {
			write(writer, new byte[10 * MIN]);
		}
		assertThat(this.storage.find(this.id).offset()).isEqualTo(10L * MIN);
		try (UploadWriter writer = this.storage.append(this.storage.find(this.id), 2, false)) {
			assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> write(writer, new byte[MIN]));
		}
		assertThat(this.storage.find(this.id).offset()).isEqualTo(10L * MIN);
	}

	private static void write(UploadWriter writer, byte[] content) {
		try {
			writer.write(ByteBuffer.wrap(content));
			writer.commit();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends parts when they are released.
	 */
	private static final class HeldParts implements SdkAsyncHttpClient {

		private final SdkAsyncHttpClient delegate = NettyNioAsyncHttpClient.create();

		private final AtomicInteger begun = new AtomicInteger();

		private final CompletableFuture<Void> released = new CompletableFuture<>();

		@Override
		public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
			if (!request.request().rawQueryParameters().containsKey("partNumber")) {
				return this.delegate.execute(request);
			}
			this.begun.incrementAndGet();
			return this.released.thenCompose((released) -> this.delegate.execute(request));
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

}
