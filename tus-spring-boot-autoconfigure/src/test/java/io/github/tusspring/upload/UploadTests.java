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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UploadTests {

	private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

	private static Upload.Builder upload(Long length) {
		return Upload.builder(NewUpload.builder(UploadId.of("a")).length(length).build(), NOW);
	}

	@Test
	void whenItsTimeHasComeThenItIsExpired() {
		assertThat(upload(3L).build().isExpired(Instant.MAX)).as("it never expires").isFalse();
		assertThat(upload(3L).expires(NOW.plusNanos(1)).build().isExpired(NOW)).isFalse();
		assertThat(upload(3L).expires(NOW).build().isExpired(NOW)).isTrue();
		assertThat(upload(3L).expires(NOW.minusNanos(1)).build().isExpired(NOW)).isTrue();
	}

	@Test
	void whenAClaimHasNotRunOutThenItIsClaimed() {
		assertThat(upload(3L).build().isClaimed(NOW)).isFalse();
		assertThat(upload(3L).claimed(NOW.plusNanos(1)).build().isClaimed(NOW)).isTrue();
		assertThat(upload(3L).claimed(NOW).build().isClaimed(NOW)).isFalse();
	}

	@Test
	void whenItsLengthIsDeclaredAfterItsLastByteThenThatIsAskedForAgain() {
		Upload late = upload(null).offset(3).build().withLength(3);
		assertThat(late.withoutLastByte().offset()).isEqualTo(3);
		assertThat(late.withoutLastByte().length()).isNull();
		Upload early = upload(null).offset(2).build().withLength(3).withOffset(3);
		assertThat(early.withoutLastByte().offset()).isEqualTo(2);
		assertThat(early.withoutLastByte().length()).isEqualTo(3);
	}

	@Test
	void whenItIsOfTheDraftThenItsLastByteIsNotAskedForAgain() {
		NewUpload draft = NewUpload.builder(UploadId.of("a")).length(3L).draft(9).build();
		assertThat(Upload.builder(draft, NOW).offset(3).build().withoutLastByte().offset()).isEqualTo(3);
	}

	@Test
	void whenItIsWrittenThenItSaysHowFarItHasCome() {
		assertThat(upload(3L).offset(2).build()).hasToString("Upload 'a' (RECEIVING, 2 of 3 bytes)");
		assertThat(upload(null).build()).hasToString("Upload 'a' (RECEIVING, 0 of unknown bytes)");
	}

	@Test
	void whenABuilderGoesOnThenWhatWasBuiltStays() {
		Upload.Builder builder = upload(3L);
		Upload built = builder.build();
		builder.offset(3);
		built.mutate().offset(2);
		assertThat(built.offset()).isZero();
		NewUpload.Builder asked = NewUpload.builder(UploadId.of("a"));
		NewUpload first = asked.build();
		asked.owner("ben");
		first.mutate().owner("eve");
		assertThat(first.owner()).isNull();
	}

	@Test
	void whenItsIdIsLongThenItIsNotWrittenAsAWhole() {
		NewUpload upload = NewUpload.builder(UploadId.of("0123456789abcdef0")).build();
		assertThat(upload).hasToString("NewUpload '01234567…'");
	}

	@Test
	void whenWhatIsAskedForMakesNoSenseThenItIsRefused() {
		NewUpload.Builder builder = NewUpload.builder(UploadId.of("a"));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.length(-1L));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.id(null));
		assertThatIllegalArgumentException().isThrownBy(() -> builder.metadata(null));
		assertThatIllegalArgumentException().isThrownBy(() -> NewUpload.builder(null));
	}

	@Test
	void whenItsMetadataChangesThenTheRestStays() {
		UploadMetadata metadata = UploadMetadata.parse("filename YQ==");
		Upload changed = upload(3L).offset(2).version("etag").build().withMetadata(metadata);
		assertThat(changed.metadata()).isEqualTo(metadata);
		assertThat(changed.length()).isEqualTo(3);
		assertThat(changed.offset()).isEqualTo(2);
		assertThat(changed.version()).isEqualTo("etag");
	}

	@Test
	void whenItsClientHasAnAddressThenItIsKnown() {
		NewUpload asked = NewUpload.builder(UploadId.of("a")).remoteAddress("192.0.2.1").build();
		assertThat(Upload.builder(asked, NOW).build().remoteAddress()).isEqualTo("192.0.2.1");
	}

}
