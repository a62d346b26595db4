package io.github.tusspring.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ScheduledFuture;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.web.ProgressEvents;

import org.springframework.context.SmartLifecycle;

/**
 * Has progress told, and ends the streams before the web server waits for them.
 */
final class ProgressLifecycle implements SmartLifecycle {

	private static final Duration INTERVAL = Duration.ofMillis(250);

	private static final Duration LOOK_INTERVAL = Duration.ofSeconds(3);

	private final ProgressEvents events;

	private final TusUploads uploads;

	private final TusTasks tasks;

	private volatile List<ScheduledFuture<?>> running = List.of();

	ProgressLifecycle(ProgressEvents events, TusUploads uploads, TusTasks tasks) {
		this.events = events;
		this.uploads = uploads;
		this.tasks = tasks;
	}

	@Override
	public void start() {
		this.running = List.of(this.tasks.sweeper().scheduleWithFixedDelay(this.events::tell, INTERVAL),
				this.tasks.worker()
					.scheduleWithFixedDelay(() -> this.events.look(this.uploads), Instant.now().plus(LOOK_INTERVAL),
							LOOK_INTERVAL));
	}

	@Override
	public void stop() {
		this.running.forEach((task) -> task.cancel(false));
		this.running = List.of();
		this.events.stop();
	}

	@Override
	public boolean isRunning() {
		return !this.running.isEmpty();
	}

	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

}
