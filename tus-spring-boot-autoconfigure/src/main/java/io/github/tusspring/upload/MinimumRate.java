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
import java.util.concurrent.TimeUnit;

import org.springframework.util.Assert;

/**
 * How quickly the bytes of an append have to come. One that is slower is ended as a
 * silent one is: a client that sends a byte every now and then must not hold its
 * connection for ever.
 *
 * @param bytesPerSecond the number of bytes in a second, greater than 0
 * @param window the time over which they are counted, so that a short silence does no
 * harm
 */
public record MinimumRate(long bytesPerSecond, Duration window) {

	public MinimumRate {
		Assert.isTrue(bytesPerSecond > 0, "'bytesPerSecond' must be greater than 0");
		Assert.isTrue(!window.isNegative() && !window.isZero(), "'window' must be greater than 0");
	}

	/**
	 * Returns how many bytes have to come in the given time.
	 */
	long bytesIn(long nanos) {
		return (long) ((double) this.bytesPerSecond * nanos / TimeUnit.SECONDS.toNanos(1));
	}

}
