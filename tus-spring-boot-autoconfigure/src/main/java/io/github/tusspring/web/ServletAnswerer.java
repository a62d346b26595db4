package io.github.tusspring.web;

import java.io.IOException;
import java.util.Locale;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Answers a servlet request whose body may not have ended yet. Not thread-safe.
 */
final class ServletAnswerer {

	private static final Log logger = LogFactory.getLog(ServletAnswerer.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	ServletAnswerer(HttpServletRequest request, HttpServletResponse response) {
		this.request = request;
		this.response = response;
	}

	/**
	 * Answers after the end of the body.
	 */
	void send(TusAnswer answer) {
		try {
			ServletTusExchange.write(answer, this.response);
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
		}
	}

	/**
	 * Answers before the end of the body.
	 */
	void sendEarly(TusAnswer answer) {
		closeConnection();
		send(answer);
	}

	/**
	 * Answers where the connection should be closed without an answer, and can't be.
	 */
	void giveUp() {
		if (!this.response.isCommitted()) {
			// Some containers would make a 200 of an answer that has no status.
			this.response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
			closeConnection();
		}
	}

	/**
	 * On HTTP/1.x an answer before the end of the body ends the connection: without this
	 * some containers would keep a thread busy with reading the rest.
	 */
	private void closeConnection() {
		if (this.request.getProtocol().toUpperCase(Locale.ROOT).startsWith("HTTP/1")) {
			this.response.setHeader("Connection", "close");
		}
	}

}
