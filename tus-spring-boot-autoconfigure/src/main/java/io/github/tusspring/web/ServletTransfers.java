package io.github.tusspring.web;

import java.io.Closeable;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What all transfers of servlet requests share. Keeps track of those whose body is not
 * wanted: such a connection stays open for a while and what comes is thrown away, because
 * a connection that is closed with unread bytes in it is reset, and most clients then
 * lose the answer. Thread-safe.
 */
public final class ServletTransfers implements Closeable {

	private final BufferPool buffers = new BufferPool();

	private final TransferTurns turns = new TransferTurns();

	private final Set<ServletBodyTransfer> unwanted = ConcurrentHashMap.newKeySet();

	private final ConnectionAborter aborter;

	private final ContinueSender continueSender;

	private final DirectInput.Factory inputs;

	/**
	 * Creates an instance.
	 * @param aborter closes connections
	 * @param continueSender asks clients for the body that they hold back
	 * @param inputs opens direct inputs, where the server has them
	 */
	public ServletTransfers(ConnectionAborter aborter, ContinueSender continueSender, DirectInput.Factory inputs) {
		this.aborter = aborter;
		this.continueSender = continueSender;
		this.inputs = inputs;
	}

	BufferPool buffers() {
		return this.buffers;
	}

	TransferTurns turns() {
		return this.turns;
	}

	boolean abort(HttpServletRequest request) {
		return this.aborter.abort(request);
	}

	void sendContinue(HttpServletRequest request) {
		this.continueSender.sendContinue(request);
	}

	BodyInput open(HttpServletRequest request) throws IOException {
		return new BodyInput(request, this.inputs, this.turns);
	}

	void linger(ServletBodyTransfer transfer) {
		this.unwanted.add(transfer);
	}

	/**
	 * Ends the transfers whose body was not wanted and has not ended for a while. To be
	 * called every now and then.
	 */
	public void sweep() {
		this.unwanted.forEach(ServletBodyTransfer::giveUp);
		this.unwanted.removeIf(ServletBodyTransfer::isOver);
	}

	/**
	 * Ends all transfers whose body is not wanted.
	 */
	public void stop() {
		this.unwanted.forEach(ServletBodyTransfer::giveUpNow);
	}

	@Override
	public void close() {
		this.turns.close();
	}

}
