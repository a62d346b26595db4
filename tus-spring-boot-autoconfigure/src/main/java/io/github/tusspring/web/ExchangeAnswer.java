package io.github.tusspring.web;

import java.util.Map;

/**
 * An answer to a request.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, which may be empty
 */
public record ExchangeAnswer(int status, Map<String, String> headers, byte[] body) {

	static final byte[] NO_BODY = new byte[0];

	/**
	 * Returns the answer to a request that was refused or has failed.
	 * @param ex what went wrong
	 * @return the answer
	 */
	public static ExchangeAnswer failed(RuntimeException ex) {
		return TusAnswers.failed(ex);
	}

	/**
	 * Returns the headers that every answer has.
	 * @return the headers
	 */
	public static Map<String, String> standardHeaders() {
		return TusAnswers.of(200, Map.of()).headers();
	}

}
