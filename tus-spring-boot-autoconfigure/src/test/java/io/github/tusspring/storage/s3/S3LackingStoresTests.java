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

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
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
		server = new S3ProxyServer();
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

}
