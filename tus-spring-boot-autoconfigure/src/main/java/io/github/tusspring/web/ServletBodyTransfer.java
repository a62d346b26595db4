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

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.github.tusspring.upload.StopReason;
import io.github.tusspring.web.BodyInput.Reached;
import io.github.tusspring.web.ServletAnswerer.State;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Transfers the body of a servlet request without a thread that waits for it: the
 * container calls when bytes are there. One lock guards the request, the response and the
 * receiver; once the request is over, none of them is touched again, since the container
 * may use their objects for another request. Who wants the transfer to end writes
 * {@code stop} and then tries the lock: if that is taken, its holder sees the wish
 * between two reads or, at the latest, after letting go.
 */
final class ServletBodyTransfer implements BodyTransfer, OwnThreadReader, AsyncListener {

	private static final Log logger = LogFactory.getLog(ServletBodyTransfer.class);

	/**
	 * The length up to which an unwanted body is read before it is answered, so that the
	 * connection can be used again.
	 */
	private static final int SHORT_BODY = 64 * 1024;

	/**
	 * How long a thread that waits for room doesn't hear of a wish to end, at most.
	 */
	private static final int ROOM_MILLIS = 50;

	/**
	 * How long a thread of the container's waits for another one to let go of the body.
	 */
	private static final int LOCK_MILLIS = 100;

	private final ReentrantLock lock = new ReentrantLock();

	private final HttpServletRequest request;

	private final ServletTransfers transfers;

	private final ServletAnswerer answerer;

	private final @Nullable StorageThreads storageThreads;

	private boolean paused;

	private volatile boolean reading;

	private boolean beginning;

	private boolean calledInRead;

	private boolean ending;

	private volatile boolean waiting;

	private @Nullable BodyReceiver receiver;

	private @Nullable BodyInput input;

	private volatile @Nullable StopReason stop;

	ServletBodyTransfer(HttpServletRequest request, HttpServletResponse response, ServletTransfers transfers) {
		this.request = request;
		this.transfers = transfers;
		this.storageThreads = transfers.storageThreads();
		this.answerer = new ServletAnswerer(request, response, transfers);
	}

	@Override
	public void start(BodyReceiver receiver) {
		this.lock.lock();
		try {
			this.receiver = receiver;
			this.transfers.sendContinue(this.request);
			this.transfers.watch(this.request, this);
			open();
		}
		catch (RuntimeException | Error ex) {
			failUnlessOver(ex);
		}
		finally {
			unlock();
		}
		State state = this.answerer.state();
		if (!this.answerer.isListening() && (!state.isOver() || state == State.STOPPED)) {
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
			this.receiver = new Refusal(answer);
			if (isTaken()) {
				this.answerer.endEarly(answer);
				return;
			}
			open();
			if (!isOver()) {
				// The body is not there, and may never come.
				long length = this.request.getContentLengthLong();
				if (length >= 0 && length <= SHORT_BODY) {
					this.answerer.answerBeforeShort(answer, this);
				}
				else {
					this.answerer.answerEarly(answer, this);
				}
			}
		}
		finally {
			unlock();
		}
	}

	/**
	 * Whether a filter has taken the body's reader, so that nobody can have its bytes.
	 */
	private boolean isTaken() {
		try {
			this.request.getInputStream();
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
		catch (IOException ex) {
			return false;
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
			if (!isOver()) {
				this.input = this.transfers.open(this.request);
				this.answerer.listen(input().stream(), this);
			}
		}
		catch (IOException | IllegalStateException ex) {
			fail(ex);
		}
	}

	private void open() {
		try {
			this.input = this.transfers.open(this.request);
			long length = this.request.getContentLengthLong();
			if (this.storageThreads != null && isEmpty(length, this.input)) {
				// The container tells its own threads only.
				end();
			}
			else if (length > 0 && length <= BufferPool.BUFFER_SIZE) {
				boolean all = openShort(this.input, (int) length);
				if (all && !isOver()) {
					end();
				}
			}
			else {
				listen(this.input);
			}
			if (this.calledInRead && !isOver()) {
				read(this.input, false);
			}
		}
		catch (IOException | IllegalStateException ex) {
			fail(ex);
		}
	}

	/**
	 * Has the container call, and remembers if it does so at once: where this thread
	 * isn't Tomcat's and more bytes have come, Tomcat calls on this very thread.
	 */
	private void listen(BodyInput input) {
		this.beginning = true;
		try {
			this.answerer.listen(input.stream(), this);
		}
		finally {
			this.beginning = false;
		}
	}

	private boolean isEmpty(long length, BodyInput input) {
		return length == 0
				|| (length < 0 && this.request.getHeader("Transfer-Encoding") == null && input.stream().isFinished());
	}

	/**
	 * Takes a short body that is there already, without the price of an asynchronous
	 * request. The buffer is given back before the end, which may take its time.
	 * @return whether all of it was there
	 */
	private boolean openShort(BodyInput input, int length) throws IOException {
		ByteBuffer buffer = this.transfers.buffers().take();
		try {
			boolean all = false;
			try {
				all = input.readAtOnce(buffer, length);
				if (!all) {
					listen(input);
				}
			}
			finally {
				// The connection may have broken behind these bytes.
				pass(buffer.flip());
			}
			return all;
		}
		finally {
			this.transfers.buffers().give(buffer);
		}
	}

	@Override
	public void onDataAvailable() {
		if (isCalledInRead()) {
			return;
		}
		if (this.storageThreads != null && input().isReadByAnyThread()) {
			onDataAvailable(this.storageThreads);
			return;
		}
		unlessDone(true, this::readInTurn);
	}

	private void readInTurn() {
		if (input().isReadByAnyThread()) {
			this.transfers.turns().take(() -> read(input(), true), this::endTurn);
		}
		else {
			read(input(), true);
		}
	}

	/**
	 * Whether this thread is reading already. Where a thread that isn't Jetty's asks for
	 * more bytes and there are some, Jetty calls on that very thread, and Tomcat does
	 * where such a thread asks to be called: what has been read before must be passed on
	 * first.
	 */
	private boolean isCalledInRead() {
		if (!this.lock.isHeldByCurrentThread() || !(this.reading || this.beginning)) {
			return false;
		}
		this.calledInRead = true;
		return true;
	}

	/**
	 * Reads on the container's thread only if nobody has the lock, who may be waiting for
	 * the storage.
	 */
	private void onDataAvailable(StorageThreads threads) {
		if (!tryLock()) {
			threads.transfer(this::goOn);
			return;
		}
		try {
			if (isOver()) {
				this.answerer.recede();
			}
			else {
				read(input(), true);
			}
		}
		finally {
			unlock();
		}
	}

	/**
	 * Takes the lock for a thread of the container's, unless its holder waits for the
	 * storage: any other lets go at once.
	 */
	private boolean tryLock() {
		return !this.waiting && tryLockBriefly();
	}

	private boolean tryLockBriefly() {
		try {
			return this.lock.tryLock(LOCK_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	@Override
	public boolean isReadingHere() {
		return this.reading && this.lock.isHeldByCurrentThread();
	}

	@Override
	public void onAllDataRead() {
		if (!isCalledInRead()) {
			onEnd(this::endOrReadOn);
		}
	}

	@Override
	public void onError(Throwable ex) {
		if (isCalledInRead()) {
			return;
		}
		if (this.storageThreads != null && tryLock()) {
			try {
				failLater(ex, this.storageThreads);
			}
			finally {
				unlock();
			}
		}
		else {
			onEnd(() -> fail(ex));
		}
	}

	@Override
	public void onError(AsyncEvent event) {
		onError(event.getThrowable());
	}

	/**
	 * Called when the request is over. Over HTTP/2, Tomcat may give one up without a word
	 * to the body's listener. Afterwards it uses its objects for another request: a
	 * thread that is just closing the connection must be done with them by then.
	 */
	@Override
	public void onComplete(AsyncEvent event) {
		if (isOver()) {
			if (tryLockBriefly()) {
				unlock();
			}
			return;
		}
		if (this.storageThreads != null) {
			this.storageThreads.stop(() -> unlessDone(false, this::forsake));
		}
		else {
			unlessDone(false, this::forsake);
		}
	}

	private void forsake() {
		if (this.answerer.state() == State.OPEN) {
			receiver().fail();
		}
		this.answerer.leave();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		// There is none.
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// The endpoint's handler does that, after the body.
	}

	/**
	 * Lets go of the request at once, since the container ends it when it hears no more
	 * of it, and of the upload when the storage lets us.
	 */
	private void failLater(Throwable ex, StorageThreads threads) {
		if (isOver()) {
			this.answerer.recede();
			return;
		}
		logger.debug(LogMessage.format("A connection broke: %s", ex));
		boolean open = this.answerer.state() == State.OPEN;
		BodyReceiver receiver = receiver();
		if (open) {
			receiver.broken();
		}
		this.answerer.abort();
		if (open) {
			threads.stop(receiver::fail);
		}
	}

	private void onEnd(Runnable end) {
		if (this.storageThreads != null && this.answerer.isListening()) {
			this.storageThreads.transfer(() -> unlessDone(false, end));
		}
		else {
			unlessDone(true, end);
		}
	}

	/**
	 * Reads on a thread that isn't the container's.
	 */
	private void goOn() {
		unlessDone(false, () -> {
			resume();
			read(input(), false);
		});
	}

	private void pause() {
		// That others come first, or that the storage is slow, is not the client's
		// silence.
		this.paused = true;
		receiver().pause();
	}

	private void resume() {
		if (this.paused) {
			this.paused = false;
			receiver().resume();
		}
	}

	/**
	 * Whether there is room for the next bytes. If there is none, nobody reads until the
	 * receiver says that there is.
	 */
	private boolean hasRoom() {
		StorageThreads threads = this.storageThreads;
		if (this.paused || threads == null) {
			return !this.paused;
		}
		if (!input().isReadByAnyThread()) {
			awaitRoom();
			return this.stop == null;
		}
		if (!receiver().hasRoom(() -> threads.transfer(this::goOn))) {
			pause();
		}
		return !this.paused;
	}

	/**
	 * Waits for room where no other thread could read on.
	 */
	private void awaitRoom() {
		CountDownLatch room = new CountDownLatch(1);
		if (receiver().hasRoom(room::countDown)) {
			return;
		}
		receiver().pause();
		try {
			while (this.stop == null && !room.await(ROOM_MILLIS, TimeUnit.MILLISECONDS)) {
				logger.trace("There is no room for more of a body");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			receiver().resume();
		}
	}

	private void unlessDone(boolean containerThread, Runnable work) {
		this.lock.lock();
		try {
			if (!isOver()) {
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

	/**
	 * Lets those first who have waited longer.
	 */
	private void endTurn() {
		pause();
		if (this.storageThreads != null) {
			this.storageThreads.transfer(this::goOn);
		}
		else {
			this.transfers.turns().queue(this::goOn);
		}
	}

	private void read(BodyInput input, boolean containerThread) {
		ByteBuffer buffer = null;
		try {
			buffer = this.transfers.buffers().take();
			Reached reached = read(input, buffer, containerThread);
			if (isOver()) {
				return;
			}
			// Whatever stop says: nobody else tells a thread of ours of the end.
			if (!containerThread && (reached == Reached.END || input.stream().isFinished())) {
				endOnOtherThread();
			}
			else if (this.answerer.isOverdue()) {
				this.answerer.giveUp();
			}
			else if (reached == Reached.END_OF_TURN) {
				endTurn();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			failUnlessOver(ex);
		}
		finally {
			if (buffer != null) {
				this.transfers.buffers().give(buffer);
			}
		}
	}

	private Reached read(BodyInput input, ByteBuffer buffer, boolean containerThread) throws IOException {
		Reached reached;
		do {
			this.calledInRead = false;
			this.reading = !containerThread;
			try {
				reached = input.read(buffer, containerThread, this::isWanted, this::pass);
			}
			finally {
				this.reading = false;
			}
		}
		while (this.calledInRead && !isOver());
		return reached;
	}

	private void endOnOtherThread() {
		if (this.storageThreads != null || this.answerer.state() == State.ANSWERED) {
			end();
		}
		else {
			this.ending = true;
			this.answerer.run(() -> unlessDone(false, this::end));
		}
	}

	/**
	 * Ends the transfer, unless a thread was found that does, or bytes are left: Tomcat
	 * tells of the end when it has the last byte, though we may not have asked for it,
	 * for want of room or because others come first. Whoever reads on then sees the end.
	 */
	private void endOrReadOn() {
		if (this.ending) {
			return;
		}
		if (this.answerer.state() == State.OPEN && isLeft()) {
			read(input(), false);
		}
		else {
			end();
		}
	}

	/**
	 * Whether the stream has bytes that nobody has read. One of a filter's is asked only
	 * if somebody wants to break it off.
	 */
	private boolean isLeft() {
		try {
			return (input().isReadByAnyThread() || this.stop != null) && !input().stream().isFinished();
		}
		catch (RuntimeException ex) {
			// The client has gone, and the server taken the request away.
			return false;
		}
	}

	private boolean isWanted() {
		return switch (this.answerer.state()) {
			case OPEN -> this.stop == null && hasRoom();
			case ANSWERED -> !this.answerer.isOverdue();
			case STOPPED, ABORTED, DONE -> false;
		};
	}

	private void pass(ByteBuffer bytes) {
		if (bytes.hasRemaining() && this.answerer.state() == State.OPEN) {
			ExchangeAnswer early = receiver().receive(bytes);
			if (early == ExchangeAnswer.CLOSE) {
				this.answerer.abort();
			}
			else if (early != null) {
				this.answerer.answerEarly(early, this);
			}
		}
	}

	private void end() {
		if (this.answerer.state() == State.ANSWERED) {
			this.answerer.complete();
			return;
		}
		this.waiting = true;
		Map<String, String> trailers;
		try {
			if (input().isBrokenOff()) {
				fail(new EOFException("The client has broken the request off"));
				return;
			}
			trailers = input().trailers();
		}
		catch (RuntimeException ex) {
			// The client has gone, and the server taken the request away.
			fail(ex);
			return;
		}
		ExchangeAnswer answer = receiver().end(trailers::get);
		if (answer == ExchangeAnswer.CLOSE) {
			this.answerer.abort();
		}
		else if (answer != null) {
			this.answerer.end(answer);
		}
		else {
			this.answerer.leave();
		}
	}

	/**
	 * Ends a transfer that can't go on, whatever the reason: a receiver that heard of no
	 * end would keep its upload for ever.
	 */
	private void failUnlessOver(Throwable ex) {
		if (ex instanceof Error) {
			logger.error("A body could not be received", ex);
		}
		if (!isOver()) {
			fail(ex);
		}
	}

	private void fail(Throwable ex) {
		if (this.storageThreads != null && this.answerer.isListening()) {
			failLater(ex, this.storageThreads);
			return;
		}
		logger.debug(LogMessage.format("A connection broke: %s", ex));
		if (this.answerer.state() == State.OPEN) {
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
	 * Ends a transfer whose body is not wanted when the rest of it has had its time, if
	 * no other thread holds the lock: that one sees it too. Never waits.
	 */
	void giveUp() {
		if (this.answerer.isOverdue() && this.lock.tryLock()) {
			try {
				if (this.answerer.isOverdue()) {
					this.answerer.giveUp();
				}
			}
			finally {
				this.lock.unlock();
			}
		}
	}

	/**
	 * Has a thread of ours read on if the body has ended and nobody seems to know. Never
	 * waits. A thread that waits for bytes hears of the end.
	 */
	void lookForEnd() {
		if (this.answerer.isListening() && this.answerer.state() == State.OPEN && this.lock.tryLock()) {
			try {
				boolean known = this.ending || this.paused || this.waiting;
				if (!known && !isOver() && input().isReadByAnyThread() && isFinished()) {
					endTurn();
				}
			}
			finally {
				unlock();
			}
		}
	}

	/**
	 * Ends a transfer whose body is not wanted as soon as that is possible.
	 */
	void giveUpNow() {
		this.answerer.hurry();
		giveUp();
	}

	private BodyReceiver receiver() {
		return Objects.requireNonNull(this.receiver);
	}

	private BodyInput input() {
		return Objects.requireNonNull(this.input);
	}

	boolean isOver() {
		return this.answerer.state().isOver();
	}

	private void unlock() {
		this.lock.unlock();
		settle();
	}

	/**
	 * Fulfils the wish to end, unless another thread holds the lock, which will see it.
	 */
	private void settle() {
		if (this.stop == null || isOver()) {
			return;
		}
		if (this.storageThreads != null) {
			// To end an append is to wait for the storage.
			this.storageThreads.stop(this::settleNow);
		}
		else {
			settleNow();
		}
	}

	private void settleNow() {
		StopReason reason = this.stop;
		if (reason == null || isOver() || !this.lock.tryLock()) {
			return;
		}
		try {
			// A body that is complete is answered by onAllDataRead.
			if (this.answerer.state() == State.OPEN && this.receiver != null && !isFinished()) {
				this.waiting = true;
				interrupt(this.receiver.stop(reason));
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private boolean isFinished() {
		try {
			return input().stream().isFinished();
		}
		catch (RuntimeException ex) {
			// The client has gone, and the server taken the request away.
			return false;
		}
	}

	private void interrupt(@Nullable ExchangeAnswer answer) {
		if (!this.answerer.isListening()) {
			this.answerer.leave(answer);
		}
		else if (answer != null) {
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
		boolean broken = false;
		try {
			for (int count = 0; count >= 0 && !isOver(); count = input().stream().read(bytes)) {
				ByteBuffer piece = ByteBuffer.wrap(bytes, 0, count);
				unlessDone(false, () -> pass(piece));
			}
			onAllDataRead();
		}
		catch (IOException ex) {
			onError(ex);
			broken = true;
		}
		this.answerer.endLate(broken);
	}

}
