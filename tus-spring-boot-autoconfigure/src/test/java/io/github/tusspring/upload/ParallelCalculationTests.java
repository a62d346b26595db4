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

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;

import io.github.tusspring.upload.ParallelCalculation.Buffers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ParallelCalculation}.
 */
class ParallelCalculationTests {

	private static final int LIMIT = 2;

	private final Random random = new Random(42);

	private final Buffers buffers = new Buffers(LIMIT);

	private final byte[] content = new byte[5 * Buffers.SIZE + 12345];

	ParallelCalculationTests() {
		this.random.nextBytes(this.content);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1000, 64 * 1024, 128 * 1024, 3 * 1024 * 1024, 8 * 1024 * 1024 })
	void piecesOfAnyLengthGiveTheChecksumOfTheWhole(int longest) throws Exception {
		ParallelCalculation calculation = calculation();
		pass(calculation, longest);
		assertThat(calculation.value()).isEqualTo(expected());
		assertThatAllBuffersAreBack();
	}

	@Test
	void moreUploadsThanBuffersAreCalculatedAlike() throws Exception {
		List<ParallelCalculation> all = new ArrayList<>();
		for (int i = 0; i < 3 * LIMIT; i++) {
			all.add(calculation());
		}
		for (int from = 0; from < this.content.length; from += 100_000) {
			int count = Math.min(100_000, this.content.length - from);
			for (ParallelCalculation calculation : all) {
				calculation.update(ByteBuffer.wrap(this.content, from, count));
			}
		}
		byte[] expected = expected();
		assertThat(all).allSatisfy((calculation) -> assertThat(calculation.value()).isEqualTo(expected));
		assertThatAllBuffersAreBack();
	}

	@Test
	void uploadThatEndsEarlyGivesItsBuffersBack() {
		ParallelCalculation calculation = calculation();
		calculation.update(ByteBuffer.wrap(this.content, 0, Buffers.SIZE + 70_000));
		calculation.close();
		assertThatAllBuffersAreBack();
	}

	@Test
	void uploadThatBecomesSlowGivesItsBuffersBack() throws Exception {
		ParallelCalculation calculation = calculation();
		calculation.update(ByteBuffer.wrap(this.content, 0, Buffers.SIZE + 70_000));
		calculation.update(ByteBuffer.wrap(this.content, Buffers.SIZE + 70_000, 10));
		assertThatAllBuffersAreBack();
		int rest = Buffers.SIZE + 70_010;
		calculation.update(ByteBuffer.wrap(this.content, rest, this.content.length - rest));
		assertThat(calculation.value()).isEqualTo(expected());
	}

	@Test
	void nothingWaitsForThreadsThatOthersHold() throws Exception {
		int threads = 2 * ForkJoinPool.getCommonPoolParallelism();
		CountDownLatch begun = new CountDownLatch(ForkJoinPool.getCommonPoolParallelism());
		CountDownLatch held = new CountDownLatch(1);
		for (int i = 0; i < threads; i++) {
			ForkJoinPool.commonPool().execute(() -> {
				begun.countDown();
				try {
					held.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
		}
		try {
			begun.await();
			ParallelCalculation calculation = calculation();
			pass(calculation, 128 * 1024);
			assertThat(calculation.value()).isEqualTo(expected());
		}
		finally {
			held.countDown();
		}
	}

	@Test
	void nothingFailsWhereThereIsNoMemory() throws Exception {
		Buffers buffers = new Buffers(LIMIT, (size) -> {
			throw new OutOfMemoryError("Cannot reserve direct buffer memory");
		});
		ParallelCalculation calculation = new ParallelCalculation(ChecksumAlgorithm.SHA1.start(), buffers);
		pass(calculation, 3 * 1024 * 1024);
		assertThat(calculation.value()).isEqualTo(expected());
	}

	private ParallelCalculation calculation() {
		return new ParallelCalculation(ChecksumAlgorithm.SHA1.start(), this.buffers);
	}

	/**
	 * Passes the content in pieces, with some short ones between the long, all through
	 * one buffer as a transfer does.
	 */
	private void pass(ParallelCalculation calculation, int longest) {
		ByteBuffer buffer = ByteBuffer.allocateDirect(longest);
		for (int from = 0; from < this.content.length;) {
			int most = this.random.nextInt(8) == 0 ? longest : Math.max(longest - 10, 1);
			int length = this.random.nextInt(16) == 0 ? 1 + this.random.nextInt(most) : most;
			int count = Math.min(length, this.content.length - from);
			calculation.update(buffer.clear().put(this.content, from, count).flip());
			assertThat(buffer.hasRemaining()).isFalse();
			from += count;
		}
	}

	private byte[] expected() throws Exception {
		return MessageDigest.getInstance("SHA-1").digest(this.content);
	}

	private void assertThatAllBuffersAreBack() {
		List<ByteBuffer> taken = new ArrayList<>();
		for (int i = 0; i < LIMIT; i++) {
			taken.add(this.buffers.take());
		}
		assertThat(taken).doesNotContainNull();
		assertThat(taken.get(0)).isNotSameAs(taken.get(1));
		assertThat(this.buffers.take()).isNull();
		taken.forEach(this.buffers::give);
	}

}
