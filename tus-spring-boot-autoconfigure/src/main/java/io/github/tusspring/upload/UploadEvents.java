package io.github.tusspring.upload;

import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * Publishes what happens to uploads. A listener that fails does not change what has
 * happened.
 */
public final class UploadEvents {

	private static final Log logger = LogFactory.getLog(UploadEvents.class);

	private final ApplicationEventPublisher publisher;

	private final UploadObserver observer;

	/**
	 * Creates an instance.
	 * @param publisher publishes the events
	 */
	public UploadEvents(ApplicationEventPublisher publisher) {
		this(publisher, UploadObserver.NONE);
	}

	/**
	 * Creates an instance.
	 * @param publisher publishes the events
	 * @param observer sees what is published and more
	 */
	public UploadEvents(ApplicationEventPublisher publisher, UploadObserver observer) {
		this.publisher = publisher;
		this.observer = observer;
	}

	UploadObserver observer() {
		return this.observer;
	}

	void created(Upload upload) {
		this.observer.created(upload);
		publish(new TusUploadCreatedEvent(upload));
	}

	void terminated(Upload upload) {
		this.observer.terminated(upload);
		publish(new TusUploadTerminatedEvent(upload));
	}

	void expired(Upload upload) {
		this.observer.expired(upload);
		publish(new TusUploadExpiredEvent(upload));
	}

	void publish(Record event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (Throwable ex) {
			logger.warn(LogMessage.format("A listener failed to handle %s", event), ex);
		}
	}

}
