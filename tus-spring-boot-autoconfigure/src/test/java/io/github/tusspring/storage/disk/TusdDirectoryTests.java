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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A directory as tusd 2 writes it is taken over as it stands.
 */
class TusdDirectoryTests {

	private static final UploadId FINISHED = UploadId.of("9bf4a5b1a4f9ff2a3a1a0a5a6c7d8e9f");

	private static final UploadId HALF_DONE = UploadId.of("14b1c4c77771671a8479bc0444bbc5ce");

	private static final UploadId DEFERRED = UploadId.of("0c1d2e3f405162738495a6b7c8d9eafb");

	private static final UploadId JOINED = UploadId.of("ffeeddccbbaa99887766554433221100");

	@TempDir
	private Path directory;

	private DiskUploadStorage storage;

	@BeforeEach
	void writeAsTusdDoes() throws IOException {
		write(FINISHED, "hello world", 11, false, "{\"filename\":\"hello.txt\",\"filetype\":\"text/plain\"}", false,
				"null");
		write(HALF_DONE, "hello ", 11, false, "{\"filename\":\"h\u00e4lf.txt\"}", false, "null");
		write(DEFERRED, "hel", 0, true, "{}", false, "null");
		write(JOINED, "hello world", 11, false, "{}", true, "[\"a1\",\"b2\"]");
		Files.createFile(this.directory.resolve(HALF_DONE + ".lock"));
		this.storage = new DiskUploadStorage(this.directory, Durability.COMPLETION, 0);
	}

	private void write(UploadId id, String content, long size, boolean deferred, String metadata, boolean joined,
			String parts) throws IOException {
		Path data = Files.writeString(this.directory.resolve(id.toString()), content);
		Files.writeString(this.directory.resolve(id + ".info"),
				"{\"ID\":\"" + id + "\",\"Size\":" + size + ",\"SizeIsDeferred\":" + deferred
						+ ",\"Offset\":0,\"MetaData\":" + metadata + ",\"IsPartial\":false,\"IsFinal\":" + joined
						+ ",\"PartialUploads\":" + parts + ",\"Storage\":{\"InfoPath\":\"" + data
						+ ".info\",\"Path\":\"" + data + "\",\"Type\":\"filestore\"}}");
	}

	@Test
	void whatTusdFinishedIsFinishedAndNotDeliveredAgain() throws IOException {
		Upload upload = this.storage.find(FINISHED);
		assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(upload.offset()).isEqualTo(11);
		assertThat(upload.metadata().filename()).isEqualTo("hello.txt");
		assertThat(upload.metadata().header()).isEqualTo("filename aGVsbG8udHh0,filetype dGV4dC9wbGFpbg==");
		assertThat(this.storage.content(upload).getContentAsString(StandardCharsets.UTF_8)).isEqualTo("hello world");
	}

	@Test
	void recordOfTusdIsWrittenAgainAsAWhole() throws IOException {
		this.storage.update(this.storage.find(FINISHED));
		this.storage.update(this.storage.find(FINISHED).withNextAttempt());
		Upload upload = new DiskUploadStorage(this.directory, Durability.NONE, 0).find(FINISHED);
		assertThat(upload.attempts()).isEqualTo(1);
		assertThat(upload.state()).isEqualTo(UploadState.FINISHING);
		assertThat(upload.metadata().filename()).isEqualTo("hello.txt");
	}

	@Test
	void halfDoneUploadIsResumedAndFinished() throws IOException {
		Upload upload = this.storage.find(HALF_DONE);
		assertThat(upload.state()).isEqualTo(UploadState.RECEIVING);
		assertThat(upload.offset()).isEqualTo(6);
		assertThat(upload.metadata().filename()).isEqualTo("h\u00e4lf.txt");
		append(upload, "world");
		Upload full = this.storage.find(HALF_DONE);
		assertThat(full.state()).isEqualTo(UploadState.FINISHING);
		this.storage.update(full.withNextAttempt());
		this.storage.update(this.storage.find(HALF_DONE).withState(UploadState.COMPLETED));
		assertThat(this.directory.resolve(HALF_DONE.toString())).hasContent("hello world");
		assertThat(this.storage.find(HALF_DONE).metadata().filename()).isEqualTo("h\u00e4lf.txt");
	}

	@Test
	void lengthOfADeferredUploadIsDeclared() throws IOException {
		assertThat(this.storage.find(DEFERRED).length()).isNull();
		this.storage.update(this.storage.find(DEFERRED).withLength(5));
		append(this.storage.find(DEFERRED), "lo");
		assertThat(this.storage.find(DEFERRED).state()).isEqualTo(UploadState.FINISHING);
	}

	@Test
	void finalUploadIsFinished() throws IOException {
		Upload upload = this.storage.find(JOINED);
		assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
		assertThat(upload.concatenation()).isInstanceOfSatisfying(Concatenation.Final.class,
				(joined) -> assertThat(joined.parts()).containsExactly(UploadId.of("a1"), UploadId.of("b2")));
	}

	@Test
	void recordOfAFinalUploadWithoutItsBytesIsNoUploadThatWaits() throws IOException {
		Files.delete(this.directory.resolve(JOINED.toString()));
		assertThat(this.storage.find(JOINED)).isNull();
		assertThat(this.storage.list().map(Upload::id)).doesNotContain(JOINED);
	}

	@Test
	void contentOfWhatTusdFinishedMayBeTaken() throws IOException {
		Path target = this.directory.resolveSibling(this.directory.getFileName() + "-taken");
		try {
			this.storage.moveContent(this.storage.find(FINISHED), target);
			assertThat(target).hasContent("hello world");
			assertThat(this.storage.find(FINISHED).state()).isEqualTo(UploadState.COMPLETED);
			assertThat(this.storage.find(FINISHED).offset()).isEqualTo(11);
		}
		finally {
			Files.deleteIfExists(target);
		}
	}

	@Test
	void allAreListedAndNothingElseTouched() throws IOException {
		this.storage.tidy();
		try (Stream<Upload> uploads = this.storage.list()) {
			assertThat(uploads.map(Upload::id)).containsExactlyInAnyOrder(FINISHED, HALF_DONE, DEFERRED, JOINED);
		}
		assertThat(this.directory.resolve(HALF_DONE + ".lock")).exists();
	}

	@Test
	void tusdCanReadWhatWasWrittenHere() throws IOException {
		append(this.storage.find(HALF_DONE), "wor");
		JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(this.directory.resolve(HALF_DONE + ".info")));
		assertThat(json.get("ID").asString()).isEqualTo(HALF_DONE.toString());
		assertThat(json.get("Size").asLong()).isEqualTo(11);
		assertThat(json.get("MetaData").get("filename").asString()).isEqualTo("h\u00e4lf.txt");
		Path directory = this.directory.toRealPath();
		assertThat(json.get("Storage").get("Path").asString())
			.isEqualTo(directory.resolve(HALF_DONE.toString()).toString());
		// Go finds fields whatever their case: ours must not pass for one of tusd's.
		List<String> names = json.propertyNames().stream().map(String::toLowerCase).toList();
		assertThat(names).doesNotHaveDuplicates();
	}

	private void append(Upload upload, String text) throws IOException {
		try (UploadWriter writer = this.storage.append(upload, 1, false)) {
			writer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
			writer.commit();
		}
	}

}
