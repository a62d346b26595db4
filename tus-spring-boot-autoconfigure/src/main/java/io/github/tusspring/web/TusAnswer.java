package io.github.tusspring.web;

import java.util.Map;

/**
 * An answer to a request.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, which may be empty
 */
public record TusAnswer(int status, Map<String, String> headers, byte[] body) {

	static final byte[] NO_BODY = new byte[0];

}
