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

import io.github.tusspring.upload.UploadUnavailableException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class MemoryBudgetTests {

	private final MemoryBudget budget = new MemoryBudget(4 * MemoryBudget.CHUNK, Runnable::run);

	@Test
	void whenAChunkIsReusedThenItIsEmptyAgain() {
		ByteBuffer chunk = chunk().put(new byte[100]).flip();
		giveBack(chunk);
		ByteBuffer next = chunk();
		assertThat(next).isSameAs(chunk);
		assertThat(next.remaining()).isEqualTo(MemoryBudget.CHUNK);
	}

	@Test
	void whenNoChunkIsFreeThenAnotherIsMade() {
		ByteBuffer chunk = chunk();
		giveBack(chunk);
		assertThat(List.of(chunk(), chunk())).satisfiesExactly((first) -> assertThat(first).isSameAs(chunk),
				(second) -> assertThat(second).isNotSameAs(chunk));
	}

	@Test
	void whenTheRestIsUsedThenChunksAreNotKept() {
		ByteBuffer chunk = chunk();
		this.budget.force(4 * MemoryBudget.CHUNK);
		giveBack(chunk);
		assertThat(chunk()).isNotSameAs(chunk);
	}

	@Test
	void whenSomeHaveRoomThenSoManyAreKept() {
		List<ByteBuffer> chunks = List.of(chunk(), chunk(), chunk());
		this.budget.force(2 * MemoryBudget.CHUNK);
		giveBack(chunks.toArray(ByteBuffer[]::new));
		assertThat(List.of(chunk(), chunk(), chunk())
			.stream()
			.filter((chunk) -> chunks.stream().anyMatch((other) -> other == chunk))).hasSize(2);
	}

	@Test
	void whenAThreadWaitsForMemoryThenNobodyElseTakesWhatComesBack() throws Exception {
		this.budget.force(4 * MemoryBudget.CHUNK);
		Thread waiting = acquire(2 * MemoryBudget.CHUNK);
		await().until(() -> waiting.getState() == Thread.State.WAITING);
		this.budget.release(MemoryBudget.CHUNK);
		assertThat(this.budget.take(new NoHolder(), 1)).isFalse();
		this.budget.release(2 * MemoryBudget.CHUNK);
		waiting.join();
		assertThat(this.budget.used()).isEqualTo(3 * MemoryBudget.CHUNK);
		assertThat(this.budget.take(new NoHolder(), 1)).isTrue();
	}

	@Test
	void whenThreadsHaveHalfOfTheMemoryThenTheNextOneWaitsAndLeavesTheRestToOthers() throws Exception {
		acquire(2 * MemoryBudget.CHUNK).join();
		Thread waiting = acquire(MemoryBudget.CHUNK);
		await().until(() -> waiting.getState() == Thread.State.WAITING);
		assertThat(this.budget.take(new NoHolder(), 2)).isTrue();
		this.budget.release(2 * MemoryBudget.CHUNK);
		assertThat(waiting.isAlive()).isTrue();
		this.budget.giveBack(2 * MemoryBudget.CHUNK);
		waiting.join();
	}

	@Test
	void whenAThreadWantsMoreThanThereIsThenItGetsItWhenAllIsFree() throws Exception {
		acquire(5 * MemoryBudget.CHUNK).join();
		this.budget.giveBack(5 * MemoryBudget.CHUNK);
		assertThat(this.budget.used()).isZero();
	}

	@Test
	void whenAWaitingThreadIsInterruptedThenItWantsNothingAnyMore() throws Exception {
		this.budget.force(4 * MemoryBudget.CHUNK);
		Thread waiting = acquire(2 * MemoryBudget.CHUNK);
		await().until(() -> waiting.getState() == Thread.State.WAITING);
		waiting.interrupt();
		waiting.join();
		this.budget.release(4 * MemoryBudget.CHUNK);
		assertThat(this.budget.take(new NoHolder(), 3)).isTrue();
		this.budget.release(3 * MemoryBudget.CHUNK);
		acquire(2 * MemoryBudget.CHUNK).join();
	}

	private Thread acquire(long bytes) {
		Thread thread = new Thread(() -> {
			try {
				this.budget.acquire(bytes);
			}
			catch (UploadUnavailableException ex) {
				// Interrupted.
			}
		});
		thread.start();
		return thread;
	}

	private ByteBuffer chunk() {
		this.budget.force(MemoryBudget.CHUNK);
		return this.budget.chunk();
	}

	private void giveBack(ByteBuffer... chunks) {
		this.budget.release((long) chunks.length * MemoryBudget.CHUNK);
		this.budget.reuse(List.of(chunks));
	}

	/**
	 * Has nothing to give.
	 */
	private static final class NoHolder implements MemoryBudget.Holder {

		@Override
		public long filled() {
			return 0;
		}

		@Override
		public void roomIsThere() {
		}

		@Override
		public void spill() {
		}

	}

}
