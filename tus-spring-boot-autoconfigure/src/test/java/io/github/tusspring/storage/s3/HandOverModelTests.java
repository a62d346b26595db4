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

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Looks at all states of the hand-over of an upload on S3. {@code docs/cluster.md} says
 * what that shows.
 */
class HandOverModelTests {

	@Test
	void noPromiseIsBrokenInAnyState() {
		int states = new HandOverModel(1).check();
		assertThat(states).isGreaterThan(1000);
		System.out.printf("The hand-over on S3 has %d states%n", states);
	}

	@Test
	@Tag("long")
	void noPromiseIsBrokenInAnyStateWithMoreFaults() {
		System.out.printf("The hand-over on S3 has %d states%n", new HandOverModel(2).check());
	}

	@ParameterizedTest
	@EnumSource
	void aPromiseIsBrokenWithoutAnyOfTheRules(HandOverModel.Rule rule) {
		// Most need no fault at all, and are found in no time then.
		assertThatExceptionOfType(HandOverModel.Violation.class).isThrownBy(() -> {
			new HandOverModel(0, rule).check();
			new HandOverModel(1, rule).check();
		});
	}

}
