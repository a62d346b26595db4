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

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class UploadGrantTests {

	private static final UploadId ID = UploadId.of("a");

	private static final Instant EXPIRES = Instant.parse("2030-01-01T00:00:00Z");

	private final UploadGrant create = UploadGrant.toCreate(ID, EXPIRES);

	private final UploadGrant download = UploadGrant.toDownload(ID, "anna", EXPIRES);

	private static NewUpload creation(Long length, String metadata) {
		return NewUpload.builder(ID)
			.length(length)
			.metadata((metadata != null) ? UploadMetadata.parse(metadata) : UploadMetadata.EMPTY)
			.build();
	}

	private static Upload upload(String id, long offset) {
		return Upload.builder(NewUpload.builder(UploadId.of(id)).length(3L).build(), Instant.EPOCH)
			.offset(offset)
			.build();
	}

	@ParameterizedTest
	@CsvSource({ "INSPECT, true, true", "CREATE, true, false", "APPEND, true, false", "DELIVER, true, false",
			"TERMINATE, true, false", "DOWNLOAD, false, true", "CONCATENATE, false, false" })
	void holderMayDoWhatItIsFor(UploadIntent intent, boolean whoCreates, boolean whoDownloads) {
		assertGranted(this.create, intent, whoCreates);
		assertGranted(this.download, intent, whoDownloads);
	}

	private static void assertGranted(UploadGrant grant, UploadIntent intent, boolean granted) {
		if (granted) {
			assertThatNoException().isThrownBy(() -> grant.check(intent, upload("a", 1)));
		}
		else {
			assertThatExceptionOfType(UploadForbiddenException.class)
				.isThrownBy(() -> grant.check(intent, upload("a", 1)));
		}
	}

	@Test
	void fullUploadIsNotRemovedToFillAnother() {
		assertGranted(this.create, UploadIntent.TERMINATE, true);
		assertThatExceptionOfType(UploadForbiddenException.class)
			.isThrownBy(() -> this.create.check(UploadIntent.TERMINATE, upload("a", 3)));
	}

	@Test
	void otherUploadIsNotFound() {
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.create.check(UploadIntent.APPEND, upload("b", 1)));
	}

	@Test
	void refusedOneIsForNothing() {
		UploadGrant refused = UploadGrant.refused("expired");
		assertThat(refused.refusal()).isEqualTo("expired");
		assertThatExceptionOfType(UploadForbiddenException.class)
			.isThrownBy(() -> refused.check(UploadIntent.INSPECT, upload("none", 1)))
			.withMessage("expired");
		assertThatExceptionOfType(UploadForbiddenException.class).isThrownBy(() -> refused.check(creation(1L, null)))
			.withMessage("expired");
	}

	@Test
	void creationIsForWhoMayCreate() {
		assertThatNoException().isThrownBy(() -> this.create.check(creation(null, null)));
		assertThatExceptionOfType(UploadForbiddenException.class)
			.isThrownBy(() -> this.download.check(creation(1L, null)));
		NewUpload part = NewUpload.builder(ID).length(1L).concatenation(new Concatenation.Partial()).build();
		assertThatExceptionOfType(UploadForbiddenException.class).isThrownBy(() -> this.create.check(part));
	}

	@Test
	void sizeIsLimitedAndMustBeDeclared() {
		UploadGrant limited = this.create.maxSize(10);
		assertThat(limited.maxSize()).isEqualTo(10);
		assertThatNoException().isThrownBy(() -> limited.check(creation(10L, null)));
		assertThatExceptionOfType(UploadTooLargeException.class).isThrownBy(() -> limited.check(creation(11L, null)));
		assertThatExceptionOfType(InvalidUploadException.class).isThrownBy(() -> limited.check(creation(null, null)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.create.maxSize(0));
	}

	@Test
	void typesAreLimited() {
		UploadGrant limited = this.create.filetypes("image/*", "text/plain");
		assertThat(limited.filetypes()).isEqualTo(List.of("image/*", "text/plain"));
		assertThatNoException().isThrownBy(() -> limited.check(creation(1L, "filetype aW1hZ2UvcG5n")));
		assertThatExceptionOfType(UploadRejectedException.class)
			.isThrownBy(() -> limited.check(creation(1L, "filetype dGV4dC9odG1s")));
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> limited.check(creation(1L, null)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.create.filetypes("nothing"));
	}

	@Test
	void ownerIsTheOneThatWasNamedOrNobodyElse() {
		assertThat(this.create.owner()).isEqualTo("signed a");
		assertThat(this.create.owner("ben").owner()).isEqualTo("ben");
		assertThat(this.create.owner("ben").getName()).isEqualTo("ben");
		assertThat(this.download.owner()).isEqualTo("anna");
		assertThat(UploadGrant.toDownload(ID, null, EXPIRES).owner()).isNull();
	}

	@Test
	void saysWhatItIsFor() {
		assertThat(this.create.kind()).isEqualTo(UploadGrant.Kind.CREATE);
		assertThat(this.download.kind()).isEqualTo(UploadGrant.Kind.DOWNLOAD);
		assertThat(this.create.id()).isEqualTo(ID);
		assertThat(this.create.expires()).isEqualTo(EXPIRES);
		assertThat(this.create.refusal()).isNull();
	}

}
