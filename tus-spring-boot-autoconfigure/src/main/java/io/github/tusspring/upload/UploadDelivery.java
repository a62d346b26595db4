package io.github.tusspring.upload;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;
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
		this.running.put(upload.id(), Boolean.TRUE);
		try {
			Upload attempt = upload.withNextAttempt();
			this.storage.update(attempt);
			UploadAnswer answer = new UploadAnswer();
			try {
				publish(attempt, answer);
			}
			catch (UploadRejectedException ex) {
				this.storage.deleteContent(attempt);
				update(attempt.withState(UploadState.REJECTED));
				throw ex;
			}
			return update(attempt.withState(UploadState.COMPLETED).withAnswer(answer.isEmpty() ? null : answer));
		}
		finally {
			this.running.remove(upload.id());
		}
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
			Duration delay = this.backoff.delay(upload.attempts());
			logger
				.error(LogMessage.format("The application failed to take upload '%s' (attempt %d): trying again in %s",
						upload.id(), upload.attempts(), delay), ex);
			this.scheduler.schedule(() -> redeliver(upload.id()), Instant.now().plus(delay));
			throw new UploadDeliveryException(upload.id(), ex);
		}
	}

	private Upload update(Upload upload) throws IOException {
		try {
			this.storage.update(upload);
		}
		catch (UploadNotFoundException ex) {
			logger.debug(LogMessage.format("Upload '%s' was removed while it was delivered", upload.id()));
		}
		return upload;
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
		this.scheduler.schedule(task, Instant.now());
	}

	/**
	 * Delivers again what was full when the application stopped or crashed.
	 */
	public void resume() {
		try (Stream<Upload> uploads = this.storage.list()) {
			uploads.filter((upload) -> upload.state() == UploadState.FINISHING)
				.forEach((upload) -> redeliver(upload.id()));
		}
		catch (IOException ex) {
			logger.error("Uploads can't be listed: those that wait for delivery stay", ex);
		}
	}

	private void redeliver(UploadId id) {
		try (UploadLock lock = this.locker.tryLock(id)) {
			Upload upload = this.storage.find(id);
			if (upload != null && upload.state() == UploadState.FINISHING) {
				deliver(upload);
			}
		}
		catch (UploadLockedException ex) {
			logger.debug(LogMessage.format("Upload '%s' is in use: it is not delivered again now", id));
			this.scheduler.schedule(() -> redeliver(id), Instant.now().plus(this.backoff.initialDelay()));
		}
		catch (UploadRejectedException | UploadDeliveryException ex) {
			logger.debug(LogMessage.format("Upload '%s' was not taken", id), ex);
		}
		catch (IOException ex) {
			logger.error(LogMessage.format("Upload '%s' can't be read", id), ex);
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
			Duration delay = this.initialDelay.multipliedBy(1L << Math.min(attempts - 1, 30));
			return (delay.compareTo(this.maxDelay) < 0) ? delay : this.maxDelay;
		}

	}

}
