package io.github.tusspring.upload;

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

	/**
	 * Creates an instance.
	 * @param publisher publishes the events
	 */
	public UploadEvents(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
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
