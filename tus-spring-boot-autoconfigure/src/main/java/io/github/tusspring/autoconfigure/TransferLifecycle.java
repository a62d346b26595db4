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
