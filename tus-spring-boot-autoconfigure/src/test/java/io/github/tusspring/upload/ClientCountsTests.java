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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientCountsTests {

	@Test
	void whenAClientHasAsManyAsItMayThenItGetsNoMoreUntilOneIsGone() {
		ClientCounts counts = new ClientCounts(0, 2);
		assertThat(counts.tryAdd("anna")).isTrue();
		assertThat(counts.tryAdd("anna")).isTrue();
		assertThat(counts.tryAdd("anna")).isFalse();
		assertThat(counts.tryAdd("ben")).as("another client").isTrue();
		counts.remove("anna");
		assertThat(counts.tryAdd("anna")).isTrue();
		assertThat(counts.tryAdd("anna")).isFalse();
		assertThat(counts.exceeded("limit")).isEqualTo("limit-per-client");
	}

	@Test
	void whenNobodyIsNamedThenOnlyTheWholeIsLimited() {
		ClientCounts counts = new ClientCounts(3, 1);
		assertThat(counts.tryAdd(null)).isTrue();
		assertThat(counts.tryAdd(null)).isTrue();
		assertThat(counts.tryAdd("anna")).isTrue();
		assertThat(counts.isFull()).isTrue();
		assertThat(counts.tryAdd("ben")).isFalse();
		assertThat(counts.exceeded("limit")).isEqualTo("limit");
		counts.remove(null);
		assertThat(counts.isFull()).isFalse();
	}

	@Test
	void whenThereIsNoLimitThenItIsNeverFull() {
		ClientCounts counts = new ClientCounts(0, 0);
		assertThat(counts.tryAdd("anna")).isTrue();
		assertThat(counts.isFull()).isFalse();
	}

}
