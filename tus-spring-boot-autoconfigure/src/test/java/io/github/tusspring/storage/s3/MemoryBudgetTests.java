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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

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

	private ByteBuffer chunk() {
		this.budget.force(MemoryBudget.CHUNK);
		return this.budget.chunk();
	}

	private void giveBack(ByteBuffer... chunks) {
		this.budget.release((long) chunks.length * MemoryBudget.CHUNK);
		this.budget.reuse(List.of(chunks));
	}

}
