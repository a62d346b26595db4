package io.github.tusspring.web;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Closes the connection of a request without an answer, which the servlet API can't.
 */
@FunctionalInterface
public interface ConnectionAborter {

	/**
	 * Closes the connection, or on HTTP/2 the stream, and ends the asynchronous
	 * processing of the request. May be called by any thread.
	 * @param request the request
	 * @return whether that is possible with this request's server: if so, the request
	 * must not be used any more
	 */
	boolean abort(HttpServletRequest request);

}
