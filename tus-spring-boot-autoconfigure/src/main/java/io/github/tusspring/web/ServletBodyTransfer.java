package io.github.tusspring.web;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

import io.github.tusspring.upload.StopReason;
import io.github.tusspring.web.BodyInput.Reached;
import jakarta.servlet.ReadListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Transfers the body of a servlet request without a thread that waits for it: the
 * container calls when bytes are there. One lock guards the request, the response and the
 * receiver; once {@code done}, none of them is touched again, since the container may use
 * their objects for another request. Who wants the transfer to end writes {@code stop}
 * and then tries the lock: if that is taken, its holder sees the wish between two reads
 * or, at the latest, after letting go.
 */
final class ServletBodyTransfer implements BodyTransfer, ReadListener {

	private static final Log logger = LogFactory.getLog(ServletBodyTransfer.class);

	/**
	 * The length up to which an unwanted body is read before it is answered, so that the
	 * connection can be used again.
	 */
	private static final int SHORT_BODY = 64 * 1024;

	private final ReentrantLock lock = new ReentrantLock();

	private final HttpServletRequest request;

	private final ServletTransfers transfers;

	private final ServletAnswerer answerer;

	private @Nullable BodyReceiver receiver;

	private @Nullable BodyInput input;

	private @Nullable ExchangeAnswer late;

	private boolean interrupted;

	private volatile @Nullable StopReason stop;

	ServletBodyTransfer(HttpServletRequest request, HttpServletResponse response, ServletTransfers transfers) {
		this.request = request;
		this.transfers = transfers;
		this.answerer = new ServletAnswerer(request, response, transfers);
	}

	@Override
	public void start(BodyReceiver receiver) {
		this.lock.lock();
		try {
			this.transfers.sendContinue(this.request);
			open(receiver);
		}
		finally {
			unlock();
		}
		if (!this.answerer.isListening() && (!this.answerer.isDone() || this.interrupted)) {
			block();
		}
	}

	/**
	 * Gives an answer that doesn't depend on the body.
	 */
	void refuse(ExchangeAnswer answer) {
		this.lock.lock();
		try {
			if (this.request.getHeader("Expect") != null) {
				refuseUnasked(answer);
				return;
			}
			open(new Refusal(answer));
			long length = this.request.getContentLengthLong();
			if (this.answerer.isListening() && !this.answerer.isDone()) {
				this.transfers.linger(this);
			}
			if (!this.answerer.isDone() && (!this.answerer.isListening() || length < 0 || length > SHORT_BODY)) {
				this.answerer.answerEarly(answer, this);
			}
		}
		finally {
			unlock();
		}
	}

	/**
	 * Answers a client that holds its body back before anything reads, since that would
	 * ask for the body.
	 */
	private void refuseUnasked(ExchangeAnswer answer) {
		this.receiver = new Refusal(answer);
		this.answerer.answerUnasked(answer, this);
		try {
			if (!this.answerer.isDone()) {
				this.input = this.transfers.open(this.request);
				this.answerer.listen(input().stream(), this);
			}
		}
		catch (IOException | IllegalStateException ex) {
			fail(ex);
		}
	}

	private void open(BodyReceiver receiver) {
		this.receiver = receiver;
		try {
			this.input = this.transfers.open(this.request);
			long length = this.request.getContentLengthLong();
			if (length > 0 && length <= BufferPool.BUFFER_SIZE) {
				openShort(this.input, (int) length);
			}
			else {
				this.answerer.listen(this.input.stream(), this);
			}
		}
		catch (IOException | IllegalStateException ex) {
			fail(ex);
		}
	}

	/**
	 * Takes a short body that is there already, without the price of an asynchronous
	 * request.
	 */
	private void openShort(BodyInput input, int length) throws IOException {
		ByteBuffer buffer = this.transfers.buffers().take();
		try {
			boolean all = input.readAtOnce(buffer, length);
			if (!all) {
				this.answerer.listen(input.stream(), this);
			}
			pass(buffer.flip());
			if (all && !this.answerer.isDone()) {
				end();
			}
		}
		finally {
			this.transfers.buffers().give(buffer);
		}
	}

	@Override
	public void onDataAvailable() {
		unlessDone(true, () -> {
			if (input().isShared()) {
				this.transfers.turns().take(() -> read(input(), true), this::queue);
			}
			else {
				read(input(), true);
			}
		});
	}

	@Override
	public void onAllDataRead() {
		unlessDone(true, this::end);
	}

	@Override
	public void onError(Throwable ex) {
		unlessDone(true, () -> fail(ex));
	}

	private void unlessDone(boolean containerThread, Runnable work) {
		this.lock.lock();
		try {
			if (!this.answerer.isDone()) {
				work.run();
			}
			else if (containerThread) {
				this.answerer.recede();
			}
		}
		finally {
			unlock();
		}
	}

	private void queue() {
		// That others come first is not the client's silence.
		receiver().pause();
		this.transfers.turns().queue(() -> unlessDone(false, () -> {
			receiver().resume();
			read(input(), false);
		}));
	}

	private void read(BodyInput input, boolean containerThread) {
		ByteBuffer buffer = this.transfers.buffers().take();
		try {
			Reached reached = input.read(buffer, containerThread, this::isWanted, this::pass);
			if (this.answerer.isDone()) {
				return;
			}
			// Whatever stop says: nobody else tells a thread of ours of the end.
			if (!containerThread && (reached == Reached.END || input.stream().isFinished())) {
				this.answerer.run(() -> unlessDone(false, this::end));
			}
			else if (reached == Reached.END_OF_TURN) {
				queue();
			}
		}
		catch (IOException | RuntimeException ex) {
			if (!this.answerer.isDone()) {
				fail(ex);
			}
		}
		finally {
			this.transfers.buffers().give(buffer);
		}
	}

	private boolean isWanted() {
		return !this.answerer.isDone() && (this.stop == null || this.answerer.isAnswered());
	}

	private void pass(ByteBuffer bytes) {
		if (bytes.hasRemaining() && !this.answerer.isAnswered() && !this.answerer.isDone()) {
			ExchangeAnswer early = receiver().receive(bytes);
			if (early != null) {
				this.answerer.answerEarly(early, this);
			}
		}
	}

	private void end() {
		ExchangeAnswer answer = this.answerer.isAnswered() ? null : receiver().end(input().trailers()::get);
		if (answer == null && !this.answerer.isAnswered()) {
			this.answerer.leave();
		}
		else {
			this.answerer.end(answer);
		}
	}

	private void fail(Throwable ex) {
		logger.debug(LogMessage.format("A connection broke: %s", ex));
		if (!this.answerer.isAnswered()) {
			receiver().fail();
		}
		// After an early answer too: if the request were only completed, Tomcat would run
		// an error page for the connection that is gone.
		this.answerer.abort();
	}

	@Override
	public void stop(StopReason reason) {
		this.stop = reason;
		settle();
	}

	/**
	 * Ends a transfer whose body is not wanted.
	 */
	void giveUp() {
		stop(StopReason.IDLE);
		unlessDone(false,
				() -> this.answerer.endEarly(this.answerer.isAnswered() ? null : receiver().stop(StopReason.IDLE)));
	}

	private BodyReceiver receiver() {
		return Objects.requireNonNull(this.receiver);
	}

	private BodyInput input() {
		return Objects.requireNonNull(this.input);
	}

	boolean isDone() {
		return this.answerer.isDone();
	}

	private void unlock() {
		this.lock.unlock();
		settle();
	}

	/**
	 * Fulfils the wish to end, unless somebody else is at work and will see it.
	 */
	private void settle() {
		StopReason reason = this.stop;
		if (reason == null || this.answerer.isDone() || !this.lock.tryLock()) {
			return;
		}
		try {
			// A body that is complete is answered by onAllDataRead.
			if (!this.answerer.isDone() && !this.answerer.isAnswered() && this.receiver != null
					&& !input().stream().isFinished()) {
				interrupt(this.receiver.stop(reason));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void interrupt(@Nullable ExchangeAnswer answer) {
		if (!this.answerer.isListening()) {
			// Only the thread that waits for bytes may answer.
			this.late = answer;
			this.interrupted = true;
			this.answerer.leave();
			return;
		}
		if (answer != null) {
			this.answerer.endEarly(answer);
		}
		else {
			this.answerer.abort();
		}
	}

	/**
	 * Reads with a waiting thread, where the container or a wrapper knows no other way.
	 */
	private void block() {
		byte[] bytes = new byte[BufferPool.BUFFER_SIZE];
		try {
			for (int count = 0; count >= 0 && !this.answerer.isDone(); count = input().stream().read(bytes)) {
				ByteBuffer piece = ByteBuffer.wrap(bytes, 0, count);
				unlessDone(false, () -> pass(piece));
			}
			onAllDataRead();
		}
		catch (IOException ex) {
			onError(ex);
			// There is nobody left to hear the answer.
			this.late = null;
		}
		if (this.interrupted) {
			this.answerer.endEarly(this.late);
		}
	}

}
