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

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stores that don't know all that AWS knows.
 */
@ExtendWith(OutputCaptureExtension.class)
class S3LackingStoresTests {

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
	void uploadIsRemovedThoughTheStoreRefusesToDeleteConditionally(CapturedOutput output) throws Exception {
		UploadId id = UploadId.of("removed");
		try (S3FaultProxy proxy = new S3FaultProxy(server.endpoint(), 0);
				S3AsyncClient client = S3Server.client(proxy.endpoint());
				S3UploadStorage storage = open(client)) {
			proxy.refuseConditional("DELETE");
			storage.create(NewUpload.builder(id).length(10L).build());
			try (UploadWriter writer = storage.append(storage.find(id), 1, false)) {
				writer.write(ByteBuffer.allocate(3));
				writer.commit();
			}
			assertThat(storage.delete(id)).isTrue();
			assertThat(storage.isConditional()).isTrue();
		}
		assertThat(bucket.keys()).noneMatch((key) -> key.contains(id.toString()));
		assertThat(output.getAll()).doesNotContain("ERROR");
	}

	private static S3UploadStorage open(S3AsyncClient client) {
		return new S3UploadStorage(client, S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

}
