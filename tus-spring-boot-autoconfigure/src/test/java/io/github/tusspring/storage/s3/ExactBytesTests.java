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

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ExactBytes}.
 */
class ExactBytesTests {

	private final ExactBytes transformer = new ExactBytes();

	@Test
	void whenAllHasComeThenTheArrayHasItsLength() {
		ResponseBytes<GetObjectResponse> answer = receive(5L).join();
		assertThat(answer.asByteArrayUnsafe()).containsExactly(1, 2, 3, 4, 5);
		assertThat(answer.response().contentLength()).isEqualTo(5);
	}

	@ParameterizedTest
	@ValueSource(longs = { 4, 6 })
	void whenMoreOrLessComesThanTheAnswerSaysThenItFails(long length) {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> receive(length).join())
			.withCauseInstanceOf(SdkClientException.class);
	}

	@Test
	void whenTheAnswerDoesNotSayItsLengthThenItFails() {
		assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> receive(null).join())
			.withCauseInstanceOf(SdkClientException.class);
	}

	@Test
	void whenAnAttemptFailsThenTheNextOneBeginsAnew() {
		CompletableFuture<?> first = this.transformer.prepare();
		this.transformer.exceptionOccurred(SdkClientException.create("It is lost"));
		assertThat(first).isCompletedExceptionally();
		assertThat(receive(5L).join().asByteArrayUnsafe()).hasSize(5);
	}

	private CompletableFuture<ResponseBytes<GetObjectResponse>> receive(Long length) {
		CompletableFuture<ResponseBytes<GetObjectResponse>> result = this.transformer.prepare();
		this.transformer.onResponse(GetObjectResponse.builder().contentLength(length).build());
		this.transformer.onStream(SdkPublisher
			.fromIterable(List.of(ByteBuffer.wrap(new byte[] { 1, 2 }), ByteBuffer.wrap(new byte[] { 3, 4, 5 }))));
		return result;
	}

}
