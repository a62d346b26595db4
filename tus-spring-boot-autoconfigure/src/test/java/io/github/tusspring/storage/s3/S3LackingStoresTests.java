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
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsRequest;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Stores that don't know all that AWS knows.
 */
@ExtendWith(OutputCaptureExtension.class)
class S3LackingStoresTests {

	private static final int PART = (int) S3Settings.MIN_PART_SIZE;

	private static int count;

	private static S3Server server;

	private static S3Bucket bucket;

	private final S3FaultProxy proxy = new S3FaultProxy(server.endpoint(), 0);

	private final S3AsyncClient client = S3Server.client(this.proxy.endpoint());

	private final S3UploadStorage storage = new S3UploadStorage(this.client, S3Server.settings("uploads", "some/"),
			(upload) -> S3Location.of(upload.id().toString()));

	private final UploadId id = UploadId.of("upload-" + ++count);

	@BeforeAll
	static void start() {
		server = S3Server.start();
		bucket = S3Bucket.create(server.client(), "uploads");
	}

	@AfterAll
	static void stop() {
		bucket.client().close();
		server.close();
	}

	@AfterEach
	void close() {
		this.storage.close();
		this.client.close();
		this.proxy.close();
	}

	@Test
	void uploadIsRemovedThoughTheStoreRefusesToDeleteConditionally(CapturedOutput output) throws Exception {
		this.proxy.refuseConditional("DELETE");
		create(this.id, 10);
		append(this.id, "abc");
		assertThat(this.storage.delete(this.id)).isTrue();
		assertThat(this.storage.isConditional()).isTrue();
		assertThat(bucket.keys()).noneMatch((key) -> key.contains(this.id.toString()));
		assertThat(output.getAll()).doesNotContain("ERROR");
	}

	@Test
	void multipartUploadIsCompletedThoughTheStoreKnowsNoConditionOnIt(CapturedOutput output) throws Exception {
		this.proxy.refuseConditional("POST");
		for (int i = 0; i < 2; i++) {
			UploadId id = UploadId.of(this.id + "-" + i);
			create(id, 2L * PART);
			append(id, "a".repeat(PART));
			append(id, "b".repeat(PART));
			assertThat(bucket.get("some/" + id)).asString(StandardCharsets.UTF_8)
				.isEqualTo("a".repeat(PART) + "b".repeat(PART));
		}
		assertThat(this.proxy.faults()).as("It is tried once").isEqualTo(1);
		assertThat(output.getAll()).doesNotContain("ERROR");
	}

	@Test
	void foreignObjectIsNotWrittenOverThoughTheStoreKnowsNoConditionOnIt() throws Exception {
		this.proxy.refuseConditional("POST");
		create(this.id, 2L * PART);
		append(this.id, "a".repeat(PART));
		bucket.put("some/" + this.id, "somebody else's");
		assertThatIOException().isThrownBy(() -> append(this.id, "b".repeat(PART)));
		assertThat(bucket.get("some/" + this.id)).asString(StandardCharsets.UTF_8).isEqualTo("somebody else's");
	}

	@Test
	void uploadOfManyTailsIsRemovedThoughTheStoreKnowsNoListOfObjectsToDelete() throws Exception {
		this.proxy.refuse((line, hasHeader) -> line.startsWith("POST") && line.contains("?delete"));
		create(this.id, PART);
		for (int i = 0; i < 3; i++) {
			append(this.id, "abc");
		}
		assertThat(bucket.keys()).filteredOn((key) -> key.startsWith("some/" + this.id + ".part.")).hasSize(3);
		this.storage.delete(this.id);
		assertThat(bucket.keys()).noneMatch((key) -> key.startsWith("some/" + this.id));
	}

	@Test
	void absorbedTailsAreRemovedThoughTheStoreKnowsNoListOfObjectsToDelete() throws Exception {
		this.proxy.refuse((line, hasHeader) -> line.startsWith("POST") && line.contains("?delete"));
		create(this.id, 6);
		append(this.id, "ab");
		append(this.id, "cd");
		append(this.id, "ef");
		await().untilAsserted(
				() -> assertThat(bucket.keys()).noneMatch((key) -> key.startsWith("some/" + this.id + ".part.")));
	}

	@ParameterizedTest
	@EnumSource(names = { "NOT_IMPLEMENTED", "NOT_UNDERSTOOD" })
	void partsAreReadAndSentAgainWhereTheStoreCopiesNone(S3FaultProxy.Fault refusal, CapturedOutput output)
			throws Exception {
		this.proxy.refuseCopies(refusal);
		String text = "a".repeat(PART) + "b".repeat(PART + 1);
		this.storage.create(
				NewUpload.builder(this.id).length(2L * PART + 1).concatenation(new Concatenation.Partial()).build());
		append(this.id, text);
		for (int i = 0; i < 2; i++) {
			UploadId joined = UploadId.of(this.id + "-" + i);
			Upload whole = this.storage.create(NewUpload.builder(joined)
				.concatenation(new Concatenation.Final(List.of(this.id, this.id), ""))
				.build());
			Upload part = this.storage.find(this.id);
			this.storage.concatenate(whole, List.of(part, part));
			assertThat(bucket.get("some/" + joined)).asString(StandardCharsets.UTF_8).isEqualTo(text + text);
		}
		assertThat(this.proxy.faults()).as("It is tried once").isEqualTo(1);
		assertThat(output.getAll()).doesNotContain("ERROR");
	}

	@Test
	void storeThatWritesConditionallyOnlyWhereThereIsAnObjectIsNotTakenForOneThatWritesConditionally()
			throws Exception {
		try (S3AsyncClient client = client(new Reviving())) {
			try (S3UploadStorage storage = open(client, false)) {
				assertThatExceptionOfType(MissingConditionalWritesException.class).isThrownBy(storage::connect);
			}
			try (S3UploadStorage storage = open(client, true)) {
				storage.connect();
				assertThat(storage.isConditional()).isFalse();
			}
		}
		await().untilAsserted(() -> assertThat(bucket.keys()).noneMatch((key) -> key.contains(FirstContact.PROBE)));
	}

	@Test
	void contentThatStaysSinceTheStoreKeepsNoMetadataIsToldOf(CapturedOutput output) throws Exception {
		try (S3AsyncClient client = client(new Forgetful()); S3UploadStorage storage = open(client, false)) {
			storage.create(NewUpload.builder(this.id).length(3L).build());
			try (UploadWriter writer = storage.append(storage.find(this.id), System.nanoTime(), false)) {
				writer.write(ByteBuffer.allocate(3));
				writer.commit();
			}
			storage.delete(this.id);
		}
		assertThat(bucket.keys()).contains("some/" + this.id);
		assertThat(output).contains("Object 'some/" + this.id + "' stays").contains("the store keeps no metadata");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@Timeout(20)
	void pagesOfAStoreThatDoesNotSayWhereTheyGoOnComeToAnEnd(boolean repeating) throws Exception {
		String upload = bucket.client()
			.createMultipartUpload((request) -> request.bucket("uploads").key("some/" + this.id))
			.join()
			.uploadId();
		try (S3AsyncClient client = client(new Vague(repeating)); S3UploadStorage storage = open(client, false)) {
			storage.tidy();
			try (Stream<Upload> uploads = storage.list()) {
				assertThat(uploads.count()).isNotNegative();
			}
			assertThat(bucket.multipartUploads()).as("When it began isn't known").contains("some/" + this.id);
		}
		bucket.client()
			.abortMultipartUpload((request) -> request.bucket("uploads").key("some/" + this.id).uploadId(upload))
			.join();
	}

	private S3AsyncClient client(ExecutionInterceptor interceptor) {
		return S3Server.clientBuilder(this.proxy.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(interceptor))
			.build();
	}

	private static S3UploadStorage open(S3AsyncClient client, boolean locked) {
		S3Settings settings = new S3Settings("uploads", "some/", S3Settings.MIN_PART_SIZE, 10_000, 4, 64 * 1024 * 1024,
				false, ConditionalWrites.AUTO, Duration.ofMillis(1));
		return new S3UploadStorage(client, settings, (upload) -> S3Location.of(upload.id().toString()), locked,
				S3RequestCustomizer.of(List.of()));
	}

	@Test
	void clientOfAnApplicationMayKeepToItselfHowItWasMade() throws Exception {
		S3AsyncClient silent = (S3AsyncClient) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { S3AsyncClient.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("serviceClientConfiguration")) {
						throw new UnsupportedOperationException();
					}
					return method.invoke(this.client, arguments);
				});
		try (S3UploadStorage storage = new S3UploadStorage(silent, S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()))) {
			storage.connect();
			assertThat(storage.isConditional()).isTrue();
		}
	}

	private void create(UploadId id, long length) throws IOException {
		this.storage.create(NewUpload.builder(id).length(length).build());
	}

	private void append(UploadId id, String text) throws IOException {
		try (UploadWriter writer = this.storage.append(this.storage.find(id), System.nanoTime(), false)) {
			writer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
			writer.commit();
		}
	}

	/**
	 * Writes what is to replace an object also where there is none, as MinIO did until
	 * September 2025.
	 */
	private static final class Reviving implements ExecutionInterceptor {

		@Override
		public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
			return (context.request() instanceof PutObjectRequest put && put.ifMatch() != null
					&& !bucket.keys().contains(put.key())) ? put.toBuilder().ifMatch(null).build() : context.request();
		}

	}

	/**
	 * Keeps nothing of an object but its bytes, as gateways to file systems may.
	 */
	private static final class Forgetful implements ExecutionInterceptor {

		@Override
		public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
			return (context.request() instanceof PutObjectRequest put) ? put.toBuilder().metadata(Map.of()).build()
					: context.request();
		}

	}

	/**
	 * Lists things as SeaweedFS did until September 2026: without saying when a multipart
	 * upload began, and that there are more without saying where, or always the same
	 * place.
	 */
	private record Vague(boolean repeating) implements ExecutionInterceptor {

		@Override
		public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
			String next = this.repeating ? "some/" : null;
			if (context.response() instanceof ListMultipartUploadsResponse page) {
				return page.toBuilder()
					.isTruncated(true)
					.nextKeyMarker(next)
					.uploads(page.uploads()
						.stream()
						.map((upload) -> upload.toBuilder().initiated(null).build())
						.toList())
					.build();
			}
			if (context.response() instanceof ListObjectsV2Response page) {
				return page.toBuilder().isTruncated(true).nextContinuationToken(next).build();
			}
			return context.response();
		}

		@Override
		public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
			if (context.request() instanceof ListMultipartUploadsRequest list) {
				return list.toBuilder().keyMarker(null).build();
			}
			return (context.request() instanceof ListObjectsV2Request list)
					? list.toBuilder().continuationToken(null).build() : context.request();
		}

	}

}
