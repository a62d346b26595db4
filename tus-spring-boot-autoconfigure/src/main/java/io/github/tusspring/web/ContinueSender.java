package io.github.tusspring.web;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Sends the interim answer 100 to a client that waits for it before it sends a body. Only
 * needed with a server that leaves that to the application: most send it when somebody
 * begins to read.
 */
@FunctionalInterface
public interface ContinueSender {

	/**
	 * Sends the interim answer, if the client waits for one and has not got it.
	 * @param request the request, whose body is wanted
	 */
	void sendContinue(HttpServletRequest request);

}
