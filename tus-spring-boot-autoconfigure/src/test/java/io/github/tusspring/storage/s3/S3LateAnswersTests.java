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

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What answers do to uploads that come late.
 */
class S3LateAnswersTests {

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

	@Test
	void tailThatIsWrittenDownWhileItsWriterIsClosedIsNotLost() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("closed");
		try (S3AsyncClient client = client(http); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(10L).build());
			UploadWriter writer = one.append(one.find(id), 1, false);
			HoldingHttpClient.Held tail = http.holdAnswer((request) -> request.encodedPath().contains("/closed.part."));
			writer.write(ByteBuffer.wrap(new byte[] { 1, 2, 3 }));
			tail.done().get(10, TimeUnit.SECONDS);
			writer.close();
			tail.release().complete(null);
			await().during(Duration.ofMillis(500))
				.untilAsserted(() -> assertThat(bucket.stored("some/", "closed")).hasSize((int) one.find(id).offset()));
		}
	}

	private static S3AsyncClient client(HoldingHttpClient http) {
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
		return new S3UploadStorage(client, S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

}
