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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

import org.springframework.core.log.LogMessage;

/**
 * The requests to the store, each of which returns at once. What waits for them does so
 * by {@link #await await}. Thread-safe.
 */
final class S3Objects {

	private static final Log logger = LogFactory.getLog(S3Objects.class);

	private static final String ANY = "*";

	/**
	 * What all readers of contents together may hold beside a small piece for each.
	 */
	private static final int READ_AHEAD = 64 * 1024 * 1024;

	private final S3AsyncClient client;

	private final StoreFailures failures;

	private final MemoryAllowance readAhead = new MemoryAllowance(READ_AHEAD);

	S3Objects(S3AsyncClient client, StoreFailures failures) {
		this.client = client;
		this.failures = failures;
	}

	S3AsyncClient client() {
		return this.client;
	}

	MemoryAllowance readAhead() {
		return this.readAhead;
	}

	/**
	 * Waits for the end of a request.
	 * @throws PreconditionFailedException if its condition was not met
	 * @throws FileNotFoundException if there is no such object
	 * @throws IOException if the store fails
	 */
	<T> T await(CompletableFuture<T> request) throws IOException {
		try {
			T result = request.get();
			this.failures.succeeded();
			return result;
		}
		catch (ExecutionException ex) {
			throw this.failures.translate(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while waiting for the store", ex);
		}
	}

	/**
	 * Waits for the end of a request for something that need not be there.
	 */
	<T> @Nullable T awaitIfPresent(CompletableFuture<T> request) throws IOException {
		try {
			return await(request);
		}
		catch (FileNotFoundException ex) {
			return null;
		}
	}

	CompletableFuture<ResponseBytes<GetObjectResponse>> get(String bucket, String key, @Nullable String range) {
		return get(bucket, key, range, null);
	}

	/**
	 * Gets a range of an object.
	 * @param tag the tag that the object must have, or {@code null} if it may be any
	 */
	CompletableFuture<ResponseBytes<GetObjectResponse>> get(String bucket, String key, @Nullable String range,
			@Nullable String tag) {
		return this.client.getObject((request) -> request.bucket(bucket).key(key).range(range).ifMatch(tag),
				AsyncResponseTransformer.toBytes());
	}

	CompletableFuture<HeadObjectResponse> head(String bucket, String key) {
		return this.client.headObject((request) -> request.bucket(bucket).key(key));
	}

	/**
	 * Puts an object where there is none.
	 * @return the tag
	 */
	CompletableFuture<String> create(String bucket, String key, AsyncRequestBody body, boolean conditional,
			Consumer<PutObjectRequest.Builder> attributes) {
		return this.client
			.putObject((request) -> request.bucket(bucket)
				.key(key)
				.ifNoneMatch(conditional ? ANY : null)
				.applyMutation(attributes), body)
			.thenApply((response) -> response.eTag());
	}

	/**
	 * Puts an object in the place of another one.
	 * @param tag the tag of the other one, or {@code null} to put it in the place of any
	 * @return the tag
	 */
	CompletableFuture<String> replace(String bucket, String key, AsyncRequestBody body, @Nullable String tag,
			Consumer<PutObjectRequest.Builder> attributes) {
		return this.client
			.putObject((request) -> request.bucket(bucket).key(key).ifMatch(tag).applyMutation(attributes), body)
			.thenApply((response) -> response.eTag());
	}

	CompletableFuture<UploadPartResponse> part(String bucket, String key, String upload, int number, long size,
			AsyncRequestBody body) {
		return this.client.uploadPart(
				(request) -> request.bucket(bucket).key(key).uploadId(upload).partNumber(number).contentLength(size),
				body);
	}

	CompletableFuture<Manifest.Part> copyPart(String bucket, String key, String upload, int number, S3Range source) {
		return this.client
			.uploadPartCopy((request) -> request.destinationBucket(bucket)
				.destinationKey(key)
				.uploadId(upload)
				.partNumber(number)
				.sourceBucket(source.bucket())
				.sourceKey(source.key())
				.copySourceRange(source.header()))
			.thenApply((response) -> new Manifest.Part(number, response.copyPartResult().eTag(), source.length()));
	}

	/**
	 * Makes an object of the parts.
	 */
	CompletableFuture<?> complete(String bucket, String key, String upload, List<Manifest.Part> parts,
			boolean conditional) {
		List<CompletedPart> completed = parts.stream()
			.map((part) -> CompletedPart.builder().partNumber(part.number()).eTag(part.tag()).build())
			.toList();
		return this.client.completeMultipartUpload((request) -> request.bucket(bucket)
			.key(key)
			.uploadId(upload)
			.ifNoneMatch(conditional ? ANY : null)
			.multipartUpload((list) -> list.parts(completed)));
	}

	CompletableFuture<?> abort(String bucket, String key, String upload) {
		return this.client.abortMultipartUpload((request) -> request.bucket(bucket).key(key).uploadId(upload));
	}

	CompletableFuture<?> delete(String bucket, String key, @Nullable String tag) {
		return this.client.deleteObject((request) -> request.bucket(bucket).key(key).ifMatch(tag));
	}

	CompletableFuture<?> delete(String bucket, List<String> keys) {
		if (keys.size() == 1) {
			return delete(bucket, keys.get(0), null);
		}
		return this.client.deleteObjects((request) -> request.bucket(bucket)
			.delete((list) -> list.quiet(true)
				.objects(keys.stream().map((key) -> ObjectIdentifier.builder().key(key).build()).toList())));
	}

	/**
	 * Removes what is of no more use. If that fails, the cleaner does it one day.
	 */
	void discard(CompletableFuture<?> removal) {
		removal.whenComplete((result, ex) -> {
			if (ex != null) {
				logger.debug(LogMessage.format("Something stays in the store until it is cleaned: %s", ex));
			}
		});
	}

	/**
	 * Lists objects, page by page.
	 */
	S3Listing list(String bucket, String prefix) {
		return new S3Listing(this, bucket, prefix);
	}

	CompletableFuture<S3Listing.Page> page(String bucket, String prefix, @Nullable String token) {
		return this.client.listObjectsV2((request) -> request.bucket(bucket).prefix(prefix).continuationToken(token))
			.thenApply((response) -> new S3Listing.Page(response.contents().stream().map(S3Objects::entry).toList(),
					Boolean.TRUE.equals(response.isTruncated()) ? response.nextContinuationToken() : null));
	}

	private static S3Listing.Entry entry(S3Object object) {
		return new S3Listing.Entry(object.key(), object.lastModified());
	}

	static AsyncRequestBody body(List<ByteBuffer> buffers) {
		return AsyncRequestBody.fromRemainingByteBuffersUnsafe(buffers.toArray(ByteBuffer[]::new));
	}

}
