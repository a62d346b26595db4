package io.github.tusspring.upload;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

/**
 * Says when a delivery that has failed is made again: after a delay that doubles with
 * each attempt. There is one next attempt for each upload, however often its client comes
 * back meanwhile. Thread-safe.
 */
public final class DeliverySchedule {

	private static final Log logger = LogFactory.getLog(DeliverySchedule.class);

	private final Map<UploadId, ScheduledFuture<?>> repeats = new ConcurrentHashMap<>();

	private final TaskScheduler scheduler;

	private final Duration initialDelay;

	private final Duration maxDelay;

	/**
	 * Creates an instance.
	 * @param scheduler runs what no client waits for
	 * @param initialDelay the delay after the first attempt
	 * @param maxDelay the longest delay
	 */
	public DeliverySchedule(TaskScheduler scheduler, Duration initialDelay, Duration maxDelay) {
		this.scheduler = scheduler;
		this.initialDelay = initialDelay;
		this.maxDelay = maxDelay;
	}

	/**
	 * Returns how long to wait after an attempt.
	 * @param attempts the attempt's number, from 1
	 */
	Duration delay(int attempts) {
		Duration delay = this.initialDelay;
		for (int i = 1; i < attempts && delay.compareTo(this.maxDelay) < 0; i++) {
			delay = delay.multipliedBy(2);
		}
		return (delay.compareTo(this.maxDelay) < 0) ? delay : this.maxDelay;
	}

	/**
	 * Runs a task for which no client waits.
	 */
	void submit(Runnable task) {
		schedule(task, Duration.ZERO);
	}

	/**
	 * Runs a task that could not be done now.
	 */
	void submitLater(Runnable task) {
		schedule(task, this.initialDelay);
	}

	/**
	 * Runs a task every now and then.
	 * @return what ends that, or {@code null} if the application is stopping
	 */
	@Nullable ScheduledFuture<?> every(Duration interval, Runnable task) {
		try {
			return this.scheduler.scheduleWithFixedDelay(task, Instant.now().plus(interval), interval);
		}
		catch (TaskRejectedException ex) {
			return null;
		}
	}

	/**
	 * Makes a delivery again, instead of when it was to be made again before.
	 */
	void repeat(UploadId id, int attempts, Runnable delivery) {
		ScheduledFuture<?> next = schedule(() -> {
			this.repeats.remove(id);
			delivery.run();
		}, delay(attempts));
		if (next != null) {
			cancel(this.repeats.put(id, next));
		}
	}

	/**
	 * Makes no delivery again.
	 */
	void cancel(UploadId id) {
		cancel(this.repeats.remove(id));
	}

	private static void cancel(@Nullable ScheduledFuture<?> repeat) {
		if (repeat != null) {
			repeat.cancel(false);
		}
	}

	private @Nullable ScheduledFuture<?> schedule(Runnable task, Duration delay) {
		try {
			return this.scheduler.schedule(task, Instant.now().plus(delay));
		}
		catch (TaskRejectedException ex) {
			logger.debug("The application is stopping: what is left to do is done at the next start");
			return null;
		}
	}

}
