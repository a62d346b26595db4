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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads at a store that, as Cloudflare R2, wants all parts but the last to have the
 * same size.
 */
class S3EqualPartsTests {

	private static final int MIN = (int) S3Settings.MIN_PART_SIZE;

	private static final int SIZE = MIN + 3_000_000;

	private static S3Server server;

	private static S3AsyncClient client;

	private static S3Bucket bucket;

	private static S3UploadStorage storage;

	private long generation;

	@BeforeAll
	static void start() {
		server = S3Server.start();
		client = S3Server.clientBuilder(server.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new EqualSizes()))
			.build();
		bucket = S3Bucket.create(client, "uploads");
		storage = open(SIZE);
	}

	@AfterAll
	static void stop() {
		storage.close();
		client.close();
		server.close();
	}

	private static S3UploadStorage open(long partSize) {
		return new S3UploadStorage(client,
				new S3Settings("uploads", "some/", partSize, 10_000, 4, 64 * 1024 * 1024, true,
						ConditionalWrites.REQUIRED, Duration.ofDays(1)),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@Test
	void appendsOfRandomSizesAddUp() throws Exception {
		Random random = new Random(5);
		UploadId id = UploadId.of("random");
		byte[] content = content(3 * SIZE + 3);
		storage.create(NewUpload.builder(id).build());
		int offset = 0;
		while (offset < content.length) {
			int count = Math.min(1 + random.nextInt((random.nextBoolean()) ? 20_000 : 2 * MIN),
					content.length - offset);
			append(storage, id, content, offset, count);
			offset += count;
		}
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
	}

	@Test
	void whatIsSpilledIsNoPartOfAnotherSize() throws Exception {
		UploadId id = UploadId.of("spilled");
		byte[] content = content(2 * SIZE + 100_000);
		Upload upload = storage.create(NewUpload.builder(id).length((long) content.length).build());
		try (UploadWriter writer = storage.append(upload, ++this.generation, false)) {
			for (int offset = 0, piece = MIN; offset < content.length; offset += piece++) {
				writer.write(ByteBuffer.wrap(content, offset, Math.min(piece, content.length - offset)));
				((S3UploadWriter) writer).spill();
			}
			writer.commit();
		}
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
	}

	@Test
	void uploadKeepsTheSizeOfItsPartsWhenAnotherIsConfigured() throws Exception {
		UploadId id = UploadId.of("changed");
		byte[] content = content(4 * SIZE);
		storage.create(NewUpload.builder(id).length((long) content.length).build());
		append(storage, id, content, 0, SIZE);
		try (S3UploadStorage changed = open(MIN)) {
			append(changed, id, content, SIZE, 3 * SIZE);
		}
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
	}

	@Test
	void uploadsAreConcatenated() throws Exception {
		List<Upload> parts = new ArrayList<>();
		ByteBuffer expected = ByteBuffer.allocate(32 * 1024 * 1024);
		for (int size : new int[] { SIZE + 1000, 1024, MIN - 1, 2 * SIZE + 5, 3 }) {
			UploadId id = UploadId.of("part-" + parts.size());
			byte[] content = content(size);
			storage
				.create(NewUpload.builder(id).length((long) size).concatenation(new Concatenation.Partial()).build());
			append(storage, id, content, 0, size);
			parts.add(storage.find(id));
			expected.put(content);
		}
		UploadId id = UploadId.of("joined");
		Upload joined = storage.create(NewUpload.builder(id)
			.concatenation(new Concatenation.Final(parts.stream().map(Upload::id).toList(), ""))
			.build());
		storage.concatenate(joined, parts);
		byte[] content = new byte[expected.flip().remaining()];
		expected.get(content);
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
	}

	private void append(S3UploadStorage storage, UploadId id, byte[] content, int offset, int count)
			throws IOException {
		Upload upload = storage.find(id);
		boolean last = offset + count == content.length;
		Upload declared = (last && upload.length() == null) ? upload.withLength(content.length) : upload;
		try (UploadWriter writer = storage.append(declared, ++this.generation, false)) {
			writer.write(ByteBuffer.wrap(content, offset, count));
			writer.commit();
		}
	}

	private static byte[] content(int size) {
		byte[] content = new byte[size];
		new Random(size).nextBytes(content);
		return content;
	}

	/**
	 * Refuses to complete a multipart upload whose parts differ in size, but for the
	 * last.
	 */
	private static final class EqualSizes implements ExecutionInterceptor {

		private final Map<String, Long> sizes = new ConcurrentHashMap<>();

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			if (context.request() instanceof UploadPartRequest part) {
				this.sizes.put(part.uploadId() + part.partNumber(), part.contentLength());
			}
			if (context.request() instanceof UploadPartCopyRequest copy) {
				String[] range = copy.copySourceRange().substring("bytes=".length()).split("-");
				this.sizes.put(copy.uploadId() + copy.partNumber(),
						Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1);
			}
			if (context.request() instanceof CompleteMultipartUploadRequest completion) {
				check(completion.multipartUpload()
					.parts()
					.stream()
					.map((part) -> this.sizes.get(completion.uploadId() + part.partNumber()))
					.toList());
			}
		}

		private static void check(List<Long> sizes) {
			List<Long> allButTheLast = sizes.subList(0, sizes.size() - 1);
			if (allButTheLast.stream().distinct().count() > 1) {
				throw S3Exception.builder()
					.statusCode(400)
					.awsErrorDetails(
							AwsErrorDetails.builder().errorCode("InvalidPart").errorMessage("" + sizes).build())
					.build();
			}
		}

	}

}
