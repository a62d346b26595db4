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

import java.time.Duration;
import java.util.function.IntUnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Limits of all kinds make sense.
 */
class LimitsTests {

	private static UploadLimits uploadLimits(IntUnaryOperator value) {
		return new UploadLimits(value.applyAsInt(0), value.applyAsInt(1), value.applyAsInt(2), value.applyAsInt(3),
				value.applyAsInt(4), value.applyAsInt(5), value.applyAsInt(6));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5, 6 })
	void whenALimitOfUploadsIsNegativeThenItIsRefused(int index) {
		assertThatIllegalArgumentException().isThrownBy(() -> uploadLimits((i) -> (i == index) ? -1 : 0));
	}

	@Test
	void whenAMinimumRateMakesNoSenseThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new MinimumRate(0, Duration.ofSeconds(1)));
		assertThatIllegalArgumentException().isThrownBy(() -> new MinimumRate(1, Duration.ZERO));
		assertThatIllegalArgumentException().isThrownBy(() -> new MinimumRate(1, Duration.ofSeconds(-1)));
		assertThatNoException().isThrownBy(() -> new MinimumRate(1, Duration.ofNanos(1)));
	}

}
