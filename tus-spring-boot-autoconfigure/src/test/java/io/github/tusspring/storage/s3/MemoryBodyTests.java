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
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MemoryBodyTests {

	private final ByteBuffer buffer = ByteBuffer.wrap("hello".getBytes());

	private final MemoryBody body = new MemoryBody(List.of(this.buffer, ByteBuffer.wrap("world".getBytes(), 1, 2)));

	@Test
	void whenItIsSentThenItHasItsLength() {
		assertThat(this.body.contentLength()).contains(7L);
	}

	@Test
	void whenItIsSentAgainThenItBeginsAgain() throws Exception {
		assertThat(read()).isEqualTo("helloor");
		assertThat(read()).isEqualTo("helloor");
		assertThat(this.buffer.remaining()).isEqualTo(5);
	}

	@Test
	void whenItIsSentOnceThenItsBuffersAreFreeAfterwards() throws Exception {
		assertThat(this.body.isReadOnce()).isFalse();
		read();
		assertThat(this.body.isReadOnce()).isTrue();
	}

	@Test
	void whenItIsSentAgainThenTheFirstAttemptMayStillReadItsBuffers() throws Exception {
		read();
		read();
		assertThat(this.body.isReadOnce()).isFalse();
	}

	private String read() throws Exception {
		List<ByteBuffer> parts = new ArrayList<>();
		this.body.subscribe(parts::add).get();
		StringBuilder text = new StringBuilder();
		for (ByteBuffer part : parts) {
			while (part.hasRemaining()) {
				text.append((char) part.get());
			}
		}
		return text.toString();
	}

}
