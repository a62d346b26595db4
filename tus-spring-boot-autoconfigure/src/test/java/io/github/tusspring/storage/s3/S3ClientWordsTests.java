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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadWriter;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What clients say of their uploads, as it goes into headers and keys: odd words do no
 * harm.
 */
class S3ClientWordsTests {

	private static int count;

	private static S3Server server;

	private static S3Bucket bucket;

	private static S3UploadStorage storage;

	private final UploadId id = UploadId.of("upload-" + ++count);

	@BeforeAll
	static void start() {
		server = S3Server.start();
		bucket = S3Bucket.create(server.client(), "uploads");
		storage = open();
	}

	private static S3UploadStorage open() {
		return new S3UploadStorage(bucket.client(), S3Server.settings("uploads", "some/"), (upload) -> S3Location
			.of(upload.metadata().asMap().getOrDefault("folder", "plain") + "/" + upload.id()));
	}

	@AfterAll
	static void stop() {
		storage.close();
		bucket.client().close();
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain;\r\nx=y", "text/plain\n", "text/plain;\u000bx=y", "text/plain;x=y\u000c;z=a" })
	void mediaTypeThatIsNoneIsNotSaid(String type) throws Exception {
		create(6, "filetype", type);
		append("abcdef");
		assertThat(contentType()).isNotEqualTo(type);
	}

	@Test
	void mediaTypeThatIsVeryLongIsNotSaid() throws Exception {
		create(6, "filetype", "text/plain; x=" + "y".repeat(10_000));
		append("abcdef");
		assertThat(contentType()).doesNotContain("yyy");
	}

	@Test
	void mediaTypeIsSaidWithItsParameters() throws Exception {
		create(6, "filetype", "text/plain; charset=utf-8");
		append("abcdef");
		assertThat(contentType()).isEqualToIgnoringWhitespace("text/plain; charset=utf-8");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tus-write", "TUS-Write", "tus-upload" })
	void clientCanNotSayWhatIsOurs(String key) throws Exception {
		int part = (int) S3Settings.MIN_PART_SIZE;
		create(part + 3, key, "a");
		append("a".repeat(part));
		append("bcd");
		assertThat(bucket.metadata("some/plain/" + this.id)).containsOnlyKeys("tus-upload")
			.hasValueSatisfying(new Condition<>((value) -> value.startsWith(this.id.toString()), "of the upload"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "John Doe", "auth0|5f7c", "CN=a b", "100%", "a?b#c", "J\u00f6rg", "a%20b", "{x}^`\\" })
	void uriLeadsBackToTheKey(String folder) throws Exception {
		create(6, "folder", folder);
		append("abcdef");
		assertThat(storage.content(storage.find(this.id)).getURI()).hasScheme("s3")
			.hasHost("uploads")
			.hasPath("/some/" + folder + "/" + this.id)
			.hasNoQuery()
			.hasNoFragment();
	}

	@ParameterizedTest
	@ValueSource(strings = { "notes.info.txt", "..", "../other", "a\u0000b", "a\nb", "\ufffe" })
	void uploadWhoseWordsMakeNoKeyIsRefused(String folder) {
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> create(6, "folder", folder));
	}

	@Test
	void uploadWhoseWordsMakeAKeyThatIsTooLongIsRefused() throws Exception {
		// 1,024 bytes less those of "some/", "/" and the id.
		int length = 1024 - 5 - 1 - this.id.toString().length();
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> create(6, "folder", "\u00e9".repeat(length / 2) + "xx"));
		create(6, "folder", "\u00e9".repeat(length / 2));
	}

	private void create(long length, String key, String value) throws IOException {
		String encoded = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
		storage.create(
				NewUpload.builder(this.id).length(length).metadata(UploadMetadata.parse(key + " " + encoded)).build());
	}

	private void append(String text) throws IOException {
		try (UploadWriter writer = storage.append(storage.find(this.id), System.nanoTime(), false)) {
			writer.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
			writer.commit();
		}
	}

	private String contentType() {
		return bucket.client()
			.headObject((request) -> request.bucket("uploads").key("some/plain/" + this.id))
			.join()
			.contentType();
	}

}
