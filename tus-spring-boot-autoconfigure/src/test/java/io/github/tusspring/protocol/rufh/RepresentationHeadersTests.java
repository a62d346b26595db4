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

package io.github.tusspring.protocol.rufh;

import java.util.Map;

import io.github.tusspring.upload.UploadMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RepresentationHeaders}.
 */
class RepresentationHeadersTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
			inline; filename="a b.txt"                           | a b.txt
			inline; filename=a.txt                               | a.txt
			attachment;filename = "a\\"b.txt" ; x=y              | a"b.txt
			inline; filename="x"; filename*=UTF-8''%C3%BC.txt    | ü.txt
			inline; filename*=ISO-8859-1'en'%FC.txt; filename=x  | ü.txt
			inline; filename*=UTF-8''%zz; filename="x.txt"       | x.txt
			inline; filename*=x; filename="x.txt"                | x.txt
			inline; FILENAME="x.txt"                             | x.txt
			inline; x="; filename=evil"; filename=good           | good
			""")
	void filename(String disposition, String filename) {
		UploadMetadata metadata = RepresentationHeaders.metadata(Map.of("Content-Disposition", disposition)::get);
		assertThat(metadata.filename()).isEqualTo(filename);
		assertThat(metadata.get(UploadMetadata.CONTENT_DISPOSITION)).isEqualTo(disposition);
	}

	@ParameterizedTest
	@CsvSource({ "inline", "form-data; name=x", "inline; filename=", "inline; filename" })
	void noFilename(String disposition) {
		assertThat(RepresentationHeaders.metadata(Map.of("Content-Disposition", disposition)::get).filename()).isNull();
	}

	@Test
	void metadataOfTusCountsWhereTheHeadersSayNothingElse() {
		UploadMetadata metadata = RepresentationHeaders.metadata(
				Map.of("Upload-Metadata", "title eA==,filetype dGV4dC9wbGFpbg==", "Content-Type", "image/png")::get);
		assertThat(metadata.asMap()).isEqualTo(Map.of("title", "x", "filetype", "image/png"));
	}

	@Test
	void typeOfAMessageThatAppendsIsNotThatOfTheContent() {
		Map<String, String> headers = Map.of("Upload-Metadata", "filetype aW1hZ2UvcG5n", "Content-Type",
				"application/partial-upload");
		assertThat(RepresentationHeaders.metadata(headers::get).filetype()).isEqualTo("image/png");
		assertThat(RepresentationHeaders.metadata(Map.of("Content-Type", "Application/Partial-Upload; a=b")::get))
			.isEqualTo(UploadMetadata.EMPTY);
	}

	@Test
	void malformedMetadataOfTusIsNothing() {
		assertThat(RepresentationHeaders.metadata(Map.of("Upload-Metadata", "title ?")::get))
			.isEqualTo(UploadMetadata.EMPTY);
	}

	@Test
	void nothing() {
		assertThat(RepresentationHeaders.metadata(Map.<String, String>of()::get)).isEqualTo(UploadMetadata.EMPTY);
	}

}
