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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.tusspring.upload.Upload;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What lies in a bucket, as a test sees it.
 */
public record S3Bucket(S3AsyncClient client, String name) {

	/**
	 * Creates a bucket, or empties the one that is there.
	 */
	public static S3Bucket create(S3AsyncClient client, String name) {
		S3Bucket bucket = new S3Bucket(client, name);
		if (client.listBuckets().join().buckets().stream().noneMatch((other) -> other.name().equals(name))) {
			client.createBucket((request) -> request.bucket(name)).join();
		}
		else {
			bucket.clear();
		}
		return bucket;
	}

	private void clear() {
		multipartUploads().forEach(this::abortMultipartUploads);
		keys().forEach((key) -> this.client.deleteObject((request) -> request.bucket(this.name).key(key)).join());
	}

	/**
	 * Returns the keys of all objects.
	 */
	public List<String> keys() {
		List<String> keys = new ArrayList<>();
		this.client.listObjectsV2Paginator((request) -> request.bucket(this.name))
			.contents()
			.subscribe((object) -> keys.add(object.key()))
			.join();
		return keys;
	}

	/**
	 * Returns the keys of the multipart uploads that have not ended.
	 */
	public List<String> multipartUploads() {
		List<String> keys = new ArrayList<>();
		this.client.listMultipartUploadsPaginator((request) -> request.bucket(this.name))
			.uploads()
			.subscribe((upload) -> keys.add(upload.key()))
			.join();
		return keys;
	}

	/**
	 * Asserts that nothing is left over once the uploads that nobody goes on with have
	 * expired and the cleaner has come, when no instance runs any more.
	 * @param prefix what the keys of uploads begin with
	 * @param finished the ids of the uploads that stay
	 */
	public void assertNothingIsLeftOver(String prefix, Set<String> finished) throws IOException {
		clean(prefix, finished);
		assertThat(multipartUploads()).isEmpty();
		// The note of an upload that was settled when its instance died stays until
		// another one looks, and when the cleaner came last for ever.
		assertThat(keys()).filteredOn((key) -> !key.startsWith(prefix + UnsettledUploads.NAME))
			.filteredOn((key) -> !key.equals(prefix + LastPass.NAME))
			.allMatch((key) -> key.startsWith(prefix)
					&& finished.contains(key.substring(prefix.length()).replaceFirst("\\.info$", "")));
	}

	private void clean(String prefix, Set<String> finished) throws IOException {
		S3Settings settings = new S3Settings(this.name, prefix, S3Settings.MIN_PART_SIZE, 10_000, 4, 64 * 1024 * 1024,
				false, ConditionalWrites.REQUIRED, Duration.ofMillis(1));
		try (S3UploadStorage storage = new S3UploadStorage(this.client, settings,
				(upload) -> S3Location.of(upload.id().toString())); Stream<Upload> uploads = storage.list()) {
			for (Upload upload : uploads.filter((upload) -> !finished.contains(upload.id().toString())).toList()) {
				storage.delete(upload.id());
			}
			storage.tidy();
		}
	}

	/**
	 * Ends the multipart uploads of a key, as stores do that find them too old.
	 */
	public void abortMultipartUploads(String key) {
		this.client.listMultipartUploads((request) -> request.bucket(this.name).prefix(key))
			.join()
			.uploads()
			.forEach((upload) -> this.client
				.abortMultipartUpload(
						(request) -> request.bucket(this.name).key(upload.key()).uploadId(upload.uploadId()))
				.join());
	}

	public void put(String key, String content) {
		this.client
			.putObject((request) -> request.bucket(this.name).key(key),
					AsyncRequestBody.fromString(content, StandardCharsets.UTF_8))
			.join();
	}

	public byte @Nullable [] get(String key) {
		return keys().contains(key) ? this.client
			.getObject((request) -> request.bucket(this.name).key(key), AsyncResponseTransformer.toBytes())
			.join()
			.asByteArray() : null;
	}

	/**
	 * Returns the bytes of an upload, finished or not: of one without parts.
	 */
	public byte @Nullable [] stored(String prefix, String id) {
		byte[] manifest = get(prefix + id + ".info");
		if (manifest == null || get(prefix + id) != null) {
			return get(prefix + id);
		}
		JsonNode document = JsonMapper.shared().readTree(manifest);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		document.path("Tails").forEach((tail) -> bytes.writeBytes(get(prefix + tail.path("name").asString())));
		return bytes.toByteArray();
	}

	/**
	 * Returns the metadata of an object.
	 */
	public Map<String, String> metadata(String key) {
		return head(key).metadata();
	}

	/**
	 * Returns when an object was changed last, in seconds.
	 */
	public Instant modified(String key) {
		return head(key).lastModified();
	}

	private HeadObjectResponse head(String key) {
		return this.client.headObject((request) -> request.bucket(this.name).key(key)).join();
	}

}
