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
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ObjectAttributes}.
 */
class ObjectAttributesTests {

	private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

	private static ObjectAttributes attributes(Map<String, String> metadata) {
		return ObjectAttributes.of(manifest(metadata), "write");
	}

	private static Manifest manifest(Map<String, String> metadata) {
		return Manifest.of(NewUpload.builder(UploadId.of("a")).metadata(UploadMetadata.of(metadata)).build(),
				S3Location.of("content/a"), NOW);
	}

	@Test
	void whenObjectIsPutThenItSaysWhoseItIs() {
		assertThat(attributes(Map.of()).metadata()).containsOnly(Map.entry("tus-upload", "a 2023-11-14T22:13:20Z"),
				Map.entry("tus-write", "write"));
		assertThat(ObjectAttributes.of(manifest(Map.of()), null).metadata()).containsOnlyKeys("tus-upload");
	}

	@Test
	void whenClientSaysSomethingThenTheObjectDoes() {
		assertThat(attributes(Map.of("Project", "moon")).metadata()).containsEntry("project", "moon");
	}

	@Test
	void whenClientSaysWhatIsOursThenItIsNotHeard() {
		assertThat(attributes(Map.of("TUS-Upload", "b", "tus-other", "c")).metadata())
			.containsEntry("tus-upload", "a 2023-11-14T22:13:20Z")
			.doesNotContainKey("tus-other");
	}

	@Test
	void whenNamesDifferInCaseOnlyThenTheFirstCounts() {
		Map<String, String> metadata = new LinkedHashMap<>();
		metadata.put("Name", "first");
		metadata.put("name", "second");
		assertThat(attributes(metadata).metadata()).containsEntry("name", "first");
	}

	@Test
	void whenNameCanBeNoHeadersOrValueIsEmptyThenItIsLeftOut() {
		assertThat(attributes(Map.of("a:b", "c", "empty", "", "x".repeat(101), "d", "e", "f")).metadata())
			.containsOnlyKeys("tus-upload", "tus-write", "e");
	}

	@ParameterizedTest
	@ValueSource(strings = { "é", " a", "a ", "a\tb", "\u007f", "a  b" })
	void whenValueCanBeNoHeadersThenItIsEncoded(String value) {
		assertThat(attributes(Map.of("name", value)).metadata().get("name")).contains("%").isNotEqualTo(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "a b", "~", "100%" })
	void whenValueIsPlainThenItIsSaidAsItIs(String value) {
		assertThat(attributes(Map.of("name", value)).metadata()).containsEntry("name", value);
	}

	@Test
	void whenBlankIsEncodedThenItIsNoPlus() {
		assertThat(attributes(Map.of("name", "é b")).metadata()).containsEntry("name", "%C3%A9%20b");
	}

	@Test
	void whenThereIsMoreThanS3TakesThenTheRestIsLeftOut() {
		Map<String, String> metadata = new LinkedHashMap<>();
		metadata.put("fits", "x".repeat(1696));
		assertThat(attributes(metadata).metadata()).containsKey("fits");
		metadata.put("more", "y");
		assertThat(attributes(metadata).metadata()).containsKey("fits").doesNotContainKey("more");
		assertThat(attributes(Map.of("fits", "x".repeat(1697))).metadata()).doesNotContainKey("fits");
	}

	@ParameterizedTest
	@ValueSource(strings = { "image/png", "text/plain; charset=utf-8", "a/b ;c=\"d\"" })
	void whenTypeIsAMediaTypeThenItIsTheObjects(String type) {
		assertThat(attributes(Map.of("filetype", type)).contentType()).isEqualTo(type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "image", "image/", "text/html\r\nX: y", "a/b;c" })
	void whenTypeIsNoneThenTheObjectHasNone(String type) {
		assertThat(attributes(Map.of("filetype", type)).contentType()).isNull();
	}

	@Test
	void whenTypeIsTooLongThenTheObjectHasNone() {
		assertThat(attributes(Map.of("filetype", "a/" + "b".repeat(253))).contentType()).isNotNull();
		assertThat(attributes(Map.of("filetype", "a/" + "b".repeat(254))).contentType()).isNull();
	}

	@Test
	void whenFileHasANameThenTheObjectIsSavedByIt() {
		assertThat(attributes(Map.of("filename", "a.txt")).contentDisposition()).startsWith("attachment;")
			.contains("a.txt");
		assertThat(attributes(Map.of()).contentDisposition()).isNull();
	}

	@Test
	void whenThereAreTwoBlanksThenNoHeaderHasThem() {
		// They are signed as one and sent as two, which some stores take for a wrong
		// signature.
		ObjectAttributes attributes = attributes(
				Map.of("filename", "annual  report.pdf", "filetype", "text/plain; \tcharset=utf-8", "a", "b  c"));
		assertThat(attributes.contentDisposition())
			.isEqualTo("attachment; filename=\"annual report.pdf\"; filename*=UTF-8''annual%20%20report.pdf");
		assertThat(attributes.contentType()).isEqualTo("text/plain; charset=utf-8");
		assertThat(attributes.metadata().values()).contains("annual%20%20report.pdf", "b%20%20c")
			.noneMatch((value) -> value.contains("  "));
	}

	@Test
	void whenContentIsToBeSavedThenItIsAnAttachmentWithItsNameOrWithout() {
		assertThat(ObjectAttributes.disposition(UploadMetadata.EMPTY)).isEqualTo("attachment");
		assertThat(ObjectAttributes.disposition(UploadMetadata.of(Map.of("filename", "a.txt"))))
			.startsWith("attachment;")
			.contains("a.txt");
	}

	@Test
	void whenRequestIsMadeThenItSaysAll() {
		ObjectAttributes attributes = attributes(Map.of("filename", "a.txt", "filetype", "text/plain"));
		PutObjectRequest.Builder put = PutObjectRequest.builder();
		attributes.apply(put);
		assertThat(put.build()).satisfies((request) -> {
			assertThat(request.contentType()).isEqualTo("text/plain");
			assertThat(request.contentDisposition()).isEqualTo(attributes.contentDisposition());
			assertThat(request.metadata()).isEqualTo(attributes.metadata());
		});
		CreateMultipartUploadRequest.Builder multipart = CreateMultipartUploadRequest.builder();
		attributes.apply(multipart);
		assertThat(multipart.build()).satisfies((request) -> {
			assertThat(request.contentType()).isEqualTo("text/plain");
			assertThat(request.contentDisposition()).isEqualTo(attributes.contentDisposition());
			assertThat(request.metadata()).isEqualTo(attributes.metadata());
		});
	}

}
