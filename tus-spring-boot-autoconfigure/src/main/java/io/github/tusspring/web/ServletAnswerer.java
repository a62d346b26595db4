/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Answers and ends a servlet request, at the end of its body or before. Where that stands
 * is one {@link State}. To be used under the lock of the transfer, but for what may be
 * asked by any thread; once the request is {@link State#isOver() over}, request and
 * response must not be touched again.
 */
final class ServletAnswerer {

	/**
	 * How long the rest of a body is thrown away that is not wanted.
	 */
	private static final long LINGER = Duration.ofSeconds(5).toNanos();

	private static final Log logger = LogFactory.getLog(ServletAnswerer.class);

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final ServletTransfers transfers;

	private final boolean ownConnection;

	private @Nullable AsyncContext async;

	private boolean listening;

	private @Nullable ExchangeAnswer late;

	private volatile State state = State.OPEN;

	private volatile long deadline;

	ServletAnswerer(HttpServletRequest request, HttpServletResponse response, ServletTransfers transfers) {
		this.request = request;
		this.response = response;
		this.transfers = transfers;
		this.ownConnection = request.getProtocol().toUpperCase(Locale.ROOT).startsWith("HTTP/1");
		this.async = request.isAsyncStarted() ? request.getAsyncContext() : null;
	}

	private void startAsync() {
		if (this.async == null && !this.request.isAsyncSupported()) {
			this.transfers.warnOfBlocking();
		}
		else if (this.async == null) {
			this.async = this.request.startAsync(this.request, this.response);
			// The timeout would count from the start: silence is measured elsewhere.
			this.async.setTimeout(0);
		}
	}

	/**
	 * Has the container call the listener when bytes are there, where that is possible. A
	 * stream that a filter has put before the container's may not be able to, or forget
	 * the listener.
	 */
	<L extends ReadListener & AsyncListener> void listen(ServletInputStream stream, L listener) {
		startAsync();
		if (this.async != null) {
			this.async.addListener(listener);
			try {
				stream.setReadListener(listener);
				this.listening = this.transfers.isListenedTo(this.request, stream);
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
	 * Returns where the request stands. May be asked by any thread.
	 */
	State state() {
		return this.state;
	}

	/**
	 * Whether the rest of an unwanted body has had its time. May be asked by any thread.
	 */
	boolean isOverdue() {
		return this.state == State.ANSWERED && System.nanoTime() - this.deadline >= 0;
	}

	/**
	 * Gives the rest of an unwanted body no more time. May be called by any thread.
	 */
	void hurry() {
		this.deadline = System.nanoTime();
	}

	/**
	 * Answers and ends the request at the end of its body.
	 */
	void end(ExchangeAnswer answer) {
		send(answer);
		complete();
	}

	/**
	 * Answers and ends the request before the end of its body.
	 */
	void endEarly(ExchangeAnswer answer) {
		sendEarly(answer);
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
	 * Answers before the end of a body that is short, so that the connection can be used
	 * again if the body comes.
	 */
	void answerBeforeShort(ExchangeAnswer answer, ServletBodyTransfer transfer) {
		if (this.listening) {
			send(answer);
			linger(transfer, true);
		}
		else {
			answerEarly(answer, transfer);
		}
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
				this.state = State.ANSWERED;
				this.deadline = System.nanoTime() + LINGER;
				this.transfers.linger(transfer);
			}
			else {
				complete();
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
			complete();
		}
	}

	private void sendEarly(ExchangeAnswer answer) {
		send(answer, true);
	}

	private void send(ExchangeAnswer answer) {
		send(answer, false);
	}

	/**
	 * Sends an answer, unless the client has gone, and the server perhaps taken the
	 * request away: that ends the exchange no less.
	 */
	private void send(ExchangeAnswer answer, boolean early) {
		try {
			if (early) {
				closeConnection();
			}
			ServletUploadExchange.write(answer, this.request, this.response);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
		}
	}

	/**
	 * On HTTP/1.x an answer before the end of the body ends the connection: without this
	 * some containers would keep a thread busy with reading the rest.
	 */
	private void closeConnection() {
		if (this.ownConnection) {
			this.response.setHeader("Connection", "close");
		}
	}

	/**
	 * Ends a request that was answered and the rest of whose body does not come.
	 */
	void giveUp() {
		if (this.ownConnection) {
			// What still comes must not be taken for another request.
			abort();
		}
		else {
			complete();
		}
	}

	/**
	 * Ends the exchange without an answer, or without a further one.
	 */
	void abort() {
		boolean unanswered = this.state != State.ANSWERED;
		this.state = State.ABORTED;
		try {
			if (unanswered) {
				RequestObservation.aborted(this.request);
			}
			if (!this.transfers.abort(this.request)) {
				if (!this.response.isCommitted()) {
					// Some containers would make a 200 of an answer that has no status.
					this.response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
					closeConnection();
				}
				complete();
			}
		}
		catch (RuntimeException ex) {
			isGone(ex);
		}
	}

	/**
	 * Called by a thread of the container's that finds the connection closed by another
	 * thread: only the container's can complete the request then.
	 */
	void recede() {
		if (this.state == State.ABORTED && this.request.isAsyncStarted()) {
			this.transfers.abort(this.request);
		}
	}

	/**
	 * Leaves the request to another one, who answers it.
	 */
	void leave() {
		this.state = State.DONE;
	}

	/**
	 * Leaves the answer to the thread that waits for bytes: no other one may give it.
	 * @param answer the answer, or {@code null} to close the connection
	 */
	void leave(@Nullable ExchangeAnswer answer) {
		this.late = answer;
		this.state = State.STOPPED;
	}

	/**
	 * Called by the thread that has waited for bytes, to give an answer that was left to
	 * it.
	 * @param broken whether there is nobody to hear it
	 */
	void endLate(boolean broken) {
		if (this.state != State.STOPPED) {
			return;
		}
		if (this.late != null && !broken) {
			endEarly(this.late);
		}
		else {
			abort();
		}
	}

	void complete() {
		this.state = State.DONE;
		try {
			if (this.async != null) {
				this.async.complete();
			}
		}
		catch (RuntimeException ex) {
			isGone(ex);
		}
	}

	/**
	 * The client has gone, and the server taken the request away, while a thread of ours
	 * worked for it.
	 */
	private static void isGone(RuntimeException ex) {
		logger.debug(LogMessage.format("A request has ended already: %s", ex));
	}

	/**
	 * Where a request stands.
	 */
	enum State {

		/**
		 * There is no answer yet, and the receiver takes the body.
		 */
		OPEN,

		/**
		 * The answer was given before the end of the body, the rest of which is thrown
		 * away.
		 */
		ANSWERED,

		/**
		 * The receiver has heard of the end, and the thread that waits for bytes gives
		 * the answer.
		 */
		STOPPED,

		/**
		 * The connection was closed, perhaps while the container was calling us.
		 */
		ABORTED,

		/**
		 * The request was ended, or another one answers it.
		 */
		DONE;

		/**
		 * Whether the transfer must not touch the request any more.
		 */
		boolean isOver() {
			return this != OPEN && this != ANSWERED;
		}

	}

}
