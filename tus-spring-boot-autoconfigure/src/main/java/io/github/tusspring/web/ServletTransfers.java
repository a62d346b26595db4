package io.github.tusspring.web;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;

/**
 * What all transfers of servlet requests share. Keeps track of those whose body is not
 * wanted: such a connection stays open for a while and what comes is thrown away, because
 * a connection that is closed with unread bytes in it is reset, and most clients then
 * lose the answer. Thread-safe.
 */
public final class ServletTransfers implements Closeable {

	private static final long LINGER = Duration.ofSeconds(5).toNanos();

	private final BufferPool buffers = new BufferPool();

	private final TransferTurns turns = new TransferTurns();

	private final Map<ServletBodyTransfer, Long> unwanted = new ConcurrentHashMap<>();

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
		this.unwanted.putIfAbsent(transfer, System.nanoTime());
	}

	/**
	 * Ends the transfers whose body was not wanted and has not ended for a while. To be
	 * called every now and then.
	 */
	public void sweep() {
		long now = System.nanoTime();
		this.unwanted.forEach((transfer, since) -> {
			if (now - since > LINGER) {
				transfer.giveUp();
			}
			if (transfer.isDone()) {
				this.unwanted.remove(transfer);
			}
		});
	}

	/**
	 * Ends all transfers whose body is not wanted.
	 */
	public void stop() {
		this.unwanted.keySet().forEach(ServletBodyTransfer::giveUp);
	}

	@Override
	public void close() {
		this.turns.close();
	}

}
