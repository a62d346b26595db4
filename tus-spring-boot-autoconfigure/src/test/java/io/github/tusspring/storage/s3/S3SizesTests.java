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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Appends and parts of each size class: far below the smallest part that S3 takes, just
 * below it, as large, and just above.
 */
class S3SizesTests {

	private static final int MIN = (int) S3Settings.MIN_PART_SIZE;

	private static S3Server server;

	private static S3Bucket bucket;

	private static S3UploadStorage storage;

	private long generation;

	@BeforeAll
	static void start() {
		server = S3Server.start();
		bucket = S3Bucket.create(server.client(), "uploads");
		storage = open();
	}

	private static S3UploadStorage open() {
		return new S3UploadStorage(bucket.client(), S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@AfterAll
	static void stop() {
		storage.close();
		bucket.client().close();
		server.close();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1024, MIN - 1, MIN, MIN + 1 })
	void appendsOfOneSizeAddUp(int size) throws Exception {
		UploadId id = UploadId.of("size-" + size);
		byte[] content = content(3 * size + 7);
		storage.create(NewUpload.builder(id).length((long) content.length).build());
		for (int offset = 0; offset < content.length; offset += size) {
			append(id, content, offset, Math.min(size, content.length - offset));
		}
		assertStored(id, content);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1024, MIN - 1, MIN, MIN + 1 })
	void bytesWhoseChecksumIsWrongLeaveNothing(int size) throws Exception {
		UploadId id = UploadId.of("wrong-" + size);
		byte[] content = content(2 * size);
		storage.create(NewUpload.builder(id).length((long) content.length).build());
		append(id, content, 0, size);
		try (UploadWriter writer = storage.append(storage.find(id), ++this.generation, true)) {
			writer.write(ByteBuffer.wrap(content(size + 1), 0, size));
		}
		assertThat(storage.find(id).offset()).isEqualTo(size);
		append(id, content, size, size);
		assertStored(id, content);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1024, MIN })
	void lengthIsDeclaredWithTheLastAppend(int size) throws Exception {
		UploadId id = UploadId.of("deferred-" + size);
		byte[] content = content(2 * size);
		storage.create(NewUpload.builder(id).build());
		append(id, content, 0, size);
		append(id, content, size, size);
		assertStored(id, content);
	}

	@ParameterizedTest
	@ValueSource(ints = { MIN - 1, MIN + 1 })
	void lengthIsDeclaredAfterTheLastAppend(int size) throws Exception {
		UploadId id = UploadId.of("late-" + size);
		byte[] content = content(2 * size);
		storage.create(NewUpload.builder(id).build());
		append(id, content, 0, size);
		appendUndeclared(id, content, size, size);
		append(id, content, content.length, 0);
		assertStored(id, content);
	}

	private void appendUndeclared(UploadId id, byte[] content, int offset, int count) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(id), ++this.generation, false)) {
			writer.write(ByteBuffer.wrap(content, offset, count));
			writer.commit();
		}
	}

	@Test
	void appendsOfRandomSizesAddUpWithADeferredLength() throws Exception {
		Random random = new Random(5);
		UploadId id = UploadId.of("random");
		byte[] content = content(17 * 1024 * 1024 + 3);
		storage.create(NewUpload.builder(id).build());
		int offset = 0;
		while (offset < content.length) {
			int count = Math.min(1 + random.nextInt((random.nextBoolean()) ? 20_000 : 4 * MIN),
					content.length - offset);
			append(id, content, offset, count);
			offset += count;
		}
		assertStored(id, content);
	}

	@Test
	void manySmallAppendsAddUpAlsoWhenAnotherInstanceGoesOn() throws Exception {
		UploadId id = UploadId.of("many");
		byte[] content = content(60 * 100_000);
		storage.create(NewUpload.builder(id).length((long) content.length).build());
		for (int i = 0; i < 30; i++) {
			append(id, content, i * 100_000, 100_000);
		}
		try (S3UploadStorage other = open()) {
			for (int i = 30; i < 60; i++) {
				append(other, id, content, i * 100_000, 100_000);
			}
		}
		assertStored(id, content);
	}

	@Test
	void uploadWithoutBytesIsAnEmptyObject() throws Exception {
		UploadId id = UploadId.of("empty");
		Upload upload = storage.create(NewUpload.builder(id).length(0L).build());
		storage.update(upload.withNextAttempt());
		assertStored(id, new byte[0]);
	}

	@Test
	void partsOfEachSizeClassAreConcatenated() throws Exception {
		List<Upload> parts = new ArrayList<>();
		ByteBuffer expected = ByteBuffer.allocate(64 * 1024 * 1024);
		for (int size : new int[] { 1024, MIN - 1, 0, MIN, 1, MIN + 1, 2 * MIN + 5, 1024 }) {
			UploadId id = UploadId.of("part-" + parts.size());
			byte[] content = content(size);
			storage
				.create(NewUpload.builder(id).length((long) size).concatenation(new Concatenation.Partial()).build());
			if (size > 0) {
				append(id, content, 0, size);
			}
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
		assertStored(id, content);
	}

	private void append(UploadId id, byte[] content, int offset, int count) throws IOException {
		append(storage, id, content, offset, count);
	}

	private void append(S3UploadStorage storage, UploadId id, byte[] content, int offset, int count)
			throws IOException {
		Upload upload = storage.find(id);
		boolean last = offset + count == content.length;
		Upload declared = (last && upload.length() == null) ? upload.withLength(content.length) : upload;
		try (UploadWriter writer = storage.append(declared, ++this.generation, count % 2 == 0)) {
			writer.write(ByteBuffer.wrap(content, offset, count));
			writer.commit();
		}
	}

	private static void assertStored(UploadId id, byte[] content) throws IOException {
		assertThat(storage.find(id).isFull()).isTrue();
		assertThat(bucket.get("some/" + id)).isEqualTo(content);
		// What nobody needs is removed when nobody waits for it.
		await().untilAsserted(() -> assertThat(bucket.multipartUploads()).isEmpty());
	}

	private static byte[] content(int size) {
		byte[] content = new byte[size];
		new Random(size).nextBytes(content);
		return content;
	}

}
