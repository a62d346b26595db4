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

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What objects are called, and what of them is asked for.
 */
class ObjectNamesTests {

	@Test
	void whenTailIsNamedThenItsNameSaysWhoseItIs() {
		Manifest manifest = Manifest.of(NewUpload.builder(UploadId.of("a")).build(), S3Location.of("content/a"),
				Instant.now());
		manifest.generation = 7;
		String name = SentTail.newName(manifest);
		assertThat(name).startsWith("a.part.7.").isNotEqualTo(SentTail.newName(manifest));
		assertThat(SentTail.upload(name)).isEqualTo(UploadId.of("a"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "a.info", "a b.part.1.0123456789abcdef", "a.part.x.0123456789abcdef",
			"a.part.1.0123456789abcde" })
	void whenNameIsNoTailsThenItIsNobodys(String name) {
		assertThat(SentTail.upload(name)).isNull();
	}

	@Test
	void whenUseOfAnIdIsLongOverThenItNeedNotBeRemembered() {
		long now = Instant.now().getEpochSecond();
		assertThat(UsedIds.isOver(".used/a." + (now - 3700))).isTrue();
		assertThat(UsedIds.isOver(".used/a." + (now - 3500))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { ".used/a", ".used/a.x", "used/a.1", ".used/a/b.1", ".used/a.1234567890123" })
	void whenObjectSaysNothingOfAnIdThenItStays(String name) {
		assertThat(UsedIds.isOver(name)).isFalse();
	}

	@Test
	void whenBytesAreAskedForThenTheHeaderHasTheFirstAndTheLast() {
		S3Range range = new S3Range("bucket", "key", 10, 5);
		assertThat(range.header()).isEqualTo("bytes=10-14");
		assertThat(range.first(2).header()).isEqualTo("bytes=10-11");
		assertThat(range.skip(2).header()).isEqualTo("bytes=12-14");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a/../b", ".", "a\u0000", "a.info", "a.info.b", ".used/a.1",
			"a.part.1.0123456789abcdef" })
	void whenKeyIsThatOfSomethingElseThenNoContentLiesThere(String key) {
		assertThatIllegalArgumentException().isThrownBy(() -> S3Location.of(key));
	}

	@Test
	void whenKeyIsAsLongAsMayBeThenContentLiesThere() {
		assertThatNoException().isThrownBy(() -> S3Location.of("é".repeat(512)));
		assertThatIllegalArgumentException().isThrownBy(() -> S3Location.of("é".repeat(512) + "a"));
	}

	@Test
	void whenMemoryIsGivenThenNoMoreThanThereIs() {
		MemoryAllowance allowance = new MemoryAllowance(10);
		assertThat(allowance.tryTake(6)).isTrue();
		assertThat(allowance.tryTake(5)).isFalse();
		assertThat(allowance.tryTake(4)).isTrue();
		assertThat(allowance.left()).isZero();
		allowance.giveBack(3);
		assertThat(allowance.left()).isEqualTo(3);
	}

}
