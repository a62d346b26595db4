package io.github.tusspring.web;

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
public final class ServletTransfers {

	private static final long LINGER = Duration.ofSeconds(5).toNanos();

	private final BufferPool buffers = new BufferPool();

	private final Map<ServletBodyTransfer, Long> unwanted = new ConcurrentHashMap<>();

	private final ConnectionAborter aborter;

	/**
	 * Creates an instance.
	 * @param aborter closes connections
	 */
	public ServletTransfers(ConnectionAborter aborter) {
		this.aborter = aborter;
	}

	BufferPool buffers() {
		return this.buffers;
	}

	boolean abort(HttpServletRequest request) {
		return this.aborter.abort(request);
	}

	void linger(ServletBodyTransfer transfer) {
		this.unwanted.putIfAbsent(transfer, System.nanoTime());
	}

	void ended(ServletBodyTransfer transfer) {
		this.unwanted.remove(transfer);
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
		});
	}

	/**
	 * Ends all transfers whose body is not wanted.
	 */
	public void stop() {
		this.unwanted.keySet().forEach(ServletBodyTransfer::giveUp);
	}

}
