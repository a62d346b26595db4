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

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often the storage is read because of a limit.
 */
class RecountsTests {

	private final AtomicLong now = new AtomicLong();

	private final AtomicInteger count = new AtomicInteger();

	private final Recounts recounts = new Recounts(this.now::get);

	@Test
	void whileOneRunsThereIsNoOther() {
		assertThat(this.recounts.run("anna", () -> {
			this.now.addAndGet(10 * Recounts.INTERVAL);
			assertThat(this.recounts.run("anna", this.count::incrementAndGet)).isFalse();
			assertThat(this.recounts.run("ben", this.count::incrementAndGet)).isTrue();
			assertThat(this.recounts.run(null, this.count::incrementAndGet)).isTrue();
		})).isTrue();
		assertThat(this.count).hasValue(2);
	}

	@Test
	void pauseBeginsAtTheEnd() {
		this.recounts.run(null, () -> this.now.addAndGet(10 * Recounts.INTERVAL));
		this.now.addAndGet(Recounts.INTERVAL - 1);
		assertThat(this.recounts.run(null, this.count::incrementAndGet)).isFalse();
		this.now.addAndGet(1);
		assertThat(this.recounts.run(null, this.count::incrementAndGet)).isTrue();
		assertThat(this.count).hasValue(1);
	}

}
