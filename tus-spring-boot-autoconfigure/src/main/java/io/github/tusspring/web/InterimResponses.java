package io.github.tusspring.web;

import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Sends interim answers, which the servlet API can't. An implementation for each server
 * finds out once whether it can.
 */
@FunctionalInterface
public interface InterimResponses {

	/**
	 * Sends an interim answer before the final one, while the request's body is received
	 * or before. Calls for one request never overlap, nor do they with the final answer.
	 * @param request the request, of HTTP/1.1 or later
	 * @param status the status, of the 1xx family
	 * @param headers the headers
	 * @return whether that is possible with this request's server; {@code true} also if
	 * the connection turns out to be broken, which is for its reader to see
	 */
	boolean send(HttpServletRequest request, int status, Map<String, String> headers);

}
