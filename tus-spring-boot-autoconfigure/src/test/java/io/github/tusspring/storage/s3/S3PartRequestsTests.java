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

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;
import software.amazon.awssdk.utils.BinaryUtils;
import software.amazon.awssdk.utils.async.ByteBufferStoringSubscriber;
import software.amazon.awssdk.utils.async.SimplePublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the HTTP client is given to send for a part.
 */
class S3PartRequestsTests {

	private static final byte[] CONTENT = new byte[300_000];

	private final Recorder http = new Recorder();

	static Stream<S3AsyncClientBuilder> clients() {
		return Stream.of("http://127.0.0.1:1", "https://127.0.0.1:1")
			.flatMap((endpoint) -> Stream.of(client(endpoint), client(endpoint).multipartEnabled(true),
					client(endpoint).crossRegionAccessEnabled(true),
					client(endpoint).requestChecksumCalculation(RequestChecksumCalculation.WHEN_SUPPORTED),
					client(endpoint).requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)));
	}

	private static S3AsyncClientBuilder client(String endpoint) {
		return S3Server.clientBuilder(URI.create(endpoint));
	}

	@ParameterizedTest
	@MethodSource("clients")
	void partHasNoChecksum(S3AsyncClientBuilder builder) {
		SdkHttpRequest part = put(builder, new S3RequestCustomizer() {
		});
		assertThat(part.headers().keySet()).noneMatch(S3PartRequestsTests::isOfAChecksum);
	}

	@Test
	void whatACustomizerConfiguresIsKept() {
		SdkHttpRequest part = put(client("http://127.0.0.1:1"), new S3RequestCustomizer() {

			@Override
			public void customize(UploadPartRequest.Builder request) {
				request.overrideConfiguration(
						AwsRequestOverrideConfiguration.builder().putHeader("x-mine", "yes").build());
			}

		});
		assertThat(part.firstMatchingHeader("x-mine")).contains("yes");
		assertThat(part.headers().keySet()).noneMatch(S3PartRequestsTests::isOfAChecksum);
	}

	@Test
	void bytesOfAPartAreSentAsTheyAreAndNotHashedWhereTlsProtectsThem() {
		SdkHttpRequest part = put(client("https://127.0.0.1:1"), new S3RequestCustomizer() {
		});
		assertThat(part.firstMatchingHeader("x-amz-content-sha256")).contains("UNSIGNED-PAYLOAD");
		assertThat(part.firstMatchingHeader("Content-Encoding")).isEmpty();
		assertThat(this.http.body).isEqualTo(CONTENT);
	}

	@Test
	void multipartUploadIsBegunAndEndedWithoutAWordOfChecksums() {
		Manifest manifest = Manifest.of(NewUpload.builder(UploadId.of("a")).build(), S3Location.of("key"),
				Instant.EPOCH);
		try (S3AsyncClient client = client("https://127.0.0.1:1").httpClient(this.http).build()) {
			S3Objects objects = objects(client, new S3RequestCustomizer() {
			});
			// The answers say nothing.
			objects.begin("uploads", "key", ObjectAttributes.of(manifest, null)).handle((id, ex) -> id).join();
			assertThat(this.http.request.headers().keySet()).noneMatch(S3PartRequestsTests::isOfAChecksum);
			objects.complete("uploads", "key", "multipart", List.of(new Manifest.Part(33, "tag", 5)), true)
				.handle((done, ex) -> done)
				.join();
			assertThat(this.http.request.headers().keySet()).noneMatch(S3PartRequestsTests::isOfAChecksum);
			assertThat(new String(this.http.body, StandardCharsets.UTF_8)).contains("<PartNumber>33</PartNumber>")
				.doesNotContain("Checksum");
		}
	}

	@Test
	void wholeObjectHasTheClientsChecksum() {
		try (S3AsyncClient client = client("https://127.0.0.1:1").httpClient(this.http).build()) {
			objects(client, new S3RequestCustomizer() {
			}).create("uploads", "key", new MemoryBody(List.of(ByteBuffer.wrap(CONTENT))), false).join();
		}
		assertThat(this.http.request.headers().keySet()).anyMatch(S3PartRequestsTests::isOfAChecksum);
	}

	private SdkHttpRequest put(S3AsyncClientBuilder builder, S3RequestCustomizer customizer) {
		try (S3AsyncClient client = builder.httpClient(this.http).build()) {
			Manifest.Part part = objects(client, customizer)
				.part("uploads", "key", "multipart", 33, CONTENT.length,
						new MemoryBody(List.of(ByteBuffer.wrap(CONTENT))))
				.join();
			assertThat(part.tag()).isEqualTo("tag");
		}
		return this.http.request;
	}

	private static S3Objects objects(S3AsyncClient client, S3RequestCustomizer customizer) {
		return new S3Objects(client, customizer, new StoreFailures("uploads"));
	}

	private static boolean isOfAChecksum(String header) {
		String name = header.toLowerCase(Locale.ROOT);
		return name.contains("checksum") || name.contains("trailer") || name.equals("content-md5");
	}

	/**
	 * Takes a request with its body, and says that it was done.
	 */
	private static final class Recorder implements SdkAsyncHttpClient {

		private volatile SdkHttpRequest request;

		private volatile byte[] body;

		@Override
		public CompletableFuture<Void> execute(AsyncExecuteRequest execution) {
			this.request = execution.request();
			ByteBufferStoringSubscriber body = new ByteBufferStoringSubscriber(2 * CONTENT.length);
			execution.requestContentPublisher().subscribe(body);
			ByteBuffer bytes = ByteBuffer.allocate(2 * CONTENT.length);
			body.blockingTransferTo(bytes);
			this.body = BinaryUtils.copyBytesFrom(bytes.flip());
			SimplePublisher<ByteBuffer> empty = new SimplePublisher<>();
			execution.responseHandler()
				.onHeaders(SdkHttpResponse.builder().statusCode(200).putHeader("ETag", "tag").build());
			execution.responseHandler().onStream(empty);
			return empty.complete();
		}

		@Override
		public void close() {
		}

	}

}
