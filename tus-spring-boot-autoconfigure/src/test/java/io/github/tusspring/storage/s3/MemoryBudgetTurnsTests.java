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

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who gets the memory of a {@link MemoryBudget}, and who is asked to give some back: two
 * holders have all of it, others wait.
 */
class MemoryBudgetTurnsTests {

	private static final int CHUNK = MemoryBudget.CHUNK;

	private final List<String> calls = new ArrayList<>();

	private final MemoryBudget budget = new MemoryBudget(6 * CHUNK, Runnable::run);

	private final Holder a = new Holder("a");

	private final Holder b = new Holder("b");

	private final Holder c = new Holder("c");

	private final Holder d = new Holder("d");

	private void takeAll() {
		assertThat(this.budget.take(this.a, 3)).isTrue();
		assertThat(this.budget.take(this.b, 3)).isTrue();
	}

	@Test
	void whenThereIsRoomThenItIsTaken() {
		takeAll();
		assertThat(this.budget.used()).isEqualTo(6 * CHUNK);
	}

	@Test
	void whenThereIsLessThanAskedForThenNothingIsTaken() {
		assertThat(this.budget.take(this.a, 3)).isTrue();
		assertThat(this.budget.take(this.b, 1)).isTrue();
		assertThat(this.budget.take(this.c, 3)).isFalse();
		assertThat(this.budget.used()).isEqualTo(4 * CHUNK);
	}

	@Test
	void whenMemoryComesBackThenWhoeverWaitsIsToldOnce() {
		takeAll();
		this.budget.send(6 * CHUNK);
		assertThat(this.budget.take(this.c, 3)).isFalse();
		assertThat(this.calls).isEmpty();
		this.budget.sent(3 * CHUNK);
		assertThat(this.budget.used()).isEqualTo(3 * CHUNK);
		this.budget.sent(3 * CHUNK);
		assertThat(this.calls).containsExactly("c: room");
	}

	@Test
	void whenLessComesBackThanOneMayNeedThenNobodyIsToldYet() {
		takeAll();
		this.budget.send(6 * CHUNK);
		this.budget.take(this.c, 1);
		this.budget.sent(2 * CHUNK);
		assertThat(this.calls).isEmpty();
		this.budget.sent(CHUNK);
		assertThat(this.calls).containsExactly("c: room");
	}

	@Test
	void whenSeveralWaitThenTheFullestIsTold() {
		takeAll();
		this.budget.send(6 * CHUNK);
		this.c.filled = 1;
		this.d.filled = 2;
		this.budget.take(this.c, 3);
		this.budget.take(this.d, 3);
		this.budget.sent(3 * CHUNK);
		assertThat(this.calls).containsExactly("d: room");
		this.budget.take(this.a, 3);
		this.budget.sent(3 * CHUNK);
		assertThat(this.calls).containsExactly("d: room", "c: room");
	}

	@Test
	void whenWhoeverWaitsHasLeftThenItIsNotTold() {
		takeAll();
		this.budget.send(6 * CHUNK);
		this.budget.take(this.c, 3);
		this.budget.leave(this.c);
		this.budget.sent(6 * CHUNK);
		assertThat(this.calls).isEmpty();
	}

	@Test
	void whenNothingIsOnItsWayThenTheFullestIsAskedToSend() {
		join();
		takeAll();
		this.a.filled = 1;
		this.b.filled = 2;
		this.budget.take(this.c, 3);
		assertThat(this.calls).containsExactly("b: spill");
	}

	@Test
	void whenOneIsAskedToSendThenNoOtherIs() {
		join();
		takeAll();
		this.a.filled = 1;
		this.b.filled = 2;
		this.budget.take(this.c, 3);
		this.budget.take(this.d, 3);
		this.budget.spilled(this.a);
		assertThat(this.calls).containsExactly("b: spill");
		this.b.filled = 0;
		this.budget.spilled(this.b);
		assertThat(this.calls).containsExactly("b: spill", "a: spill");
	}

	@Test
	void whenMemoryIsOnItsWayThenNobodyIsAskedToSend() {
		join();
		takeAll();
		this.a.filled = 1;
		this.budget.send(CHUNK);
		this.budget.take(this.c, 3);
		assertThat(this.calls).isEmpty();
		this.budget.sent(CHUNK);
		assertThat(this.calls).as("that was not enough").containsExactly("a: spill");
	}

	@Test
	void whenNobodyHasAnythingToSendThenNobodyIsAsked() {
		join();
		takeAll();
		this.budget.take(this.c, 3);
		assertThat(this.calls).isEmpty();
	}

	@Test
	void whenWhoeverHasMemoryHasLeftThenItIsNotAskedToSend() {
		join();
		takeAll();
		this.a.filled = 1;
		this.budget.leave(this.a);
		this.budget.take(this.c, 3);
		assertThat(this.calls).isEmpty();
	}

	@Test
	void whenAHolderLeavesThenTheOthersAreAskedInItsPlace() {
		join();
		takeAll();
		this.a.filled = 1;
		this.b.filled = 2;
		this.budget.take(this.c, 3);
		this.budget.spilled(this.b);
		this.budget.leave(this.b);
		this.budget.spilled(this.b);
		assertThat(this.calls).containsExactly("b: spill", "b: spill", "a: spill");
	}

	@Test
	void whenMemoryCanNotBeWaitedForThenTheLimitDoesNotHold() {
		takeAll();
		this.budget.force(CHUNK);
		assertThat(this.budget.used()).isEqualTo(7 * CHUNK);
		this.budget.release(4 * CHUNK);
		assertThat(this.budget.take(this.c, 3)).isTrue();
	}

	private void join() {
		this.budget.join(this.a);
		this.budget.join(this.b);
	}

	private final class Holder implements MemoryBudget.Holder {

		private final String name;

		private long filled;

		private Holder(String name) {
			this.name = name;
		}

		@Override
		public long filled() {
			return this.filled;
		}

		@Override
		public void roomIsThere() {
			MemoryBudgetTurnsTests.this.calls.add(this.name + ": room");
		}

		@Override
		public void spill() {
			MemoryBudgetTurnsTests.this.calls.add(this.name + ": spill");
		}

	}

}
