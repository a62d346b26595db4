package io.github.tusspring.protocol.rufh;

import java.util.Map;

/**
 * An answer of the protocol's.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, which may be empty
 */
public record RufhResponse(int status, Map<String, String> headers, byte[] body) {

	static final byte[] NO_BODY = new byte[0];

}
