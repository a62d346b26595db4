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

package io.github.tusspring.upload;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.core.Ordered;
import org.springframework.util.MimeTypeUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class MetadataLimitsTests {

	private static NewUpload upload(String metadata) {
		return NewUpload.builder(UploadId.of("a")).length(1L).metadata(UploadMetadata.parse(metadata)).build();
	}

	private static void assertRefused(MetadataLimits limits, String metadata, int status) {
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> limits.beforeCreate(upload(metadata)))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(status));
	}

	private static void assertTaken(MetadataLimits limits, String metadata) {
		NewUpload upload = upload(metadata);
		assertThat(limits.beforeCreate(upload)).isSameAs(upload);
	}

	@Test
	void sizeIsThatOfTheHeader() {
		MetadataLimits limits = new MetadataLimits(6, 0, List.of(), List.of());
		assertTaken(limits, "a YWJj");
		assertRefused(limits, "ab YWJj", 413);
	}

	@Test
	void keysAreCounted() {
		MetadataLimits limits = new MetadataLimits(0, 2, List.of(), List.of());
		assertTaken(limits, "a,b");
		assertRefused(limits, "a,b,c", 413);
	}

	@Test
	void nothingIsLimitedByZero() {
		assertTaken(new MetadataLimits(0, 0, List.of(), List.of()), "a,b,c");
	}

	@Test
	void typeMustBeOneOfThose() {
		MetadataLimits limits = new MetadataLimits(0, 0, List.of(MimeTypeUtils.parseMimeType("image/*")), List.of());
		assertTaken(limits, "filetype aW1hZ2UvcG5n");
		assertRefused(limits, "filetype dGV4dC9odG1s", 415);
		assertRefused(limits, "filetype bm90aGluZw==", 415);
		assertRefused(limits, "a", 415);
	}

	@Test
	void nameMustEndWithOneOfThose() {
		MetadataLimits limits = new MetadataLimits(0, 0, List.of(), List.of(".PDF", "txt"));
		assertTaken(limits, "filename YS5wZGY=");
		assertTaken(limits, "filename YS5UWFQ=");
		assertRefused(limits, "filename YS5leGU=", 415);
		assertRefused(limits, "filename YQ==", 415);
	}

	@Test
	void partSaysNothingOfTheFile() {
		MetadataLimits limits = new MetadataLimits(0, 0, List.of(MimeTypeUtils.IMAGE_PNG), List.of("png"));
		NewUpload part = NewUpload.builder(UploadId.of("a"))
			.length(1L)
			.concatenation(new Concatenation.Partial())
			.build();
		assertThat(limits.beforeCreate(part)).isSameAs(part);
	}

	@Test
	void comesBeforeAllOthers() {
		assertThat(new MetadataLimits(0, 0, List.of(), List.of()).getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
	}

}
