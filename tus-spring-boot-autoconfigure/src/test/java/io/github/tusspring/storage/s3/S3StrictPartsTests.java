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
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whether multipart uploads can be completed at a store that looks at checksums and
 * numbers of parts as AWS does.
 */
class S3StrictPartsTests {

	private static final int PART = (int) S3Settings.MIN_PART_SIZE;

	private S3Server server;

	private S3AsyncClient client;

	private S3Bucket bucket;

	private S3UploadStorage one;

	private S3UploadStorage other;

	private final UploadId id = UploadId.of("strict");

	private final byte[] content = new byte[2 * PART + 3];

	private long generation;

	@BeforeEach
	void start() throws IOException {
		this.server = S3Server.start();
		this.client = S3Server.clientBuilder(this.server.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new AwsRules()))
			.build();
		this.bucket = S3Bucket.create(this.client, "uploads");
		this.one = open();
		this.other = open();
		new Random(7).nextBytes(this.content);
		this.one.create(NewUpload.builder(this.id).length((long) this.content.length).build());
	}

	@AfterEach
	void stop() {
		this.one.close();
		this.other.close();
		this.client.close();
		this.server.close();
	}

	@Test
	void uploadThatIsCreatedHereAndSentThereIsCompleted() throws Exception {
		append(this.other, 0, this.content.length);
		assertCompleted();
	}

	@Test
	void uploadThatIsTakenOverInTheMiddleIsCompleted() throws Exception {
		append(this.one, 0, PART);
		append(this.other, PART, PART);
		append(this.one, 2 * PART, 3);
		assertCompleted();
	}

	@Test
	void uploadThatOutlivesARestartIsCompleted() throws Exception {
		append(this.one, 0, PART);
		this.one.close();
		try (S3UploadStorage restarted = open()) {
			append(restarted, PART, PART + 3);
		}
		assertCompleted();
	}

	@Test
	void uploadWhosePartsDidNotAllCountIsCompleted() throws Exception {
		append(this.one, 0, PART);
		try (UploadWriter wrong = this.one.append(this.one.find(this.id), ++this.generation, true)) {
			wrong.write(ByteBuffer.wrap(this.content, 0, PART));
		}
		append(this.one, PART, PART + 3);
		assertCompleted();
	}

	@Test
	void smallPiecesAreConcatenated() throws Exception {
		List<Upload> pieces = new ArrayList<>();
		for (int size : new int[] { 1024, PART - 1, PART + 4 - 1024 }) {
			UploadId piece = UploadId.of("piece-" + pieces.size());
			this.one.create(
					NewUpload.builder(piece).length((long) size).concatenation(new Concatenation.Partial()).build());
			int offset = (int) pieces.stream().mapToLong(Upload::offset).sum();
			try (UploadWriter writer = this.one.append(this.one.find(piece), ++this.generation, false)) {
				writer.write(ByteBuffer.wrap(this.content, offset, size));
				writer.commit();
			}
			pieces.add(this.one.find(piece));
		}
		UploadId joined = UploadId.of("joined");
		this.one.create(NewUpload.builder(joined)
			.concatenation(new Concatenation.Final(pieces.stream().map(Upload::id).toList(), ""))
			.build());
		this.one.concatenate(this.one.find(joined), pieces);
		assertThat(this.bucket.get("some/joined")).isEqualTo(this.content);
	}

	private void assertCompleted() throws IOException {
		assertThat(this.other.find(this.id).isFull()).isTrue();
		assertThat(this.bucket.get("some/" + this.id)).isEqualTo(this.content);
	}

	private void append(S3UploadStorage storage, int offset, int count) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(this.id), ++this.generation, false)) {
			writer.write(ByteBuffer.wrap(this.content, offset, count));
			writer.commit();
		}
	}

	private S3UploadStorage open() {
		return new S3UploadStorage(this.client, S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	/**
	 * Parts that were sent with a checksum are completed with it, and with numbers that
	 * follow on one another from 1.
	 */
	private static final class AwsRules implements ExecutionInterceptor {

		private final Set<String> checked = ConcurrentHashMap.newKeySet();

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			if (context.request() instanceof UploadPartRequest part && hasChecksum(context.httpRequest())) {
				this.checked.add(part.uploadId());
				this.checked.add(part.uploadId() + part.partNumber());
			}
			if (context.request() instanceof CompleteMultipartUploadRequest completion) {
				check(completion);
			}
		}

		private static boolean hasChecksum(SdkHttpRequest request) {
			return request.headers()
				.keySet()
				.stream()
				.anyMatch((name) -> name.toLowerCase(Locale.ROOT).matches("x-amz-trailer|x-amz-checksum-.*"));
		}

		private void check(CompleteMultipartUploadRequest completion) {
			int number = 1;
			for (CompletedPart part : completion.multipartUpload().parts()) {
				if (this.checked.contains(completion.uploadId()) && part.partNumber() != number++) {
					throw refusal("InvalidPartOrder");
				}
				if (this.checked.contains(completion.uploadId() + part.partNumber()) && part.checksumCRC32() == null) {
					throw refusal("InvalidPart");
				}
			}
		}

		private static S3Exception refusal(String code) {
			return (S3Exception) S3Exception.builder()
				.statusCode(400)
				.awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(code).build())
				.build();
		}

	}

}
