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

package io.github.tusspring.actuate;

import io.github.tusspring.upload.FinishingUploads;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Says whether the application takes its uploads: {@code DOWN} if it has failed to take
 * one for the third time.
 */
public final class DeliveryHealthIndicator implements HealthIndicator {

	private static final int FAILURES = 3;

	private final FinishingUploads finishing;

	/**
	 * Creates an instance.
	 * @param finishing knows what waits for its delivery
	 */
	public DeliveryHealthIndicator(FinishingUploads finishing) {
		this.finishing = finishing;
	}

	@Override
	public Health health() {
		int failing = this.finishing.failing(FAILURES);
		Health.Builder health = (failing > 0) ? Health.down() : Health.up();
		return health.withDetail("finishing", this.finishing.size()).withDetail("failing", failing).build();
	}

}
