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
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

@ExtendWith(OutputCaptureExtension.class)
class InfoFilesTests {

	private static final UploadId ID = UploadId.of("a");

	@TempDir
	private Path directory;

	private InfoFiles files;

	@BeforeEach
	void open() {
		this.files = new InfoFiles(this.directory, false, new OpenFiles());
	}

	private UploadInfo info() {
		return UploadInfo.of(
				NewUpload.builder(ID).length(6L).metadata(UploadMetadata.parse("filename Yg==")).owner("ben").build(),
				Instant.now());
	}

	private void write(String text) throws IOException {
		Files.writeString(this.files.file(ID), text);
	}

	@Test
	void recordIsReadAsItWasWritten() throws IOException {
		UploadInfo info = info();
		this.files.create(info);
		assertThat(this.files.read(ID)).usingRecursiveComparison().isEqualTo(info);
		UploadInfo replaced = info.withMark(new UploadInfo.Mark(UploadState.FINISHING, 3, 2));
		this.files.replace(replaced);
		assertThat(this.files.read(ID)).usingRecursiveComparison().isEqualTo(replaced);
	}

	@Test
	void recordThatIsNotLaidOutAsOursHasNoMarkToWriteOver() throws IOException {
		String foreign = "{\"State\":\"COMPLETED\",\"ID\":\"a\",\"Size\":6,\"MetaData\":{\"filename\":\"a name that makes it long\"}}";
		assertThat(foreign).hasSizeGreaterThan(InfoDocument.MARK_LENGTH);
		write(foreign);
		assertThat(this.files.read(ID).mark()).isNull();
		assertThat(this.files.read(ID).length()).isEqualTo(6);
	}

	@Test
	void markIsWrittenInPlace() throws IOException {
		this.files.create(info());
		long size = Files.size(this.files.file(ID));
		for (UploadInfo.Mark mark : List.of(
				new UploadInfo.Mark(UploadState.COMPLETED, Integer.MAX_VALUE, -1, Long.MIN_VALUE),
				new UploadInfo.Mark(UploadState.COMPLETED, Integer.MAX_VALUE, -1),
				new UploadInfo.Mark(UploadState.RECEIVING, 0, Long.MAX_VALUE),
				new UploadInfo.Mark(UploadState.REJECTED, 1, 0))) {
			this.files.mark(ID, mark, true);
			assertThat(this.files.read(ID).mark()).isEqualTo(mark);
		}
		assertThat(Files.size(this.files.file(ID))).isEqualTo(size);
	}

	@Test
	void recordHasTheFieldsThatTusdReads() throws IOException {
		NewUpload asked = NewUpload.builder(ID)
			.metadata(UploadMetadata.parse("filename Yg==,empty"))
			.concatenation(new Concatenation.Final(List.of(UploadId.of("p"), UploadId.of("q")), "/files/p /files/q"))
			.build();
		this.files.create(UploadInfo.of(asked, Instant.now()));
		JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(this.files.file(ID)));
		assertThat(json.get("ID").asString()).isEqualTo("a");
		assertThat(json.get("Size").isIntegralNumber()).isTrue();
		assertThat(json.get("SizeIsDeferred").asBoolean()).isTrue();
		assertThat(json.get("Offset").isIntegralNumber()).isTrue();
		assertThat(json.get("MetaData").get("filename").asString()).isEqualTo("b");
		assertThat(json.get("MetaData").get("empty").asString()).isEmpty();
		assertThat(json.get("IsPartial").asBoolean()).isFalse();
		assertThat(json.get("IsFinal").asBoolean()).isTrue();
		assertThat(json.get("PartialUploads").get(1).asString()).isEqualTo("q");
		assertThat(json.get("Storage").get("Type").asString()).isEqualTo("filestore");
		assertThat(json.get("Storage").get("Path").asString()).isEqualTo(this.files.data(ID).toString());
		assertThat(json.get("Storage").get("InfoPath").asString()).isEqualTo(this.files.file(ID).toString());
	}

	@Test
	void recordThatDoesNotExistIsNone(CapturedOutput output) throws IOException {
		assertThat(this.files.read(ID)).isNull();
		assertThat(output).doesNotContain("is not the record");
	}

	@Test
	void emptyRecordIsNone() throws IOException {
		write("");
		assertThat(this.files.read(ID)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "null", "[]", "7", "\"text\"", "hello", "{}", "{\"ID\":\"a\"",
			"{\"ID\":\"other\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false}",
			"{\"ID\":null,\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false}",
			"{\"ID\":\"a\",\"Size\":-1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false}",
			"{\"ID\":\"a\",\"Size\":\"many\",\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false}",
			"{\"ID\":\"a\",\"Size\":99999999999999999999,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":true}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":true,"
					+ "\"PartialUploads\":[null]}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":true,"
					+ "\"PartialUploads\":[\"../etc\"]}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"MetaData\":{\"a b\":\"c\"}}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"MetaData\":[1]}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"Created\":\"yesterday\"}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"State\":\"DREAMING\"}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"Answer\":{\"status\":99,\"headers\":{},\"body\":\"\"}}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"Answer\":{\"status\":200}}",
			"{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"IsPartial\":false,\"IsFinal\":false,"
					+ "\"Attempts\":-3}" })
	void anythingElseIsNoRecordAndSaidOnce(String content, CapturedOutput output) throws IOException {
		write(content);
		assertThat(this.files.read(ID)).isNull();
		assertThat(output.getOut().lines().filter((line) -> line.contains("a.info' is not the record of an upload")))
			.hasSize(1);
		assertThat(output).doesNotContain("\tat ");
	}

	@Test
	void recordOfAnySizeIsReadWithLittleMemory(CapturedOutput output) throws IOException {
		write("x".repeat(5 * 1024 * 1024));
		assertThat(this.files.read(ID)).isNull();
		assertThat(output).contains("It is too large");
	}

	@Test
	void deeplyNestedRecordIsNone() throws IOException {
		write("{\"Storage\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
		assertThat(this.files.read(ID)).isNull();
	}

	@Test
	void tornRecordIsNone() throws IOException {
		this.files.create(info());
		byte[] whole = Files.readAllBytes(this.files.file(ID));
		for (int length = 0; length < whole.length; length++) {
			Files.write(this.files.file(ID), Arrays.copyOf(whole, length));
			assertThat(this.files.read(ID)).isNull();
		}
	}

	@Test
	void valuesOfOtherVersionsDoNotMatter() throws IOException {
		write("{\"ID\":\"a\",\"Size\":1,\"SizeIsDeferred\":false,\"Offset\":0,\"MetaData\":null,\"IsPartial\":false,"
				+ "\"IsFinal\":false,\"PartialUploads\":null,\"Storage\":null,\"Extra\":{\"a\":[1]}}");
		assertThat(this.files.read(ID).length()).isEqualTo(1);
	}

	@Test
	void largestAnswerFits() throws IOException {
		UploadAnswer answer = UploadAnswer.builder().body("text/plain", new byte[UploadAnswer.MAX_BODY_LENGTH]).build();
		Upload upload = info().toUpload(6, Instant.now()).withAnswer(answer);
		UploadInfo info = info().with(upload);
		this.files.replace(info);
		assertThat(this.files.read(ID).answer()).isEqualTo(answer);
	}

	@Test
	void largestMetadataFits() throws IOException {
		UploadMetadata metadata = UploadMetadata.of(Map.of("k", "\u0001".repeat(100_000)));
		UploadInfo info = UploadInfo.of(NewUpload.builder(ID).length(6L).metadata(metadata).build(), Instant.now());
		this.files.create(info);
		assertThat(this.files.read(ID).asked().metadata()).isEqualTo(metadata);
		assertThat(Files.readAllBytes(this.files.file(ID))).isNotEqualTo(new byte[0])
			.startsWith("{\"State\":\"RECEIVING\"".getBytes(StandardCharsets.US_ASCII));
	}

	@Test
	void whenRecordIsAsLargeAsItMayBeThenItIsRead() throws IOException {
		String record = "{\"ID\":\"a\",\"Size\":6}";
		write(record + " ".repeat(4 * 1024 * 1024 - record.length()));
		assertThat(this.files.read(ID).length()).isEqualTo(6);
	}

	@Test
	void whenNothingIsToBeSaidThenTheRecordHasNoFieldForIt() throws IOException {
		this.files.create(UploadInfo.of(NewUpload.builder(ID).length(6L).build(), Instant.now()));
		JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(this.files.file(ID)));
		assertThat(json.propertyNames()).doesNotContain("Completed", "PartialUploads", "Concat", "Owner", "Endpoint",
				"EndpointPattern", "LateLength", "RemoteAddress", "Draft", "Digest", "Answer");
	}

	@Test
	void whenFileSystemTakesOnlyALittleAtATimeThenTheRecordIsWhole() throws IOException {
		ForwardingFileSystem slow = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				return new ForwardingFileChannel(super.open(path, options, attributes)) {

					@Override
					public int write(ByteBuffer source, long position) throws IOException {
						int limit = source.limit();
						int count = super.write(source.limit(Math.min(limit, source.position() + 50)), position);
						source.limit(limit);
						return count;
					}

				};
			}

		};
		UploadInfo info = info();
		InfoFiles slowly = new InfoFiles(slow.wrap(this.directory), false, new OpenFiles());
		slowly.create(info);
		assertThat(this.files.read(ID)).usingRecursiveComparison().isEqualTo(info);
		UploadInfo.Mark mark = new UploadInfo.Mark(UploadState.REJECTED, 7, 3);
		slowly.mark(ID, mark, false);
		assertThat(this.files.read(ID)).usingRecursiveComparison().isEqualTo(info.withMark(mark));
	}

	@Test
	void whenRecordCanNotBeWrittenThenNoPartOfItStays() {
		ForwardingFileSystem full = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				return new ForwardingFileChannel(super.open(path, options, attributes)) {

					@Override
					public int write(ByteBuffer source, long position) throws IOException {
						throw new IOException("No space left on device");
					}

				};
			}

		};
		InfoFiles files = new InfoFiles(full.wrap(this.directory), false, new OpenFiles());
		assertThatIOException().isThrownBy(() -> files.create(info()));
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenMarkIsJustBeingWrittenThenTheRecordIsReadAgain(CapturedOutput output) throws IOException {
		UploadInfo info = info();
		this.files.create(info);
		byte[] whole = Files.readAllBytes(this.files.file(ID));
		byte[] torn = whole.clone();
		Arrays.fill(torn, 5, 20, (byte) 0);
		AtomicInteger reads = new AtomicInteger();
		ForwardingFileSystem changing = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				Files.write(path, (reads.incrementAndGet() == 1) ? torn : whole);
				return super.open(path, options, attributes);
			}

		};
		InfoFiles changed = new InfoFiles(changing.wrap(this.directory), false, new OpenFiles());
		assertThat(changed.read(ID)).usingRecursiveComparison().isEqualTo(info);
		assertThat(output).doesNotContain("is not the record");
	}

	@Test
	void whenRecordIsRemovedAfterItWasFoundTornThenThereIsNone(CapturedOutput output) throws IOException {
		write("{");
		ForwardingFileSystem removing = new ForwardingFileSystem() {

			@Override
			protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
					throws IOException {
				FileChannel channel = super.open(path, options, attributes);
				Files.delete(path);
				return channel;
			}

		};
		InfoFiles removed = new InfoFiles(removing.wrap(this.directory), false, new OpenFiles());
		assertThat(removed.read(ID)).isNull();
		assertThat(output).doesNotContain("is not the record");
	}

	@Test
	void whenRecordBeginsAsOursThenItIsOursThoughItIsTorn() throws IOException {
		assertThat(this.files.isOurs(ID)).as("there is none").isFalse();
		write("{\"State\":\"");
		assertThat(this.files.isOurs(ID)).isTrue();
		write("{\"State\":");
		assertThat(this.files.isOurs(ID)).isFalse();
		write("{\"ID\":\"abc\"}");
		assertThat(this.files.isOurs(ID)).isFalse();
	}

	@Test
	void whenRecordIsNothingThenTheLogSaysSo(CapturedOutput output) throws IOException {
		write("null");
		assertThat(this.files.read(ID)).isNull();
		assertThat(output).contains("The document is null");
	}

}
