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

package io.github.tusspring.autoconfigure;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;

import io.github.tusspring.web.ServletTransfers;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Ends the transfers that nobody wants, in time and when the application stops.
 */
final class TransferLifecycle implements SmartLifecycle {

	private static final Duration SWEEP_INTERVAL = Duration.ofMillis(500);

	private final ServletTransfers transfers;

	private final TusTasks tasks;

	private volatile @Nullable ScheduledFuture<?> task;

	TransferLifecycle(ServletTransfers transfers, TusTasks tasks) {
		this.transfers = transfers;
		this.tasks = tasks;
	}

	@Override
	public void start() {
		this.transfers.start();
		this.task = this.tasks.sweeper().scheduleWithFixedDelay(this.transfers::sweep, SWEEP_INTERVAL);
	}

	@Override
	public void stop() {
		ScheduledFuture<?> running = this.task;
		if (running != null) {
			running.cancel(false);
			this.task = null;
		}
		this.transfers.stop();
	}

	@Override
	public boolean isRunning() {
		return this.task != null;
	}

	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

}
