package io.github.tusspring.protocol.tus;

import java.util.Map;

/**
 * A request that the protocol does not allow. Has no stack trace: it is normal input.
 */
public final class TusException extends RuntimeException {

	private final int status;

	private final transient Map<String, String> headers;

	TusException(int status, String message) {
		this(status, message, Map.of());
	}

	TusException(int status, String message, Map<String, String> headers) {
		super(message, null, false, false);
		this.status = status;
		this.headers = headers;
	}

	/**
	 * Returns the answer's status.
	 * @return the status
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Returns the headers that the answer needs.
	 * @return the headers
	 */
	public Map<String, String> headers() {
		return this.headers;
	}

}
