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
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadUnavailableException;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.s3.DelegatingS3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What answers do to uploads that come late.
 */
class S3LateAnswersTests {

	private static S3Server server;

	private static S3Bucket bucket;

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

	@Test
	void tailThatIsWrittenDownWhileItsWriterIsClosedIsNotLost() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("closed");
		try (S3AsyncClient client = client(http, 2); S3UploadStorage one = open(client)) {
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

	@Test
	void concatenationOfWhichTheAnswerWasLostIsDone() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId part = UploadId.of("little");
		UploadId joined = UploadId.of("joined");
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(part).length(3L).concatenation(new Concatenation.Partial()).build());
			append(one, part, 3);
			one.create(NewUpload.builder(joined).concatenation(new Concatenation.Final(List.of(part), "")).build());
			loseAnswer(http, "/joined.info");
			assertThatExceptionOfType(UploadUnavailableException.class)
				.isThrownBy(() -> one.concatenate(one.find(joined), List.of(one.find(part))));
			assertThat(one.concatenate(one.find(joined), List.of(one.find(part))).offset()).isEqualTo(3);
		}
	}

	@Test
	void finalUploadIsLeftToTheInstanceThatPutsItTogether() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId part = UploadId.of("large");
		UploadId joined = UploadId.of("slow");
		long length = S3Settings.MIN_PART_SIZE;
		try (S3AsyncClient client = client(http, 2);
				S3UploadStorage one = open(client);
				S3UploadStorage other = open(bucket.client())) {
			one.create(NewUpload.builder(part).length(length).concatenation(new Concatenation.Partial()).build());
			append(one, part, (int) length);
			Upload created = one
				.create(NewUpload.builder(joined).concatenation(new Concatenation.Final(List.of(part), "")).build());
			Instant noted = bucket.modified("some/.due/slow");
			List<Upload> parts = List.of(one.find(part));
			HoldingHttpClient.Held completion = http.holdAnswer((request) -> request.method() == SdkHttpMethod.POST
					&& request.encodedPath().endsWith("/slow") && request.rawQueryParameters().containsKey("uploadId"));
			CompletableFuture<Upload> concatenation = CompletableFuture
				.supplyAsync(() -> concatenate(one, created, parts));
			completion.done().get(10, TimeUnit.SECONDS);
			await().untilAsserted(() -> assertThat(bucket.modified("some/.due/slow")).isAfter(noted));
			try (Stream<Upload> due = other.unsettled(noted.plusSeconds(16))) {
				assertThat(due).extracting(Upload::id).doesNotContain(joined);
			}
			completion.release().completeExceptionally(new IOException("It is lost"));
			assertThat(concatenation.get(10, TimeUnit.SECONDS).offset()).isEqualTo(length);
		}
	}

	@ParameterizedTest
	@CsvSource({ "409, ConditionalRequestConflict", "200, PreconditionFailed" })
	void completionThatIsRefusedForWhatIsGoneByNowIsTriedAgain(int status, String code) throws Exception {
		UploadId id = UploadId.of("refused-" + status);
		int length = 2 * (int) S3Settings.MIN_PART_SIZE;
		try (S3AsyncClient client = S3Server.clientBuilder(server.endpoint())
			.overrideConfiguration(
					(configuration) -> configuration.addExecutionInterceptor(new FirstCompletion(status, code)))
			.build(); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length((long) length).build());
			append(one, id, length);
			assertThat(bucket.get("some/" + id)).hasSize(length);
		}
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenTheStoreDoesNotTakeAnObjectThenItIsNotLookedFor(Throwable failure) throws Exception {
		UploadId id = UploadId.of("not-taken");
		List<String> looks = new CopyOnWriteArrayList<>();
		try (S3AsyncClient client = new DelegatingS3AsyncClient(S3Server.clientBuilder(server.endpoint()).build()) {

			@Override
			public CompletableFuture<PutObjectResponse> putObject(PutObjectRequest request, AsyncRequestBody body) {
				return request.key().equals("some/" + id) ? CompletableFuture.failedFuture(failure)
						: super.putObject(request, body);
			}

			@Override
			public CompletableFuture<HeadObjectResponse> headObject(HeadObjectRequest request) {
				looks.add(request.key());
				return super.headObject(request);
			}

		}; S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(3L).build());
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> append(one, id, 3))
				.havingCause()
				.isSameAs(failure);
			assertThat(looks).doesNotContain("some/" + id);
			one.delete(id);
		}
	}

	static Stream<Throwable> failures() {
		return Stream.of(new TimeoutException(),
				S3Exception.builder()
					.statusCode(403)
					.awsErrorDetails(AwsErrorDetails.builder().errorCode("AccessDenied").build())
					.build());
	}

	@Test
	void tailThatBecameAPartOfWhichTheAnswerWasLostIsNoSecondOne() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("twice");
		int part = (int) S3Settings.MIN_PART_SIZE;
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).build());
			append(one, id, part);
			append(one, id, 1);
			one.update(one.find(id).withLength(part + 1L));
			Upload full = one.find(id);
			AtomicInteger changes = new AtomicInteger();
			// The first one reserves numbers.
			HoldingHttpClient.Held change = http.holdAnswer((request) -> request.method() == SdkHttpMethod.PUT
					&& request.encodedPath().endsWith("/twice.info") && changes.incrementAndGet() == 2);
			change.release().completeExceptionally(new IOException("It is lost"));
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> one.content(full));
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> one.content(full));
			assertThat(one.content(full).getContentAsByteArray()).hasSize(part + 1);
			assertThat(one.find(id).offset()).isEqualTo(part + 1);
		}
	}

	@Test
	void tailsThatBecameTheObjectOfWhichTheAnswerWasLostAreNotPutAgain() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("once");
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).build());
			append(one, id, 3);
			one.update(one.find(id).withLength(3L));
			Upload full = one.find(id);
			loseAnswer(http, "/once.info");
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> one.content(full));
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> one.content(full));
			assertThat(one.content(full).getContentAsByteArray()).hasSize(3);
		}
	}

	@Test
	void appendOfWhichTheAnswerWasLostIsNeitherForgottenNorRemembered() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("unknown");
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(10L).build());
			loseAnswer(http, "/unknown.info");
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> append(one, id, 3));
			assertThat(one.remembers(id)).isFalse();
			assertThat(one.recall(id).offset()).isEqualTo(3);
			append(one, id, 7);
			assertThat(bucket.get("some/unknown")).hasSize(10);
		}
	}

	@Test
	void fullUploadIsNotRecordedBeforeItsNoteIsWritten() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("noted");
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(3L).build());
			loseAnswer(http, "/.due/noted");
			assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> append(one, id, 3));
			assertThat(one.find(id).state()).isEqualTo(UploadState.RECEIVING);
			append(one, id, 3);
			assertThat(one.find(id).state()).isEqualTo(UploadState.FINISHING);
		}
	}

	@Test
	void clientHearsOfNoLessThanWhatALookHasSeen() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("seen");
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(10L).build());
			UploadWriter writer = one.append(one.find(id), 1, false);
			writer.write(ByteBuffer.allocate(3));
			HoldingHttpClient.Held change = http.holdAnswer((request) -> isPut(request, "/seen.info"));
			CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> commit(writer));
			change.done().get(10, TimeUnit.SECONDS);
			assertThat(one.find(id)).isNotNull();
			assertThat(writer.offset()).isEqualTo(3);
			change.release().complete(null);
			commit.get(10, TimeUnit.SECONDS);
			writer.close();
		}
	}

	@Test
	void objectThatTakesThePlaceOfALeftOneIsNotRemoved() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("left");
		int part = (int) S3Settings.MIN_PART_SIZE;
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(part + 1L).build());
			// By an append that never counted.
			one.assembly().put(one.require(one.find(id)), List.of(ByteBuffer.allocate(part + 1)), (manifest) -> {
			});
			append(one, id, part);
			replaceBeforeRemoval(http, "some/left");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> append(one, id, 1));
			assertThat(bucket.get("some/left")).asString(StandardCharsets.UTF_8).isEqualTo("somebody else's");
		}
	}

	@Test
	void objectThatTakesThePlaceOfADeletedUploadsIsNotRemoved() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("deleted");
		try (S3AsyncClient client = client(http, 1); S3UploadStorage one = open(client)) {
			one.create(NewUpload.builder(id).length(3L).build());
			append(one, id, 3);
			replaceBeforeRemoval(http, "some/deleted");
			assertThat(one.delete(one.find(id))).isTrue();
			assertThat(bucket.keys()).doesNotContain("some/deleted.info");
			assertThat(bucket.get("some/deleted")).asString(StandardCharsets.UTF_8).isEqualTo("somebody else's");
		}
	}

	@Test
	void objectThatTakesThePlaceOfWhatALateAppendHasPutIsNotRemoved() throws Exception {
		HoldingHttpClient http = new HoldingHttpClient(NettyNioAsyncHttpClient.create());
		UploadId id = UploadId.of("late");
		try (S3AsyncClient client = client(http, 1);
				S3UploadStorage one = open(client);
				S3UploadStorage other = open(bucket.client())) {
			one.create(NewUpload.builder(id).length(3L).build());
			UploadWriter writer = one.append(one.find(id), 1, true);
			writer.write(ByteBuffer.allocate(3));
			other.delete(id);
			CompletableFuture<Void> removal = replaceBeforeRemoval(http, "some/late");
			assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(writer::commit);
			removal.get(10, TimeUnit.SECONDS);
			await().during(Duration.ofMillis(200)).until(() -> bucket.get("some/late") != null);
			writer.close();
			assertThat(one.remembers(id)).isFalse();
		}
	}

	/**
	 * Has somebody else put an object just before the one that was there is removed.
	 */
	private static CompletableFuture<Void> replaceBeforeRemoval(HoldingHttpClient http, String key) {
		CompletableFuture<Void> removal = new CompletableFuture<>();
		http.holdAnswer((request) -> {
			if (request.method() == SdkHttpMethod.DELETE && request.encodedPath().endsWith("/" + key)
					&& !removal.isDone()) {
				bucket.put(key, "somebody else's");
				removal.complete(null);
			}
			return false;
		});
		return removal;
	}

	private static Upload concatenate(S3UploadStorage storage, Upload upload, List<Upload> parts) {
		try {
			return storage.concatenate(upload, parts);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void commit(UploadWriter writer) {
		try {
			writer.commit();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void loseAnswer(HoldingHttpClient http, String key) {
		http.holdAnswer((request) -> isPut(request, key))
			.release()
			.completeExceptionally(new IOException("It is lost"));
	}

	private static boolean isPut(SdkHttpRequest request, String key) {
		return request.method() == SdkHttpMethod.PUT && request.encodedPath().endsWith(key);
	}

	private static void append(S3UploadStorage storage, UploadId id, int bytes) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(id), System.nanoTime(), false)) {
			writer.write(ByteBuffer.allocate(bytes));
			writer.commit();
		}
	}

	private static S3AsyncClient client(HoldingHttpClient http, int attempts) {
		return S3Server.clientBuilder(server.endpoint())
			.httpClient(http)
			.overrideConfiguration((configuration) -> configuration
				.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder().maxAttempts(attempts).build()))
			.build();
	}

	private static S3UploadStorage open(S3AsyncClient client) {
		return new S3UploadStorage(client, S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	/**
	 * Refuses the first completion of a multipart upload.
	 */
	private static final class FirstCompletion implements ExecutionInterceptor {

		private final AtomicInteger completions = new AtomicInteger();

		private final int status;

		private final String code;

		FirstCompletion(int status, String code) {
			this.status = status;
			this.code = code;
		}

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			if (context.request() instanceof CompleteMultipartUploadRequest
					&& this.completions.incrementAndGet() == 1) {
				throw S3Exception.builder()
					.statusCode(this.status)
					.awsErrorDetails(AwsErrorDetails.builder().errorCode(this.code).errorMessage(this.code).build())
					.build();
			}
		}

	}

}
