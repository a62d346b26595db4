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

package io.github.tusspring.storage.disk;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.CollectionUtils;

/**
 * An upload's record as the JSON in its file: tusd's fields and our own.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonAutoDetect(getterVisibility = JsonAutoDetect.Visibility.NONE, isGetterVisibility = JsonAutoDetect.Visibility.NONE)
final class InfoDocument {

	/**
	 * How long the beginning of the file is that has the mark, filled up with blanks: it
	 * is written in place, in one go and within one sector of a disk.
	 */
	static final int MARK_LENGTH = 80;

	private static final String MARK_START = "{\"State\":\"";

	@JsonProperty("State")
	@Nullable UploadState state;

	@JsonProperty("Attempts")
	@Nullable Integer attempts;

	@JsonProperty("Cut")
	@Nullable Long cut;

	@JsonProperty("Completed")
	@Nullable Long completed;

	@JsonProperty("ID")
	@Nullable String id;

	@JsonProperty("Size")
	long size;

	@JsonProperty("SizeIsDeferred")
	boolean sizeIsDeferred;

	@JsonProperty("Offset")
	long offset;

	@JsonProperty("MetaData")
	@Nullable Map<String, String> metaData;

	@JsonProperty("IsPartial")
	boolean isPartial;

	@JsonProperty("IsFinal")
	boolean isFinal;

	@JsonProperty("PartialUploads")
	@Nullable List<String> partialUploads;

	@JsonProperty("Storage")
	@Nullable Map<String, String> storage;

	@JsonProperty("UploadMetadata")
	@Nullable String uploadMetadata;

	@JsonProperty("Concat")
	@Nullable String concat;

	@JsonProperty("Created")
	@Nullable String created;

	@JsonProperty("Owner")
	@Nullable String owner;

	@JsonProperty("Endpoint")
	@Nullable String endpoint;

	@JsonProperty("EndpointPattern")
	@Nullable String endpointPattern;

	@JsonProperty("LateLength")
	@Nullable Boolean lateLength;

	@JsonProperty("RemoteAddress")
	@Nullable String remoteAddress;

	@JsonProperty("Draft")
	@Nullable Integer draft;

	@JsonProperty("Digest")
	@Nullable String digest;

	@JsonProperty("Answer")
	@Nullable Answer answer;

	static InfoDocument of(UploadInfo info, Path data, Path file) {
		InfoDocument document = new InfoDocument();
		NewUpload asked = info.asked();
		document.id = asked.id().toString();
		document.sizeIsDeferred = asked.length() == null;
		document.size = (asked.length() != null) ? asked.length() : 0;
		document.metaData = asked.metadata().asMap();
		document.uploadMetadata = asked.metadata().header();
		document.isPartial = asked.isPartial();
		document.isFinal = asked.isFinal();
		if (asked.concatenation() instanceof Concatenation.Final concatenation) {
			document.partialUploads = concatenation.parts().stream().map(UploadId::toString).toList();
			document.concat = concatenation.urls();
		}
		document.storage = Map.of("Type", "filestore", "Path", data.toString(), "InfoPath", file.toString());
		document.created = info.created().toString();
		document.owner = asked.owner();
		document.endpoint = asked.endpoint();
		document.endpointPattern = asked.endpointPattern();
		document.remoteAddress = asked.remoteAddress();
		document.draft = (asked.draft() > 0) ? asked.draft() : null;
		document.digest = Checksum.write(asked.digest());
		document.lateLength = info.lateLength() ? Boolean.TRUE : null;
		document.answer = Answer.of(info.answer());
		return document;
	}

	/**
	 * Returns the beginning of a file with the given mark.
	 */
	static byte[] begin(UploadInfo.Mark mark) {
		// Nothing is cut off an upload that is completed.
		String last = (mark.completed() != null) ? ",\"Completed\":" + mark.completed() : ",\"Cut\":" + mark.cut();
		String text = MARK_START + mark.state() + "\",\"Attempts\":" + mark.attempts() + last;
		return (text + " ".repeat(MARK_LENGTH - 1 - text.length()) + ",").getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Whether the beginning of a file has a mark that can be written over.
	 */
	static boolean hasMark(byte[] content) {
		return content.length > MARK_LENGTH && content[MARK_LENGTH - 1] == ',' && isOurs(content);
	}

	/**
	 * Whether a file begins as we write it.
	 */
	static boolean isOurs(byte[] content) {
		return content.length >= MARK_START.length()
				&& new String(content, 0, MARK_START.length(), StandardCharsets.US_ASCII).equals(MARK_START);
	}

	/**
	 * Returns the record.
	 * @param expected the id that the file's name says
	 * @param hasMark whether the file has a mark that can be written over
	 * @param modified when the file was written last
	 * @throws IllegalArgumentException if this is not that upload's record
	 */
	UploadInfo toInfo(UploadId expected, boolean hasMark, Instant modified) {
		Assert.isTrue(expected.toString().equals(this.id), "The ID is not that of the file's name");
		Assert.isTrue(this.attempts == null || this.attempts >= 0, "The Attempts are negative");
		Assert.isTrue(!this.isFinal || !CollectionUtils.isEmpty(this.partialUploads), "The PartialUploads are missing");
		UploadInfo.Mark mark = (hasMark && this.state != null) ? new UploadInfo.Mark(this.state,
				(this.attempts != null) ? this.attempts : 0, (this.cut != null) ? this.cut : -1, this.completed) : null;
		NewUpload asked = NewUpload.builder(expected)
			.length(this.sizeIsDeferred ? null : this.size)
			.metadata(metadata())
			.owner(this.owner)
			.concatenation(concatenation())
			.endpoint(this.endpoint)
			.endpointPattern(this.endpointPattern)
			.remoteAddress(this.remoteAddress)
			.draft((this.draft != null) ? this.draft : 0)
			.digest(Checksum.read(this.digest))
			.build();
		return new UploadInfo(asked, (this.created != null) ? Instant.parse(this.created) : modified,
				Boolean.TRUE.equals(this.lateLength), (this.answer != null) ? this.answer.toAnswer() : null, mark);
	}

	private UploadMetadata metadata() {
		if (this.uploadMetadata != null) {
			return UploadMetadata.parse(this.uploadMetadata);
		}
		return (this.metaData != null) ? UploadMetadata.of(this.metaData) : UploadMetadata.EMPTY;
	}

	private @Nullable Concatenation concatenation() {
		if (this.isPartial) {
			return new Concatenation.Partial();
		}
		if (!this.isFinal) {
			return null;
		}
		List<String> parts = (this.partialUploads != null) ? this.partialUploads : List.of();
		return new Concatenation.Final(parts.stream().map(UploadId::of).toList(),
				(this.concat != null) ? this.concat : String.join(" ", parts));
	}

	/**
	 * What the application said to the client, with the body in Base64.
	 */
	@JsonIgnoreProperties(ignoreUnknown = true)
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
