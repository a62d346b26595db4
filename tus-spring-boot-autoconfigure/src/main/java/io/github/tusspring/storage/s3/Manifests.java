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
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;

/**
 * Reads and writes the manifests. Those of the uploads that are in use are remembered, so
 * that the holder of an upload need not read its own. Thread-safe.
 */
final class Manifests {

	private static final Log logger = LogFactory.getLog(Manifests.class);

	private static final int REMEMBERED = 2048;

	private static final JsonMapper mapper = JsonMapper.builder().build();

	static final String SUFFIX = ".info";

	private final RememberedUploads remembered = new RememberedUploads(REMEMBERED);

	private final String instance = UUID.randomUUID().toString();

	private final S3Objects objects;

	private final String bucket;

	private final String prefix;

	private volatile boolean conditional;

	Manifests(S3Objects objects, String bucket, String prefix, boolean conditional) {
		this.objects = objects;
		this.bucket = bucket;
		this.prefix = prefix;
		this.conditional = conditional;
	}

	void setConditional(boolean conditional) {
		this.conditional = conditional;
	}

	boolean isConditional() {
		return this.conditional;
	}

	/**
	 * Returns what this instance of the application is called in manifests.
	 */
	String instance() {
		return this.instance;
	}

	private String key(UploadId id) {
		return this.prefix + id + SUFFIX;
	}

	/**
	 * Stores the manifest of a new upload.
	 * @throws UploadExistsException if there is one with its id
	 */
	StoredUpload create(UploadId id, Manifest manifest) throws IOException {
		manifest.generation = 1;
		manifest.holder = this.instance;
		manifest.write = UUID.randomUUID().toString();
		manifest.lastNumber = StoredUpload.NUMBERS;
		String tag;
		try {
			if (!this.conditional && read(id) != null) {
				throw new UploadExistsException(id);
			}
			tag = this.objects.await(this.objects.create(this.bucket, key(id), body(manifest), this.conditional));
		}
		catch (PreconditionFailedException ex) {
			// Perhaps the first of two tries was done and only its answer lost.
			Found found = read(id);
			if (found == null && !isThere(id)) {
				throw new UploadUnavailableException("The store contradicts itself on whether a new upload is there",
						ex);
			}
			if (found == null || !manifest.write.equals(found.manifest().write)) {
				throw new UploadExistsException(id);
			}
			tag = found.tag();
		}
		StoredUpload stored = new StoredUpload(this, id, manifest, tag, true);
		return this.remembered.update(id, (known) -> stored);
	}

	/**
	 * Stores another version of a manifest.
	 * @param tag the tag of the version that it is to replace
	 * @return the tag of the new version
	 * @throws PreconditionFailedException if that is not the version which is stored
	 * @throws UploadNotFoundException if the upload is gone
	 */
	String replace(UploadId id, Manifest manifest, String tag) throws IOException {
		try {
			return this.objects
				.await(this.objects.replace(this.bucket, key(id), body(manifest), this.conditional ? tag : null));
		}
		catch (FileNotFoundException ex) {
			throw new UploadNotFoundException(id);
		}
	}

	private static AsyncRequestBody body(Manifest manifest) {
		return AsyncRequestBody.fromBytes(mapper.writeValueAsBytes(manifest));
	}

	/**
	 * Reads a manifest.
	 * @return the manifest, or {@code null} if there is none that can be understood
	 */
	@Nullable Found read(UploadId id) throws IOException {
		ResponseBytes<GetObjectResponse> response = this.objects.awaitIfPresent(this.objects.get(this.bucket, key(id)));
		if (response == null) {
			return null;
		}
		try {
			Manifest manifest = mapper.readValue(response.asByteArrayUnsafe(), Manifest.class);
			Assert.notNull(manifest, "It is empty");
			manifest.check(id);
			return new Found(manifest, response.response().eTag());
		}
		catch (JacksonException | IllegalArgumentException | NullPointerException | DateTimeParseException ex) {
			logger.warn(LogMessage.format("'%s' in bucket '%s' is no manifest of an upload, and left alone: %s",
					key(id), this.bucket, firstLine(ex)));
			return null;
		}
	}

	/**
	 * Whether there is a manifest, even if it can't be understood: then nobody knows what
	 * it names.
	 */
	boolean isThere(UploadId id) throws IOException {
		return this.objects.awaitIfPresent(this.objects.head(this.bucket, key(id))) != null;
	}

	/**
	 * Returns when a manifest was changed last, {@code null} if there is none.
	 */
	@Nullable Instant changed(UploadId id) throws IOException {
		HeadObjectResponse there = this.objects.awaitIfPresent(this.objects.head(this.bucket, key(id)));
		return (there != null) ? there.lastModified() : null;
	}

	private static String firstLine(RuntimeException ex) {
		return String.valueOf(ex.getMessage()).lines().findFirst().orElse("");
	}

	/**
	 * Reads an upload.
	 */
	@Nullable StoredUpload find(UploadId id) throws IOException {
		Found found = read(id);
		if (found == null) {
			forget(id);
			return null;
		}
		return this.remembered.update(id, (known) -> look(id, known, found));
	}

	/**
	 * Reads an upload without remembering it: going through all of them must not push out
	 * those that are in use.
	 */
	@Nullable StoredUpload look(UploadId id) throws IOException {
		Found found = read(id);
		if (found == null) {
			return null;
		}
		return look(id, this.remembered.get(id), found);
	}

	private StoredUpload look(UploadId id, @Nullable StoredUpload known, Found found) {
		return (known != null && known.sees(found)) ? known
				: new StoredUpload(this, id, found.manifest(), found.tag(), false);
	}

	/**
	 * Returns an upload as this instance knows it, if it is the holder.
	 */
	@Nullable StoredUpload recall(UploadId id) throws IOException {
		StoredUpload known = remembered(id);
		return (known != null) ? known : find(id);
	}

	boolean remembers(UploadId id) {
		return remembered(id) != null;
	}

	private @Nullable StoredUpload remembered(UploadId id) {
		if (!this.conditional) {
			// The store would not refuse a write of what is out of date.
			return null;
		}
		StoredUpload known = this.remembered.get(id);
		return (known != null && known.isOurs()) ? known : null;
	}

	void forget(UploadId id) {
		this.remembered.remove(id);
	}

	/**
	 * Removes a manifest.
	 */
	void delete(UploadId id, String tag) throws IOException {
		forget(id);
		try {
			this.objects.await(this.objects.delete(this.bucket, key(id), tag));
		}
		catch (FileNotFoundException | PreconditionFailedException ex) {
			logger.debug(LogMessage.format("The manifest of upload '%s' was removed already", id.abbreviated()));
		}
	}

	/**
	 * Lists the ids of all uploads that are of interest.
	 */
	Stream<UploadId> list(BiPredicate<UploadId, Instant> interest) {
		return this.objects.list(this.bucket, this.prefix)
			.stream()
			.flatMap((entry) -> Stream.ofNullable(id(entry.key())).filter((id) -> interest.test(id, entry.modified())));
	}

	/**
	 * Returns the id of the upload whose manifest has the given key.
	 */
	@Nullable UploadId id(String key) {
		if (!key.startsWith(this.prefix) || !key.endsWith(SUFFIX)) {
			return null;
		}
		String name = key.substring(this.prefix.length(), key.length() - SUFFIX.length());
		return UploadId.isValid(name) ? UploadId.of(name) : null;
	}

	/**
	 * A manifest as it was read.
	 */
	record Found(Manifest manifest, String tag) {
	}

}
