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

package io.github.tusspring.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

import io.github.tusspring.web.BodyInput.Reached;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A body as containers give it, whose reads may give nothing though there is something.
 */
class BodyInputTests {

	@Test
	void whenAReadGivesNothingThenTheNextOneHasRoom() throws IOException {
		BodyInput input = open(new PiecesInput("", "", "abc", "", "de"));
		StringBuilder body = new StringBuilder();
		Reached reached = input.read(ByteBuffer.allocate(BufferPool.BUFFER_SIZE), true, () -> true,
				(bytes) -> body.append(StandardCharsets.ISO_8859_1.decode(bytes)));
		assertThat(reached).isEqualTo(Reached.END);
		assertThat(body).hasToString("abcde");
	}

	private BodyInput open(ServletInputStream stream) throws IOException {
		MockHttpServletRequest request = new MockHttpServletRequest() {

			@Override
			public ServletInputStream getInputStream() {
				return stream;
			}

		};
		return new BodyInput(request, (opened, input) -> null, () -> false);
	}

	/**
	 * Leaves the buffer as Tomcat does, whose end it sets to the last byte that was read.
	 */
	private static final class PiecesInput extends ServletInputStream {

		private final String[] pieces;

		private int next;

		private int reads;

		private PiecesInput(String... pieces) {
			this.pieces = pieces;
		}

		@Override
		public int read(ByteBuffer buffer) {
			assertThat(++this.reads).as("reads").isLessThan(100);
			int start = buffer.position();
			if (!buffer.hasRemaining()) {
				return 0;
			}
			if (isFinished()) {
				return -1;
			}
			byte[] piece = this.pieces[this.next++].getBytes(StandardCharsets.ISO_8859_1);
			buffer.put(piece).limit(buffer.position()).position(start);
			return piece.length;
		}

		@Override
		public boolean isFinished() {
			return this.next == this.pieces.length;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int read() throws IOException {
			return InputStream.nullInputStream().read();
		}

	}

}
