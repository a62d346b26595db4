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
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.FileTransformerConfiguration;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadBucketResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import org.springframework.core.log.LogMessage;

/**
 * The requests to the store, each of which returns at once. What waits for them does so
 * by {@link #await await}. Thread-safe.
 */
final class S3Objects {

	private static final Log logger = LogFactory.getLog(S3Objects.class);

	private static final String ANY = "*";

	/**
	 * What all readers of contents together may hold in addition to a small piece for
	 * each.
	 */
	private static final int READ_AHEAD = 64 * 1024 * 1024;

	/**
	 * How long a request may take that moves no content. Longer than the longest pause of
	 * a store that is well, and short enough for a client to hear of it.
	 */
	private static final Duration SHORT = Duration.ofSeconds(15);

	/**
	 * How many bytes of content are sent in a second, at least.
	 */
	private static final long MIN_RATE = 256 * 1024;

	/**
	 * How long the store may take to give content, to copy it or to put it together. That
	 * nothing comes at all, the client finds out before.
	 */
	private static final Duration LONG = Duration.ofMinutes(10);

	private final S3AsyncClient client;

	private final S3RequestCustomizer customizer;

	private final StoreFailures failures;

	private volatile boolean deletingConditionally;

	/**
	 * Whether the store copies parts, {@code null} as long as that isn't known.
	 */
	private volatile @Nullable Boolean copiesParts;

	private final MemoryAllowance readAhead = new MemoryAllowance(READ_AHEAD);

	S3Objects(S3AsyncClient client, S3RequestCustomizer customizer, StoreFailures failures) {
		this.client = client;
		this.customizer = customizer;
		this.failures = failures;
	}

	/**
	 * Ends a request by force that takes too long, whatever the time-outs of the client,
	 * and takes no answer that lacks its end.
	 */
	private static <T> CompletableFuture<T> within(Duration time, CompletableFuture<T> request) {
		return request.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS).thenApply(WholeAnswers::check);
	}

	private static Duration timeToSend(long size) {
		return SHORT.plusSeconds(size / MIN_RATE);
	}

	S3RequestCustomizer customizer() {
		return this.customizer;
	}

	/**
	 * Says whether the store removes objects conditionally. Many that write conditionally
	 * don't, and some of them refuse the condition.
	 */
	void setDeletingConditionally(boolean deletingConditionally) {
		this.deletingConditionally = deletingConditionally;
	}

	/**
	 * Whether the store copies parts, or {@code null} if that isn't known yet.
	 */
	@Nullable Boolean copiesParts() {
		return this.copiesParts;
	}

	void setCopiesParts(boolean copiesParts) {
		this.copiesParts = copiesParts;
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
			throw interrupted(ex);
		}
	}

	private static UploadUnavailableException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new UploadUnavailableException("Interrupted while waiting for the store", ex);
	}

	/**
	 * Waits for the end of a request with a condition.
	 * @return whether that was not met, or may not have been
	 */
	boolean mayBeRefused(CompletableFuture<?> request) throws IOException {
		try {
			request.get();
			return false;
		}
		catch (ExecutionException ex) {
			return StoreFailures.mayBeConditionNotMet(ex);
		}
		catch (InterruptedException ex) {
			throw interrupted(ex);
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

	/**
	 * Gets a small object.
	 */
	CompletableFuture<ResponseBytes<GetObjectResponse>> get(String bucket, String key) {
		return within(SHORT,
				this.client.getObject(
						(request) -> request.bucket(bucket).key(key).applyMutation(this.customizer::customize),
						AsyncResponseTransformer.toBytes()));
	}

	/**
	 * Gets content.
	 * @param range the range, or {@code null} for all
	 * @param tag the tag that the object must have, or {@code null} if it may be any
	 */
	CompletableFuture<ResponseBytes<GetObjectResponse>> get(String bucket, String key, @Nullable String range,
			@Nullable String tag) {
		return within(LONG,
				this.client.getObject((request) -> request.bucket(bucket)
					.key(key)
					.range(range)
					.ifMatch(tag)
					.applyMutation(this.customizer::customize), new ExactBytes()));
	}

	/**
	 * Copies an object to a file, which may take as long as it takes.
	 */
	CompletableFuture<GetObjectResponse> download(String bucket, String key, Path file) {
		return this.client.getObject(
				(request) -> request.bucket(bucket).key(key).applyMutation(this.customizer::customize),
				AsyncResponseTransformer.toFile(file, FileTransformerConfiguration.defaultCreateOrReplaceExisting()));
	}

	CompletableFuture<HeadBucketResponse> headBucket(String bucket) {
		return within(SHORT, this.client.headBucket((request) -> request.bucket(bucket)));
	}

	CompletableFuture<HeadObjectResponse> head(String bucket, String key) {
		return within(SHORT, this.client
			.headObject((request) -> request.bucket(bucket).key(key).applyMutation(this.customizer::customize)));
	}

	/**
	 * Puts an object without attributes where there is none.
	 * @return the tag
	 */
	CompletableFuture<String> create(String bucket, String key, AsyncRequestBody body, boolean conditional) {
		return create(bucket, key, body, conditional, (request) -> {
		});
	}

	/**
	 * Puts an object where there is none.
	 * @param conditional whether the store is to refuse it if there is one
	 * @return the tag
	 */
	CompletableFuture<String> create(String bucket, String key, AsyncRequestBody body, boolean conditional,
			Consumer<PutObjectRequest.Builder> attributes) {
		return put((request) -> request.bucket(bucket)
			.key(key)
			.ifNoneMatch(conditional ? ANY : null)
			.applyMutation(attributes), body);
	}

	/**
	 * Puts an object without attributes in the place of another one.
	 * @param tag the tag of the other one, or {@code null} to put it in the place of any
	 * @return the tag
	 */
	CompletableFuture<String> replace(String bucket, String key, AsyncRequestBody body, @Nullable String tag) {
		return replace(bucket, key, body, tag, (request) -> {
		});
	}

	/**
	 * Puts an object in the place of another one.
	 * @param tag the tag of the other one, or {@code null} to put it in the place of any
	 * @return the tag
	 */
	CompletableFuture<String> replace(String bucket, String key, AsyncRequestBody body, @Nullable String tag,
			Consumer<PutObjectRequest.Builder> attributes) {
		return put((request) -> request.bucket(bucket).key(key).ifMatch(tag).applyMutation(attributes), body);
	}

	private CompletableFuture<String> put(Consumer<PutObjectRequest.Builder> request, AsyncRequestBody body) {
		return within(timeToSend(body.contentLength().orElse(0L)), this.client
			.putObject((put) -> put.applyMutation(request).applyMutation(this.customizer::customize), body))
			.thenApply((response) -> response.eTag());
	}

	/**
	 * Begins a multipart upload.
	 * @return its id
	 */
	CompletableFuture<String> begin(String bucket, String key, ObjectAttributes attributes) {
		return within(SHORT,
				this.client.createMultipartUpload((request) -> request.bucket(bucket)
					.key(key)
					.applyMutation(attributes::apply)
					.applyMutation(this.customizer::customize)))
			.thenApply((response) -> response.uploadId());
	}

	/**
	 * Lists the multipart uploads that have not ended.
	 * @param after where to go on, or {@code null} for the first page
	 */
	CompletableFuture<ListMultipartUploadsResponse> multipartUploads(String bucket, String prefix,
			@Nullable ListMultipartUploadsResponse after) {
		return within(SHORT,
				this.client.listMultipartUploads((request) -> request.bucket(bucket)
					.prefix(prefix)
					.keyMarker((after != null) ? after.nextKeyMarker() : null)
					.uploadIdMarker((after != null) ? after.nextUploadIdMarker() : null)));
	}

	/**
	 * Puts a part. It has no checksum: AWS wants the numbers of parts that have one to
	 * follow on one another from 1, and ours have gaps.
	 */
	CompletableFuture<Manifest.Part> part(String bucket, String key, String upload, int number, long size,
			AsyncRequestBody body) {
		return within(timeToSend(size),
				this.client.uploadPart((request) -> request.bucket(bucket)
					.key(key)
					.uploadId(upload)
					.partNumber(number)
					.contentLength(size)
					.applyMutation(this.customizer::customize)
					.applyMutation(S3Objects::withoutChecksum), body))
			.thenApply((response) -> new Manifest.Part(number, response.eTag(), size));
	}

	/**
	 * Keeps the client from adding the checksum that it adds to all that it puts.
	 */
	private static void withoutChecksum(UploadPartRequest.Builder request) {
		AwsRequestOverrideConfiguration given = request.overrideConfiguration();
		request.overrideConfiguration(((given != null) ? given.toBuilder() : AwsRequestOverrideConfiguration.builder())
			.addPlugin((configuration) -> ((S3ServiceClientConfiguration.Builder) configuration)
				.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED))
			.build());
	}

	CompletableFuture<Manifest.Part> copyPart(String bucket, String key, String upload, int number, S3Range source) {
		return within(LONG,
				this.client.uploadPartCopy((request) -> request.destinationBucket(bucket)
					.destinationKey(key)
					.uploadId(upload)
					.partNumber(number)
					.sourceBucket(source.bucket())
					.sourceKey(source.key())
					.copySourceRange(source.header())
					.applyMutation(this.customizer::customize)))
			.thenApply((response) -> {
				setCopiesParts(true);
				return new Manifest.Part(number, response.copyPartResult().eTag(), source.length());
			});
	}

	/**
	 * Makes an object of the parts.
	 */
	CompletableFuture<?> complete(String bucket, String key, String upload, List<Manifest.Part> parts,
			boolean conditional) {
		List<CompletedPart> completed = parts.stream()
			.map((part) -> CompletedPart.builder().partNumber(part.number()).eTag(part.tag()).build())
			.toList();
		return within(LONG,
				this.client.completeMultipartUpload((request) -> request.bucket(bucket)
					.key(key)
					.uploadId(upload)
					.ifNoneMatch(conditional ? ANY : null)
					.multipartUpload((list) -> list.parts(completed))
					.applyMutation(this.customizer::customize)));
	}

	CompletableFuture<?> abort(String bucket, String key, String upload) {
		return within(SHORT,
				this.client.abortMultipartUpload((request) -> request.bucket(bucket).key(key).uploadId(upload)));
	}

	/**
	 * Removes an object.
	 */
	CompletableFuture<?> delete(String bucket, String key) {
		return deleteIfMatch(bucket, key, null);
	}

	/**
	 * Removes an object.
	 * @param tag the tag that it must have, as far as the store knows such a condition
	 */
	CompletableFuture<?> delete(String bucket, String key, String tag) {
		return this.deletingConditionally ? deleteIfMatch(bucket, key, tag) : delete(bucket, key);
	}

	CompletableFuture<?> deleteIfMatch(String bucket, String key, @Nullable String tag) {
		return within(SHORT, this.client.deleteObject((request) -> request.bucket(bucket).key(key).ifMatch(tag)));
	}

	/**
	 * Removes some objects, one by one: not every store takes a list of them.
	 */
	CompletableFuture<?> delete(String bucket, List<String> keys) {
		return CompletableFuture
			.allOf(keys.stream().map((key) -> delete(bucket, key)).toArray(CompletableFuture[]::new));
	}

	/**
	 * Removes what is of no more use. If that fails, the cleaner does it later.
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
		return within(SHORT,
				this.client.listObjectsV2((request) -> request.bucket(bucket).prefix(prefix).continuationToken(token)))
			.thenApply((response) -> new S3Listing.Page(response.contents().stream().map(S3Objects::entry).toList(),
					Boolean.TRUE.equals(response.isTruncated()) ? response.nextContinuationToken() : null));
	}

	private static S3Listing.Entry entry(S3Object object) {
		return new S3Listing.Entry(object.key(), object.lastModified());
	}

}
