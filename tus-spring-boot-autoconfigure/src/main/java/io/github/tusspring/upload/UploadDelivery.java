package io.github.tusspring.upload;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.stream.Stream;

import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;
import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.TaskScheduler;

/**
 * Delivers full uploads to the application: the one door through which every upload is
 * finished. {@link UploadState#FINISHING} is stored before the application is called and
 * {@link UploadState#COMPLETED} after, so that a delivery that fails or is cut off by a
 * crash is made again: at least once, never for an upload that lacks a byte. Thread-safe.
 */
public final class UploadDelivery {

	private static final Log logger = LogFactory.getLog(UploadDelivery.class);

	private final Map<UploadId, Boolean> running = new ConcurrentHashMap<>();

	/**
	 * The next attempts, one for each upload however often its client comes back.
	 */
	private final Map<UploadId, ScheduledFuture<?>> repeats = new ConcurrentHashMap<>();

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final TusUploads uploads;

	private final ApplicationEventPublisher publisher;

	private final TaskScheduler scheduler;

	private final Backoff backoff;

	/**
	 * Creates an instance.
	 * @param storage keeps the uploads
	 * @param locker keeps a delivery and requests for the same upload apart
	 * @param uploads gives the application access to the uploads
	 * @param publisher publishes the completed event
	 * @param scheduler repeats deliveries that failed
	 * @param backoff when to repeat them
	 */
	public UploadDelivery(UploadStorage storage, UploadLocker locker, TusUploads uploads,
			ApplicationEventPublisher publisher, TaskScheduler scheduler, Backoff backoff) {
		this.storage = storage;
		this.locker = locker;
		this.uploads = uploads;
		this.publisher = publisher;
		this.scheduler = scheduler;
		this.backoff = backoff;
	}

	/**
	 * Delivers a full upload. The caller holds its lock.
	 * @param upload the upload
	 * @return the completed upload
	 * @throws UploadRejectedException if the application refuses the upload
	 * @throws UploadDeliveryException if the application fails to take it; that will be
	 * tried again
	 */
	Upload deliver(Upload upload) throws IOException {
		UploadId id = upload.id();
		Upload attempt = upload.withNextAttempt();
		this.running.put(id, Boolean.TRUE);
		try {
			Upload completed = attempt(attempt);
			cancelRepeat(id);
			return completed;
		}
		catch (UploadRejectedException | UploadNotFoundException ex) {
			cancelRepeat(id);
			throw ex;
		}
		catch (IOException | RuntimeException ex) {
			repeat(id, this.backoff.delay(attempt.attempts()));
			throw ex;
		}
		finally {
			this.running.remove(id);
		}
	}

	private Upload attempt(Upload attempt) throws IOException {
		this.storage.update(attempt);
		UploadAnswer answer = new UploadAnswer();
		try {
			publish(attempt, answer);
		}
		catch (UploadRejectedException ex) {
			reject(attempt);
			throw ex;
		}
		return complete(attempt.withState(UploadState.COMPLETED), answer.isEmpty() ? null : answer);
	}

	private void publish(Upload upload, UploadAnswer answer) {
		try {
			this.publisher.publishEvent(new TusUploadCompletedEvent(upload, upload.attempts(), answer, this.uploads));
		}
		catch (UploadRejectedException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			if (ex instanceof UndeclaredThrowableException && ex.getCause() instanceof UploadRejectedException cause) {
				throw cause;
			}
			logger
				.error(LogMessage.format("The application failed to take upload '%s' (attempt %d): trying again in %s",
						upload.id(), upload.attempts(), this.backoff.delay(upload.attempts())), ex);
			throw new UploadDeliveryException(upload.id(), ex);
		}
	}

	/**
	 * Stores that the application has taken an upload. If there is no room for its
	 * answer, only the client that waits for it gets it.
	 */
	private Upload complete(Upload upload, @Nullable UploadAnswer answer) throws IOException {
		Upload answered = upload.withAnswer(answer);
		try {
			update(answered);
		}
		catch (InsufficientStorageException ex) {
			if (answer == null) {
				throw ex;
			}
			logger.warn(LogMessage.format("The answer to upload '%s' can't be stored: %s", upload.id(), ex));
			update(upload);
		}
		return answered;
	}

	/**
	 * Stores that the application refuses an upload, and only then removes the content: a
	 * crash between leaves no upload without content that would be delivered again.
	 */
	private void reject(Upload upload) throws IOException {
		update(upload.withState(UploadState.REJECTED));
		try {
			this.storage.deleteContent(upload);
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("The content of the refused upload '%s' stays until the upload expires: %s",
					upload.id(), ex));
		}
	}

	private void update(Upload upload) throws IOException {
		try {
			this.storage.update(upload);
		}
		catch (UploadNotFoundException ex) {
			logger.debug(LogMessage.format("Upload '%s' was removed while it was delivered", upload.id()));
		}
	}

	/**
	 * Whether an upload is being delivered just now.
	 * @param id the upload's id
	 * @return {@code true} between the begin and the end of a delivery by this instance
	 */
	boolean isRunning(UploadId id) {
		return this.running.containsKey(id);
	}

	/**
	 * Delivers a full upload for which no client waits.
	 * @param id the upload's id
	 */
	void deliverSoon(UploadId id) {
		submit(() -> redeliver(id));
	}

	/**
	 * Runs a task for which no client waits.
	 * @param task the task
	 */
	void submit(Runnable task) {
		schedule(task, Duration.ZERO);
	}

	/**
	 * Runs a task that could not be done now.
	 * @param task the task
	 */
	void submitLater(Runnable task) {
		schedule(task, this.backoff.initialDelay());
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

	private void repeat(UploadId id, Duration delay) {
		ScheduledFuture<?> next = schedule(() -> redeliver(id), delay);
		if (next != null) {
			cancel(this.repeats.put(id, next));
		}
	}

	private void cancelRepeat(UploadId id) {
		cancel(this.repeats.remove(id));
	}

	private static void cancel(@Nullable ScheduledFuture<?> repeat) {
		if (repeat != null) {
			repeat.cancel(false);
		}
	}

	/**
	 * Delivers again what was full when the application stopped or crashed.
	 */
	public void resume() {
		try (Stream<Upload> uploads = this.storage.list()) {
			uploads.filter((upload) -> upload.state() == UploadState.FINISHING)
				.forEach((upload) -> redeliver(upload.id()));
		}
		catch (IOException | RuntimeException ex) {
			logger.error("Uploads can't be listed: those that wait for delivery stay", ex);
		}
	}

	private void redeliver(UploadId id) {
		this.repeats.remove(id);
		try (UploadLock lock = this.locker.tryLock(id)) {
			Upload upload = this.storage.find(id);
			if (upload != null && upload.state() == UploadState.FINISHING) {
				deliver(upload);
			}
		}
		catch (UploadLockedException ex) {
			logger.debug(LogMessage.format("Upload '%s' is in use: it is not delivered again now", id));
			repeat(id, this.backoff.initialDelay());
		}
		catch (UploadRejectedException | UploadDeliveryException | UploadNotFoundException ex) {
			logger.debug(LogMessage.format("Upload '%s' was not taken: %s", id, ex));
		}
		catch (IOException | RuntimeException ex) {
			logger.error(LogMessage.format("Upload '%s' can't be delivered now", id), ex);
			repeat(id, this.backoff.initialDelay());
		}
	}

	/**
	 * How long to wait before a failed delivery is made again: twice as long each time.
	 *
	 * @param initialDelay the delay after the first attempt
	 * @param maxDelay the longest delay
	 */
	public record Backoff(Duration initialDelay, Duration maxDelay) {

		Duration delay(int attempts) {
			Duration delay = this.initialDelay;
			for (int i = 1; i < attempts && delay.compareTo(this.maxDelay) < 0; i++) {
				delay = delay.multipliedBy(2);
			}
			return (delay.compareTo(this.maxDelay) < 0) ? delay : this.maxDelay;
		}

	}

}
