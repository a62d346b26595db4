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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How many requests an upload costs, and how many bytes go to the store.
 */
class S3RequestsTests {

	private static final int MIB = 1024 * 1024;

	private static final Counter counter = new Counter();

	private static S3Server store;

	private static TestServer server;

	private static S3Bucket bucket;

	private final HttpClient http = HttpClient.newHttpClient();

	@BeforeAll
	static void start() {
		store = S3Server.start();
		bucket = S3Bucket.create(store.client(), "uploads");
		server = store.configure(TestServer.tomcat(), "uploads")
			.property("tus.expiration.cleanup-interval", -1)
			.with(ClientConfiguration.class)
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
		store.close();
	}

	@BeforeEach
	void reset() {
		counter.reset();
	}

	@Test
	void uploadOfOneMebibyteInOnePatchCostsSixAtMost() throws Exception {
		String id = create(MIB);
		byte[] content = random(MIB);
		patch(id, 0, content);
		awaitSettled(id);
		assertThat(counter.operations()).hasSizeLessThan(7);
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
	}

	@Test
	void uploadOf64MebibytesInOnePatchCostsNineAtMost() throws Exception {
		String id = create(64 * MIB);
		byte[] content = random(64 * MIB);
		patch(id, 0, content);
		awaitSettled(id);
		assertThat(counter.operations()).hasSizeLessThanOrEqualTo(9);
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
	}

	@Test
	void uploadOf64PatchesOfOneMebibyteSendsNoByteMoreThanTwice() throws Exception {
		String id = create(64 * MIB);
		byte[] content = random(64 * MIB);
		for (int i = 0; i < 64; i++) {
			byte[] piece = new byte[MIB];
			System.arraycopy(content, i * MIB, piece, 0, MIB);
			patch(id, (long) i * MIB, piece);
		}
		awaitSettled(id);
		assertThat(counter.operations()).hasSizeLessThan(361);
		assertThat(counter.bytes()).isLessThan(2L * 64 * MIB + MIB);
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
		assertThat(bucket.multipartUploads()).isEmpty();
	}

	@Test
	void memoryOfAnUploadThatIsPutAtOnceCountsUntilItIsThere() throws Exception {
		String id = create(MIB);
		AtomicLong used = new AtomicLong();
		counter.onPut("some/" + id, () -> used.set(server.bean(S3UploadStorage.class).memoryUsed()));
		patch(id, 0, random(MIB));
		assertThat(used).hasValueGreaterThanOrEqualTo(MIB);
		awaitSettled(id);
		assertThat(server.bean(S3UploadStorage.class).memoryUsed()).isZero();
	}

	@Test
	void lookAtAnUploadCostsOne() throws Exception {
		String id = create(10);
		patch(id, 0, random(5));
		counter.reset();
		assertThat(
				send(HttpRequest.newBuilder(uri(id)).method("HEAD", HttpRequest.BodyPublishers.noBody())).statusCode())
			.isEqualTo(200);
		assertThat(counter.operations()).containsExactly("GetObject");
	}

	@Test
	void patchOfAnOpenUploadCostsNoneBeforeItsBytesFlow() throws Exception {
		String id = create(10);
		patch(id, 0, random(5));
		counter.reset();
		patch(id, 5, random(1));
		assertThat(counter.operations()).containsExactly("PutObject", "PutObject");
	}

	@Test
	void finalUploadCostsOneLookForEachPart() throws Exception {
		String parts = "";
		for (int i = 0; i < 4; i++) {
			String id = create(5, "partial");
			patch(id, 0, random(5));
			parts += " " + uri(id).getPath();
		}
		counter.reset();
		HttpResponse<Void> response = send(HttpRequest.newBuilder(server.uri("/files"))
			.header("Upload-Concat", "final;" + parts.strip())
			.POST(HttpRequest.BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(201);
		String location = response.headers().firstValue("Location").orElseThrow();
		awaitSettled(location.substring(location.lastIndexOf('/') + 1));
		assertThat(counter.operations().stream().filter((operation) -> operation.equals("HeadObject"))).isEmpty();
		// One for each manifest, and one for each content that is too small to be copied.
		assertThat(counter.operations().stream().filter((operation) -> operation.equals("GetObject")))
			.hasSizeLessThanOrEqualTo(8);
	}

	@Test
	void finalUploadOfPartsThatAnotherInstanceHasFilledCostsTwoLooksForEachPart() throws Exception {
		String parts = "";
		try (S3AsyncClient client = store.client();
				S3UploadStorage other = new S3UploadStorage(client, S3Server.settings("uploads", "some/"),
						(upload) -> S3Location.of(upload.id().toString()))) {
			for (int i = 0; i < 2; i++) {
				UploadId id = UploadId.of("part-" + i);
				other.create(NewUpload.builder(id).length(6L * MIB).concatenation(new Concatenation.Partial()).build());
				append(other, id, 5 * MIB);
				append(other, id, MIB);
				parts += " " + uri(id.toString()).getPath();
			}
		}
		counter.reset();
		HttpResponse<Void> response = send(HttpRequest.newBuilder(server.uri("/files"))
			.header("Upload-Concat", "final;" + parts.strip())
			.POST(HttpRequest.BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(201);
		String location = response.headers().firstValue("Location").orElseThrow();
		awaitSettled(location.substring(location.lastIndexOf('/') + 1));
		Map<String, Long> operations = counter.operations()
			.stream()
			.collect(Collectors.groupingBy((operation) -> operation, Collectors.counting()));
		// The manifest, and the object, of which the manifest doesn't say that it is
		// there.
		assertThat(operations).containsEntry("GetObject", 2L)
			.containsEntry("HeadObject", 2L)
			.containsEntry("UploadPartCopy", 2L)
			.containsEntry("CompleteMultipartUpload", 1L)
			.doesNotContainKey("AbortMultipartUpload");
	}

	private static void append(S3UploadStorage storage, UploadId id, int count) throws Exception {
		try (UploadWriter writer = storage.append(storage.find(id), System.nanoTime(), false)) {
			writer.write(ByteBuffer.wrap(random(count)));
			writer.commit();
		}
	}

	private String create(long length, String... concatenation) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/files"))
			.header("Upload-Length", Long.toString(length))
			.POST(HttpRequest.BodyPublishers.noBody());
		for (String value : concatenation) {
			request.header("Upload-Concat", value);
		}
		String location = send(request).headers().firstValue("Location").orElseThrow();
		return location.substring(location.lastIndexOf('/') + 1);
	}

	private void patch(String id, long offset, byte[] bytes) throws Exception {
		HttpResponse<Void> response = send(HttpRequest.newBuilder(uri(id))
			.header("Upload-Offset", Long.toString(offset))
			.header("Content-Type", "application/offset+octet-stream")
			.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(bytes)));
		assertThat(response.statusCode()).isEqualTo(204);
	}

	private HttpResponse<Void> send(HttpRequest.Builder request) throws Exception {
		return this.http.send(request.header("Tus-Resumable", "1.0.0").build(), HttpResponse.BodyHandlers.discarding());
	}

	private static URI uri(String id) {
		return server.uri("/files/" + id);
	}

	private static void awaitSettled(String id) {
		await().until(() -> bucket.get("some/" + id) != null && bucket.get("some/.due/" + id) == null);
	}

	private static byte[] random(int length) {
		byte[] bytes = new byte[length];
		new Random(length).nextBytes(bytes);
		return bytes;
	}

	@Configuration(proxyBeanMethods = false)
	static class ClientConfiguration {

		@Bean
		S3AsyncClient client() {
			return S3Server.clientBuilder(store.endpoint())
				.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(counter))
				.build();
		}

	}

	/**
	 * Counts attempts, also those that the SDK makes again.
	 */
	private static final class Counter implements ExecutionInterceptor {

		private final ConcurrentLinkedQueue<String> operations = new ConcurrentLinkedQueue<>();

		private final AtomicLong bytes = new AtomicLong();

		private volatile String key = "";

		private volatile Runnable action = () -> {
		};

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
			if (operation.equals("ListObjectsV2")) {
				// Every now and then, whatever the uploads.
				return;
			}
			this.operations.add(operation);
			if (context.request() instanceof PutObjectRequest request && request.key().equals(this.key)) {
				this.action.run();
			}
			context.asyncRequestBody().flatMap((body) -> body.contentLength()).ifPresent(this.bytes::addAndGet);
		}

		void onPut(String key, Runnable action) {
			this.key = key;
			this.action = action;
		}

		void reset() {
			this.operations.clear();
			this.bytes.set(0);
		}

		List<String> operations() {
			return List.copyOf(this.operations);
		}

		long bytes() {
			return this.bytes.get();
		}

	}

}
