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
import java.nio.file.Path;
import java.util.List;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What two instances do to one upload in a bucket of a store that, as AWS, knows nothing
 * any more of a multipart upload that has ended.
 */
@EnabledIf("io.github.tusspring.storage.s3.VersityServer#isInstalled")
@ExtendWith(OutputCaptureExtension.class)
class VersityInstancesTests {

	private static final int PART = 8 * 1024 * 1024;

	private static int count;

	private static S3Server server;

	private static S3Bucket bucket;

	private static S3UploadStorage one;

	private static S3UploadStorage other;

	private final UploadId id = UploadId.of("upload-" + ++count);

	@BeforeAll
	static void start(@TempDir Path data) throws IOException {
		server = new VersityServer(data);
		bucket = S3Bucket.create(server.client(), "uploads");
		one = open(bucket.client());
		other = open(bucket.client());
	}

	private static S3UploadStorage open(S3AsyncClient client) {
		return new S3UploadStorage(client, S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@AfterAll
	static void stop() {
		one.close();
		other.close();
		bucket.client().close();
		server.close();
	}

	@Test
	void appendWhoseUploadIsDeletedElsewhereHearsThatItIsGone() throws Exception {
		create(3L * PART);
		append(one, PART);
		try (UploadWriter writer = one.append(one.find(this.id), 2, false)) {
			writer.write(ByteBuffer.allocate(PART));
			other.delete(other.find(this.id));
			assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> write(writer));
		}
	}

	@Test
	void appendWhoseUploadWasFinishedElsewhereHearsThatItWasOvertaken() throws Exception {
		create(3L * PART);
		append(one, PART);
		try (UploadWriter writer = one.append(one.find(this.id), 2, false)) {
			writer.write(ByteBuffer.allocate(PART));
			append(other, 2 * PART);
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> write(writer));
		}
	}

	@Test
	void objectOfAnAppendThatNeverCountedIsReplacedThoughTheStoreClosesTheConnectionOfWhatItRefuses(
			CapturedOutput output) throws Exception {
		int length = PART / 2;
		create(length);
		one.assembly().put(one.require(one.find(this.id)), List.of(ByteBuffer.wrap(new byte[] { 1 })), (manifest) -> {
		});
		append(other, length);
		assertThat(bucket.get("some/" + this.id)).hasSize(length);
		assertThat(output).doesNotContain(" ERROR ");
	}

	@Test
	void partsWithoutChecksumsAreCompletedAndCopied() throws Exception {
		create(PART + 3L);
		append(one, PART);
		append(other, 3);
		Upload part = one.find(this.id);
		UploadId joined = UploadId.of("joined-" + this.id);
		one.create(NewUpload.builder(joined)
			.concatenation(new Concatenation.Final(List.of(part.id(), part.id()), ""))
			.build());
		assertThat(one.concatenate(one.find(joined), List.of(part, part)).offset()).isEqualTo(2 * (PART + 3L));
		assertThat(one.content(one.find(joined)).getContentAsByteArray()).hasSize(2 * (PART + 3));
	}

	private static void write(UploadWriter writer) throws IOException {
		writer.write(ByteBuffer.allocate(PART));
		writer.commit();
	}

	private void create(long length) throws IOException {
		one.create(NewUpload.builder(this.id).length(length).build());
	}

	private void append(S3UploadStorage storage, int bytes) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(this.id), System.nanoTime(), false)) {
			writer.write(ByteBuffer.allocate(bytes));
			writer.commit();
		}
	}

}
