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

import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.CollectionUtils;

/**
 * All that is stored of an upload but its bytes, as the JSON in the bucket. Changed only
 * as a {@link #copy} that nobody else has seen yet.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_DEFAULT)
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.NONE, getterVisibility = JsonAutoDetect.Visibility.NONE,
		isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class Manifest implements Cloneable {

	@JsonProperty("ID")
	@Nullable String id;

	@JsonProperty("Size")
	@Nullable Long size;

	@JsonProperty("UploadMetadata")
	@Nullable String uploadMetadata;

	@JsonProperty("IsPartial")
	boolean isPartial;

	@JsonProperty("PartialUploads")
	@Nullable List<String> partialUploads;

	@JsonProperty("Concat")
	@Nullable String concat;

	@JsonProperty("Created")
	@Nullable String created;

	@JsonProperty("Modified")
	@Nullable String modified;

	@JsonProperty("Owner")
	@Nullable String owner;

	@JsonProperty("Endpoint")
	@Nullable String endpoint;

	@JsonProperty("EndpointPattern")
	@Nullable String endpointPattern;

	@JsonProperty("RemoteAddress")
	@Nullable String remoteAddress;

	@JsonProperty("LateLength")
	boolean lateLength;

	/**
	 * The version of Resumable Uploads for HTTP in which the client speaks of the upload,
	 * 0 for tus.
	 */
	@JsonProperty("Draft")
	int draft;

	/**
	 * The checksum that all of the content is expected to have: an algorithm and a value
	 * in Base64.
	 */
	@JsonProperty("Digest")
	@Nullable String digest;

	@JsonProperty("Answer")
	@Nullable Answer answer;

	@JsonProperty("State")
	UploadState state = UploadState.RECEIVING;

	@JsonProperty("Attempts")
	int attempts;

	@JsonProperty("Completed")
	@Nullable String completed;

	/**
	 * Whether the holder has begun one attempt more, which it says together with the last
	 * byte.
	 */
	@JsonProperty("Begun")
	boolean begun;

	/**
	 * Until when the holder delivers the upload.
	 */
	@JsonProperty("Claimed")
	@Nullable String claimed;

	/**
	 * When the next attempt is to be made.
	 */
	@JsonProperty("Next")
	@Nullable String next;

	/**
	 * Counts the changes of the upload.
	 */
	@JsonProperty("Version")
	long version;

	/**
	 * Counts the changes of the holder.
	 */
	@JsonProperty("Generation")
	long generation;

	/**
	 * The instance that had the upload last.
	 */
	@JsonProperty("Holder")
	@Nullable String holder;

	/**
	 * Tells this version from all others.
	 */
	@JsonProperty("Write")
	@Nullable String write;

	@JsonProperty("Bucket")
	@Nullable String bucket;

	@JsonProperty("Key")
	@Nullable String key;

	@JsonProperty("MultipartUpload")
	@Nullable String multipartUpload;

	/**
	 * The highest number that the holder may give a part.
	 */
	@JsonProperty("LastNumber")
	int lastNumber;

	@JsonProperty("Parts")
	List<Part> parts = List.of();

	@JsonProperty("Tails")
	List<Tail> tails = List.of();

	/**
	 * The length of the object, once it is there.
	 */
	@JsonProperty("Stored")
	@Nullable Long stored;

	/**
	 * Whether the content was moved or removed.
	 */
	@JsonProperty("Removed")
	boolean removed;

	/**
	 * Whether the upload is being deleted.
	 */
	@JsonProperty("Deleted")
	boolean deleted;

	static Manifest of(NewUpload upload, S3Location location, Instant now) {
		Manifest manifest = new Manifest();
		manifest.id = upload.id().toString();
		manifest.size = upload.length();
		manifest.uploadMetadata = upload.metadata().header();
		manifest.isPartial = upload.isPartial();
		if (upload.concatenation() instanceof Concatenation.Final concatenation) {
			manifest.partialUploads = concatenation.parts().stream().map(UploadId::toString).toList();
			manifest.concat = concatenation.urls();
		}
		manifest.created = now.toString();
		manifest.modified = now.toString();
		manifest.owner = upload.owner();
		manifest.endpoint = upload.endpoint();
		manifest.endpointPattern = upload.endpointPattern();
		manifest.remoteAddress = upload.remoteAddress();
		manifest.draft = upload.draft();
		manifest.digest = Checksum.write(upload.digest());
		manifest.bucket = location.bucket();
		manifest.key = location.key();
		return manifest;
	}

	/**
	 * Checks that this can be the manifest of an upload.
	 * @throws IllegalArgumentException if it can't
	 */
	void check(UploadId expected) {
		Assert.isTrue(expected.toString().equals(this.id), "The ID is not that of the key");
		Assert.isTrue(this.size == null || this.size >= 0, "The Size is negative");
		Assert.isTrue(this.created != null && this.modified != null && this.key != null, "It is not complete");
		Assert.isTrue(this.partialUploads == null || !this.partialUploads.isEmpty(), "The PartialUploads are missing");
		Assert.isTrue(this.attempts >= 0 && this.lastNumber >= 0, "There are negative numbers");
		Assert.isTrue(this.stored == null || this.stored >= 0, "The Stored is negative");
		Assert.notNull(this.state, "The State is missing");
		for (Part part : this.parts) {
			Assert.isTrue(part.number > 0 && part.size >= 0 && part.tag != null, "A part is malformed");
		}
		for (Tail tail : this.tails) {
			Assert.isTrue(tail.name != null && tail.size >= 0, "A tail is malformed");
		}
		new S3Location(this.bucket, this.key);
		instant(this.claimed);
		instant(this.next);
		toUpload("");
	}

	Manifest copy() {
		try {
			Manifest copy = (Manifest) clone();
			copy.parts = new ArrayList<>(this.parts);
			copy.tails = new ArrayList<>(this.tails);
			return copy;
		}
		catch (CloneNotSupportedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Notes that the upload was used just now.
	 */
	void touch() {
		this.modified = Instant.now().toString();
	}

	long offset() {
		if (this.stored != null) {
			return this.stored;
		}
		return this.parts.stream().mapToLong(Part::size).sum() + tailSize();
	}

	long tailSize() {
		return this.tails.stream().mapToLong(Tail::size).sum();
	}

	boolean isFull() {
		return this.size != null && this.size == offset();
	}

	boolean isFinal() {
		return this.partialUploads != null;
	}

	/**
	 * Returns the state: a known length and all the bytes say
	 * {@link UploadState#FINISHING} without another word.
	 */
	UploadState state() {
		// That a draft's upload is complete, its client has to say.
		if (this.state != UploadState.RECEIVING || !isFull() || this.draft > 0) {
			return this.state;
		}
		return this.isPartial ? UploadState.COMPLETED : UploadState.FINISHING;
	}

	NewUpload asked() {
		return NewUpload.builder(UploadId.of(String.valueOf(this.id)))
			.length(this.size)
			.metadata((this.uploadMetadata != null) ? UploadMetadata.parse(this.uploadMetadata) : UploadMetadata.EMPTY)
			.owner(this.owner)
			.concatenation(concatenation())
			.endpoint(this.endpoint)
			.endpointPattern(this.endpointPattern)
			.remoteAddress(this.remoteAddress)
			.draft(this.draft)
			.digest(Checksum.read(this.digest))
			.build();
	}

	private @Nullable Concatenation concatenation() {
		if (this.isPartial) {
			return new Concatenation.Partial();
		}
		if (CollectionUtils.isEmpty(this.partialUploads)) {
			return null;
		}
		return new Concatenation.Final(partIds().toList(),
				(this.concat != null) ? this.concat : String.join(" ", this.partialUploads));
	}

	/**
	 * Returns the ids of the parts of a final upload.
	 */
	Stream<UploadId> partIds() {
		return Objects.requireNonNullElse(this.partialUploads, List.<String>of()).stream().map(UploadId::of);
	}

	/**
	 * Returns the upload as an instance of the application sees it.
	 * @param instance the instance
	 */
	Upload toUpload(String instance) {
		boolean mine = instance.equals(this.holder);
		return Upload.builder(asked(), Instant.parse(String.valueOf(this.created)))
			.offset(offset())
			.state(state())
			.modified(Instant.parse(String.valueOf(this.modified)))
			.attempts(attemptsSeenBy(instance))
			.completed(instant(this.completed))
			.lateLength(this.lateLength)
			.answer((this.answer != null) ? this.answer.toAnswer() : null)
			.claimed((!mine && state() == UploadState.FINISHING) ? instant(this.claimed) : null)
			.build();
	}

	/**
	 * Returns the number of attempts: the holder itself counts the one that it says to
	 * have begun only when it begins.
	 */
	int attemptsSeenBy(String instance) {
		return (this.begun && !instance.equals(this.holder)) ? this.attempts + 1 : this.attempts;
	}

	static @Nullable Instant instant(@Nullable String text) {
		return (text != null) ? Instant.parse(text) : null;
	}

	/**
	 * A part of the multipart upload.
	 */
	record Part(int number, String tag, long size) {
	}

	/**
	 * An object with bytes that are no part yet.
	 */
	record Tail(String name, long size) {
	}

	/**
	 * What the application said to the client, with the body in Base64.
	 */
	record Answer(int status, Map<String, String> headers, String body) {

		static @Nullable Answer of(@Nullable UploadAnswer answer) {
			return (answer != null)
					? new Answer(answer.status(), answer.headers(), Base64.getEncoder().encodeToString(answer.body()))
					: null;
		}

		UploadAnswer toAnswer() {
			return UploadAnswer.stored(this.status, this.headers, Base64.getDecoder().decode(this.body));
		}

	}

}
