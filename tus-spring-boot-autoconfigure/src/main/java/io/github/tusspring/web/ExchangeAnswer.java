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
	 * No answer at all: the connection, or on HTTP/2 the stream, is to be closed. Only a
	 * {@link BodyReceiver} gives it.
	 */
	public static final ExchangeAnswer CLOSE = new ExchangeAnswer(0, Map.of(), NO_BODY);

}
