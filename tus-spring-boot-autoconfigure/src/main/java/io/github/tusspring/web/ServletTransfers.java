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

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What all transfers of servlet requests share. Keeps track of those whose body is not
 * wanted: such a connection stays open for a while and what comes is thrown away, because
 * a connection that is closed with unread bytes in it is reset, and most clients then
 * lose the answer. Thread-safe.
 */
public final class ServletTransfers implements Closeable {

	private static final Log logger = LogFactory.getLog(ServletTransfers.class);

	private final BufferPool buffers = new BufferPool();

	private final TransferTurns turns = new TransferTurns();

	private final Set<ServletBodyTransfer> unwanted = ConcurrentHashMap.newKeySet();

	private final Set<ServletBodyTransfer> watched = ConcurrentHashMap.newKeySet();

	private final ConnectionAborter aborter;

	private final ContinueSender continueSender;

	private final DirectInput.Factory inputs;

	private final InterimResponses interimResponses;

	private final AtomicBoolean uninformed = new AtomicBoolean();

	private final AtomicBoolean blocking = new AtomicBoolean();

	private final @Nullable StorageThreads storageThreads;

	private volatile boolean stopping;

	/**
	 * Creates an instance.
	 * @param aborter closes connections
	 * @param continueSender asks clients for the body that they hold back
	 * @param inputs opens direct inputs, where the server has them
	 * @param interimResponses sends interim answers
	 * @param storageThreads wait for the storage, or {@code null} if the server's do
	 */
	public ServletTransfers(ConnectionAborter aborter, ContinueSender continueSender, DirectInput.Factory inputs,
			InterimResponses interimResponses, @Nullable StorageThreads storageThreads) {
		this.storageThreads = storageThreads;
		this.aborter = aborter;
		this.continueSender = continueSender;
		this.inputs = inputs;
		this.interimResponses = interimResponses;
	}

	BufferPool buffers() {
		return this.buffers;
	}

	TransferTurns turns() {
		return this.turns;
	}

	/**
	 * Returns the threads that wait for the storage.
	 * @return the threads, or {@code null} if the server's own wait
	 */
	@Nullable StorageThreads storageThreads() {
		return this.storageThreads;
	}

	boolean abort(HttpServletRequest request) {
		return this.aborter.abort(request);
	}

	void sendContinue(HttpServletRequest request) {
		this.continueSender.sendContinue(request);
	}

	/**
	 * Says once what can't be seen when the application starts: a filter may stand in a
	 * {@code web.xml}.
	 */
	void warnOfBlocking() {
		if (this.blocking.compareAndSet(false, true)) {
			logger.warn("A filter or servlet doesn't support asynchronous requests: each upload that goes through it "
					+ "takes a thread. Set its 'async-supported'");
		}
	}

	boolean inform(HttpServletRequest request, int status, Map<String, String> headers) {
		boolean informed = this.interimResponses.send(request, status, headers);
		if (!informed && this.uninformed.compareAndSet(false, true)) {
			logger.warn("This server sends no interim responses: an upload of Resumable Uploads for HTTP whose first "
					+ "request is cut off can't be resumed");
		}
		return informed;
	}

	boolean isListenedTo(HttpServletRequest request, ServletInputStream stream) {
		return this.inputs.isListenedTo(request, stream);
	}

	boolean isListenedTo(HttpServletRequest request, ServletOutputStream stream) {
		return this.inputs.isListenedTo(request, stream);
	}

	BodyInput open(HttpServletRequest request) throws IOException {
		return new BodyInput(request, this.inputs, this::isTurnAwaited);
	}

	/**
	 * Whether a body waits for a thread that goes on with others.
	 */
	private boolean isTurnAwaited() {
		return (this.storageThreads != null) ? this.storageThreads.isTransferAwaited() : this.turns.isAwaited();
	}

	/**
	 * Looks for the end of a body every now and then, where the server may not tell of
	 * it.
	 */
	void watch(HttpServletRequest request, ServletBodyTransfer transfer) {
		if (!this.inputs.tellsOfEnd(request)) {
			this.watched.add(transfer);
		}
	}

	void linger(ServletBodyTransfer transfer) {
		this.unwanted.add(transfer);
		if (this.stopping) {
			// Nobody sweeps any more, and the server waits for its requests.
			end(transfer, ServletBodyTransfer::giveUpNow);
		}
	}

	/**
	 * Ends the transfers whose body was not wanted and has not ended for a while, and
	 * those whose body has ended in silence. To be called every now and then.
	 */
	public void sweep() {
		this.watched.forEach((transfer) -> end(transfer, ServletBodyTransfer::lookForEnd));
		this.unwanted.forEach((transfer) -> end(transfer, ServletBodyTransfer::giveUp));
	}

	/**
	 * Lets bodies that are not wanted have their time, also after a stop.
	 */
	public void start() {
		this.stopping = false;
	}

	/**
	 * Ends all transfers whose body is not wanted, and from now on each as soon as it is
	 * answered, and those whose body has ended in silence.
	 */
	public void stop() {
		this.stopping = true;
		this.watched.forEach((transfer) -> end(transfer, ServletBodyTransfer::lookForEnd));
		this.unwanted.forEach((transfer) -> end(transfer, ServletBodyTransfer::giveUpNow));
	}

	private void end(ServletBodyTransfer transfer, Consumer<ServletBodyTransfer> end) {
		try {
			end.accept(transfer);
		}
		catch (RuntimeException ex) {
			// The container has taken the request away, and the others still wait.
			logger.debug("A transfer could not be ended", ex);
		}
		if (transfer.isOver()) {
			this.unwanted.remove(transfer);
			this.watched.remove(transfer);
		}
	}

	@Override
	public void close() {
		this.turns.close();
		if (this.storageThreads != null) {
			this.storageThreads.close();
		}
	}

}
