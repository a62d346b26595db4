package io.github.tusspring.web;

import io.github.tusspring.upload.StopReason;

/**
 * Brings the body of a request to a receiver and sends the receiver's answer.
 */
public interface BodyTransfer {

	/**
	 * Starts the transfer. May return before it has ended.
	 * @param receiver takes the body
	 */
	void start(BodyReceiver receiver);

	/**
	 * Asks the transfer to end now. Thread-safe; may be called before it has started, or
	 * when it has ended.
	 * @param reason why
	 */
	void stop(StopReason reason);

}
