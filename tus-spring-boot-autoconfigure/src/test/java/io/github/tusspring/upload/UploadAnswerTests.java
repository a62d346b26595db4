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

import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class UploadAnswerTests {

	private final UploadAnswer.Builder answer = UploadAnswer.builder();

	@Test
	void whenNothingIsSaidThenItIsEmpty() {
		assertThat(this.answer.build().isEmpty()).isTrue();
		assertThat(UploadAnswer.builder().status(204).build().isEmpty()).isFalse();
		assertThat(UploadAnswer.builder().header("X-Id", "7").build().isEmpty()).isFalse();
		assertThat(UploadAnswer.stored(0, Map.of(), new byte[] { 1 }).isEmpty()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(ints = { 199, 300, 404, 0 })
	void whenTheStatusIsNotOfSuccessThenItIsRefused(int status) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.answer.status(status));
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 299 })
	void whenTheStatusIsOfSuccessThenItIsTaken(int status) {
		assertThat(this.answer.status(status).build().status()).isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 199, 400 })
	void whenAStoredStatusIsNeitherOfSuccessNorARedirectThenItIsRefused(int status) {
		assertThatIllegalArgumentException().isThrownBy(() -> UploadAnswer.stored(status, Map.of(), new byte[0]));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 200, 303, 399 })
	void whenAStoredStatusIsOneOfThoseThenItIsTaken(int status) {
		assertThat(UploadAnswer.stored(status, Map.of(), new byte[0]).status()).isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nb", "a\u0000", "\u001f" })
	void whenAValueHasControlCharactersThenItIsRefused(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.answer.header("X-Id", value));
	}

	@Test
	void whenAValueHasSpacesAndTabsThenItIsTaken() {
		assertThat(this.answer.header("X-Id", "a b\tc").build().headers()).containsExactly(Map.entry("X-Id", "a b\tc"));
	}

	@Test
	void whenAHeaderHasNoNameThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.answer.header(" ", "a"));
	}

	@Test
	void whenABodyIsTooLongThenItIsRefused() {
		assertThatNoException()
			.isThrownBy(() -> this.answer.body("text/plain", new byte[UploadAnswer.MAX_BODY_LENGTH]));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.answer.body("text/plain", new byte[UploadAnswer.MAX_BODY_LENGTH + 1]))
			.withMessageContaining(String.valueOf(UploadAnswer.MAX_BODY_LENGTH));
	}

	@Test
	void whenABodyIsChangedAfterwardsThenTheAnswerIsNot() {
		byte[] body = { 'a' };
		UploadAnswer built = this.answer.body("text/plain", body).build();
		body[0] = 'b';
		built.body()[0] = 'c';
		assertThat(built.body()).asString(StandardCharsets.US_ASCII).isEqualTo("a");
		assertThat(built.headers()).containsExactly(Map.entry("Content-Type", "text/plain"));
	}

	@Test
	void whenAStoredAnswerHasCookiesThenTheyAreNotStored() {
		UploadAnswer stored = UploadAnswer.stored(200, Map.of("Set-Cookie", "session=1", "X-Id", "7"), new byte[0]);
		assertThat(stored.headers()).containsExactly(Map.entry("X-Id", "7"));
	}

	@Test
	void whenAStoredBodyHasNoTypeThenItIsOfBytes() {
		assertThat(UploadAnswer.stored(200, Map.of(), new byte[] { 1 }).headers())
			.containsExactly(Map.entry("Content-Type", "application/octet-stream"));
		assertThat(UploadAnswer.stored(200, Map.of("Content-Type", "text/plain"), new byte[] { 1 }).headers())
			.containsExactly(Map.entry("Content-Type", "text/plain"));
		assertThat(UploadAnswer.stored(200, Map.of(), new byte[0]).headers()).isEmpty();
	}

	@Test
	void whenTwoSayTheSameThenTheyAreEqual() {
		UploadAnswer one = UploadAnswer.builder().status(201).header("X-Id", "7").body("text/plain", "a").build();
		UploadAnswer same = UploadAnswer.builder().status(201).header("X-Id", "7").body("text/plain", "a").build();
		assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isEqualTo(one);
		assertThat(one)
			.isNotEqualTo(UploadAnswer.builder().status(200).header("X-Id", "7").body("text/plain", "a").build())
			.isNotEqualTo(UploadAnswer.builder().status(201).header("X-Id", "8").body("text/plain", "a").build())
			.isNotEqualTo(UploadAnswer.builder().status(201).header("X-Id", "7").body("text/plain", "b").build())
			.isNotEqualTo("answer");
	}

}
