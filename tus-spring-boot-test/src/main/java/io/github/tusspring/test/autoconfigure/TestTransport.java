package io.github.tusspring.test.autoconfigure;

import java.util.List;
import java.util.Map;

/**
 * Sends requests to an application.
 */
@FunctionalInterface
interface TestTransport {

	Answer send(String method, String path, Map<String, String> headers, byte[] body);

	/**
	 * An answer.
	 *
	 * @param status the status
	 * @param headers the headers
	 * @param body the body
	 */
	record Answer(int status, Map<String, List<String>> headers, byte[] body) {

	}

}
