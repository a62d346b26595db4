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

import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who gets a {@link MemoryShare} of four chunks, and when.
 */
class MemoryShareTests {

	private static final long CHUNK = MemoryBudget.CHUNK;

	private final MemoryShare share = new MemoryShare(4 * CHUNK);

	@Test
	void whenThereIsRoomThenNobodyWaits() {
		assertThat(this.share.acquire(3 * CHUNK)).isCompleted();
		assertThat(this.share.hasRoom(CHUNK)).isTrue();
		assertThat(this.share.hasRoom(CHUNK + 1)).isFalse();
		assertThat(this.share.acquire(1)).isCompleted();
		assertThat(this.share.hasRoom(1)).isFalse();
	}

	@Test
	void whenOneWaitsThenAllWhoComeLaterDo() {
		this.share.acquire(3 * CHUNK);
		CompletableFuture<Void> first = this.share.acquire(2 * CHUNK);
		CompletableFuture<Void> second = this.share.acquire(CHUNK);
		assertThat(this.share.hasRoom(CHUNK)).isFalse();
		assertThat(first).isNotDone();
		assertThat(second).isNotDone();
		this.share.release(3 * CHUNK);
		assertThat(first).isCompleted();
		assertThat(second).isCompleted();
	}

	@Test
	void whenOneNeedsMoreThanThereIsThenItGetsAll() {
		CompletableFuture<Void> small = this.share.acquire(CHUNK);
		CompletableFuture<Void> large = this.share.acquire(9 * CHUNK);
		assertThat(small).isCompleted();
		assertThat(large).isNotDone();
		this.share.release(CHUNK);
		assertThat(large).isCompleted();
		this.share.release(9 * CHUNK);
		assertThat(this.share.acquire(4 * CHUNK)).isCompleted();
	}

	@Test
	void whenOneGivesUpThenTheNextHasItsTurn() {
		this.share.acquire(3 * CHUNK);
		CompletableFuture<Void> first = this.share.acquire(2 * CHUNK);
		CompletableFuture<Void> second = this.share.acquire(CHUNK);
		first.cancel(false);
		assertThat(second).isCompleted();
		this.share.release(4 * CHUNK);
		assertThat(this.share.acquire(4 * CHUNK)).isCompleted();
	}

}
