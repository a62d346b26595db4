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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadWriter;
import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.io.Resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What becomes of appends whose multipart upload has ended, in a store that, as AWS,
 * knows nothing of it any more.
 */
@ExtendWith(OutputCaptureExtension.class)
class S3EndedUploadsTests {

	private static final int PART = 8 * 1024 * 1024;

	private static int count;

	private static S3Server server;

	private static S3FaultProxy proxy;

	private static S3Bucket bucket;

	private static S3UploadStorage one;

	private final UploadId id = UploadId.of("upload-" + ++count);

	@BeforeAll
	static void start() {
		server = S3Server.start();
		proxy = new S3FaultProxy(server.endpoint(), 0);
		proxy.refusePartsOfEnded();
		bucket = S3Bucket.create(S3Server.client(proxy.endpoint()), "uploads");
		one = open();
	}

	private static S3UploadStorage open() {
		return new S3UploadStorage(bucket.client(), S3Server.settings("uploads", "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@AfterAll
	static void stop() {
		one.close();
		bucket.client().close();
		proxy.close();
		server.close();
	}

	@Test
	void clientOfAnUploadThatTheStoreHasLostBeginsAnew(CapturedOutput output) throws Exception {
		create(3L * PART);
		append(one, PART);
		bucket.abortMultipartUploads("some/" + this.id);
		try (TestServer application = S3Server.configure(TestServer.tomcat(), proxy.endpoint(), "uploads")
			.with(Ends.class)
			.start();
				TestServer other = S3Server.configure(TestServer.tomcat(), proxy.endpoint(), "uploads")
					.with(Ends.class)
					.start()) {
			URI uri = application.uri("/files/" + this.id);
			HttpRequest.Builder patch = HttpRequest.newBuilder(uri)
				.header("Upload-Offset", Long.toString(PART))
				.header("Content-Type", "application/offset+octet-stream")
				.method("PATCH", HttpRequest.BodyPublishers.ofByteArray(new byte[2 * PART]));
			assertThat(status(patch)).isEqualTo(404);
			assertThat(status(HttpRequest.newBuilder(uri).method("HEAD", HttpRequest.BodyPublishers.noBody())))
				.isEqualTo(404);
			assertThat(status(patch.uri(other.uri("/files/" + this.id)))).isEqualTo(404);
			await().untilAsserted(() -> assertThat(application.bean(Ends.class).expired).singleElement()
				.satisfies((event) -> assertThat(event.upload().offset()).isEqualTo(PART)));
			assertThat(other.bean(Ends.class).expired).isEmpty();
		}
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" WARN ")).hasSize(1);
		assertThat(output.getAll()).doesNotContain(" ERROR ");
		awaitNothingIsLeft();
	}

	@Test
	void appendWhoseOwnMultipartUploadWasEndedLosesNothing() throws Exception {
		create(3L * PART);
		try (UploadWriter writer = one.append(one.find(this.id), 2, true)) {
			writer.write(ByteBuffer.allocate(PART));
			await().until(() -> bucket.multipartUploads().contains("some/" + this.id));
			bucket.abortMultipartUploads("some/" + this.id);
			assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> write(writer));
		}
		append(one, 3 * PART);
		assertThat(bucket.get("some/" + this.id)).hasSize(3 * PART);
	}

	@Test
	void uploadWhoseObjectAnotherThreadMakesIsNotTakenForLost() throws Exception {
		Upload full = declareFull(PART, 1);
		S3FaultProxy.HeldCompletion held = proxy.holdCompletion();
		CompletableFuture<Resource> first = CompletableFuture.supplyAsync(() -> one.content(full));
		held.begun().get(10, TimeUnit.SECONDS);
		CompletableFuture<Resource> second = CompletableFuture.supplyAsync(() -> one.content(full));
		await().until(() -> second.isDone() || one.require(full).assembling().hasQueuedThreads());
		held.release().complete(null);
		assertThat(first.get(10, TimeUnit.SECONDS).getContentAsByteArray()).hasSize(PART + 1);
		assertThat(second.get(10, TimeUnit.SECONDS).getContentAsByteArray()).hasSize(PART + 1);
	}

	@Test
	void uploadThatAnotherInstanceMayBeMakingIsNotTakenForLost() throws Exception {
		Upload full = declareFull(PART, 1);
		S3FaultProxy.HeldCompletion held = proxy.holdCompletion();
		CompletableFuture<Resource> first = CompletableFuture.supplyAsync(() -> one.content(full));
		held.begun().get(10, TimeUnit.SECONDS);
		try (S3UploadStorage other = open()) {
			assertThatExceptionOfType(UploadLockedException.class).isThrownBy(() -> other.content(other.find(this.id)));
		}
		held.release().complete(null);
		assertThat(first.get(10, TimeUnit.SECONDS).getContentAsByteArray()).hasSize(PART + 1);
	}

	@Test
	void lostPartOfAnInstanceThatIsNoMoreIsGivenUp() throws Exception {
		declareFull((int) S3Settings.MIN_PART_SIZE);
		bucket.abortMultipartUploads("some/" + this.id);
		try (S3AsyncClient later = clientOfAnOldStore();
				S3UploadStorage other = new S3UploadStorage(later, S3Server.settings("uploads", "some/"),
						(upload) -> S3Location.of(upload.id().toString()))) {
			UploadId joined = UploadId.of("final-" + count);
			List<Upload> parts = List.of(other.find(this.id));
			List<UploadId> lost = new CopyOnWriteArrayList<>();
			other.whenLost((upload) -> lost.add(upload.id()));
			Upload joining = other
				.create(NewUpload.builder(joined).concatenation(new Concatenation.Final(List.of(this.id), "")).build());
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> other.concatenate(joining, parts));
			assertThat(lost).containsExactly(this.id);
			assertThat(other.find(this.id)).isNull();
			awaitNothingIsLeft();
		}
	}

	@Test
	void removalGoesOnWhereATailWasRemovedBefore() throws Exception {
		create(3L * PART);
		append(one, 3);
		String tail = bucket.keys()
			.stream()
			.filter((key) -> key.contains(this.id + ".part."))
			.findFirst()
			.orElseThrow();
		bucket.client().deleteObject((request) -> request.bucket("uploads").key(tail)).join();
		proxy.refuseToDeleteAgain(tail);
		assertThat(one.delete(one.find(this.id))).isTrue();
		assertThat(bucket.keys()).noneMatch((key) -> key.contains(this.id.toString()));
	}

	/**
	 * Has an upload be full by the length that is declared when its bytes are there.
	 */
	private Upload declareFull(int... appends) throws IOException {
		one.create(NewUpload.builder(this.id).build());
		for (int bytes : appends) {
			append(one, bytes);
		}
		one.update(one.find(this.id).withLength(IntStream.of(appends).sum()));
		return one.find(this.id);
	}

	private void awaitNothingIsLeft() {
		await().untilAsserted(() -> assertThat(bucket.keys()).noneMatch((key) -> key.startsWith("some/" + this.id)));
	}

	/**
	 * Returns a client that finds everything changed two hours before it was.
	 */
	private static S3AsyncClient clientOfAnOldStore() {
		return S3Server.clientBuilder(proxy.endpoint())
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new Aging()))
			.build();
	}

	private static int status(HttpRequest.Builder request) throws Exception {
		return HttpClient.newHttpClient()
			.send(request.setHeader("Tus-Resumable", "1.0.0").build(), HttpResponse.BodyHandlers.discarding())
			.statusCode();
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

	/**
	 * Hears of uploads that have ended.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Ends {

		final List<TusUploadExpiredEvent> expired = new CopyOnWriteArrayList<>();

		@EventListener
		void expired(TusUploadExpiredEvent event) {
			this.expired.add(event);
		}

	}

	/**
	 * Says of every object that it was changed two hours before it was.
	 */
	private static final class Aging implements ExecutionInterceptor {

		@Override
		public SdkResponse modifyResponse(Context.ModifyResponse context, ExecutionAttributes attributes) {
			return (context.response() instanceof HeadObjectResponse head)
					? head.toBuilder().lastModified(head.lastModified().minus(Duration.ofHours(2))).build()
					: context.response();
		}

	}

}
