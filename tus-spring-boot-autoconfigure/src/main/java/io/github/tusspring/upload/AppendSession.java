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

package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Takes the bytes of one request and appends them to an upload. Bytes are pushed, so that
 * a blocking loop and a non-blocking reader drive a session alike. It ends with exactly
 * one of {@link #complete complete}, {@link #interrupt interrupt} and {@link #abandon
 * abandon}, and holds the upload's lock until then. Calls must not overlap; which thread
 * makes them doesn't matter.
 */
public final class AppendSession {

	private static final long PROGRESS_INTERVAL = Duration.ofSeconds(1).toNanos();

	private final AppendRequest request;

	private final Completion completion;

	private final UploadClient client;

	private final UploadLock lock;

	private final UploadStorage storage;

	private final Upload before;

	private final Upload upload;

	private final @Nullable UploadWriter writer;

	private final Consumer<StopReason> stop;

	private final UploadPolicy policy;

	private final UploadEvents events;

	private final FullUploads full;

	private final RunningAppends running;

	private final long limit;

	private final BodyChecksum checksum;

	private long position;

	/**
	 * Whether the request declares a length that isn't stored yet: it counts as soon as
	 * its bytes do.
	 */
	private boolean undeclared;

	private boolean writerClosed;

	private boolean failed;

	private boolean ended;

	private long lastProgress = System.nanoTime();

	private final Pace pace = new Pace();

	private final Duration keepAlive;

	private Instant keptAlive;

	private final AppendWatch watch;

	private final AtomicBoolean stopping = new AtomicBoolean();

	private volatile boolean finishing;

	private volatile boolean broken;

	/**
	 * Creates a session.
	 * @param appends has what all sessions need
	 * @param opened the upload, whose lock the session closes at its end
	 * @param request what the client says of the bytes
	 * @param client who sends them
	 * @param stop asks the driver to end the session
	 */
	AppendSession(Appends appends, OpenedUpload opened, AppendRequest request, UploadClient client,
			Consumer<StopReason> stop) {
		this.lock = opened.lock();
		this.before = opened.before();
		this.upload = opened.upload();
		this.undeclared = opened.isUndeclared();
		this.writer = opened.writer();
		this.request = request;
		this.client = client;
		this.stop = stop;
		this.storage = appends.engine().storage();
		this.policy = appends.engine().policy();
		this.events = appends.engine().events();
		this.full = appends.full();
		this.running = appends.running();
		this.watch = new AppendWatch(this.events.observer().appendBegan(this.upload));
		this.completion = request.rule();
		this.limit = this.completion.limit(this.upload, request, this.policy);
		this.position = request.offset();
		this.keepAlive = this.policy.expiration().keepAlive(this.upload);
		this.keptAlive = this.upload.modified();
		this.checksum = new BodyChecksum(request, this.writer);
	}

	/**
	 * Returns the id of the upload.
	 * @return the id
	 */
	public UploadId id() {
		return this.upload.id();
	}

	/**
	 * Appends all remaining bytes of the buffer. After an exception the session must be
	 * {@link #interrupt interrupted}.
	 * @param bytes the bytes
	 * @throws UploadTooLargeException if the upload would become longer than it may be;
	 * the bytes up to there were taken
	 * @throws InsufficientStorageException if there is no room for them
	 * @throws UploadStorageException if the storage fails
	 */
	public void write(ByteBuffer bytes) {
		int count = (int) Math.min(bytes.remaining(), this.limit - this.position);
		boolean excess = count < bytes.remaining();
		if (count > 0) {
			this.pace.begin();
			append(excess ? bytes.slice(bytes.position(), count) : bytes, count);
			reportProgress();
			this.pace.end(count);
		}
		if (excess) {
			this.watch.expect(AppendOutcome.REFUSED);
			throw this.completion.excess(this.upload, this.position);
		}
	}

	private void reportProgress() {
		long now = this.pace.lastActivity();
		if (now - this.lastProgress > PROGRESS_INTERVAL) {
			this.lastProgress = now;
			this.events.progressed(this.upload.withOffset(offset()), this.watch::openScope);
		}
	}

	private void append(ByteBuffer bytes, int count) {
		requireLock();
		this.checksum.update(bytes);
		if (this.writer != null) {
			this.watch.expect(AppendOutcome.FAILED);
			int begin = bytes.position();
			try {
				if (!this.request.isHeld()) {
					declare();
				}
				this.writer.write(bytes);
			}
			catch (IOException | RuntimeException ex) {
				// The bytes for which there was room have been taken.
				this.watch.received(bytes.position() - begin);
				throw (ex instanceof IOException io) ? UploadStorageException.of(this.upload.id(), io)
						: (RuntimeException) ex;
			}
			this.watch.expect(null);
		}
		else {
			bytes.position(bytes.limit());
		}
		this.position += count;
		this.watch.received(count);
	}

	/**
	 * Whether there is room for more bytes. They are taken all the same if there is none,
	 * but then memory may run short.
	 * @param listener called once, by any thread and perhaps before this method returns,
	 * when there is room again; only if this method returns {@code false}
	 * @return {@code true} if the next bytes can be written
	 */
	public boolean hasRoom(Runnable listener) {
		return this.writer == null || this.writer.hasRoom(listener);
	}

	/**
	 * Called when no more bytes will come, though the session is ended only later:
	 * requests that look at the upload wait for that. Thread-safe.
	 */
	public void broken() {
		this.broken = true;
	}

	/**
	 * Called when the driver has to wait before it can go on: its client isn't silent
	 * meanwhile.
	 */
	public void pause() {
		this.pace.begin();
	}

	/**
	 * Called when the driver goes on after a {@link #pause}.
	 */
	public void resume() {
		this.pace.end(0);
	}

	/**
	 * Ends the session when all of the body has arrived. If that makes the upload full,
	 * it is delivered to the application before this method returns; of one for an
	 * endpoint of the application's own the delivery is begun, and the caller has to end
	 * it.
	 * @param trailer gives the checksum that followed the body, or {@code null}; if it
	 * throws, the session ends as for a missing one. Not asked where no checksum was
	 * promised: bytes that count already can't be taken back
	 * @return the upload after the append, or the {@link Delivery} that was begun
	 * @throws ChecksumMismatchException if the bytes don't have the checksum; they are
	 * discarded
	 * @throws InvalidUploadException if a checksum was to follow and didn't; the bytes
	 * are discarded
	 * @throws UploadRejectedException if the application refuses the upload
	 * @throws UploadDeliveryException if the application fails to take the upload
	 * @throws UploadStorageException if the storage fails
	 */
	public UploadOutcome complete(Supplier<@Nullable Checksum> trailer) {
		this.pace.begin();
		try (UploadObserver.Scope scope = this.watch.openScope()) {
			if (this.upload.state() == UploadState.COMPLETED) {
				this.watch.expect(AppendOutcome.COMPLETED);
				return new UploadOutcome.Settled(this.upload);
			}
			this.watch.expect(AppendOutcome.REFUSED);
			if (this.request.isHeld()) {
				verify(trailer.get());
			}
			commit();
			declare();
			Upload appended = this.completion.complete(appended());
			this.watch.expect(AppendOutcome.COMPLETED);
			if (!appended.isFull()) {
				this.events.progressed(appended, this.watch::openScope);
				return new UploadOutcome.Settled(appended);
			}
			// Before another request may get the upload.
			closeWriter();
			this.watch.end();
			this.finishing = true;
			this.events.finishing(appended);
			return this.full.finish(appended, this.lock, this.client);
		}
		catch (IOException ex) {
			this.watch.expect(AppendOutcome.FAILED);
			throw UploadStorageException.of(this.upload.id(), ex);
		}
		finally {
			end();
		}
	}

	private void declare() throws IOException {
		if (this.undeclared) {
			this.storage.update(this.upload);
			this.undeclared = false;
		}
	}

	private void verify(@Nullable Checksum trailer) throws IOException {
		try {
			this.checksum.verify(trailer);
		}
		catch (ChecksumMismatchException ex) {
			this.watch.expect(AppendOutcome.CHECKSUM_MISMATCH);
			throw ex;
		}
	}

	/**
	 * Ends the session before its body has ended. What has arrived is kept, unless it has
	 * a checksum.
	 * @return the upload after the append
	 * @throws UploadStorageException if the storage fails
	 */
	public Upload interrupt() {
		Upload appended;
		try (UploadObserver.Scope scope = this.watch.openScope()) {
			boolean kept = !this.request.isHeld() || this.completion.keepsUnverified();
			if (kept) {
				commit();
			}
			appended = kept ? appended() : this.before;
			this.events.interrupted(appended, this.watch::openScope);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(this.upload.id(), ex);
		}
		finally {
			end();
		}
		// Only now: what goes on with the upload needs its lock.
		this.full.release(appended, this.client);
		return appended;
	}

	/**
	 * Ends the session after more bytes came than the upload may have: where that is the
	 * end of it, the content is removed, else what fits is kept.
	 * @throws UploadStorageException if the storage fails
	 */
	public void overflow() {
		if (this.writer == null || !this.completion.isInvalidatedByExcess()) {
			interrupt();
			return;
		}
		try {
			closeWriter();
			this.full.invalidate(this.upload);
		}
		catch (IOException ex) {
			throw UploadStorageException.of(this.upload.id(), ex);
		}
		finally {
			end();
		}
	}

	/**
	 * Ends the session of an upload that is going to be removed.
	 */
	public void abandon() {
		end();
	}

	/**
	 * Makes what has come as durable as the storage promises, where that costs no more
	 * than time.
	 * @return the offset that a client may be told now, in bytes
	 * @throws UploadStorageException if the storage fails; the session must be
	 * {@link #interrupt interrupted} then
	 */
	public long checkpoint() {
		// A remote storage would have to store a piece that is too small for it, and held
		// bytes must not count.
		if (!this.request.isHeld() && !this.storage.isRemote()) {
			this.pace.begin();
			try {
				commit();
			}
			catch (IOException ex) {
				throw UploadStorageException.of(this.upload.id(), ex);
			}
			this.pace.end(0);
		}
		return offset();
	}

	private void requireLock() {
		if (!this.lock.isHeld()) {
			this.watch.expect(AppendOutcome.FAILED);
			throw new UploadLockedException(this.upload.id());
		}
	}

	private void commit() throws IOException {
		if (this.writer == null) {
			return;
		}
		try {
			requireLock();
			this.writer.commit();
		}
		catch (Throwable ex) {
			this.failed = true;
			this.watch.expect(AppendOutcome.FAILED);
			throw ex;
		}
	}

	/**
	 * Returns the upload with the bytes that were taken.
	 */
	private Upload appended() {
		if (this.writer == null) {
			return this.upload;
		}
		Upload upload = (this.undeclared ? this.before : this.upload).withOffset(this.position);
		return this.policy.expiration().apply(upload.withModified(Instant.now()));
	}

	private void end() {
		Assert.state(!this.ended, "The session has ended already");
		this.ended = true;
		try {
			this.watch.end();
		}
		finally {
			letGo();
		}
	}

	private void letGo() {
		try {
			this.checksum.close();
			closeWriter();
		}
		catch (IOException ex) {
			throw UploadStorageException.of(this.upload.id(), ex);
		}
		finally {
			this.running.remove(this);
			if (!this.finishing) {
				this.lock.close();
			}
			if (this.failed) {
				// All bytes may be stored nevertheless, and the client may not come back.
				this.full.release(appended(), this.client);
			}
		}
	}

	private void closeWriter() throws IOException {
		if (this.writer != null && !this.writerClosed) {
			this.writerClosed = true;
			try {
				this.writer.close();
			}
			catch (Throwable ex) {
				this.failed = true;
				throw ex;
			}
		}
	}

	/**
	 * Asks the driver to end the session for another request, unless that can wait.
	 * Thread-safe.
	 * @param request what the upload is wanted for
	 * @return whether the session is going to end
	 */
	boolean asked(LockRequest request) {
		boolean wanted = switch (request.purpose()) {
			// A stray request at a wrong offset must not end a healthy append.
			case APPEND -> this.writer == null || this.broken || request.offset() == offset();
			case INSPECT -> this.broken || isSilentFor(this.policy.takeOverAfter());
			case TAKE_OVER, REMOVE -> true;
		};
		return wanted && stop(StopReason.TAKEN_OVER);
	}

	/**
	 * Has the session stopped by another thread, unless one is doing so already.
	 */
	void stopSoon(Executor executor, Runnable stop) {
		if (this.stopping.compareAndSet(false, true)) {
			try {
				executor.execute(() -> {
					try {
						stop.run();
					}
					finally {
						this.stopping.set(false);
					}
				});
			}
			catch (RuntimeException | Error ex) {
				// So that it can be asked again.
				this.stopping.set(false);
				throw ex;
			}
		}
	}

	/**
	 * Asks the driver to end the session soon. Thread-safe.
	 * @param reason why
	 * @return {@code false} if the session is past the point where it can be interrupted
	 */
	boolean stop(StopReason reason) {
		if (this.finishing) {
			return false;
		}
		this.watch.asked(reason);
		this.stop.accept(reason);
		return true;
	}

	/**
	 * Returns the offset that a client may be told now. Thread-safe.
	 * @return the offset in bytes: after the session's end, that of the bytes which were
	 * kept
	 */
	public long offset() {
		return (this.writer != null) ? this.writer.offset() : this.upload.offset();
	}

	AppendWatch watch() {
		return this.watch;
	}

	boolean isFinishing() {
		return this.finishing;
	}

	long rate() {
		return this.pace.rate();
	}

	/**
	 * Keeps the upload from expiring where other instances only know what is stored. To
	 * be called every now and then, by one thread at a time.
	 */
	void keepAlive() {
		Instant now = Instant.now();
		if (this.writer != null && !this.keepAlive.isZero() && this.keptAlive.plus(this.keepAlive).isBefore(now)) {
			this.keptAlive = now;
			this.writer.keepAlive();
		}
	}

	boolean isSilentFor(Duration time) {
		return this.pace.isSilentFor(time);
	}

	boolean isBelow(@Nullable MinimumRate rate) {
		return this.pace.isBelow(rate);
	}

}
