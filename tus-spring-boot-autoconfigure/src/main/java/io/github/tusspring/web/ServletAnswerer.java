package io.github.tusspring.web;

import java.io.IOException;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Answers and ends a servlet request, at the end of its body or before. To be used under
 * the lock of the transfer; once done, request and response must not be touched again.
 */
final class ServletAnswerer {

	private static final Log logger = LogFactory.getLog(ServletAnswerer.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ServletTransfers transfers;

	private @Nullable AsyncContext async;

	private boolean listening;

	private boolean answered;

	private boolean aborted;

	private volatile boolean done;

	ServletAnswerer(HttpServletRequest request, HttpServletResponse response, ServletTransfers transfers) {
		this.request = request;
		this.response = response;
		this.transfers = transfers;
	}

	private void startAsync() {
		if (this.async == null && this.request.isAsyncSupported()) {
			this.async = this.request.startAsync(this.request, this.response);
			// The timeout would count from the start: silence is measured elsewhere.
			this.async.setTimeout(0);
		}
	}

	/**
	 * Has the container call the listener when bytes are there, where that is possible. A
	 * stream that a filter has put before the container's may not be able to.
	 */
	void listen(ServletInputStream stream, ReadListener listener) {
		startAsync();
		if (this.async != null) {
			try {
				stream.setReadListener(listener);
				this.listening = true;
			}
			catch (UnsupportedOperationException ex) {
				logger.debug(LogMessage.format("A thread has to wait for the bytes: %s", ex));
			}
		}
	}

	/**
	 * Whether the container calls when bytes are there.
	 */
	boolean isListening() {
		return this.listening;
	}

	/**
	 * Runs something that may take its time on a thread of the container's.
	 */
	void run(Runnable work) {
		try {
			Objects.requireNonNull(this.async).start(work);
		}
		catch (IllegalStateException | RejectedExecutionException ex) {
			work.run();
		}
	}

	/**
	 * Whether an answer was given, perhaps before the end of the body, which is read all
	 * the same then.
	 */
	boolean isAnswered() {
		return this.answered;
	}

	/**
	 * Whether the request was ended. May be asked by any thread.
	 */
	boolean isDone() {
		return this.done;
	}

	/**
	 * Ends the request at the end of its body.
	 * @param answer the answer, or {@code null} if it was given before
	 */
	void end(@Nullable ExchangeAnswer answer) {
		if (answer != null) {
			send(answer);
		}
		complete();
	}

	/**
	 * Answers and ends the request before the end of its body.
	 */
	void endEarly(@Nullable ExchangeAnswer answer) {
		if (answer != null) {
			sendEarly(answer);
		}
		complete();
	}

	/**
	 * Answers before the end of the body, and leaves the request open for a while.
	 */
	void answerEarly(ExchangeAnswer answer, ServletBodyTransfer transfer) {
		sendEarly(answer);
		linger(transfer, this.listening);
	}

	/**
	 * Answers a client that waits to be asked for the body, and leaves the request open
	 * for a while.
	 */
	void answerUnasked(ExchangeAnswer answer, ServletBodyTransfer transfer) {
		// Without this, some containers would take the answer for the request's end.
		startAsync();
		sendEarly(answer);
		linger(transfer, this.async != null);
	}

	private void linger(ServletBodyTransfer transfer, boolean possible) {
		try {
			if (possible) {
				this.response.flushBuffer();
				this.transfers.linger(transfer);
			}
			else {
				complete();
			}
		}
		catch (IOException ex) {
			complete();
		}
	}

	private void sendEarly(ExchangeAnswer answer) {
		closeConnection();
		send(answer);
	}

	private void send(ExchangeAnswer answer) {
		this.answered = true;
		try {
			ServletUploadExchange.write(answer, this.response);
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
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

	/**
	 * Ends the exchange without an answer.
	 */
	void abort() {
		this.done = true;
		this.aborted = true;
		if (!this.transfers.abort(this.request)) {
			if (!this.response.isCommitted()) {
				// Some containers would make a 200 of an answer that has no status.
				this.response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
				closeConnection();
			}
			complete();
		}
	}

	/**
	 * Called when the container was already at it when another thread closed the
	 * connection: only this thread can complete the request then.
	 */
	void recede() {
		if (this.aborted && this.request.isAsyncStarted()) {
			this.transfers.abort(this.request);
		}
	}

	/**
	 * Leaves the request to somebody else, who answers it.
	 */
	void leave() {
		this.done = true;
	}

	void complete() {
		this.done = true;
		if (this.async != null) {
			this.async.complete();
		}
	}

}
