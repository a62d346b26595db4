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

package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadWriter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;

/**
 * Appends to an upload. Bytes are gathered in memory and sent as parts while more come;
 * what is left at the end goes into a tail, an object of its own, until there are enough
 * bytes for a part. Nothing counts before the manifest says so.
 */
final class S3UploadWriter implements UploadWriter, MemoryBudget.Holder {

	private static final Log logger = LogFactory.getLog(S3UploadWriter.class);

	/**
	 * How many parts may have been sent before the manifest names them.
	 */
	private static final int CHECKPOINT = 8;

	/**
	 * How long a client is silent before what it has sent is written down.
	 */
	private static final long SILENCE = TimeUnit.MILLISECONDS.toNanos(400);

	/**
	 * How often that is done again for one append.
	 */
	private static final long SETTLE_INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private final S3UploadStorage storage;

	private final StoredUpload stored;

	private final Upload upload;

	private final long generation;

	private final boolean held;

	private final PartSender sender;

	/**
	 * Held while the manifest is written.
	 */
	private final ReentrantLock recording = new ReentrantLock();

	private List<ByteBuffer> chunks = new ArrayList<>();

	private final List<CompletableFuture<Manifest.Part>> parts = new ArrayList<>();

	private final List<SentTail> tails = new ArrayList<>();

	private final List<String> absorbed = new ArrayList<>();

	/**
	 * The size of the upload's first part, 0 as long as there is none.
	 */
	private long firstSize;

	private int recorded;

	private volatile int room;

	private long position;

	private volatile long filled;

	private volatile long offset;

	private @Nullable CompletableFuture<?> announced;

	private volatile @Nullable Runnable listener;

	private volatile boolean writing;

	private volatile long lastWrite = System.nanoTime();

	private long lastSettled;

	private boolean settled;

	private final AtomicBoolean settling = new AtomicBoolean();

	private final AtomicBoolean touching = new AtomicBoolean();

	private boolean checkpointing;

	private volatile boolean committing;

	private volatile boolean fenced;

	private volatile boolean closed;

	/**
	 * Whether the manifest may name more than this writer knows: a change has failed,
	 * which can mean that only its answer was lost.
	 */
	private boolean unsure;

	/**
	 * Whether the manifest names the multipart upload, if there is one.
	 */
	private boolean named;

	S3UploadWriter(S3UploadStorage storage, StoredUpload stored, Upload upload, long generation, boolean held) {
		this.storage = storage;
		this.stored = stored;
		this.upload = upload;
		this.generation = generation;
		this.held = held;
		this.position = upload.offset();
		this.offset = upload.offset();
		this.sender = new PartSender(storage, stored, this::partSent);
		stored.manifest().tails.forEach((tail) -> this.tails.add(SentTail.stored(tail)));
		stored.manifest().parts.stream().findFirst().ifPresent((part) -> this.firstSize = part.size());
		storage.budget().join(this);
	}

	@Override
	public synchronized void write(ByteBuffer bytes) throws IOException {
		checkFence();
		this.writing = true;
		try {
			gather(bytes);
		}
		finally {
			this.lastWrite = System.nanoTime();
			this.writing = false;
		}
	}

	private void gather(ByteBuffer bytes) throws IOException {
		while (bytes.hasRemaining()) {
			this.sender.check();
			long target = target();
			if (gathered() >= target) {
				sendPart();
				continue;
			}
			ByteBuffer chunk = chunk();
			int count = (int) Math.min(Math.min(bytes.remaining(), chunk.remaining()), target - gathered());
			chunk.put(bytes.slice(bytes.position(), count));
			bytes.position(bytes.position() + count);
			this.filled += count;
			this.position += count;
			if (gathered() >= target && this.sender.isReady()) {
				sendPart();
			}
		}
	}

	private void checkFence() {
		if (this.fenced) {
			throw new UploadLockedException(this.upload.id());
		}
	}

	private long target() {
		return hasSize() ? this.firstSize : this.storage.sizes()
			.target(this.upload.length(), this.position - gathered(), this.stored.nextNumber());
	}

	private long minimum() {
		return hasSize() ? this.firstSize : this.storage.sizes()
			.minimum(this.upload.length(), this.position - gathered(), this.stored.nextNumber());
	}

	/**
	 * Whether the first part says how large the others are.
	 */
	private boolean hasSize() {
		return this.storage.settings().equalParts() && this.firstSize > 0;
	}

	/**
	 * Returns how many bytes there are that are no part yet.
	 */
	private long gathered() {
		return this.filled + tailSize();
	}

	private long tailSize() {
		return this.tails.stream().mapToLong(SentTail::size).sum();
	}

	private ByteBuffer chunk() {
		ByteBuffer last = this.chunks.isEmpty() ? null : this.chunks.get(this.chunks.size() - 1);
		if (last != null && last.hasRemaining()) {
			return last;
		}
		if (this.room > 0) {
			this.room--;
		}
		else {
			this.storage.budget().force(MemoryBudget.CHUNK);
		}
		ByteBuffer chunk = this.storage.budget().chunk();
		this.chunks.add(chunk);
		return chunk;
	}

	@Override
	public synchronized boolean hasRoom(Runnable listener) {
		if (this.fenced || this.closed || this.sender.hasFailed()) {
			return true;
		}
		if (!this.sender.isReady() && target() - gathered() < MemoryBudget.CHUNKS_AT_ONCE * MemoryBudget.CHUNK) {
			this.listener = listener;
			return false;
		}
		int missing = MemoryBudget.CHUNKS_AT_ONCE - this.room;
		if (missing <= 0 || this.storage.budget().take(this, missing)) {
			this.room = Math.max(this.room, MemoryBudget.CHUNKS_AT_ONCE);
			return true;
		}
		this.listener = listener;
		releaseRoom();
		if (this.sender.isReady() && gathered() >= minimum()) {
			this.storage.executor().execute(this::spill);
		}
		return false;
	}

	/**
	 * Gives back what was taken for the next write, which takes it again if it comes.
	 */
	private synchronized void releaseRoom() {
		if (this.closed) {
			return;
		}
		long unused = (long) this.room * MemoryBudget.CHUNK;
		this.room = 0;
		this.storage.budget().release(unused);
	}

	@Override
	public long filled() {
		return this.filled;
	}

	@Override
	public void roomIsThere() {
		Runnable listener;
		synchronized (this) {
			listener = this.listener;
			this.listener = null;
		}
		if (listener != null) {
			listener.run();
		}
	}

	@Override
	public void spill() {
		try {
			synchronized (this) {
				if (this.closed || this.filled == 0) {
					return;
				}
				if (this.fenced || this.sender.hasFailed()) {
					dropChunks();
					return;
				}
				releaseRoom();
				if (gathered() >= minimum() && tailsHaveRoom()) {
					sendPart();
				}
				else {
					sendTail();
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			this.sender.fail(ex);
			dropChunks();
		}
		finally {
			this.storage.budget().spilled(this);
		}
	}

	/**
	 * Gives up what is gathered in memory, since it can't count any more.
	 */
	private synchronized void dropChunks() {
		long memory = (long) this.chunks.size() * MemoryBudget.CHUNK;
		this.chunks = new ArrayList<>();
		this.filled = 0;
		this.storage.budget().release(memory);
	}

	private void partSent() {
		roomIsThere();
		synchronized (this) {
			boolean due = this.held ? this.stored.needsNumbers() : this.parts.size() - this.recorded >= CHECKPOINT;
			if (this.checkpointing || this.closed || this.fenced || !due) {
				return;
			}
			this.checkpointing = true;
		}
		this.storage.tasks().execute(this::checkpoint);
	}

	/**
	 * Writes down what has been sent, so that less is lost if this instance dies.
	 */
	private void checkpoint() {
		try {
			if (this.held) {
				this.stored.change(this.stored::reserve);
			}
			else {
				record(false);
			}
		}
		catch (IOException | RuntimeException ex) {
			this.sender.fail(ex);
		}
		finally {
			synchronized (this) {
				this.checkpointing = false;
			}
		}
	}

	/**
	 * Sends all that is gathered as a part.
	 */
	private void sendPart() throws IOException {
		while (!this.sender.isReady()) {
			this.sender.awaitReady();
			this.sender.check();
		}
		int number = this.sender.number();
		this.firstSize = (this.firstSize > 0) ? this.firstSize : gathered();
		List<SentTail> before = List.copyOf(this.tails);
		this.parts.add(this.sender.sendPart(number, before, takeChunks()));
		before.forEach((tail) -> this.absorbed.add(tail.name()));
		this.tails.clear();
	}

	/**
	 * Whether a part need not wait for its tails to be read.
	 */
	private boolean tailsHaveRoom() {
		return this.tails.isEmpty() || this.storage.budget().hasTurn(tailSize());
	}

	private void sendTail() {
		List<SentTail> before = this.sender.toMerge(this.tails, this.filled);
		this.tails.removeAll(before);
		before.forEach((tail) -> this.absorbed.add(tail.name()));
		this.tails.add(this.sender.sendTail(before, takeChunks()));
	}

	private List<ByteBuffer> takeChunks() {
		List<ByteBuffer> taken = this.chunks;
		taken.forEach(ByteBuffer::flip);
		this.chunks = new ArrayList<>();
		this.filled = 0;
		return taken;
	}

	@Override
	public long offset() {
		return Math.max(this.offset, this.stored.seen());
	}

	/**
	 * Notes what was read: a client that was told of it must not be told of less by an
	 * append that doesn't know yet that it was overtaken.
	 */
	void sees(StoredUpload read) {
		if (read != this.stored) {
			this.stored.isOvertakenBy(read);
		}
	}

	@Override
	public boolean isReadable() {
		return false;
	}

	@Override
	public synchronized void read(Consumer<ByteBuffer> consumer) throws IOException {
		checkFence();
		this.sender.check();
		if (!this.parts.isEmpty()) {
			throw new IOException("What was sent as a part can't be read");
		}
		int old = this.stored.manifest().tails.size();
		for (SentTail tail : this.tails.subList(old, this.tails.size())) {
			this.sender.read(tail, consumer);
		}
		this.chunks.forEach((chunk) -> consumer.accept(chunk.duplicate().flip()));
	}

	@Override
	public void commit() throws IOException {
		beginCommit();
		if (!sendRest()) {
			return;
		}
		try {
			record(true);
		}
		catch (UploadNotFoundException ex) {
			if (this.sender.whole() >= 0) {
				this.storage.assembly().remove(this.stored);
			}
			throw ex;
		}
		if (isWhole()) {
			this.storage.assembly().complete(this.stored);
			if (this.upload.isPartial()) {
				// Nobody is going to deliver it.
				this.storage.full(this.upload.id());
			}
		}
		this.storage.discard(this.absorbed);
	}

	/**
	 * Sends what is gathered, and waits until all has been sent.
	 * @return {@code false} if nothing has come that is to be written down
	 */
	private boolean sendRest() throws IOException {
		CompletableFuture<?> announced = CompletableFuture.completedFuture(null);
		synchronized (this) {
			checkFence();
			this.sender.check();
			boolean full = isWhole();
			if (full) {
				announced = announce();
			}
			boolean declared = !Objects.equals(this.stored.manifest().size, this.upload.length());
			if (!full && this.position == this.offset && !declared) {
				return false;
			}
			boolean kept = this.stored.manifest().stored != null;
			if (full && !kept && this.parts.isEmpty() && this.stored.manifest().parts.isEmpty()) {
				this.sender.keepWhole(List.copyOf(this.tails), takeChunks());
				this.tails.forEach((tail) -> this.absorbed.add(tail.name()));
				this.tails.clear();
			}
			else if (full ? gathered() > 0 : (gathered() >= minimum() && tailsHaveRoom())) {
				sendPart();
			}
			else if (this.filled > 0) {
				sendTail();
			}
		}
		this.sender.await(this::checkBase);
		this.storage.objects().await(announced);
		return true;
	}

	/**
	 * Checks that nobody has appended since this append began.
	 */
	private void checkBase(Manifest manifest) {
		checkFence();
		if (manifest.offset() != this.offset) {
			throw new UploadLockedException(this.upload.id());
		}
	}

	/**
	 * Keeps what is written down now and then from coming between: from here on what is
	 * in the manifest may become a part of something larger.
	 */
	private void beginCommit() {
		this.recording.lock();
		this.committing = true;
		this.recording.unlock();
	}

	/**
	 * Writes down what has been sent, as far as nothing before it is still on its way.
	 * @param last whether the append has sent everything
	 */
	private void record(boolean last) throws IOException {
		this.recording.lock();
		try {
			checkFence();
			if (!last && (this.committing || this.closed)) {
				return;
			}
			Sent sent = sent();
			long base = this.offset;
			long whole = this.sender.whole();
			if (!last && sent.parts().isEmpty()
					&& (!sent.withTails() || sent.tails().equals(this.stored.manifest().tails))) {
				return;
			}
			if (!last && isWhole()) {
				// Its client may have died just before it could say that this is all.
				this.storage.objects().await(announce());
			}
			this.unsure = true;
			this.stored.change((manifest) -> {
				if (manifest.offset() != base) {
					throw new UploadLockedException(this.upload.id());
				}
				if (last) {
					manifest.size = this.upload.length();
					manifest.lateLength = this.upload.lateLength();
				}
				manifest.multipartUpload = this.sender.multipart();
				manifest.parts.addAll(sent.parts());
				if (sent.withTails() || !sent.parts().isEmpty()) {
					manifest.tails = sent.tails();
				}
				if (last && whole >= 0) {
					manifest.stored = whole;
				}
				Assert.state(manifest.offset() >= base, "Bytes would be lost that count already");
				manifest.touch();
				if (last) {
					this.stored.giveBack(manifest);
					this.storage.beginDelivery(manifest);
				}
				else {
					this.stored.reserve(manifest);
				}
			});
			this.unsure = false;
			this.named = this.stored.manifest().multipartUpload != null;
			synchronized (this) {
				this.recorded += sent.parts().size();
				this.offset = this.stored.manifest().offset();
			}
		}
		finally {
			this.recording.unlock();
		}
	}

	/**
	 * Notes, once, that the upload is going to be full.
	 */
	private synchronized CompletableFuture<?> announce() {
		if (this.announced == null) {
			this.announced = this.storage.announce(this.upload);
		}
		return this.announced;
	}

	private synchronized boolean isWhole() {
		return Long.valueOf(this.position).equals(this.upload.length());
	}

	/**
	 * Returns what is in the store and follows on what the manifest names.
	 */
	private synchronized Sent sent() {
		List<Manifest.Part> parts = new ArrayList<>();
		for (CompletableFuture<Manifest.Part> part : this.parts.subList(this.recorded, this.parts.size())) {
			if (!part.isDone() || part.isCompletedExceptionally()) {
				return new Sent(parts, List.of(), false);
			}
			parts.add(part.join());
		}
		List<Manifest.Tail> tails = new ArrayList<>();
		for (SentTail tail : this.tails) {
			if (!tail.sent().isDone() || tail.sent().isCompletedExceptionally()) {
				return new Sent(parts, List.of(), false);
			}
			tails.add(tail.tail());
		}
		return new Sent(parts, tails, true);
	}

	private synchronized List<Manifest.Tail> left() {
		return this.tails.stream().map(SentTail::tail).toList();
	}

	/**
	 * Has what has come written down if no more comes: memory is not to be held for a
	 * silent client, and others may see how far it is. To be called every now and then.
	 */
	void settle() {
		long now = System.nanoTime();
		boolean silent = !this.writing && this.listener == null && now - this.lastWrite > SILENCE;
		boolean due = silent && this.filled > 0 && !this.held && !this.fenced
				&& (now - this.lastSettled > SETTLE_INTERVAL || !this.settled);
		if ((due || (silent && this.room > 0)) && once(this.settling, () -> settle(due)) && due) {
			this.settled = true;
			this.lastSettled = now;
		}
	}

	private void settle(boolean due) {
		releaseRoom();
		if (due) {
			writeDown();
		}
	}

	/**
	 * Runs a task that may wait for the store, unless its predecessor still does: while
	 * the store is silent they must not pile up.
	 * @return whether it is going to run
	 */
	private boolean once(AtomicBoolean running, Runnable task) {
		boolean free = running.compareAndSet(false, true);
		if (free) {
			this.storage.tasks().execute(() -> {
				try {
					task.run();
				}
				finally {
					running.set(false);
				}
			});
		}
		return free;
	}

	private void writeDown() {
		try {
			SentTail tail;
			synchronized (this) {
				if (this.closed || this.fenced || this.filled == 0) {
					return;
				}
				sendTail();
				tail = this.tails.get(this.tails.size() - 1);
			}
			this.storage.objects().await(tail.sent());
			record(false);
		}
		catch (IOException | RuntimeException ex) {
			this.sender.fail(ex);
		}
	}

	@Override
	public void keepAlive() {
		once(this.touching, this::touch);
	}

	private void touch() {
		this.recording.lock();
		try {
			if (!this.committing && !this.closed && !this.fenced) {
				this.stored.change(Manifest::touch);
			}
		}
		catch (UploadLockedException | UploadNotFoundException ex) {
			this.sender.fail(ex);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("Upload '%s' can't be kept alive now", this.upload.id().abbreviated()), ex);
		}
		finally {
			this.recording.unlock();
		}
	}

	@Override
	public void close() throws IOException {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			releaseRoom();
			dropChunks();
			this.closed = true;
		}
		this.sender.giveUp();
		this.storage.budget().leave(this);
		this.storage.closed(this);
		discardLeft();
		roomIsThere();
	}

	/**
	 * Removes the tails and the multipart upload that no manifest names, once a change
	 * that is under way has ended. If it isn't sure that none does, the cleaner finds out
	 * later.
	 */
	private void discardLeft() {
		this.recording.lock();
		try {
			if (!this.fenced && !this.unsure) {
				List<Manifest.Tail> stored = this.stored.manifest().tails;
				this.storage.discard(
						left().stream().filter((tail) -> !stored.contains(tail)).map(Manifest.Tail::name).toList());
				if (!this.named) {
					this.sender.abandon();
				}
			}
		}
		finally {
			this.recording.unlock();
		}
	}

	/**
	 * Whether this writer is going to store the length that a client declares.
	 */
	boolean declares(Upload upload) {
		return upload.state() == UploadState.RECEIVING && Objects.equals(upload.length(), this.upload.length());
	}

	/**
	 * Keeps this writer from writing any more, since a later one has come. A change that
	 * is under way has ended when this method returns.
	 */
	void fence() {
		this.fenced = true;
		this.sender.giveUp();
		this.recording.lock();
		this.recording.unlock();
	}

	long generation() {
		return this.generation;
	}

	Upload upload() {
		return this.upload;
	}

	/**
	 * What is in the store.
	 *
	 * @param parts the parts that the manifest doesn't name
	 * @param tails the tails, all of which come after the last part
	 * @param withTails whether there is no other part before the tails
	 */
	private record Sent(List<Manifest.Part> parts, List<Manifest.Tail> tails, boolean withTails) {
	}

}
