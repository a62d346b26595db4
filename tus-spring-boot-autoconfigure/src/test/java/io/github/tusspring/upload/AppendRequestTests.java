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

import java.nio.file.Path;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a request says of the bytes to come.
 */
class AppendRequestTests {

	private final TestEngine engine;

	AppendRequestTests(@TempDir Path directory) {
		this.engine = new TestEngine(TestEngine.disk(directory));
	}

	@BeforeEach
	void create() {
		this.engine.create("a", 6L);
		this.engine.append("a", 0, "abc");
	}

	private static AppendRequest request(long contentLength) {
		return new AppendRequest(3, contentLength, null, null, false);
	}

	@Test
	void whenABodyFillsTheUploadThenItIsTaken() {
		assertThat(this.engine.append("a", request(3), "def").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenABodyIsAByteTooLongThenItIsRefused() {
		assertThatExceptionOfType(UploadTooLargeException.class)
			.isThrownBy(() -> this.engine.append("a", request(4), "defg"));
		assertThat(this.engine.inspect("a").offset()).isEqualTo(3);
	}

	@Test
	void whenTheLengthThatIsDeclaredIsTheOffsetThenItIsTaken() {
		this.engine.create("b", null);
		this.engine.append("b", 0, "abc");
		assertThatExceptionOfType(InvalidUploadException.class)
			.isThrownBy(() -> this.engine.append("b", TestEngine.declare(3, 2), ""));
		assertThat(this.engine.append("b", TestEngine.declare(3, 3), "").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenADeliveryHasFailedThenTheLastByteOrNoneMayBeSent() {
		this.engine.listener = (event) -> {
			throw new IllegalStateException("not now");
		};
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 3, "def"));
		assertThatExceptionOfType(OffsetMismatchException.class).isThrownBy(() -> this.engine.append("a", 4, "ef"))
			.satisfies((ex) -> assertThat(ex.offset()).isEqualTo(5));
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 5, "f"));
		assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 6, ""));
		assertThat(this.engine.attempts("a")).containsExactly(1, 2, 3);
	}

}
